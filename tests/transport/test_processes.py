"""The cap and the breaker as they hold over two web servers and two workers, by the other side's own count."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from integrations.odoo.capabilities import Protocol
from tests.transport.conftest import make_connection

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(app_database_url: str) -> Iterator[Start]:
    """Starts ``python -m MODULE ...`` on the test database and waits for its first line."""
    running: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "DATABASE_URL": app_database_url, "DATABASE_OWNER_URL": app_database_url}

    def begin(module: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.transport.{module}", *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line: str = process.stdout.readline()
    return line.strip()


def let_go(*processes: subprocess.Popen[str]) -> None:
    """Once all are ready, so that they really run at the same time."""
    for process in processes:
        assert first_line(process) == "ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def outcome_of(process: subprocess.Popen[str]) -> dict[str, int]:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    got: dict[str, int] = json.loads(out.splitlines()[-1])
    return got


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/stats", timeout=60) as answer:
        counts: dict[str, Any] = json.load(answer)
    return counts


def held_slots() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM integrations_odooslot WHERE expires_at > clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
def test_four_processes_stay_below_the_cap_also_when_one_is_killed_and_clocks_are_wrong(start: Start) -> None:
    slow = start("raw_odoo", "--delay-ms", "60", "--jitter-ms", "60")
    url = f"http://127.0.0.1:{first_line(slow)}"
    make_connection(url, cap=6)

    webs = [
        start("reader_process", "web", "main", "--seconds", "4", "--clock-skew-s", skew)
        for skew in ("0", "600")
    ]
    workers = [
        start("reader_process", "worker", "main", "--seconds", "4", "--lane", lane, "--clock-skew-s", "-600")
        for lane in ("writeback", "sync")
    ]
    let_go(*webs, *workers)
    time.sleep(1.5)
    webs[0].send_signal(signal.SIGKILL)
    survivors = [outcome_of(process) for process in (webs[1], *workers)]

    peak = stats(url)["peak"]
    assert peak <= 6
    assert peak >= 4, "the cap is there to be used"
    assert all(set(got) <= {"ok", "busy"} for got in survivors), survivors
    assert all(got.get("ok", 0) > 5 for got in survivors), survivors


@pytest.mark.slow
def test_a_killed_process_keeps_its_slots_until_their_lease_ends(start: Start) -> None:
    slow = start("raw_odoo", "--delay-ms", "1000")
    url = f"http://127.0.0.1:{first_line(slow)}"
    make_connection(url, cap=1, protocol=Protocol.JSON2)  # which needs no signing in first

    killed = start("reader_process", "web", "main", "--lease-s", "2.5")
    next_one = start("reader_process", "web", "main", "--seconds", "12", "--at-once", "1")
    let_go(killed)
    deadline = time.monotonic() + 60
    while not stats(url)["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert held_slots() == 1

    let_go(next_one)
    got = outcome_of(next_one)

    assert got["busy"] >= 1
    assert got["ok"] >= 1
    assert stats(url)["peak"] == 1


@pytest.mark.slow
def test_processes_that_find_a_server_dead_stop_calling_it(start: Start, unused_tcp_port: int) -> None:
    make_connection(f"http://127.0.0.1:{unused_tcp_port}", cap=6)

    processes = [start("reader_process", "web", "main", "--seconds", "3", "--at-once", "2") for _ in range(2)]
    let_go(*processes)
    outcomes = [outcome_of(process) for process in processes]

    failed = sum(got.get("unreachable", 0) for got in outcomes)
    assert 10 <= failed < 80, outcomes
    assert all(got.get("breaker_open", 0) > failed for got in outcomes), outcomes
