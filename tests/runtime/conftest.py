"""Places outside pytest's own directory, which only root may enter when root runs the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A short directory that other accounts may pass through, like a clone in an ordinary place."""
    directory = Path(tempfile.mkdtemp(prefix="dg-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)
