"""The sandbox Odoos that packages of tests share: one process of each dialect, started when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox


@contextmanager
def started_once(folder: Callable[[str], Path]) -> Iterator[Callable[[int], Sandbox]]:
    """Starts each dialect once, and ends what it started."""
    running: dict[int, Sandbox] = {}

    def find(serie: int) -> Sandbox:
        if serie not in running:
            running[serie] = Sandbox.start(serie, folder(f"sandbox{serie}"))
        return running[serie]

    try:
        yield find
    finally:
        for sandbox in running.values():
            sandbox.stop()


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Only read: who writes into Odoo takes sandboxes of their own."""
    with started_once(tmp_path_factory.mktemp) as find:
        yield find


@pytest.fixture(params=[17, 18, 19])
def odoo(request: pytest.FixtureRequest, sandboxes: Callable[[int], Sandbox]) -> Iterator[Sandbox]:
    """Every dialect in turn, well-behaved before and after."""
    sandbox = sandboxes(request.param)
    yield sandbox
    sandbox.clear_faults()


@pytest.fixture
def odoo18(sandboxes: Callable[[int], Sandbox]) -> Iterator[Sandbox]:
    sandbox = sandboxes(18)
    yield sandbox
    sandbox.clear_faults()


@pytest.fixture
def odoo19(sandboxes: Callable[[int], Sandbox]) -> Iterator[Sandbox]:
    sandbox = sandboxes(19)
    yield sandbox
    sandbox.clear_faults()
