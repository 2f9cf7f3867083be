"""Issues an API token for a person; the only moment at which its text can be read."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.models import User
from cases.people.tokens import TokenScope, issue_token

MAX_DAYS = 366


class Command(BaseCommand):
    help = "Issue an API token for a person and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument("--days", type=int, default=90, help=f"until it expires, at most {MAX_DAYS}")
        parser.add_argument("--scope", action="append", choices=[scope.value for scope in TokenScope])

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= MAX_DAYS:
            raise CommandError(f"A token is good for 1 to {MAX_DAYS} days.")
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError("There is no active person of this name.")
        now = timezone.now()
        text = issue_token(
            user=user,
            name=options["name"],
            scopes=[TokenScope(scope) for scope in options["scope"] or [scope.value for scope in TokenScope]],
            expires_at=now + timedelta(days=options["days"]),
            issued_by="system:issue_token",
            at=now,
        )
        self.stdout.write(text)
