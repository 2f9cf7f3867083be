"""What waits for a person within a viewer's scope: by cause, by who looks after it, by how long it has waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from cases.actions.caring import noticed
from cases.actions.states import ActionState
from cases.models import Action
from cases.people.grants import within_grants
from cases.people.viewer import Viewer

MOST_SHOWN = 200
SINCE = Coalesce(F("parked_at"), F("requested_at"))
OWNERS = ("mine", "nobody", "others", "my_teams")
AGES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedFilter:
    """Each empty where it does not matter."""

    cause: str = ""
    owner: str = ""
    older_than: str = ""


def parked_actions(
    viewer: Viewer, wanted: ParkedFilter | None = None, *, at: datetime | None = None
) -> list[Action]:
    """The longest wait first."""
    found = _within(viewer)
    if wanted is not None:
        found = _filtered(found, viewer, wanted, at)
    rows = found.select_related("requester", "fix_by", "owner").order_by(SINCE, "pk")
    return list(rows[:MOST_SHOWN])


def causes_there_are(viewer: Viewer) -> dict[str, int]:
    """How many are parked for each cause, the most frequent first."""
    counted = _within(viewer).order_by().values_list("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    return dict(counted)


def _within(viewer: Viewer) -> QuerySet[Action]:
    if not viewer.grants:
        return Action.objects.none()
    return Action.objects.filter(within_grants(viewer), state=ActionState.PARKED)


def _filtered(
    found: QuerySet[Action], viewer: Viewer, wanted: ParkedFilter, at: datetime | None
) -> QuerySet[Action]:
    if wanted.cause:
        found = found.filter(cause=wanted.cause)
    if wanted.owner == "mine":
        found = found.filter(owner_id=viewer.user_id)
    elif wanted.owner == "nobody":
        found = found.filter(owner__isnull=True)
    elif wanted.owner == "others":
        found = found.filter(owner__isnull=False).exclude(owner_id=viewer.user_id)
    elif wanted.owner == "my_teams":
        found = found.filter(pk__in=noticed(viewer))
    if wanted.older_than in AGES and at is not None:
        before = at - AGES[wanted.older_than]
        found = found.filter(Q(parked_at__lte=before) | Q(parked_at=None, requested_at__lte=before))
    return found
