"""Measures and prints what was found: python -m tests.bench [--record] [--quick]."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench import conditions
from tests.bench.installation import Odoo
from tests.bench.report import as_json, record, say
from tests.bench.run import EXTENT, QUICK, Run

RESULTS = conditions.ROOT / "docs" / "performance-results.jsonl"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"append the result to docs/{RESULTS.name}")
    parser.add_argument(
        "--quick", action="store_true", help="a look at whether all works; figures mean little"
    )
    arguments = parser.parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    began = time.monotonic()
    about = conditions.machine()
    for name, value in about.items():
        say(f"{name:<10}{value}")
    with tempfile.TemporaryDirectory(prefix="deskglass-bench-") as folder, ExitStack() as running:
        directory = Path(folder)
        directory.chmod(0o711)  # the database may run as another account, which passes through
        run = Run(directory, extent=QUICK if arguments.quick else EXTENT, running=running)
        figures = run.stand_in()
        parts = {"everywhere": run.everywhere()}
        figures |= run.warm() | run.load() | run.down()
        if run.real is not None:
            parts["real"] = run.real_odoo(run.real)
        figures |= run.approvals()
        figures |= run.queue(directory, quick=arguments.quick)
    about["load_at_the_end"] = conditions.load_average()
    say(f"load      {about['load_at_the_end']} at the end; the run took {time.monotonic() - began:.0f} s")
    if Odoo.from_environment():
        about["real"] = run.real_version
    result = as_json(figures, parts)
    if arguments.record:
        record(RESULTS, about, result)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
