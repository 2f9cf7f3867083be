"""Says whether the audit trail is what was written: 0 ok, 2 broken, 3 gap or truncated, 4 anchor mismatch."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.audit.check import check_trail


class Command(BaseCommand):
    help = "Check every entry of the audit trail against its hash, its neighbours, its head and the anchors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors",
            default=settings.AUDIT_ANCHOR_DIR,
            help="directory with the anchors, or a copy kept elsewhere (default: AUDIT_ANCHOR_DIR)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        directory = Path(options["anchors"]) if options["anchors"] else None
        report = check_trail(anchor_directory=directory)
        for problem in report.problems:
            self.stdout.write(
                f"{problem.finding.name.lower()}: {problem.chain} {problem.seq}: {problem.message}"
            )
        verdict = "not what was written" if report.problems else "ok"
        self.stdout.write(
            f"{verdict}: {report.entries} entries in {report.chains} chains, {report.anchors} anchors"
        )
        if report.exit_status:
            sys.exit(report.exit_status)
