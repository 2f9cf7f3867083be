"""Who has a case open right now: two people on one case see each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from cases.casework.colleagues import Colleague
from cases.casework.records import person_name
from cases.casework.visible import find_case
from cases.models.casework import CasePresence
from cases.people.viewer import Viewer

GONE_AFTER = timedelta(seconds=40)  # two heartbeats of fifteen seconds, and some patience
FORGOTTEN_AFTER = timedelta(hours=1)


def arrive(*, viewer: Viewer, case_id: int, at: datetime) -> list[Colleague]:
    """Note that the viewer has the case open, and say who else has."""
    case = find_case(viewer, case_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_casepresence (case_id, user_id, seen_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (case_id, user_id) DO UPDATE SET seen_at = EXCLUDED.seen_at",
            [case.pk, viewer.user_id, at],
        )
    return others_at(viewer=viewer, case_id=case.pk, at=at)


def others_at(*, viewer: Viewer, case_id: int, at: datetime) -> list[Colleague]:
    present = (
        CasePresence.objects.filter(case_id=case_id, seen_at__gt=at - GONE_AFTER)
        .exclude(user_id=viewer.user_id)
        .select_related("user")
        .order_by("user_id")
    )
    return [Colleague(user_id=one.user_id, name=person_name(one.user) or "") for one in present]


def leave(*, viewer: Viewer, case_id: int) -> None:
    CasePresence.objects.filter(case_id=case_id, user_id=viewer.user_id).delete()


def forget_presence(*, at: datetime) -> None:
    CasePresence.objects.filter(seen_at__lt=at - FORGOTTEN_AFTER).delete()
