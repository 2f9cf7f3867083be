"""Brings notes onto tickets, each once, with the order's number in its field and the way back to the case.

That an attempt begins is committed before the tool is asked, and what came of it afterwards: a worker that dies in
between leaves a row whose turn comes again, and the key of the note keeps the tool from holding it twice.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from cases import audit
from cases.models import NoteState, TicketNote
from cases.models.action_settings import FieldState
from cases.tickets.note_text import case_address, write_note
from cases.tickets.pace import wait_after
from integrations.errors import (
    AuthenticationFailed,
    Conflict,
    GatewayError,
    Missing,
    NotKept,
    NotSent,
    NotSupported,
    Rejected,
)
from integrations.gateways import Budget
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.records import Note
from integrations.ticketing.systems import ticket_system

WRITE_S = 30.0
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 12  # more than six hours
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    order_field: FieldState = FieldState.NONE
    way_back: FieldState = FieldState.NONE
    problem: str = ""
    is_final: bool = False
    retry_after_s: float | None = None
    settle_s: float = 0.0


def deliver(note_id: int) -> bool:
    """Try to deliver one note, if it is due and none before it waits; whether an attempt was made."""
    note = _claim(note_id)
    if note is None:
        return False
    result = async_to_sync(_attempt)(note)
    _finish(note, result)
    return True


def deliver_due(*, until: datetime) -> int:
    """Notes whose bell was lost or whose time has come, as many as there is time for."""
    tried = 0
    due = TicketNote.objects.filter(state=NoteState.WAITING, next_try_at__lte=timezone.now())
    for note_id in due.order_by("written_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        if timezone.now() >= until:
            break
        tried += deliver(note_id)
    return tried


def try_again(*, actor: str, at: datetime) -> int:
    """Give every failed note another round of attempts; under the same keys, so none lands twice."""
    with transaction.atomic():
        failed = TicketNote.objects.filter(state=NoteState.FAILED)
        count = failed.update(state=NoteState.WAITING, next_try_at=at, attempts=0)
        audit.record(
            actor=actor,
            action=audit.Action.TICKET_NOTES_TRIED_AGAIN,
            object_kind="ticket_note",
            details={"notes": count},
            at=at,
        )
    return count


def _claim(note_id: int) -> TicketNote | None:
    with transaction.atomic():
        now = timezone.now()
        note = (
            TicketNote.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("link__ticketing", "action")
            .filter(pk=note_id, state=NoteState.WAITING, next_try_at__lte=now)
            .first()
        )
        if note is None or note.link is None:
            return None
        # What was asked for is told before what came of it.
        earlier = TicketNote.objects.filter(
            action_id=note.action_id, link_id=note.link_id, state=NoteState.WAITING, pk__lt=note.pk
        )
        if earlier.exists():
            return None
        note.attempts += 1
        note.tried_at = note.tried_at or now
        note.next_try_at = now + LEASE
        if not note.text:
            with translation.override(settings.LANGUAGE_CODE):  # of the house: nobody in particular reads it
                note.text = write_note(note, case_id=note.link.case_id)
        note.save(update_fields=["attempts", "tried_at", "next_try_at", "text"])
        return note


async def _attempt(note: TicketNote) -> _Result:
    link = note.link
    if link is None or note.tried_at is None:
        raise AssertionError("only a note with a ticket is claimed")
    order_field = way_back = FieldState.NONE
    settle_s = 0.0
    try:
        system = await ticket_system(
            link.ticketing.slug, budget=Budget.of(WRITE_S, queue_s=10.0), correlation_id=f"note-{note.pk}"
        )
        settle_s = float(system.abilities.settle_s)
        order_field = await _set_order(system, link.ticket_id, note.action.order_ref)
        way_back = await _link_back(system, link.ticket_id, case_address(link.case_id))
        await system.post_note(
            link.ticket_id, Note(key=str(note.key), text=note.text, intended_at=note.tried_at)
        )
    except LookupError:
        return _Result(order_field=order_field, way_back=way_back, problem="not_connected")
    except GatewayError as error:
        # A wrong key or a missing right is put right by a person: waiting helps. What is not there stays so.
        is_final = isinstance(error, Missing | NotSupported | NotKept)
        is_sure = isinstance(error, NotSent | Rejected)
        return _Result(
            order_field=order_field,
            way_back=way_back,
            problem=error.reason,
            is_final=is_final,
            retry_after_s=error.retry_after_s,
            settle_s=0.0 if is_sure else settle_s,
        )
    return _Result(order_field=order_field, way_back=way_back)


async def _set_order(system: TicketSystem, ticket_id: str, ref: str) -> FieldState:
    """Only into an empty field: what somebody else wrote there is shown, and left alone."""
    return await _beside(system.set_order(ticket_id, ref, instead_of=""))


async def _link_back(system: TicketSystem, ticket_id: str, address: str) -> FieldState:
    return await _beside(system.link_back(ticket_id, address)) if address else FieldState.NONE


async def _beside(work: Awaitable[object]) -> FieldState:
    """A field that cannot be filled does not keep the note from the ticket; a tool that cannot be spoken to does."""
    try:
        await work
    except (Conflict, NotKept):
        return FieldState.CONFLICT
    except Rejected as error:
        if isinstance(error, AuthenticationFailed | Missing):
            raise
        return FieldState.UNSUITED
    return FieldState.WRITTEN


def _finish(note: TicketNote, result: _Result) -> None:
    """Only by who holds the attempt: one that came back after its time writes nothing."""
    now = timezone.now()
    is_over = result.is_final or note.attempts >= MOST_ATTEMPTS
    state = NoteState.FAILED if is_over else NoteState.WAITING
    if not result.problem:
        state = NoteState.DELIVERED
    wait = wait_after(note.attempts, result.retry_after_s, least_s=result.settle_s)
    with transaction.atomic():
        mine = TicketNote.objects.filter(pk=note.pk, state=NoteState.WAITING, attempts=note.attempts)
        written = mine.update(
            state=state,
            order_field=result.order_field,
            way_back=result.way_back,
            problem=result.problem,
            next_try_at=now + wait if state == NoteState.WAITING else None,
            delivered_at=now if state == NoteState.DELIVERED else None,
        )
        if written and state != NoteState.WAITING:
            _tell(note, state, result)


def _tell(note: TicketNote, state: NoteState, result: _Result) -> None:
    action = note.action
    audit.record(
        actor="system:tickets",
        action=audit.Action.TICKET_TOLD,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        decision=audit.Decision.ALLOWED if state == NoteState.DELIVERED else audit.Decision.DENIED,
        reason=result.problem,
        details={
            "about": note.about,
            "ticketing": note.ticket_source,
            "ticket": note.ticket_ref,
            "order_field": result.order_field.value,
            "way_back": result.way_back.value,
            "attempts": note.attempts,
            "case": note.link.case_id if note.link else 0,
            "action": str(action.pk),
        },
    )
