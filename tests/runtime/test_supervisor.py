"""However the supervisor ends, nothing it started lives on; what crashes is started again."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.runtime.demo_environment import ROOT
from tests.runtime.traces import MARK, eventually, living, wait_for_line

MEMBERS = 6
"""The supervisor, its warden, the leader with two children, and the stubborn one."""


@pytest.fixture
def mark() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def family(mark: str, tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.runtime.family", str(tmp_path)],
        cwd=ROOT,
        env=dict(os.environ, **{MARK: mark}),
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for_line(process, "all serve")
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_leaders_children_and_stubborn_ones(
    family: "subprocess.Popen[str]", mark: str, number: signal.Signals
) -> None:
    assert len(living(mark)) == MEMBERS

    family.send_signal(number)

    assert family.wait(5) == 0
    assert living(mark) == []


def test_a_killed_supervisor_leaves_nothing(family: "subprocess.Popen[str]", mark: str) -> None:
    assert len(living(mark)) == MEMBERS

    family.kill()
    family.wait()

    assert eventually(lambda: living(mark) == [], within=5), living(mark)


def test_a_second_signal_skips_the_waiting(family: "subprocess.Popen[str]", mark: str) -> None:
    family.send_signal(signal.SIGTERM)
    family.send_signal(signal.SIGINT)

    assert family.wait(5) == 0
    assert living(mark) == []


def test_a_crashed_leader_is_started_again_without_its_old_children(
    family: "subprocess.Popen[str]", mark: str
) -> None:
    first = _leader(mark)

    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: _leader(mark) not in (0, first), within=5)
    assert eventually(lambda: len(living(mark)) == MEMBERS, within=5), living(mark)


def test_the_end_of_the_calling_process_can_end_everything(mark: str, tmp_path: Path) -> None:
    program = (
        "import signal, subprocess, sys; from console.runtime.processes import die_with_parent; "
        "child = subprocess.Popen([sys.executable, '-m', 'tests.runtime.family', sys.argv[1]], "
        "preexec_fn=lambda: die_with_parent(signal.SIGTERM)); child.wait()"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        env=dict(os.environ, **{MARK: mark}),
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for_line(caller, "all serve")

    caller.kill()
    caller.wait()

    assert eventually(lambda: living(mark) == [], within=5), living(mark)
    assert caller.stdout is not None
    caller.stdout.close()


def _leader(mark: str) -> int:
    """The process id of the leader, which its children name as their parent."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_leader(entry, mark):
            return int(entry.name)
    return 0


def _is_leader(entry: Path, mark: str) -> bool:
    try:
        status = (entry / "stat").read_text().rpartition(")")[2].split()
        marked = f"{MARK}={mark}".encode() in (entry / "environ").read_bytes()
        leads_its_group = int(status[2]) == int(entry.name)
        return (
            marked and leads_its_group and status[0] != "Z" and b"serving" in (entry / "cmdline").read_bytes()
        )
    except OSError:
        return False
