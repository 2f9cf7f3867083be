"""The wrapper around test runs: a database for one command, and the command's own exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.runtime import chromium
from console.runtime.demo_environment import ROOT
from console.runtime.failure import RuntimeFailure
from console.runtime.postgres_placement import OPEN_PLACE
from console.runtime.screen import worth_showing

ASK_BOTH = """
import os, psycopg
for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
    with psycopg.connect(os.environ[name]) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0])
        print(connection.info.host)
"""


def _wrap(*command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return subprocess.run(
        [sys.executable, "-m", "console.runtime.testing", "--", *command],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_command_gets_a_database_with_both_roles_and_leaves_nothing(tmp_path: Path) -> None:
    done = _wrap(sys.executable, "-c", ASK_BOTH, TMPDIR=str(tmp_path))

    assert done.stdout.split()[::2] == ["deskglass_app", "deskglass_owner"], done.stderr
    assert list(tmp_path.iterdir()) == []
    sockets = Path(done.stdout.split()[1])
    assert sockets.is_absolute()
    assert not sockets.exists()
    # Below a closed directory the server lives here, and its sockets inside or named like it.
    assert not (OPEN_PLACE / sockets.name.rpartition("-")[2]).exists()
    assert not (sockets.parent.parent == OPEN_PLACE and sockets.parent.exists())


@pytest.mark.parametrize(
    ("program", "code"), [("raise SystemExit(5)", 5), ("import os; os.kill(os.getpid(), 9)", 137)]
)
def test_the_exit_code_of_the_command_is_passed_on(program: str, code: int) -> None:
    assert _wrap(sys.executable, "-c", program, DATABASE_URL="postgresql://given/").returncode == code


def test_a_given_database_is_used(tmp_path: Path) -> None:
    program = "import os; print(os.environ['DATABASE_URL'], os.environ['DATABASE_OWNER_URL'])"

    done = _wrap(sys.executable, "-c", program, DATABASE_URL="postgresql://given/")

    assert done.stdout.split() == ["postgresql://given/", "postgresql://given/"]


def test_a_named_browser_that_cannot_run_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))

    with pytest.raises(RuntimeFailure, match="which cannot be run"):
        chromium.find_chromium()


def test_without_browser_and_installers_the_person_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "OWN_PLACE", tmp_path / "nowhere")

    with pytest.raises(RuntimeFailure, match="apt-get install chromium"):
        chromium.ensure_chromium()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"level": "info", "event": "Q Cluster running."}', None),
        ('{"level": "warning", "event": "Slow answer", "case": 42}', "warning: Slow answer"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ("", None),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_everyday_events_stay_off_the_screen(line: str, shown: str | None) -> None:
    assert worth_showing(line) == shown
