"""One sandbox of each dialect for all read-only tests, and fresh ones for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox

Starter = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Starts each dialect once, when it is first asked for."""
    running: dict[int, Sandbox] = {}

    def find(serie: int) -> Sandbox:
        if serie not in running:
            running[serie] = Sandbox.start(serie, tmp_path_factory.mktemp(f"sandbox{serie}"))
        return running[serie]

    yield find
    for sandbox in running.values():
        sandbox.stop()


@pytest.fixture(params=[17, 18, 19])
def odoo(request: pytest.FixtureRequest, sandboxes: Callable[[int], Sandbox]) -> Sandbox:
    """Every dialect in turn."""
    return sandboxes(request.param)


@pytest.fixture
def odoo18(sandboxes: Callable[[int], Sandbox]) -> Sandbox:
    return sandboxes(18)


@pytest.fixture
def odoo19(sandboxes: Callable[[int], Sandbox]) -> Sandbox:
    return sandboxes(19)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts a sandbox of one's own: start(18, "--workers", "2")."""
    running: list[Sandbox] = []

    def begin(serie: int, *options: str, folder: Path | None = None) -> Sandbox:
        sandbox = Sandbox.start(serie, folder or tmp_path / "data", *options)
        running.append(sandbox)
        return sandbox

    yield begin
    for sandbox in running:
        sandbox.stop()
