"""A real django-helpdesk from PyPI, in an environment of its own: its packages are none of ours."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real_tools.servers import free_port, running

SITE = Path(__file__).with_name("helpdesk_site")
LOCKED = Path(__file__).parents[2] / "requirements" / "helpdesk.txt"


@contextmanager
def running_helpdesk(folder: Path) -> Iterator[dict[str, str]]:
    """Where it is and who may use it, as ``tests/live/ticketing`` wants to be told."""
    python = _install(folder / "environment")
    port = free_port()
    named = {
        "HELPDESK_URL": f"http://127.0.0.1:{port}",
        "HELPDESK_LOGIN": "console",
        "HELPDESK_PASSWORD": secrets.token_urlsafe(16),
    }
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SITE),
        "DJANGO_SETTINGS_MODULE": "settings",
        "HELPDESK_FOLDER": str(folder),
        **named,
    }
    for words in (["-m", "django", "migrate", "--verbosity=0"], [str(SITE / "seed.py")]):
        subprocess.run([str(python), *words], env=environment, cwd=folder, check=True)
    server = [str(python), "-m", "django", "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"]
    with running(server, url=named["HELPDESK_URL"], environment=environment, log=folder / "helpdesk.log"):
        yield named


def _install(place: Path) -> Path:
    uv = Path(sys.executable).with_name("uv")
    python = place / "bin" / "python"
    subprocess.run([str(uv), "venv", "-q", "--python", sys.executable, str(place)], check=True)
    subprocess.run(
        [str(uv), "pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", str(LOCKED)],
        check=True,
    )
    return python
