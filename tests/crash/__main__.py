"""python -m tests.crash N: the crash run, and a short one without keys that has to find duplicates."""

from __future__ import annotations

import argparse
import subprocess
import sys

from tests.crash.injuries import KILL_POINTS, USUAL_KILLS, Doses, even
from tests.crash.odoos import OdooSide
from tests.crash.run import Plan, crash, seeded

# Answers lost for sure at the beginning of both runs: with keys nothing comes of it, without keys a duplicate.
LOST_FIRST = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("actions", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--factor", type=float, default=0.1, help="of all of the engine's waiting times")
    parser.add_argument("--kill", type=float, default=None, help="the same share of kills at every point")
    parser.add_argument("--each-point", action="store_true", help="kill for sure once at each of the points")
    parser.add_argument("--restarts", type=int, default=None, help="of the database")
    parser.add_argument("--cluster-kills", type=int, default=None)
    parser.add_argument("--sweeper-only", action="store_true", help="without the queue")
    parser.add_argument("--keyless", type=int, default=30, help="actions of the run without keys; 0: none")
    parser.add_argument(
        "--without-keys", action="store_true", help="only the run that has to find duplicates"
    )
    parser.add_argument("--live", action="store_true", help="in the real Odoo that ODOO_URL and so on name")
    parser.add_argument("--orders", type=int, default=25, help="with --live: sold and invoiced for the run")
    parser.add_argument(
        "--outage", type=float, default=60.0, help="with --live: seconds without Odoo half way"
    )
    arguments = parser.parse_args()
    if arguments.without_keys:
        return _keyless(arguments.actions, arguments.factor)
    scale = arguments.actions / 1000
    plan = Plan(
        actions=arguments.actions,
        factor=arguments.factor,
        doses=Doses(
            kills=USUAL_KILLS if arguments.kill is None else even(arguments.kill),
            pause=0.02,
            sure=KILL_POINTS if arguments.each_point else (),
        ),
        lost_first=LOST_FIRST,
        database_restarts=round(20 * scale) if arguments.restarts is None else arguments.restarts,
        cluster_kills=round(20 * scale) if arguments.cluster_kills is None else arguments.cluster_kills,
        clusters=0 if arguments.sweeper_only else 1,
        sweepers=3 if arguments.sweeper_only else 2,
        at_once=10 if arguments.live else 24,
    )
    with seeded(arguments.seed):
        report = crash(plan, _real(arguments) if arguments.live else None)
    for line in report.lines():
        print(line, flush=True)
    shortcomings = list(report.shortcomings())
    for line in shortcomings:
        print(line, flush=True)
    if shortcomings:
        return 1
    return _beside(arguments.keyless, arguments.factor) if arguments.keyless and not arguments.live else 0


def _real(arguments: argparse.Namespace) -> OdooSide:
    from tests.crash.real_odoo import RealOdoo  # its orders are made by the live suite

    return RealOdoo(orders=arguments.orders, outage_s=arguments.outage)


def _beside(actions: int, factor: float) -> int:
    """In a process of its own, because a process knows one database only."""
    words = [str(actions), "--without-keys", "--factor", str(factor)]
    return subprocess.run([sys.executable, "-m", "tests.crash", *words], check=False).returncode


def _keyless(actions: int, factor: float) -> int:
    plan = Plan(
        actions=actions,
        factor=factor,
        # Whoever dies after the commit leaves a document behind that its successor makes again, whatever chance does.
        doses=Doses(kills=even(0.15), sure=("after_commit",)),
        clusters=0,
        keyless=True,
        lost=0.4,
        lost_first=LOST_FIRST,
        limit_s=240,
    )
    found = crash(plan).judgement
    print(
        f"without keys: {found.duplicated} duplicates of {found.actions} actions, stuck={found.stuck}",
        flush=True,
    )
    # What stands for an action that did not come to an end is over too, but no duplicate.
    return 0 if found.duplicated > found.stuck else 1


if __name__ == "__main__":
    sys.exit(main())
