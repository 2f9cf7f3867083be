"""What goes wrong on purpose: in Odoo, in PostgreSQL, in the worker. Each is begun and ended by the run."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.conditions import family_of
from tests.bench.installation import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    says: str
    begin: Callable[[], None]
    end: Callable[[], None]


RULES: Mapping[str, Mapping[str, Any]] = {
    "slow": {"kind": "latency", "ms": 1500},
    "hang": {"kind": "hang"},
    "reset": {"kind": "reset"},
    "429": {"kind": "status_429", "retry_after": 2},
    "500": {"kind": "status_500"},
    "garbage": {"kind": "garbage"},
    "half": {"kind": "half_answer"},
}
NAMES = (*RULES, "down", "postgres", "crash", "worker")


def trouble(name: str, *, sandbox: Sandbox, console: int) -> Trouble:
    """``console`` is the process all others are below."""
    if name in RULES:
        rule = RULES[name]
        return Trouble(says=f"Odoo: {name}", begin=lambda: _rules(sandbox, rule), end=lambda: _rules(sandbox))
    if name == "down":
        return Trouble(says="Odoo: down, then back", begin=sandbox.stop, end=sandbox.start_again)
    if name == "postgres":
        return Trouble(
            says="PostgreSQL: restarted",
            begin=lambda: _signal(console, _is_postmaster, signal.SIGINT),
            end=_nothing,
        )
    if name == "crash":
        return Trouble(
            says="PostgreSQL: a backend killed, all recover",
            begin=lambda: _signal(console, _is_backend, signal.SIGKILL),
            end=_nothing,
        )
    if name == "worker":
        return Trouble(
            says="worker: one process killed",
            begin=lambda: _signal(console, _is_worker_child, signal.SIGKILL),
            end=_nothing,
        )
    raise ValueError(f"no such trouble: {name}")


def _nothing() -> None:
    """It heals by itself; that is what is measured."""


def _rules(sandbox: Sandbox, *rules: Mapping[str, Any]) -> None:
    method = "POST" if rules else "DELETE"
    body = json.dumps(rules).encode() if rules else None
    request = urllib.request.Request(
        f"{sandbox.odoo().url}/sandbox/faults", body, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


def _signal(console: int, chosen: Callable[[str], bool], number: signal.Signals) -> None:
    """To the last of the processes below the console that is meant; there has to be one."""
    meant = [process for process in family_of(console) if chosen(_words(process))]
    if not meant:
        raise RuntimeError("the process that was to be disturbed does not run")
    os.kill(meant[-1], number)


def _words(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _is_postmaster(words: str) -> bool:
    return "postgres" in words and " -D " in words


def _is_backend(words: str) -> bool:
    return words.startswith("postgres:") and "idle" in words


def _is_worker_child(words: str) -> bool:
    return "run_queue" in words and "--unwatched" in words
