"""Lets manage.py work with a running demo without a dozen variables to set by hand."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_NAME = "environment"


def demo_directory() -> Path:
    return (ROOT / os.environ.get("DEMO_DIR", ".demo")).absolute()


def load_running_demo() -> None:
    """Take over the variables of the demo that runs in DEMO_DIR, unless an installation is named already."""
    if any(
        os.environ.get(name)
        for name in ("DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE")
    ):
        return
    try:
        lines = (demo_directory() / FILE_NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)


def publish_environment(directory: Path, variables: Mapping[str, str]) -> None:
    """Write addresses and names of secret files; the secrets themselves stay where they are."""
    text = "".join(f"{name}={value}\n" for name, value in sorted(variables.items()))
    file = directory / FILE_NAME
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
        lines.write(text)


def withdraw_environment(directory: Path) -> None:
    (directory / FILE_NAME).unlink(missing_ok=True)
