"""A worker that is being hurt: the sweeper's own loop, or the queue's cluster, with injuries built in."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import django


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["sweeper", "cluster"])
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--kill", type=float, default=0.0)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--keyless", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    django.setup()
    from django.core.management import call_command

    from tests.crash.injuries import Doses, Log, inflict

    if arguments.keyless:
        from tests.crash.keyless import forget_keys

        forget_keys()
    inflict(Log(arguments.log), Doses(kill=arguments.kill, pause=arguments.pause))
    if arguments.what == "cluster":
        call_command("qcluster")
    else:
        call_command("run_actions", workers=2)


if __name__ == "__main__":
    main()
