"""Reads the ticket around a frame again before anything of it is shown: what the tool's page says is a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from asgiref.sync import async_to_sync
from django.db import transaction

from cases import audit
from cases.embedding.entering import InFrame
from cases.embedding.launching import refuse
from cases.models import FrameBearer, FrameLevel, HostKind
from cases.tickets import NoSuchTicketing, TicketCase, TicketFailure, case_for_ticket, choose_order
from cases.tickets.records import OrderNamed

LONGEST_TICKET = 100
_TICKET = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class Unproven(StrEnum):
    """Why what the tool says about the ticket stays a hint."""

    NO_TICKET = "no_ticket"  # none is open, or none was named
    NO_TICKETING = "no_ticketing"  # no connection is set up through which it could be read
    INSTALLATION = "installation_unproven"  # the tool signs its launches, and this one was not
    FOREIGN = "foreign_ticket"  # the tool has no such ticket, or not for us
    UNREACHABLE = "ticket_unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The ticket's case, or why there is none that is proven."""

    found: TicketCase | None = None
    unproven: Unproven | None = None


def read_again(in_frame: InFrame, ticket: str, *, correlation_id: str, at: datetime) -> Context:
    """The ticket as the tool itself tells it to the server; with it the person has the rights they have."""
    reason = _why_unproven(in_frame, ticket)
    if reason is not None:
        _note(in_frame, FrameLevel.HINT, at=at)
        return Context(unproven=reason)
    place = in_frame.bearer.embedding
    try:
        found = async_to_sync(case_for_ticket)(
            viewer=replace(in_frame.person, frame=place.slug),
            connection_slug=_ticketing(in_frame),
            ticket_id=ticket,
            correlation_id=correlation_id,
        )
    except NoSuchTicketing:
        reason = Unproven.NO_TICKETING
    except TicketFailure as failure:
        reason = Unproven.FOREIGN if failure.reason in _NOT_THERE else Unproven.UNREACHABLE
    else:
        _note(in_frame, FrameLevel.VERIFIED, ticket=ticket, case_id=found.case_id, at=at)
        return Context(found=found)
    _note(in_frame, FrameLevel.HINT, at=at)
    refuse(place.slug, reason.value, actor=in_frame.viewer.actor, at=at)
    return Context(unproven=reason)


def say_order(in_frame: InFrame, order: OrderNamed, *, correlation_id: str, at: datetime) -> TicketCase:
    """Somebody says which order the ticket is about. Raises what opening the order and changing a case raise."""
    found = async_to_sync(choose_order)(
        viewer=in_frame.viewer,
        connection_slug=_ticketing(in_frame),
        ticket_id=in_frame.bearer.ticket,
        order=order,
        correlation_id=correlation_id,
    )
    ticket = in_frame.bearer.ticket
    _note(in_frame, FrameLevel.VERIFIED, ticket=ticket, case_id=found.case_id, at=at)
    return found


_NOT_THERE = frozenset({"missing", "forbidden"})


def _ticketing(in_frame: InFrame) -> str:
    ticketing = in_frame.bearer.embedding.ticketing
    return ticketing.slug if ticketing is not None else ""


def _why_unproven(in_frame: InFrame, ticket: str) -> Unproven | None:
    place = in_frame.bearer.embedding
    if place.ticketing is None:
        return Unproven.NO_TICKETING
    if place.host == HostKind.ZENDESK and in_frame.bearer.launch_id is None:
        return Unproven.INSTALLATION
    return None if _TICKET.fullmatch(ticket) else Unproven.NO_TICKET


def _note(
    in_frame: InFrame, level: FrameLevel, *, ticket: str = "", case_id: int | None = None, at: datetime
) -> None:
    """What a frame may do goes with the ticket that is open in it, and changes with it."""
    row = in_frame.bearer
    if (row.level, row.ticket, row.case_id) == (level, ticket, case_id):
        return
    is_other = bool(ticket) and row.ticket != ticket
    with transaction.atomic():
        FrameBearer.objects.filter(pk=row.pk).update(level=level, ticket=ticket, case_id=case_id)
        if is_other:
            audit.record(
                actor=in_frame.viewer.actor,
                action=audit.Action.FRAME_TICKET,
                object_kind="ticket",
                object_ref=ticket,
                details={"frame": row.embedding.slug, "case": case_id},
                at=at,
            )
    row.level, row.ticket, row.case_id = level, ticket, case_id
