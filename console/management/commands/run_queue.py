"""Runs the queue's workers and keeps them running: what looks alive and finishes nothing is started anew."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from console.queue_watch import QueueWatch, die_together


class Command(BaseCommand):
    help = "Run the queue's workers, and start them anew when no task comes to its end, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--beat-s", type=float, default=15.0, help="how often a task is sent to see it end"
        )
        parser.add_argument(
            "--patience-s", type=float, default=60.0, help="without any end: the queue is started anew"
        )
        parser.add_argument("--unwatched", action="store_true", help="the workers alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["unwatched"]:
            die_together()
            call_command("qcluster")
            return
        watch = QueueWatch(beat_s=options["beat_s"], patience_s=options["patience_s"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: watch.stop())
        watch.run()
