"""The demo as a person meets it: one command, a page that answers, and nothing left when it ends."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.runtime.demo_environment import ROOT
from console.runtime.postgres_placement import forget_placement
from tests.runtime.traces import MARK, eventually, living, postgres_on

SECONDS_TO_START = 240
SECONDS_TO_END = 60
OF_THE_MACHINE = ("HOME", "LANG", "PATH", "TERM")
ROLES = {"agent", "senior_agent", "supervisor", "finance", "auditor", "admin", "outsider"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """One start of `make demo` and what it wrote when it was ready."""

    process: "subprocess.Popen[bytes]"
    directory: Path
    mark: str
    state: dict[str, Any]

    def leaves_nothing(self) -> bool:
        return not living(self.mark) and not postgres_on(self.directory / "postgres" / "data")


@pytest.fixture
def directory() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="dg-demo-"))
    yield place
    forget_placement(place / "postgres")
    shutil.rmtree(place)


def start(directory: Path) -> Demo:
    mark = uuid.uuid4().hex
    kept = {name: value for name, value in os.environ.items() if name in OF_THE_MACHINE}
    process = subprocess.Popen(
        ["/usr/bin/make", "demo"],
        cwd=ROOT,
        env={**kept, "PORT": "0", "DEMO_DIR": str(directory), MARK: mark},
        stdout=(directory / "screen").open("wb"),
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + SECONDS_TO_START
    while not (directory / "state.json").exists():
        assert process.poll() is None, (directory / "screen").read_text()
        assert time.monotonic() < deadline, (directory / "screen").read_text()
        time.sleep(0.1)
    state = json.loads((directory / "state.json").read_text())
    return Demo(process=process, directory=directory, mark=mark, state=state)


@pytest.mark.slow
def test_the_demo_serves_ends_without_leftovers_and_finds_its_data_again(directory: Path) -> None:
    first = start(directory)
    try:
        assert httpx.get(f"{first.state['url']}/readyz").status_code == 200
        assert {user["role"] for user in first.state["users"]} >= ROLES
        assert (directory / "state.json").stat().st_mode & 0o777 == 0o600
        screen = (directory / "screen").read_text()
        assert all(user["password"] in screen for user in first.state["users"])
        assert "Traceback" not in screen
    finally:
        first.process.send_signal(signal.SIGTERM)
        first.process.wait(SECONDS_TO_END)
    assert eventually(first.leaves_nothing, within=20), living(first.mark)
    assert not (directory / "state.json").exists()

    second = start(directory)
    supervisor = int((directory / "lock").read_text())
    try:
        assert second.state["users"] == first.state["users"]
        assert second.state["sample_orders"] == first.state["sample_orders"]
    finally:
        os.kill(supervisor, signal.SIGKILL)
        second.process.wait(SECONDS_TO_END)
    assert eventually(second.leaves_nothing, within=SECONDS_TO_END), living(second.mark)
    assert not (directory / "state.json").exists()
    assert not (directory / "environment").exists()
