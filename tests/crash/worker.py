"""A worker that is being hurt: the sweeper's own loop, or the queue's cluster, with injuries built in.

It runs as the child of a process that has loaded the program already: who dies is back in a moment, so that a run
spends its time on the engine and not on starting Python.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import django

from console.runtime.processes import die_with_parent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["sweeper", "cluster"])
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--kill", action="append", default=[], metavar="POINT=SHARE")
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--sure", action="append", default=[], metavar="POINT")
    parser.add_argument("--keyless", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    django.setup()
    from cases import tasks  # noqa: F401  # loaded before the first child, and so in every one
    from tests.crash.injuries import Doses, Log, inflict

    if arguments.keyless:
        from tests.crash.keyless import forget_keys

        forget_keys()
    _squeeze_clocks_of_calls()
    log = Log(arguments.log)
    inflict(log, Doses.from_words(arguments.kill, arguments.pause, arguments.sure))
    while True:
        child = os.fork()
        if child == 0:
            die_with_parent(signal.SIGKILL)
            _work(arguments.what)
            return
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
        log.add("again")


def _squeeze_clocks_of_calls() -> None:
    """By the same factor as the engine's: a dead worker's place at Odoo comes back as soon as it does in service."""
    from django.conf import settings

    from integrations.odoo import breaker, capacity, client

    for module, clock in ((capacity, "LEASE_S"), (client, "HARD_LIMIT_S"), (breaker, "PROBE_LEASE_S")):
        vars(module)[clock] *= settings.ACTION_TIME_FACTOR


def _work(what: str) -> None:
    from django.core.management import call_command

    if what == "cluster":
        call_command("qcluster")
    else:
        call_command("run_actions", workers=2)


if __name__ == "__main__":
    main()
