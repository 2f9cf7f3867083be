"""What a refund has to have left in Odoo, and which existing credit note can stand in for it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from cases.actions.effects import effect_of
from cases.actions.kinds import Owed, Step
from cases.actions.refund.lines import note_of
from cases.models import Action
from integrations.canonical import DocumentState
from integrations.canonical.evidence import Evidence

MODELS: tuple[str, ...] = ("account.move",)


def owed_by_refund(action: Action, steps: Collection[Step]) -> tuple[Owed, ...]:
    """Each credit note with its total; a line that stands for an amount is credited as one of it."""
    owed = []
    for step in steps:
        note = note_of(action.payload["notes"][step.number - 1])
        quantities = sorted(Decimal(1) if line.quantity is None else line.quantity for line in note.lines)
        owed.append(Owed(step=step, total=note.total, quantities=tuple(quantities)))
    return tuple(owed)


def stand_in_for_refund(action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
    """A note of one of its invoices that counts and comes to the very amount of what is still to be done."""
    notes = {number: note for number, note in enumerate(action.payload["notes"], start=1) if number in steps}
    invoices = {int(note["invoice_id"]) for note in notes.values()}
    if document.model not in MODELS or document.state == DocumentState.CANCELLED:
        return "no_such_document"
    invoice = document.corrects or (next(iter(invoices)) if len(invoices) == 1 else 0)
    if invoice not in invoices or document.total is None:
        return "no_such_document"
    if document.total.currency != action.currency or document.total.amount != _sum(notes.values()):
        return "amount_differs"
    return effect_of(action, document, invoice_id=invoice)


def _sum(notes: Collection[dict[str, Any]]) -> Decimal:
    return sum((Decimal(note["total"]) for note in notes), Decimal(0))
