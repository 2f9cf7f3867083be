"""What a replacement has to have left in Odoo, and which existing order can stand in for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cases.actions.effects import effect_of
from cases.actions.kinds import Owed, Step
from cases.models import Action
from integrations.canonical import EffectDocument, OrderState, ShipmentState
from integrations.canonical.evidence import Evidence

ORDER, TRANSFER = "sale.order", "stock.picking"
MODELS: tuple[str, ...] = (ORDER, TRANSFER)
_HELD = {ShipmentState.READY, ShipmentState.DONE}


def quantities_of(action: Action) -> tuple[Decimal, ...]:
    return tuple(sorted(Decimal(line["quantity"]) for line in action.payload["lines"]))


def owed_by_replacement(action: Action, step: Step) -> tuple[Owed, ...]:
    """The customer pays nothing for it."""
    return (Owed(step=step, total=Decimal(0), quantities=quantities_of(action)),)


def stand_in_for_replacement(action: Action, document: Evidence) -> dict[str, Any] | str:
    """A confirmed order of the very quantities that the customer pays nothing for."""
    if document.model != ORDER or document.state != OrderState.CONFIRMED:
        return "no_such_document"
    if document.total is None or document.total.amount != 0:
        return "amount_differs"
    if document.quantities != quantities_of(action):
        return "amount_differs"
    return effect_of(action, document, total="0.00")


def promised_effect(action: Action, document: EffectDocument) -> dict[str, Any]:
    """With the day it is to leave."""
    return effect_of(action, document, due_at=document.due_at.isoformat() if document.due_at else "")


def remark_on(action: Action, documents: Sequence[EffectDocument]) -> str:
    """The first transfer holds the goods; the later ones wait for it."""
    first = next((one for one in documents if one.model == TRANSFER), None)
    if first is None:
        return "no_transfer"
    is_held = first.state in _HELD
    return "" if is_held or not action.payload["must_reserve"] else "not_reserved"
