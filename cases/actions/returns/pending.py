"""What requests of ours ask back of an order's deliveries, also while Odoo does not know of them yet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cases.actions.states import FINAL, ActionState
from cases.models import Action, ActionKind, ActionStep, StepState

STEP = "return"  # the name of the call that asks goods back, whatever else its action does
_BRING_BACK = [ActionKind.RETURN.value, ActionKind.EXCHANGE.value]
_COUNTS_NOT = [*(state.value for state in FINAL), ActionState.DRAFT.value]


def pending_returns(connection: str, order_id: int, *, but: Action | None = None) -> dict[int, Decimal]:
    """By delivery's line. What has landed is in Odoo's own figures already."""
    found: dict[int, Decimal] = {}
    open_ones = Action.objects.filter(connection=connection, order_id=order_id, kind__in=_BRING_BACK)
    for action in open_ones.exclude(state__in=_COUNTS_NOT):
        if but is not None and action.pk == but.pk:
            continue
        there = set(
            ActionStep.objects.filter(action=action, name=STEP, state=StepState.DONE).values_list(
                "number", flat=True
            )
        )
        for number, back in enumerate(action.payload.get("returns", ()), start=1):
            if number in there:
                continue
            for line in back["lines"]:
                move = int(line["move_id"])
                found[move] = found.get(move, Decimal(0)) + Decimal(line["quantity"])
    return found


def told_of_return(action: Action) -> Mapping[str, Any]:
    """What was stored of the way back: an exchange keeps it apart from what is sent."""
    told: Mapping[str, Any] = action.facts.get("of_return", action.facts)
    return told
