"""Ends the process groups of a supervisor that died without ending them itself.

Runs as its own program. The supervisor writes "+GROUP", "-GROUP" and "/FILE" lines; when the pipe closes because
the supervisor is gone, the files are removed, and every group still listed gets a moment for its orderly end and is
then killed.
"""

import os
import signal
import sys
import time

ORDERLY_END_SECONDS = 2.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    files: set[str] = set()
    listen(groups, files)
    for file in files:
        remove(file)
    end_groups(groups)


def listen(groups: set[int], files: set[str]) -> None:
    for line in sys.stdin:
        if line.startswith("/"):
            files.add(line.rstrip("\n"))
        elif line.startswith("+"):
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))


def remove(file: str) -> None:
    try:
        os.unlink(file)
    except OSError:
        return


def end_groups(groups: set[int]) -> None:
    deadline = time.monotonic() + ORDERLY_END_SECONDS
    while time.monotonic() < deadline and any(signal_group(group, 0) for group in groups):
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
