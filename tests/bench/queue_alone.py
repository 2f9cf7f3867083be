"""The queue stage by itself, for whoever works on it: python -m tests.bench.queue_alone [--quick]."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.installation import Console, Sandbox
from tests.bench.queue import measure_queue


def main(words: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="deskglass-bench-") as folder, ExitStack() as running:
        directory = Path(folder)
        directory.chmod(0o711)
        sandbox = Sandbox(directory / "sandbox")
        running.callback(sandbox.stop)
        console = Console(directory / "console", [sandbox.odoo()])
        running.callback(console.stop)
        print(json.dumps(measure_queue(directory / "console", console.url, quick="--quick" in words)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
