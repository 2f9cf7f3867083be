"""How many web processes the demo runs is one per core, unless somebody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.runtime.demo_services import MOST_WEB_PROCESSES, DemoSettings, web, web_processes


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (2, 2), (64, MOST_WEB_PROCESSES), (None, 1)])
def test_one_per_core_up_to_a_few(monkeypatch: pytest.MonkeyPatch, cores: int | None, expected: int) -> None:
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert web_processes() == expected


@pytest.mark.parametrize(("asked", "expected"), [("1", 1), ("7", 7), ("0", 2), ("", 2), ("many", 2)])
def test_somebody_may_say_how_many(monkeypatch: pytest.MonkeyPatch, asked: str, expected: int) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", asked)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert web_processes() == expected


def test_all_of_them_count_into_the_same_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    settings = DemoSettings(
        root=tmp_path, directory=tmp_path, port=1, app_url="", owner_url="", keys={}, may_write=False
    )
    command = web(settings).command
    assert " --workers 3 " in " ".join(map(str, command.argv))
    assert command.environment["PROMETHEUS_MULTIPROC_DIR"] == str(tmp_path / "figures")
