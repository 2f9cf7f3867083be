"""A short crash run with every kind of injury, and one without keys in which the checker has to find duplicates."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.crash.injuries import KILL_POINTS
from tests.crash.odoos import ROOT


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_short_crash_run_loses_nothing_and_doubles_nothing() -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.crash", "16", "--kill", "0.12", "--each-point"),
            *("--restarts", "1", "--cluster-kills", "1", "--keyless", "12"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "lost=0 duplicated=0 stuck=0" in run.stdout, run.stdout + run.stderr[-3000:]
    kills = {
        point: int(number) for point, number in re.findall(r"(\w+)=(\d+)", run.stdout.partition("\n")[0])
    }
    assert all(kills[point] for point in KILL_POINTS), run.stdout
    assert "database_restarts=1 cluster_kills=1" in run.stdout
    assert "without keys:" in run.stdout
    assert run.returncode == 0, run.stdout
