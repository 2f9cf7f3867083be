"""What the figures depend on besides the product, printed with them every time."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("django", "uvicorn", "httpx", "aiohttp", "psycopg")


def machine() -> dict[str, str]:
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "cpu": f"{os.cpu_count()} x {_cpu_model()}",
        "load": load_average(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "versions": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def load_average() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def cpu_s(leader: int) -> float:
    """Processor time of a process and its children so far."""
    ticks = 0
    for process in family_of(leader):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family_of(leader: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found = [leader]
    for process in found:
        found.extend(children.get(process, []))
    return found


def member_running(leader: int, words: str) -> int:
    """The process below ``leader`` whose command line holds ``words``."""
    for process in family_of(leader):
        try:
            line = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if process != leader and words in line:
            return process
    raise RuntimeError(f"no process runs {words}")


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    changed = subprocess.run([*git, "status", "--short", "-uno"], capture_output=True, text=True, check=False)
    return (found.stdout.strip() or "unknown") + (" with local changes" if changed.stdout.strip() else "")
