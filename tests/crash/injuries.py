"""How a worker is hurt: killed at named points, or put to sleep longer than its lease; each is written down first."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from cases.actions import points
from cases.actions.pace import current_pace
from cases.actions.points import Point

# Where a kill can strike; the first three and the last are known to the engine, two lie between it and Odoo.
KILL_POINTS = ("claim", "before_send", "after_send", "after_commit", "before_journal")


# Of a run of 1,000 actions each point has to see so many kills, or the run says little about it.
ENOUGH_OF_1000 = 50
# Points differ in how often they are passed: who died before did not get there. About 90 of 1,000 each.
USUAL_KILLS: Mapping[str, float] = MappingProxyType(
    {"claim": 0.08, "before_send": 0.07, "after_send": 0.08, "after_commit": 0.07, "before_journal": 0.09}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """How often each injury happens, per passage of its point."""

    kills: Mapping[str, float] = field(default_factory=dict)
    pause: float = 0.0
    sure: tuple[str, ...] = ()  # points at each of which the first worker that passes dies, without any luck

    def as_words(self) -> list[str]:
        kills = [word for point, share in self.kills.items() for word in ("--kill", f"{point}={share}")]
        sure = [word for point in self.sure for word in ("--sure", point)]
        return [*kills, *sure, "--pause", str(self.pause)]

    @classmethod
    def from_words(cls, kills: Iterable[str], pause: float, sure: Iterable[str] = ()) -> Self:
        parted = (word.split("=") for word in kills)
        return cls(kills={point: float(share) for point, share in parted}, pause=pause, sure=tuple(sure))

    def of(self, point: str) -> float:
        return self.kills.get(point, 0.0)


def even(share: float) -> dict[str, float]:
    """The same dose at every point."""
    return dict.fromkeys(KILL_POINTS, share)


class Log:
    """A file to which one short line is added per injury; the line is there before the process is gone."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, what: str) -> None:
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, f"{what}\n".encode())
        finally:
            os.close(descriptor)

    def is_first(self, where: str) -> bool:
        """Among all the workers of the run."""
        try:
            os.close(os.open(self._mark(where), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        return True

    def not_yet(self, where: str) -> None:
        """It came to something else: whoever passes next is the first again."""
        self._mark(where).unlink()

    def _mark(self, where: str) -> Path:
        return self._file.with_name(f"{self._file.name}-{where}")

    def counts(self) -> Counter[str]:
        return Counter(self._file.read_text().split()) if self._file.exists() else Counter()


def inflict(log: Log, doses: Doses) -> None:
    """Make this process, and those it forks, liable to die or sleep at any point."""

    def strike(point: Point) -> None:
        is_sure = point.value in doses.sure and log.is_first(point.value)
        if is_sure or random.random() < doses.of(point.value):
            die(log, point.value)
        if random.random() < doses.pause:
            log.add("pause")
            time.sleep(current_pace().lease_s * 1.3)

    points.listeners.append(strike)
    _strike_on_the_wire(log, doses)


def die(log: Log, where: str) -> None:
    log.add(f"kill:{where}")
    os.kill(os.getpid(), signal.SIGKILL)


def _strike_on_the_wire(log: Log, doses: Doses) -> None:
    from integrations.odoo import exchange

    original: Callable[..., Awaitable[Any]] = vars(exchange)["send"]

    async def send(method: str, url: str, **given: Any) -> Any:
        content = given.get("content") or b""
        if b'"credit_note"' not in content:
            return await original(method, url, **given)
        dice = random.random()
        is_sure = "after_send" in doses.sure and log.is_first("after_send")
        if is_sure or dice < doses.of("after_send"):
            sending = asyncio.ensure_future(original(method, url, **given))
            await asyncio.wait({sending}, timeout=0.002 if is_sure else random.uniform(0.001, 0.03))
            if is_sure and sending.done():
                log.not_yet("after_send")
            die(log, "after_send" if not sending.done() else "after_commit")
        answer = await original(method, url, **given)
        is_sure = "after_commit" in doses.sure and log.is_first("after_commit")
        if is_sure or dice < doses.of("after_send") + doses.of("after_commit"):
            die(log, "after_commit")
        return answer

    vars(exchange)["send"] = send
