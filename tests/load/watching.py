"""Looks at the processes every second: memory and connections that only grow would end a long day badly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.bench.conditions import family_of

_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    web_mb: float
    database_connections: int  # -1 while the database does not answer
    web_sockets: int


class Watch:
    """``with Watch(...) as watch:`` keeps a sample per second."""

    def __init__(self, *, web: Callable[[], int], database_url: str) -> None:
        self._web, self._database_url = web, database_url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.samples: list[Sample] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(10)

    def _look(self) -> None:
        while not self._ended.wait(1.0):
            with suppress(OSError, RuntimeError):
                web = self._web()
                self.samples.append(
                    Sample(
                        web_mb=_memory_mb(web),
                        web_sockets=_sockets(web),
                        database_connections=self._connections(),
                    )
                )

    def _connections(self) -> int:
        try:
            with psycopg.connect(self._database_url, connect_timeout=2, autocommit=True) as connection:
                row = connection.execute(_CONNECTIONS).fetchone()
        except psycopg.Error:
            return -1
        return int(row[0]) - 1 if row else -1  # without our own


def _memory_mb(leader: int) -> float:
    """What the process and its children hold for themselves and their share of what is common."""
    total = 0
    for process in family_of(leader):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def _sockets(leader: int) -> int:
    count = 0
    for process in family_of(leader):
        with suppress(OSError):
            for entry in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    count += str(entry.readlink()).startswith("socket:")
    return count
