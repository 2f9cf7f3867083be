"""Follows the documents that actions made: finance posts, changes or deletes them in Odoo, and the action says so.

An action that is done is never rewritten. What its documents become is kept beside it, one row for each change.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import connection as database
from django.db import transaction

from cases import audit
from cases.actions.refund_request import read_facts
from cases.actions.states import ActionState
from cases.models import Action, DocumentSighting
from integrations import gateways
from integrations.canonical import RefundFacts, RefundNote
from integrations.errors import GatewayError

logger = logging.getLogger(__name__)

FOLLOWED_FOR = timedelta(days=60)
GONE = "gone"
SETTLED = frozenset({"cancelled", GONE})  # what no longer changes
AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A document as it was seen last."""

    document_id: int
    state: str
    ref: str
    total: Decimal | None
    payment: str
    seen_at: datetime


def newest_sightings(action: Action) -> dict[int, DocumentSighting]:
    """By document; nothing of those that still are as they were made."""
    return {
        row.document_id: row
        for row in DocumentSighting.objects.filter(action=action).order_by("seen_at", "pk")
    }


def follow(action: Action, *, at: datetime) -> bool:
    """Look at the documents of a finished action in Odoo now; whether anything changed. Raises ``GatewayError``."""
    numbers = {int(effect["id"]) for effect in action.effects}
    if action.state != ActionState.SUCCEEDED or not numbers:
        return False
    facts = async_to_sync(_read)(action)
    found = {note.id: note for invoice in facts.invoices for note in invoice.notes if note.id in numbers}
    return _keep(action, [_seen(number, found.get(number), at) for number in sorted(numbers)])


async def _read(action: Action) -> RefundFacts:
    door = await gateways.effect_door(action.connection)
    return await read_facts(
        door, order_id=action.order_id, company_id=action.company_id, correlation_id=action.reference
    )


def _seen(number: int, note: RefundNote | None, at: datetime) -> Seen:
    if note is None:
        return Seen(document_id=number, state=GONE, ref="", total=None, payment="", seen_at=at)
    return Seen(
        document_id=number,
        state=note.state.value,
        ref=note.ref or "",
        total=note.total.amount,
        payment=note.payment_state.value if note.state.value == "posted" else "",
        seen_at=at,
    )


def _keep(action: Action, seen: Iterable[Seen]) -> bool:
    changed = False
    with transaction.atomic():
        with database.cursor() as cursor:  # two who look at once see one change
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('cases.following'), hashtext(%s))", [str(action.pk)]
            )
        before = newest_sightings(action)
        for one in seen:
            if _known(action, before.get(one.document_id), one.document_id) == _facts(one):
                continue
            DocumentSighting.objects.create(
                action=action,
                document_id=one.document_id,
                state=one.state,
                ref=one.ref,
                total=one.total,
                currency=action.currency,
                payment=one.payment,
                seen_at=one.seen_at,
            )
            _tell(action, one)
            changed = True
    return changed


def _facts(seen: Seen | DocumentSighting) -> tuple[str, str, Decimal | None, str]:
    return seen.state, seen.ref, seen.total, seen.payment


def _known(action: Action, row: DocumentSighting | None, number: int) -> tuple[str, str, Decimal | None, str]:
    """As it was seen last, or as it was made."""
    if row is not None:
        return _facts(row)
    made: dict[str, Any] = next(effect for effect in action.effects if effect["id"] == number)
    total = made.get("total")
    return made.get("state") or "", made.get("ref") or "", Decimal(total) if total else None, ""


def _tell(action: Action, seen: Seen) -> None:
    audit.record(
        actor="system:actions",
        action=audit.Action.DOCUMENT_SEEN,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        details={
            "action": str(action.pk),
            "case": action.case_id or 0,
            "document": seen.document_id,
            "state": seen.state,
            "ref": seen.ref,
            "total": "" if seen.total is None else format(seen.total, "f"),
            "payment": seen.payment,
        },
        at=seen.seen_at,
    )


def follow_what_was_made(*, at: datetime) -> int:
    """The documents of the last weeks that may still change, those seen longest ago first; how many changed."""
    changed = 0
    for action_id in _followed(at):
        try:
            changed += follow(Action.objects.get(pk=action_id), at=at)
        except (GatewayError, LookupError):
            logger.info("The documents of an action could not be looked at now")
    return changed


def _followed(at: datetime) -> list[UUID]:
    recent = Action.objects.filter(
        state=ActionState.SUCCEEDED, finished_at__gt=at - FOLLOWED_FOR, finished_at__lte=at
    ).order_by("-finished_at")
    return [action.pk for action in recent[: AT_ONCE * 5] if not _is_settled(action)][:AT_ONCE]


def _is_settled(action: Action) -> bool:
    seen = newest_sightings(action)
    numbers = {int(effect["id"]) for effect in action.effects}
    return all(
        number in seen and (seen[number].state in SETTLED or seen[number].payment == "paid")
        for number in numbers
    )
