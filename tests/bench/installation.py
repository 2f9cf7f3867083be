"""Starts what is measured: the very processes of the demo, with a sandbox Odoo whose latency is known."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from console.runtime.processes import die_with_parent
from tests.bench.conditions import ROOT, member_running

LATENCY_MS = 80
DIALECT = 18
START_LIMIT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Odoo:
    """One Odoo, as the console and the flat reader are told of it."""

    slug: str
    url: str
    database: str
    login: str
    key: str = field(repr=False)

    @classmethod
    def from_environment(cls) -> Self | None:
        """The real server that ODOO_URL and its fellows name."""
        if not _named("ODOO_URL"):
            return None
        return cls(
            slug="real",
            url=_named("ODOO_URL"),
            database=_named("ODOO_DB"),
            login=_named("ODOO_READ_LOGIN") or _named("ODOO_LOGIN"),
            key=_named("ODOO_READ_API_KEY") or _named("ODOO_API_KEY"),
        )


def _named(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


class Sandbox:
    """The stand-in, always on the same port and with the same retailer, so that it can go away and come back."""

    def __init__(self, folder: Path, *, latency_ms: int = LATENCY_MS) -> None:
        self._folder = folder
        self._latency_ms = latency_ms
        self._port = free_port()
        self._process = self._start()

    def odoo(self) -> Odoo:
        account = json.loads((self._folder / "keys.json").read_text())["integration"]
        return Odoo(
            slug="main",
            url=f"http://127.0.0.1:{self._port}",
            database=f"sandbox{DIALECT}",
            login=account["login"],
            key=account["key"],
        )

    def stop(self) -> None:
        _end(self._process)

    def start_again(self) -> None:
        self._process = self._start()

    def reset_statistics(self) -> None:
        self._side_door("POST", "/sandbox/stats/reset")

    def max_in_flight(self) -> int:
        return int(self._side_door("GET", "/sandbox/stats")["max_in_flight"])

    def calls_of(self, model: str) -> int:
        """How many calls since the last reset were about this model."""
        calls: dict[str, int] = self._side_door("GET", "/sandbox/stats")["calls"]
        return sum(count for name, count in calls.items() if name.startswith(f"{model}/"))

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "integrations.odoo.sandbox", "--dialect", str(DIALECT)),
                *(
                    "--port",
                    str(self._port),
                    "--data",
                    str(self._folder),
                    "--latency-ms",
                    str(self._latency_ms),
                ),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        if process.stdout is None or "http://" not in process.stdout.readline():
            raise RuntimeError("the sandbox did not start")
        return process

    def _side_door(self, method: str, path: str) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")


class Console:
    """``make demo`` with connections of our choice: web server, worker and a durable PostgreSQL of its own."""

    def __init__(self, directory: Path, odoos: Sequence[Odoo]) -> None:
        self._log = directory.with_suffix(".log")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ODOO_")}
        environment = {
            **kept,
            "DEMO_DIR": str(directory),
            "PORT": str(free_port()),
            "DEMO_ODOO_CONNECTIONS": json.dumps([_as_listed(odoo) for odoo in odoos]),
            "ODOO_WRITES": "1",  # only where a connection is listed with it: the stand-in
        }
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "console.runtime.demo", "--ends-with-parent"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: die_with_parent(signal.SIGTERM),
            )
        self._state = self._wait_for(directory / "state.json")
        self.url: str = self._state["url"]
        self.process = self._process.pid
        self.web_process = self.web_now()

    def web_now(self) -> int:
        """The web server's process, which is another one after it was started anew."""
        return member_running(self.process, "console.asgi:application")

    def password_of(self, username: str) -> str:
        return next(str(user["password"]) for user in self._state["users"] if user["username"] == username)

    def token_of(self, username: str) -> str:
        return next(str(user["token"]) for user in self._state["users"] if user["username"] == username)

    def stop(self) -> None:
        _end(self._process)

    def _wait_for(self, state: Path) -> dict[str, Any]:
        until = time.monotonic() + START_LIMIT_S
        while time.monotonic() < until and self._process.poll() is None:
            if state.exists():
                found: dict[str, Any] = json.loads(state.read_text())
                return found
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the console did not start:\n{self._log.read_text()[-3000:]}")


def _as_listed(odoo: Odoo) -> dict[str, Any]:
    return {
        "slug": odoo.slug,
        "name": odoo.slug.title(),
        "url": odoo.url,
        "database": odoo.database,
        "login": odoo.login,
        "key": odoo.key,
        "writes": odoo.slug != "real",
    }


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
