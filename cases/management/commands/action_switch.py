"""Turns a kind of action on or off for a company, or stops it for a whole connection at once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.actions.kinds import carried_out
from cases.actions.switches import store
from integrations.models import OdooConnection


class Command(BaseCommand):
    help = "on and off need --company; stop and release are for the whole connection, and a stop goes before all else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection")
        parser.add_argument("kind", choices=carried_out())
        parser.add_argument("what", choices=["on", "off", "stop", "release"])
        parser.add_argument("--company", type=int, help="Odoo's id of the company")
        parser.add_argument("--brand", default="", help="one brand of the company; otherwise all")
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, what, company = options["connection"], options["what"], options["company"]
        if not OdooConnection.objects.filter(slug=slug, is_active=True).exists():
            raise CommandError(f"There is no active connection “{slug}”.")
        if (what in ("on", "off")) != (company is not None):
            raise CommandError("on and off need --company; stop and release are for all companies.")
        store(
            actor="system:action_switch",
            user_id=None,
            connection=slug,
            kind=options["kind"],
            company_id=company,
            brand=options["brand"] if company is not None else "",
            is_on=what in ("on", "release"),
            reason=options["reason"],
            at=timezone.now(),
        )
        self.stdout.write(f"{slug}: {options['kind']} {what}")
