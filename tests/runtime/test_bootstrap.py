"""A machine that cannot run the project is told why, in one sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console.runtime import bootstrap
from console.runtime.demo_environment import ROOT


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(bootstrap.CannotBuild, match=r"needs Python 3\.11 or newer, but this is Python 3\."):
        bootstrap._new_enough_python()


def test_a_newer_python_beside_an_old_one_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    newer = tmp_path / "python3.13"
    newer.write_text("#!/bin/sh\n")
    newer.chmod(0o755)
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert bootstrap._new_enough_python() == str(newer)


def test_a_python_without_venv_is_told_which_package_is_missing(tmp_path: Path) -> None:
    without_venv = tmp_path / "python"
    without_venv.write_text("#!/bin/sh\nexit 1\n")
    without_venv.chmod(0o755)

    with pytest.raises(bootstrap.CannotBuild, match="apt-get install python3-venv"):
        bootstrap._create_venv(str(without_venv))


def test_the_program_itself_can_be_read_by_an_old_python() -> None:
    source = (ROOT / "console" / "runtime" / "bootstrap.py").read_text()

    compile(source, "bootstrap.py", "exec", flags=0, dont_inherit=True)
    assert not any(word in source for word in ('f"', "f'", "match ", ":=", "from __future__"))


def test_a_changed_requirement_makes_an_environment_stale(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    bootstrap._write_stamp("dev")
    assert bootstrap._is_current("dev")

    with (tmp_path / "requirements" / "dev.txt").open("a") as lines:
        lines.write("# changed\n")

    assert not bootstrap._is_current("dev")


def test_a_second_make_env_does_nothing_and_is_quick() -> None:
    done = subprocess.run(
        ["/usr/bin/make", "-s", "env"],
        cwd=ROOT,
        env={"HOME": os.environ.get("HOME", "/"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
