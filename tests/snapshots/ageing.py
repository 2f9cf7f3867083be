"""Lets time pass for what is stored, as nobody wants to wait for it."""

from __future__ import annotations

from django.db import connection


def grow_older(seconds: float) -> None:
    """Snapshots, and the outcomes of readings too. Blocks on the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_snapshot SET fetched_at = fetched_at - %s * interval '1 second'", [seconds]
        )
        cursor.execute(
            "UPDATE cases_readinglease SET expires_at = expires_at - %s * interval '1 second'", [seconds]
        )
