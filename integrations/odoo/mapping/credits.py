"""How far the money of a return has come, told by the credit notes of its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.canonical import DocumentState, PaymentProgress, ReturnMoney
from integrations.odoo.mapping.documents import Documents, billing_lines, payment_progress, sale_lines, state
from integrations.odoo.mapping.values import Row, decimal, reference

MONEY_ORDER = (
    ReturnMoney.UNKNOWN,
    ReturnMoney.NONE,
    ReturnMoney.CREDIT_DRAFTED,
    ReturnMoney.CREDIT_POSTED,
    ReturnMoney.PAID_OUT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The least advanced stage of the credits behind a returned quantity, and whether they cover all of it."""

    money: ReturnMoney
    whole: bool


NOTHING = Covered(money=ReturnMoney.NONE, whole=False)
NOT_TOLD = Covered(money=ReturnMoney.UNKNOWN, whole=False)


class Credits:
    """Credited quantities per order line, spent by its returns oldest first."""

    def __init__(self, documents: Documents) -> None:
        self._known = documents.known
        self._invoices = frozenset(row["id"] for row in documents.invoices)
        self._reversed = frozenset(
            row["id"] for row in documents.invoices if payment_progress(row) is PaymentProgress.REVERSED
        )
        self._notes = {row["id"]: row for row in documents.notes}
        self._left: defaultdict[int, list[tuple[Decimal, ReturnMoney]]] = defaultdict(list)
        for note in documents.notes:
            stage = self.stage(note)
            if stage is ReturnMoney.NONE:
                continue
            for line in billing_lines(note):
                credited = decimal(line.get("quantity"))
                if credited <= 0:
                    continue  # Odoo's wizard leaves the lines it does not credit in the note, with a zero
                for order_line in sale_lines(line):
                    self._left[order_line].append((credited, stage))

    def spend(self, line_id: int | None, amount: Decimal) -> Covered:
        """Take the credit of this quantity of an order line."""
        if not self._known:
            return NOT_TOLD
        if line_id is None or amount <= 0:
            return NOTHING
        stages: list[ReturnMoney] = []
        entries = self._left[line_id]
        while amount > 0 and entries:
            credited, stage = entries.pop(0)
            stages.append(stage)
            if credited > amount:
                entries.insert(0, (credited - amount, stage))
            amount -= credited
        if not stages:
            return NOTHING
        return Covered(money=min(stages, key=MONEY_ORDER.index), whole=amount <= 0)

    def stage(self, note: Row | None) -> ReturnMoney:
        """The stage of one credit note; a note read elsewhere is looked up among the order's own."""
        if note is None:
            return ReturnMoney.NONE
        note = self._notes.get(note["id"], note)
        if not self._known and "state" not in note:
            return ReturnMoney.UNKNOWN  # that there is one stands on the authorization, and no more
        if state(note) is DocumentState.CANCELLED:
            return ReturnMoney.NONE
        if state(note) is DocumentState.DRAFT:
            return ReturnMoney.CREDIT_DRAFTED
        settled = payment_progress(note) in (PaymentProgress.PAID, PaymentProgress.IN_PAYMENT)
        return ReturnMoney.PAID_OUT if settled and self._was_paid(note) else ReturnMoney.CREDIT_POSTED

    def _was_paid(self, note: Row) -> bool:
        """Settled against the invoice it reverses, a note is "paid" too, but no money left the house."""
        if "invoice_payments_widget" not in note:  # a field with a right of its own
            return reference(note, "reversed_entry_id") not in self._reversed
        return any(not is_settlement(entry, self._invoices) for entry in settlements(note))


def settlements(document: Row) -> list[Mapping[str, Any]]:
    """What Odoo matched with a document: an object, or false where there is nothing."""
    widget = document.get("invoice_payments_widget")
    content = widget.get("content") if isinstance(widget, Mapping) else None
    return [entry for entry in content if isinstance(entry, Mapping)] if isinstance(content, list) else []


def is_settlement(entry: Mapping[str, Any], own_documents: Collection[int]) -> bool:
    """A document settled against another of the order, or a rounding of exchange rates: not a payment."""
    return bool(entry.get("is_exchange")) or reference(entry, "move_id") in own_documents
