"""Spreads the tests over processes, so that neighbours which share a running installation stay together."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Packages whose tests share one console that was started for them; everywhere else a file stays together.
HOUSES = ("tests/safety", "tests/faults")
# What takes longest begins first, so that no process is left alone with it at the end.
LONGEST = ("tests/crash/test_short_run.py", *HOUSES, "tests/runtime/test_demo.py")


def place_of(nodeid: str) -> str:
    """What is carried out by one process, from beginning to end."""
    file = nodeid.partition("::")[0]
    return next((house for house in HOUSES if file.startswith(f"{house}/")), file)


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByPlace:
    config.option.loadscopereorder = False
    return ByPlace(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _rank(place_of(item.nodeid)))


def _rank(place: str) -> int:
    return LONGEST.index(place) if place in LONGEST else len(LONGEST)
