"""Erases what is personal about one customer; the audit trail stays valid, which ``audit_verify`` shows."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.erasure import StillOpen, erase
from cases.subjects import Subject
from integrations.models import OdooConnection


class Command(BaseCommand):
    help = (
        "Erase a customer from our own records: texts, notes, reasons, last known facts. Odoo is not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection")
        parser.add_argument("customer", type=int, help="Odoo's number of the account")
        parser.add_argument("--yes", action="store_true", help="really do it: nothing of it comes back")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, customer = options["connection"], options["customer"]
        if not OdooConnection.objects.filter(slug=slug).exists():
            raise CommandError(_("There is no connection “%(slug)s”.") % {"slug": slug})
        if not options["yes"]:
            raise CommandError(_("Nothing was erased. Say --yes: nothing of it comes back."))
        try:
            erased = erase(
                Subject(connection=slug, customer_id=customer),
                actor="system:erase_subject",
                at=timezone.now(),
            )
        except StillOpen as still:
            raise CommandError(
                _("Still open: %(list)s. Nothing was erased.") % {"list": ", ".join(still.references)}
            ) from None
        self.stdout.write(
            _(
                "Erased: %(keys)d keys, texts of %(cases)d cases (%(texts)d), %(holds)d holds, last known facts of"
                " %(orders)d orders."
            )
            % {
                "keys": erased.keys,
                "cases": erased.cases,
                "texts": erased.texts,
                "holds": erased.holds,
                "orders": erased.orders,
            }
        )
