"""Finds every living process that came from one start, by a mark in its environment."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

MARK = "DESKGLASS_TEST_MARK"


def living(mark: str) -> list[str]:
    """Command lines of the processes that carry the mark; zombies do not count."""
    return [_command_line(pid) for pid in _numbers() if _carries(pid, mark) and _state(pid) not in "ZX"]


def postgres_on(data: Path) -> list[int]:
    """Server processes that work in this data directory; PostgreSQL starts with an environment of its own."""
    return [pid for pid in _numbers() if _directory(pid) == data and _state(pid) not in "ZX"]


def eventually(condition: Callable[[], bool], *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def wait_for_line(process: "subprocess.Popen[str]", text: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return str(line)
    raise AssertionError(f"{text!r} was never printed")


def _numbers() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _state(pid: int) -> str:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "X"
    return str(status.rpartition(")")[2].split()[0])


def _directory(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return str(pid)
