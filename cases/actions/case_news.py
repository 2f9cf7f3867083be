"""Puts into a case's history what came of its actions, where whoever works on the case has to know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cases.casework.changing import record_change
from cases.models import Action
from cases.models.casework import Case

Effects = Sequence[Mapping[str, Any]]


def tell_success(action: Action, effects: Effects, *, at: datetime) -> None:
    """Before the action itself is moved: whoever merges cases takes these locks in the same order."""
    facts = _sent_again(effects) if action.kind in ("replacement", "exchange") else None
    if action.case_id is None or facts is None:
        return
    case = Case.objects.select_for_update().get(pk=action.case_id)
    record_change(viewer=None, case=case, code="sent_again", at=at, facts={**_order(action), **facts})


def _sent_again(effects: Effects) -> dict[str, str] | None:
    """The new order, and the last day that one of its transfers is promised for."""
    order = next((one for one in effects if one["model"] == "sale.order"), None)
    if order is None:
        return None
    days = [str(one["due_at"])[:10] for one in effects if one.get("due_at")]
    return {"document": str(order["ref"] or order["id"]), **({"day": max(days)} if days else {})}


def _order(action: Action) -> dict[str, Any]:
    return {
        "connection": action.connection,
        "company": action.company_id,
        "ref": action.order_ref,
        "brand": action.brand or None,
        "region": action.region or None,
        "reference": action.reference,
    }
