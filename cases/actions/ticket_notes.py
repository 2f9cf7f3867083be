"""Puts down what the ticket is to be told of an action; it waits there until something can deliver it."""

from __future__ import annotations

from typing import Any

from cases.actions.claiming import database_now
from cases.models import Action, NoteState, TicketNote
from cases.models.casework import Case


def write(action: Action, *, about: str, effects: list[dict[str, Any]]) -> None:
    """Once per action and occasion, in the transaction of the occasion; nothing without a case."""
    if action.case_id is None:
        return
    case = Case.objects.only("ticket_source", "ticket_ref").get(pk=action.case_id)
    TicketNote.objects.get_or_create(
        action=action,
        about=about,
        defaults={
            "ticket_source": case.ticket_source,
            "ticket_ref": case.ticket_ref,
            "facts": {
                "reference": action.reference,
                "order": action.order_ref,
                "amount": format(action.amount, "f"),
                "currency": action.currency,
                "documents": [str(effect.get("ref") or effect.get("id", "")) for effect in effects],
            },
            "state": NoteState.NOT_CONNECTED,
            "written_at": database_now(),
        },
    )
