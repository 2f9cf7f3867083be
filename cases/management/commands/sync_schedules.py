"""Writes the clock of the worker into the queue's tables; part of every upgrade."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cases.schedules import sync_schedules


class Command(BaseCommand):
    help = "Make the queue's schedules equal to those this release knows."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_schedules()
