"""What else was asked for on an order: nobody gets by a second request what a first one gives already."""

from __future__ import annotations

from typing import Any

from cases.actions.states import FINAL, ActionState
from cases.models import Action

_COUNTS_NOT = [state.value for state in FINAL if state is not ActionState.SUCCEEDED]
_COUNTS_NOT.append(ActionState.DRAFT.value)


def requests_on_order(
    connection: str, order_id: int, *, but: Action | None = None
) -> tuple[dict[str, Any], ...]:
    """What is open and what was done, plain, the oldest first."""
    found = Action.objects.filter(connection=connection, order_id=order_id).exclude(state__in=_COUNTS_NOT)
    return tuple(
        {
            "kind": action.kind,
            "reference": action.reference,
            "is_done": action.state == ActionState.SUCCEEDED,
            "documents": [
                int(effect["id"]) for effect in action.effects if effect.get("model") == "sale.order"
            ],
            "payload": action.payload,
        }
        for action in found.order_by("requested_at")
        if but is None or action.pk != but.pk
    )
