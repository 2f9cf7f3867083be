"""Follows the documents that actions made: finance posts, changes or deletes them in Odoo, and the action says so.

An action that is done is never rewritten. What its documents become is kept beside it, one row for each change.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import connection as database
from django.db import transaction

from cases import audit
from cases.actions.arriving import tell_case
from cases.actions.kinds import DocumentNow, kind_named
from cases.actions.states import ActionState
from cases.models import Action, DocumentSighting
from integrations import gateways
from integrations.errors import GatewayError

logger = logging.getLogger(__name__)

FOLLOWED_FOR = timedelta(days=60)
GONE = "gone"
SETTLED = frozenset({"cancelled", "done", "ended", GONE})  # what no longer changes
AT_ONCE = 100


Document = tuple[str, int]  # Odoo's model, and the number in it


def newest_sightings(action: Action) -> dict[Document, DocumentSighting]:
    """By document; nothing of those that still are as they were made."""
    return {
        (row.model, row.document_id): row
        for row in DocumentSighting.objects.filter(action=action).order_by("seen_at", "pk")
    }


def follow(action: Action, *, at: datetime) -> bool:
    """Look at the documents of a finished action in Odoo now; whether anything changed. Raises ``GatewayError``."""
    made = [document_of(effect) for effect in action.effects]
    if action.state != ActionState.SUCCEEDED or not made:
        return False
    found = {(one.model, one.id): one for one in async_to_sync(_look)(action)}
    return _keep(action, [found.get(document) or _gone(document) for document in made], at)


def document_of(effect: Mapping[str, Any]) -> Document:
    return str(effect["model"]), int(effect["id"])


async def _look(action: Action) -> list[DocumentNow]:
    door = await gateways.effect_door(action.connection)
    return await kind_named(action.kind).look(action, door)


def _gone(document: Document) -> DocumentNow:
    return DocumentNow(model=document[0], id=document[1], state=GONE, ref="")


def _keep(action: Action, seen: Iterable[DocumentNow], at: datetime) -> bool:
    changed = False
    with transaction.atomic():
        with database.cursor() as cursor:  # two who look at once see one change
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('cases.following'), hashtext(%s))", [str(action.pk)]
            )
        before = newest_sightings(action)
        for one in seen:
            if _known(action, before.get((one.model, one.id)), one) == _facts(one):
                continue
            DocumentSighting.objects.create(
                action=action,
                model=one.model,
                document_id=one.id,
                state=one.state,
                ref=one.ref,
                total=one.total,
                currency=action.currency,
                payment=one.payment,
                quantity=one.quantity,
                seen_at=at,
            )
            _tell(action, one, at)
            tell_case(action, one, at)
            changed = True
    return changed


def _facts(seen: DocumentNow | DocumentSighting) -> tuple[str, str, Decimal | None, str]:
    return seen.state, seen.ref, seen.total, seen.payment


def _known(
    action: Action, row: DocumentSighting | None, now: DocumentNow
) -> tuple[str, str, Decimal | None, str]:
    """As it was seen last, or as it was made."""
    if row is not None:
        return _facts(row)
    made: dict[str, Any] = next(
        effect for effect in action.effects if document_of(effect) == (now.model, now.id)
    )
    total = made.get("total")
    return made.get("state") or "", made.get("ref") or "", Decimal(total) if total else None, ""


def _tell(action: Action, seen: DocumentNow, at: datetime) -> None:
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
            "model": seen.model,
            "document": seen.id,
            "state": seen.state,
            "ref": seen.ref,
            "total": "" if seen.total is None else format(seen.total, "f"),
            "payment": seen.payment,
        },
        at=at,
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
    return all(
        document in seen and (seen[document].state in SETTLED or seen[document].payment == "paid")
        for document in map(document_of, action.effects)
    )
