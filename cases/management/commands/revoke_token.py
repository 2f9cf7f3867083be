"""Ends API tokens at once, by the start of their text."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.models import ApiToken
from cases.people.tokens import revoke_token


class Command(BaseCommand):
    help = "Revoke an API token, named by its prefix: the part between the two underscores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        token = ApiToken.objects.filter(prefix=options["prefix"]).first()
        if token is None:
            raise CommandError("There is no token with this prefix.")
        revoke_token(token=token, revoked_by="system:revoke_token", at=timezone.now())
