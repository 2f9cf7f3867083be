"""What a return has to have left in Odoo, and which existing transfer back can stand in for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from cases.actions.effects import effect_of
from cases.actions.kinds import Owed, Step
from cases.models import Action
from integrations.canonical import ShipmentState
from integrations.canonical.evidence import Evidence

MODELS: tuple[str, ...] = ("stock.picking", "rma")


def owed_by_return(action: Action, steps: Collection[Step]) -> tuple[Owed, ...]:
    """Each transfer with its quantities; an authorization is one of several, and is not compared by them."""
    owed = []
    for step in steps:
        stored = action.payload["returns"][step.number - 1]
        is_transfer = stored["by"] == "picking"
        owed.append(Owed(step=step, quantities=_quantities(stored) if is_transfer else None))
    return tuple(owed)


def stand_in_for_return(action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
    """A transfer back that counts and brings exactly what the one step that is still to be done asks for."""
    left = [one for number, one in enumerate(action.payload["returns"], start=1) if number in steps]
    if document.model != MODELS[0] or document.state == ShipmentState.CANCELLED or len(left) != 1:
        return "no_such_document"
    if document.order_ref not in (None, action.order_ref):
        return "no_such_document"
    if document.quantities != _quantities(left[0]):
        return "quantity_differs"
    return effect_of(action, document, delivery_id=left[0]["delivery_id"])


def _quantities(stored: Mapping[str, Any]) -> tuple[Decimal, ...]:
    return tuple(sorted(Decimal(line["quantity"]) for line in stored["lines"]))
