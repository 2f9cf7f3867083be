"""Turns what goes wrong while starting into one sentence that tells a person what to do."""

import errno
from pathlib import Path


class RuntimeFailure(Exception):
    """Starting cannot go on; the message is meant for the person at the terminal."""


def explain_os_error(error: OSError, path: Path | str) -> RuntimeFailure:
    """Say what the operating system refused, in terms of the directory the person chose."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return RuntimeFailure(f"{path} cannot be written: give it to this user or set DEMO_DIR elsewhere.")
    return RuntimeFailure(f"{path}: {error.strerror or error}.")


def explain_output(what: str, said: str, path: Path | str) -> RuntimeFailure:
    """What a program printed before it gave up, or the known cause behind it."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return disk_full(path)
    return RuntimeFailure(f"{what}:\n{last_lines(said)}")


def last_lines(said: str, *, count: int = 12) -> str:
    return "\n".join(f"  {line}" for line in said.strip().splitlines()[-count:])


def disk_full(path: Path | str) -> RuntimeFailure:
    return RuntimeFailure(f"The disk that holds {path} is full: make room or set DEMO_DIR elsewhere.")
