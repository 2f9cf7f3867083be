"""Compares what was done with what Odoo holds, now and to the end, and says what differs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.models import ReconciliationRun
from cases.reconciliation.report import errors_by_connection
from cases.reconciliation.running import begin, carry_on
from cases.reconciliation.where import connections_with_writing


class Command(BaseCommand):
    help = "Compare finished actions with Odoo; exits with 1 where they differ or a comparison did not come to its end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection", nargs="*", help="all with writing on where none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        known = connections_with_writing()
        wanted = options["connection"] or known
        if not set(wanted) <= set(known):
            raise CommandError("No such connection, or nothing is written there.")
        failed = False
        for slug in wanted:
            run = begin(slug, at=timezone.now())
            is_over = carry_on(run.pk, seconds=float("inf"))
            run = ReconciliationRun.objects.get(pk=run.pk)
            errors = errors_by_connection()[slug]
            failed |= not is_over or bool(run.problem) or bool(errors)
            end = "to the end" if is_over and not run.problem else f"not to the end ({run.problem or 'held'})"
            self.stdout.write(
                f"{slug}: compared {end}; {run.actions} actions ({run.by_key} by key, {run.adopted} adopted,"
                f" {run.marked_done} called done), {run.documents} documents, {run.orders} orders; {errors} differ"
            )
        if failed:
            raise SystemExit(1)
