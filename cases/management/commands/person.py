"""Makes or changes a person: roles, companies, a new password, or the end of all access."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.masking.roles import Role
from cases.models import User
from cases.people.accounts import CompanyRef, deactivate_person, place_person
from integrations.models import OdooConnection

CHANGED_BY = "system:person"


class Command(BaseCommand):
    help = (
        "Make a person or give one exactly these roles and companies. A new person, or --new-password, "
        "prints a random password once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", default=[], choices=[role.value for role in Role])
        parser.add_argument(
            "--company",
            action="append",
            default=[],
            metavar="CONNECTION:ID",
            help="or CONNECTION:all; repeatable",
        )
        parser.add_argument("--new-password", action="store_true")
        parser.add_argument("--deactivate", action="store_true", help="end all access at once")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if options["deactivate"]:
            if user is None:
                raise CommandError("There is no person of this name.")
            deactivate_person(user=user, changed_by=CHANGED_BY)
            return
        password = secrets.token_urlsafe(12) if user is None or options["new_password"] else None
        place_person(
            username=options["username"],
            password=password,
            roles=[Role(role) for role in options["role"]],
            companies=[company for word in options["company"] for company in _companies(word)],
            changed_by=CHANGED_BY,
        )
        if password is not None:
            self.stdout.write(password)


def _companies(word: str) -> list[CompanyRef]:
    """From what the last probe found, so that a mistyped number opens nothing."""
    slug, _, wanted = word.partition(":")
    connection = OdooConnection.objects.filter(slug=slug, is_active=True).first()
    if connection is None:
        raise CommandError(f"There is no active connection “{slug}”.")
    known = [
        CompanyRef(connection=slug, company_id=number, name=name)
        for number, name in connection.capabilities.get("companies", [])
    ]
    found = [company for company in known if wanted in ("all", str(company.company_id))]
    if not found:
        numbers = ", ".join(str(company.company_id) for company in known) or "none; run check_odoo first"
        raise CommandError(f"{slug} has no company “{wanted}”; known: {numbers}.")
    return found
