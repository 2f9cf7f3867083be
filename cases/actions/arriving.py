"""Tells a case that goods came back: its history says when and how many, and a case that waited is worked on again."""

from __future__ import annotations

from datetime import datetime

from cases.actions.hashing import plain
from cases.actions.kinds import DocumentNow
from cases.casework.changing import record_change
from cases.models import Action, ActionKind
from cases.models.casework import Case, CaseState

_BRING_BACK = frozenset({ActionKind.RETURN.value, ActionKind.EXCHANGE.value})
_CAME = frozenset({("stock.picking", "done"), ("rma", "received")})


def tell_case(action: Action, seen: DocumentNow, at: datetime) -> None:
    """Inside the transaction that keeps the sighting, so once. An exchange's own delivery is no arrival."""
    if action.kind not in _BRING_BACK or (seen.model, seen.state) not in _CAME or action.case_id is None:
        return
    if not any("delivery_id" in made for made in action.effects if made["id"] == seen.id):
        return
    case = Case.objects.select_for_update().filter(pk=action.case_id).first()
    if case is None or case.state == CaseState.MERGED:
        return
    if case.state == CaseState.SNOOZED:  # it waited for this; whoever had it has it still
        case.state, case.snoozed_until = CaseState.OPEN, None
    facts: dict[str, str | int] = {"action": action.reference, "document": seen.ref}
    if seen.quantity is not None:
        facts["quantity"] = plain(seen.quantity)
    record_change(viewer=None, case=case, code="goods_received", at=at, facts=facts)
