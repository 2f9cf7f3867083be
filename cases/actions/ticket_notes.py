"""Puts down what the ticket is to be told of an action, in the transaction of what happened, and rings for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django_q.tasks import async_task

from cases.actions.claiming import database_now
from cases.models import Action, NoteState, TicketLink, TicketNote
from cases.models.casework import Case

BELL = "cases.tasks.tell_ticket"
ENDINGS = frozenset({"rejected", "cancelled", "expired"})  # told only where the request was told of


def write(action: Action, *, about: str, effects: Sequence[dict[str, Any]] = ()) -> None:
    """Once per action, occasion and ticket; nothing without a case.

    That something is done is kept also where no tool is connected: it is shown with the action.
    """
    if action.case_id is None:
        return
    links = list(TicketLink.objects.filter(case_id=action.case_id).select_related("ticketing"))
    for link in links:
        same = TicketNote.objects.filter(action=action, link=link)
        if about in ENDINGS and not same.filter(about="requested").exists():
            continue
        given = {
            "ticket_source": link.ticketing.slug,
            "ticket_ref": link.number,
            "state": NoteState.WAITING,
            "next_try_at": database_now(),
        }
        note, is_new = TicketNote.objects.get_or_create(
            action=action, about=about, link=link, defaults={**_content(action, effects), **given}
        )
        if is_new:
            async_task(BELL, note.pk)
    if links or about != "succeeded":
        return
    case = Case.objects.only("ticket_source", "ticket_ref").get(pk=action.case_id)
    TicketNote.objects.get_or_create(
        action=action,
        about=about,
        link=None,
        defaults={
            **_content(action, effects),
            "ticket_source": case.ticket_source,
            "ticket_ref": case.ticket_ref,
            "state": NoteState.NOT_CONNECTED,
        },
    )


def _content(action: Action, effects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "facts": {
            "reference": action.reference,
            "order": action.order_ref,
            "amount": format(action.amount, "f"),
            "currency": action.currency,
            "documents": [str(effect.get("ref") or effect.get("id", "")) for effect in effects],
        },
        "written_at": database_now(),
    }
