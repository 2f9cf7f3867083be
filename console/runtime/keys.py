"""The secrets of one installation, made once and kept in files only their owner can read."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _token() -> str:
    return secrets.token_urlsafe(48)


MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": _token,
    "DESKGLASS_ENCRYPTION_KEY": _fernet_key,
    "DESKGLASS_SEARCH_KEY": _token,
    "METRICS_TOKEN": _token,
}


def ensure_keys(directory: Path) -> dict[str, str]:
    """Make what is missing; answer with the NAME_FILE variables of what the environment leaves open."""
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)
    variables = {}
    for name, make in MAKERS.items():
        if os.environ.get(name) or os.environ.get(f"{name}_FILE"):
            continue
        file = directory / name.lower()
        if not file.exists():
            _write_once(file, make())
        variables[f"{name}_FILE"] = str(file)
    return variables


def _write_once(file: Path, value: str) -> None:
    """Write beside and rename, so that a full disk never leaves half a key."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as lines:
        lines.write(value + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    unfinished.rename(file)
