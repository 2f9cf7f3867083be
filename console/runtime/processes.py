"""Starts child processes that cannot outlive us, even when we are killed without warning.

Three ties hold: the kernel signals the child when we die (PR_SET_PDEATHSIG), the child leads a process group
that is ended as a whole, and the warden ends that group when we could not. Children of a child need the last
two.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

Ending = tuple[tuple[signal.Signals, float], ...]
"""Signals for the leader, each with the seconds it gets; after the last one the whole group is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The operating system user that a child runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run and how to end it."""

    name: str
    argv: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path = field(default_factory=Path.cwd)
    account: Account | None = None
    ending: Ending = ((signal.SIGTERM, 5.0),)


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to signal this process when its parent ends."""
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


class Warden:
    """Our end of the pipe to the warden process."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("warden.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def remove_at_the_end(self, file: Path) -> None:
        """For files that say that we are here: gone when we are, however that came about."""
        self._tell(f"{file.absolute()}\n")

    def close(self) -> None:
        pipe = self._process.stdin
        if pipe is not None:
            pipe.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        if pipe is None:
            return
        try:
            pipe.write(line.encode())
            pipe.flush()
        except BrokenPipeError:
            return  # the warden was killed; the other two ties still hold


class Process:
    """One running child, its whole process group and the thread that reads what it prints."""

    def __init__(
        self, command: Command, *, warden: Warden, output: Callable[[str], None] | None = None
    ) -> None:
        # PR_SET_PDEATHSIG fires when the thread that forked ends, so only the main thread may start children.
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Children are started from the main thread only.")
        self.command = command
        self._recent: deque[str] = deque(maxlen=40)
        self.started_at = time.monotonic()
        self._warden = warden
        self._child = _spawn(command)
        self.pid = self._child.pid
        warden.watch(self.pid)
        self._reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        return self._child.poll()

    @property
    def last_words(self) -> str:
        """What the child printed last; complete once it has ended."""
        if self.exit_code is not None:
            self._reader.join(1.0)
        return "\n".join(self._recent)

    def signal(self, number: signal.Signals) -> None:
        """Signal the leader only: workers that lead others end them in their own order."""
        self._child.send_signal(number)

    def end(self) -> int:
        """End the child in its own way, then whatever is left of its group."""
        for number, seconds in self.command.ending:
            self.signal(number)
            try:
                self._child.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        return self.bury()

    def bury(self) -> int:
        """Kill what is left of the group; after a crash too, because children of the child live on."""
        kill_group(self.pid)
        code = self._child.wait()
        self._warden.forget(self.pid)
        self._reader.join(1.0)
        return code

    def _read(self, output: Callable[[str], None] | None) -> None:
        pipe = self._child.stdout
        if pipe is None:
            return
        with pipe:
            for printed in pipe:
                line = printed.decode("utf-8", "replace").rstrip("\n")
                self._recent.append(line)
                if output is not None:
                    output(line)


def end_together(processes: Sequence[Process], *, hurry: Callable[[], bool] = lambda: False) -> None:
    """End several children at the same time, each within its own limits; `hurry` skips the waiting."""
    waiting = {process: list(process.command.ending) for process in processes}
    deadlines = dict.fromkeys(processes, 0.0)
    while waiting:
        for process in list(waiting):
            if process.exit_code is not None or hurry():
                process.bury()
                del waiting[process]
            elif time.monotonic() >= deadlines[process]:
                _take_next_step(process, waiting, deadlines)
        time.sleep(0.01)


def _take_next_step(
    process: Process,
    waiting: dict[Process, list[tuple[signal.Signals, float]]],
    deadlines: dict[Process, float],
) -> None:
    if not waiting[process]:
        process.bury()
        del waiting[process]
        return
    number, seconds = waiting[process].pop(0)
    process.signal(number)
    deadlines[process] = time.monotonic() + seconds


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    number = command.ending[0][0]

    def tie_to_parent() -> None:
        die_with_parent(number)
        if os.getppid() != parent:  # we died before the kernel knew of the tie
            os._exit(1)

    account = command.account
    return subprocess.Popen(
        [str(part) for part in command.argv],
        env=dict(command.environment),
        cwd=command.directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=tie_to_parent,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
