"""The tickets of a case and what became of the notes on them, for pages, programs and whoever looks after it all.

Numbers, states, times and causes: nothing here is personal. Callers have found the case or the action in scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from cases.masking.roles import Role
from cases.models import NoteState, TicketHook, TicketLink, TicketNote
from cases.models.action_settings import FieldState
from cases.people.viewer import Viewer
from integrations.models import TicketingConnection

MOST_NOTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedTicket:
    """A ticket that a case is about."""

    connection: str
    name: str  # of the connection
    id: str
    number: str
    url: str
    state: str
    match: str
    is_whole: bool
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNote:
    """A note on a ticket, delivered or on its way."""

    ticket: str  # empty where none is connected
    reference: str  # of the action
    about: str
    state: NoteState
    problem: str
    is_field_taken: bool  # the order's field holds something else
    written_at: datetime
    delivered_at: datetime | None


def tickets_of(case_id: int) -> tuple[LinkedTicket, ...]:
    links = TicketLink.objects.filter(case_id=case_id).select_related("ticketing").order_by("linked_at", "pk")
    return tuple(
        LinkedTicket(
            connection=link.ticketing.slug,
            name=link.ticketing.name,
            id=link.ticket_id,
            number=link.number,
            url=link.url,
            state=link.state,
            match=link.match,
            is_whole=link.is_whole,
            read_at=link.read_at,
        )
        for link in links
    )


def notes_of_case(case_id: int) -> tuple[ShownNote, ...]:
    """The newest first; those that no tool could take are shown with their action only."""
    found = TicketNote.objects.filter(link__case_id=case_id)
    return _shown(found.order_by("-written_at", "-pk")[:MOST_NOTES])


def notes_of_action(action_id: UUID) -> tuple[ShownNote, ...]:
    return _shown(TicketNote.objects.filter(action_id=action_id).order_by("written_at", "pk"))


def _shown(notes: QuerySet[TicketNote] | Iterable[TicketNote]) -> tuple[ShownNote, ...]:
    return tuple(
        ShownNote(
            ticket=note.ticket_ref if note.link_id else "",
            reference=str(note.facts.get("reference", "")),
            about=note.about,
            state=NoteState(note.state),
            problem=note.problem if note.state != NoteState.DELIVERED else "",
            is_field_taken=note.order_field == FieldState.CONFLICT,
            written_at=note.written_at,
            delivered_at=note.delivered_at,
        )
        for note in notes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketingNow:
    """How one connection fares."""

    name: str
    is_active: bool
    waiting: int
    failed: int
    oldest: timedelta | None  # of the notes that wait
    last_hook: datetime | None
    hooks_waiting: int


def ticketing_now(viewer: Viewer, *, at: datetime) -> tuple[TicketingNow, ...]:
    """For whoever runs the integration; nothing for anybody else, because tools have no scope."""
    if Role.ADMIN not in viewer.roles:
        return ()
    waiting = Q(state=NoteState.WAITING)
    notes: dict[int | None, Mapping[str, Any]] = {
        row["link__ticketing"]: row
        for row in TicketNote.objects.filter(link__isnull=False)
        .filter(waiting | Q(state=NoteState.FAILED))
        .values("link__ticketing")
        .annotate(
            waiting=Count("pk", filter=waiting),
            failed=Count("pk", filter=Q(state=NoteState.FAILED)),
            oldest=Min("written_at", filter=waiting),
        )
    }
    hooks: dict[int | None, Mapping[str, Any]] = {
        row["ticketing"]: row
        for row in TicketHook.objects.values("ticketing").annotate(
            last=Max("received_at"), open=Count("pk", filter=Q(done_at=None))
        )
    }
    return tuple(_fares(row, notes.get(row.pk, {}), hooks.get(row.pk, {}), at) for row in _tools())


def _tools() -> QuerySet[TicketingConnection]:
    return TicketingConnection.objects.order_by("slug")


def _fares(
    row: TicketingConnection, notes: Mapping[str, Any], hooks: Mapping[str, Any], at: datetime
) -> TicketingNow:
    return TicketingNow(
        name=row.name,
        is_active=row.is_active,
        waiting=notes.get("waiting", 0),
        failed=notes.get("failed", 0),
        oldest=at - notes["oldest"] if notes.get("oldest") else None,
        last_hook=hooks.get("last"),
        hooks_waiting=hooks.get("open", 0),
    )
