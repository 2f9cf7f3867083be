"""One order opened in two web processes at the same moment, by Odoo's own count of what it was asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from integrations.odoo.client import OdooClient
from integrations.odoo.connections import forget_kept, reread
from tests.gateway.conftest import _store, reset_statistics, trees
from tests.sandbox.process import Sandbox

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(app_database_url: str, odoo18: Sandbox) -> Iterator[Start]:
    """Starts web processes that know how to reach the sandbox."""
    _store(odoo18, "integration", "main", None)
    async_to_sync(_discover)()
    running: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "DATABASE_URL": app_database_url, "DATABASE_OWNER_URL": app_database_url}

    def begin(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.snapshots.opener_process", "main", "S00001", *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()
    forget_kept()


async def _discover() -> None:
    await OdooClient(await reread("main")).discover()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def outcome_of(process: subprocess.Popen[str]) -> Any:
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


def test_sixty_at_once_over_two_processes_cost_odoo_one_reading(start: Start, odoo18: Sandbox) -> None:
    processes = [start("--times", "30"), start("--times", "30")]
    odoo18.set_faults({"kind": "latency", "match": {}, "ms": 300})
    reset_statistics(odoo18)
    for process in processes:
        go(process)

    got = [outcome_of(process)["got"] for process in processes]

    assert got == [{"live S00001": 30}, {"live S00001": 30}]
    assert trees(odoo18) == 1
    assert odoo18.statistics()["total"] == 2  # the order and the loyalty cards


def test_a_reader_who_is_killed_is_replaced_before_odoo_is_done_with_its_call(
    start: Start, odoo18: Sandbox
) -> None:
    killed, waiting = start(), start()
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 20_000, "times": 1})
    reset_statistics(odoo18)
    go(killed)
    give_up_at = time.monotonic() + 60
    while not odoo18.statistics()["in_flight"]:
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    go(waiting)

    outcome = outcome_of(waiting)

    assert outcome["got"] == {"live S00001": 1}
    assert trees(odoo18) == 1
    assert odoo18.statistics()["in_flight"] == 1, (
        "Odoo still works for the one that is gone; nobody waits for it"
    )
