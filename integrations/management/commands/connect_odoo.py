"""Adds an Odoo connection, changes where it leads, or rotates the key of one purpose; running processes follow."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from integrations.credentials import store_credential
from integrations.models import OdooConnection, Purpose


class Command(BaseCommand):
    help = (
        "Add the connection SLUG, or change what is given of it. With --login the key is read from --key-file or "
        "from standard input, never from the command line, and takes effect within seconds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", help="as people see it")
        parser.add_argument("--url", help="https:// address; http:// only to this machine")
        parser.add_argument("--database")
        parser.add_argument("--max-in-flight", type=int, help="calls at once over all processes")
        parser.add_argument("--login")
        parser.add_argument(
            "--purpose", choices=[purpose.value for purpose in Purpose], default=Purpose.READ.value
        )
        parser.add_argument(
            "--key-file", type=Path, help="file that holds the API key; otherwise standard input"
        )
        parser.add_argument("--inactive", action="store_true", help="stop using it; nothing is deleted")
        parser.add_argument("--active", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        connection = OdooConnection.objects.filter(slug=options["slug"]).first()
        if connection is None:
            connection = OdooConnection(slug=options["slug"], name=options["name"] or options["slug"])
        _change(connection, options)
        try:
            connection.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        connection.save()
        if options["login"]:
            store_credential(
                connection=connection,
                purpose=options["purpose"],
                login=options["login"],
                key=_read_key(options["key_file"]),
            )
        self.stdout.write(f"{connection.slug}: stored. Now run: manage.py check_odoo {connection.slug}")


def _change(connection: OdooConnection, options: dict[str, Any]) -> None:
    for field in ("name", "url", "database", "max_in_flight"):
        if options[field] is not None:
            setattr(connection, field, options[field])
    if options["inactive"] or options["active"]:
        connection.is_active = options["active"]


def _read_key(path: Path | None) -> str:
    try:
        key = (path.read_text(encoding="utf-8") if path else sys.stdin.readline()).strip()
    except OSError as error:
        raise CommandError(f"The key file cannot be read: {error.strerror}.") from None
    if not key:
        raise CommandError("The key is empty.")
    return key
