"""Counts calls, so that tests can prove how often and how parallel a client asked. Never keeps bodies."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KEPT_CALLS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Which method a request asks for, and who sent it."""

    model: str
    method: str
    login: str = ""
    role: str = ""
    request_id: str = ""
    user_agent: str = ""
    verb: str = ""  # what is asked of the bridge


class Statistics:
    def __init__(self) -> None:
        self.in_flight = 0
        self.working = 0
        self.reset()

    def reset(self) -> None:
        self.since = datetime.now(UTC)
        self.total = 0
        self.max_in_flight = self.in_flight
        self.max_working = self.working
        self.calls: Counter[str] = Counter()
        self.last: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)

    def arrive(self) -> None:
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def leave(self) -> None:
        self.in_flight -= 1

    def start_work(self) -> None:
        self.working += 1
        self.max_working = max(self.max_working, self.working)

    def end_work(self) -> None:
        self.working -= 1

    def record(self, call: Call, outcome: str, seconds: float) -> None:
        self.total += 1
        self.calls[f"{call.model}/{call.method}"] += 1
        self.last.append(
            {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "model": call.model,
                "method": call.method,
                "user": call.role,
                "request_id": call.request_id,
                "user_agent": call.user_agent,
                "outcome": outcome,
                "ms": round(seconds * 1000, 1),
            }
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(timespec="milliseconds"),
            "total": self.total,
            "calls": dict(self.calls),
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
            "working": self.working,
            "max_working": self.max_working,
            "last": list(self.last),
        }
