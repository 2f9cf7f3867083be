"""Installs and starts both tools, and has the connectors tried on them: python -m tests.real_tools [pytest's words]."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.real_tools.helpdesk import running_helpdesk
from tests.real_tools.request_tracker import CannotInstall, running_request_tracker

TESTS = ("tests/live/ticketing/test_real_tools.py", "tests/live/ticketing/test_case_life.py")


def main(words: list[str]) -> int:
    """Pytest's own outcome. A tool that cannot be had is named; what was to be tried on it is left out by name."""
    with tempfile.TemporaryDirectory(prefix="deskglass-tools-") as name, ExitStack() as tools:
        named = tools.enter_context(running_helpdesk(_folder(name, "helpdesk")))
        left_out: list[str] = []
        try:
            named |= tools.enter_context(running_request_tracker(_folder(name, "request_tracker")))
        except CannotInstall as why:
            print(f"tools: Request Tracker is NOT tried: {why}", file=sys.stderr, flush=True)
            left_out = ["-k", "not request_tracker"]
        command = [sys.executable, "-m", "console.runtime.testing", "--", sys.executable, "-m", "pytest"]
        command += ["-o", "norecursedirs=.venv .hypothesis", *TESTS, *left_out, *words]
        return subprocess.run(command, env={**os.environ, **named}, check=False).returncode


def _folder(parent: str, name: str) -> Path:
    folder = Path(parent) / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
