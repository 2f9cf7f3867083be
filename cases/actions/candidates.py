"""Documents in Odoo that can be taken for a parked action: those that bear its reference, then others of its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync

from cases.actions.kinds import kind_named
from cases.actions.remaining import Remaining, asking, evidence_door, remaining_of
from cases.models import Action
from integrations.canonical.evidence import DocumentName, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    document: Evidence
    bears_reference: bool
    against: str  # a word for programs; empty where it can be taken
    effect: dict[str, Any]


def candidates_of(action: Action) -> tuple[Candidate, ...]:
    """Those that can be taken first. Raises ``GatewayError``."""
    left = remaining_of(action)
    known = {DocumentName(model=one["model"], id=one["id"]) for one in left.proven}
    found = [_judged(action, one, left) for one in _documents(action) if one.name not in known]
    return tuple(sorted(found, key=lambda one: (bool(one.against), not one.bears_reference, one.document.id)))


def candidate(action: Action, document_id: int, *, model: str = "") -> Candidate | None:
    """The one of this number; without a model, of the kind of document that such an action makes first."""
    wanted = DocumentName(model=model or kind_named(action.kind).models[0], id=document_id)
    return next((one for one in candidates_of(action) if one.document.name == wanted), None)


def _documents(action: Action) -> list[Evidence]:
    door, models = evidence_door(action), kind_named(action.kind).models
    bearing = async_to_sync(door.find_bearing)(action.reference, models=models, **asking(action))
    of_order = async_to_sync(door.made_on_orders)([action.order_ref], **asking(action))
    found = {one.name: one for one in (*of_order, *bearing) if one.model in models}
    return list(found.values())


def _judged(action: Action, document: Evidence, left: Remaining) -> Candidate:
    numbers = [step.number for step in left.open]
    taken = kind_named(action.kind).stand_in(action, document, numbers)
    return Candidate(
        document=document,
        bears_reference=action.reference in document.marks,
        against=taken if isinstance(taken, str) else "",
        effect={} if isinstance(taken, str) else taken,
    )
