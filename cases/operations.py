"""How the connections fare and who asks how much of them, for those who answer for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from asgiref.sync import sync_to_async
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from cases.actions.states import ActionState
from cases.actions.waking import oldest_due
from cases.masking.roles import Role
from cases.models import Action, User
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from integrations.odoo.load import Load, last_hour
from integrations.odoo.standing import Standing, Traffic, standings

__all__ = [
    "ActionsNow",
    "LoadReport",
    "NotForThisRole",
    "Share",
    "Standing",
    "Traffic",
    "actions_now",
    "load_of_last_hour",
    "may_oversee",
    "standings",
    "standings_for",
]

OVERSEERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


class NotForThisRole(Exception):
    """Who asks how much of Odoo is told to those who answer for it only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person, one kind of work or one connection asked of Odoo within an hour."""

    key: str  # a person's number, a kind of work, a connection
    label: str
    calls: int
    failed: int
    turned_away: int
    busy_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """Each the heaviest first."""

    by_connection: tuple[Share, ...]
    by_workflow: tuple[Share, ...]
    by_person: tuple[Share, ...]

    @property
    def calls(self) -> int:
        return sum(share.calls for share in self.by_connection)


def may_oversee(viewer: Viewer) -> bool:
    return bool(viewer.roles & OVERSEERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsNow:
    """How actions fare: those that hang, and how long the longest due one has been waiting for a worker."""

    unknown: int
    parked: int
    oldest_unknown: timedelta | None
    oldest_parked: timedelta | None
    oldest_due: timedelta | None


def actions_now(viewer: Viewer, *, at: datetime) -> ActionsNow:
    """Those of a supervisor's scope; all of them for whoever runs the integration. Due ones are everybody's."""
    _require_overseer(viewer)
    mine = Action.objects.all()
    if Role.ADMIN not in viewer.roles:
        mine = mine.filter(within_grants(viewer))
    counted = mine.aggregate(
        unknown=Count("pk", filter=Q(state=ActionState.UNKNOWN)),
        parked=Count("pk", filter=Q(state=ActionState.PARKED)),
        first_unknown=Min("queued_at", filter=Q(state=ActionState.UNKNOWN)),
        first_parked=Min(Coalesce("parked_at", "requested_at"), filter=Q(state=ActionState.PARKED)),
    )
    return ActionsNow(
        unknown=counted["unknown"],
        parked=counted["parked"],
        oldest_unknown=at - counted["first_unknown"] if counted["first_unknown"] else None,
        oldest_parked=at - counted["first_parked"] if counted["first_parked"] else None,
        oldest_due=oldest_due(),
    )


async def standings_for(viewer: Viewer) -> tuple[Standing, ...]:
    """The connections a supervisor has to do with; all of them for whoever runs the integration."""
    _require_overseer(viewer)
    return tuple(standing for standing in await standings() if _concerns(viewer, standing.connection))


async def load_of_last_hour(viewer: Viewer) -> LoadReport:
    """Calls of the last hour by connection, kind of work and person; what runs by itself has person 0."""
    _require_overseer(viewer)
    found = [load for load in await last_hour() if _concerns(viewer, load.connection)]
    names = await sync_to_async(_names)({load.person_id for load in found if load.person_id})
    return LoadReport(
        by_connection=_shares(found, lambda load: load.connection),
        by_workflow=_shares(found, lambda load: load.workflow),
        by_person=_shares(found, lambda load: str(load.person_id), names),
    )


def _require_overseer(viewer: Viewer) -> None:
    if not may_oversee(viewer):
        raise NotForThisRole


def _concerns(viewer: Viewer, connection: str) -> bool:
    return Role.ADMIN in viewer.roles or connection in viewer.connections


def _names(person_ids: Iterable[int]) -> dict[str, str]:
    people = User.objects.filter(pk__in=list(person_ids))
    return {str(person.pk): person.get_full_name() or person.get_username() for person in people}


def _shares(
    loads: Iterable[Load], key_of: Callable[[Load], str], labels: dict[str, str] | None = None
) -> tuple[Share, ...]:
    grouped: defaultdict[str, list[Load]] = defaultdict(list)
    for load in loads:
        grouped[key_of(load)].append(load)
    shares = [
        Share(
            key=key,
            label=(labels or {}).get(key, "" if labels is not None else key),
            calls=sum(load.calls for load in part),
            failed=sum(load.failed for load in part),
            turned_away=sum(load.turned_away for load in part),
            busy_s=sum(load.busy_ms for load in part) / 1000,
        )
        for key, part in grouped.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.calls, share.key)))
