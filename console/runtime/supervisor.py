"""Keeps a set of processes running together: ordered start, restart after a crash, one quick end for all."""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from console.runtime.failure import RuntimeFailure, explain_output
from console.runtime.processes import Command, Process, Warden, end_together
from console.runtime.screen import Screen

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SECONDS_THAT_COUNT_AS_STABLE = 60.0


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A process to keep running, and how to see that it serves."""

    command: Command
    is_ready: Callable[[Process], bool]
    ready_within: float = 30.0
    before_restart: Callable[[], None] = lambda: None
    explain: Callable[[str], RuntimeFailure] | None = None
    ends_last: bool = False
    quiet: bool = False


class _Running:
    def __init__(self, service: Service, process: Process) -> None:
        self.service = service
        self.process: Process | None = process
        self.pause = FIRST_PAUSE
        self.restart_at = 0.0


class Supervisor:
    """Use as a context manager: leaving it ends every process."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._warden = Warden()
        self._running: list[_Running] = []
        self._steps: list[Process] = []
        self._signals = 0

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self._end_everything()
        self._warden.close()

    def remove_at_the_end(self, *files: Path) -> None:
        for file in files:
            self._warden.remove_at_the_end(file)

    def run(self, *commands: Command) -> None:
        """Run one-off commands side by side to their end; the first that fails stops the start."""
        self._steps = [self._spawn(command, quiet=True) for command in commands]
        while any(step.exit_code is None for step in self._steps):
            self.pause(0.02)
        for step in self._steps:
            if step.bury() != 0:
                raise explain_output(f"{step.command.name} failed", step.last_words, self._screen.logs.parent)
        self._steps = []

    def start(self, *services: Service) -> None:
        """Start services side by side; `wait` tells when they serve."""
        for service in services:
            self._running.append(_Running(service, self._spawn(service.command, quiet=service.quiet)))

    def wait(self) -> None:
        """Return when every started service serves; a service that ends before that stops the start."""
        for running in self._running:
            self._wait_until_ready(running)

    def keep_running(self) -> None:
        """Restart what crashes until a signal asks to stop."""
        while True:
            for running in self._running:
                self._look_after(running)
            self.pause(0.1)

    def pause(self, seconds: float) -> None:
        if self._signals:
            raise StopRequested
        time.sleep(seconds)  # a signal handler runs during this, the next pause then ends the waiting

    def _wait_until_ready(self, running: _Running) -> None:
        service, process = running.service, running.process
        if process is None:
            return
        deadline = process.started_at + service.ready_within
        while not service.is_ready(process):
            if process.exit_code is not None:
                raise self._explain(service, process, f"ended with code {process.exit_code}")
            if time.monotonic() > deadline:
                raise self._explain(service, process, f"was not ready after {service.ready_within:.0f} s")
            self.pause(0.02)

    def _explain(self, service: Service, process: Process, what: str) -> RuntimeFailure:
        if service.explain is not None:
            return service.explain(process.last_words)
        return explain_output(f"{service.command.name} {what}", process.last_words, self._screen.logs.parent)

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process is None:
            if now >= running.restart_at:
                running.service.before_restart()
                running.process = self._spawn(running.service.command, quiet=running.service.quiet)
            return
        if running.process.exit_code is None:
            return
        lived = now - running.process.started_at
        code = running.process.bury()
        running.pause = FIRST_PAUSE if lived > SECONDS_THAT_COUNT_AS_STABLE else running.pause
        name = running.service.command.name
        self._screen.say(f"{name} ended ({_describe(code)}); starting it again in {running.pause:g} s")
        running.process, running.restart_at = None, now + running.pause
        running.pause = min(running.pause * 2, LONGEST_PAUSE)

    def _spawn(self, command: Command, *, quiet: bool) -> Process:
        return Process(command, warden=self._warden, output=self._screen.listener(command.name, quiet=quiet))

    def _end_everything(self) -> None:
        already = self._signals
        for last in (False, True):
            batch = [r.process for r in self._running if r.process and r.service.ends_last is last]
            end_together([*batch, *([] if last else self._steps)], hurry=lambda: self._signals > already + 1)
        self._running, self._steps = [], []

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def served_by_http(url: str, *, accepts: Sequence[int] = (200,)) -> Callable[[Process], bool]:
    """A readiness check: the address answers with one of the accepted statuses."""
    import httpx

    def check(_process: Process) -> bool:
        try:
            return httpx.get(url, timeout=2.0, trust_env=False).status_code in accepts
        except httpx.HTTPError:
            return False

    return check
