"""Fresh sandboxes for tests that change something; what is only read is shared by all packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.process import Sandbox

Starter = Callable[..., Sandbox]


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
