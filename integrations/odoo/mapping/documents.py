"""Invoices, credit notes and what of them is still refundable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.canonical import (
    CreditNote,
    DocumentLine,
    DocumentState,
    Invoice,
    Money,
    PaymentProgress,
)
from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    day,
    decimal,
    display,
    quantity,
    reference,
    related,
    rows,
    text,
)

_STATES = {"draft": DocumentState.DRAFT, "posted": DocumentState.POSTED, "cancel": DocumentState.CANCELLED}
_INVOICES = frozenset({"out_invoice", "out_receipt"})
_NOTES = frozenset({"out_refund"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """An order's billing documents as Odoo's rows: the listed ones, and notes that hang on an invoice only."""

    invoices: tuple[Row, ...]
    notes: tuple[Row, ...]
    linked_note_ids: frozenset[int]
    known: bool = True  # False where this Odoo does not let us read them: none is not the same as no answer


def read_documents(order: Row, dialect: Dialect, *, known: bool = True) -> Documents:
    listed = rows(order, "invoice_ids")
    invoices = tuple(row for row in listed if text(row.get("move_type")) in _INVOICES)
    notes = {row["id"]: row for row in listed if text(row.get("move_type")) in _NOTES}
    linked = frozenset(notes)
    for invoice in invoices:
        for note in rows(invoice, dialect.reversals):
            if text(note.get("move_type")) in _NOTES:
                notes.setdefault(
                    note["id"], {**note, "reversed_entry_id": {"id": invoice["id"], "name": invoice["name"]}}
                )
    ordered = tuple(notes[key] for key in sorted(notes))
    return Documents(invoices=invoices, notes=ordered, linked_note_ids=linked, known=known)


def invoices(documents: Documents) -> tuple[Invoice, ...]:
    return tuple(
        Invoice(
            id=row["id"],
            ref=number(row),
            state=state(row),
            total=_currency(row).money(row.get("amount_total")),
            residual=_currency(row).money(row.get("amount_residual")),
            payment_state=payment_progress(row),
            issued_on=day(row.get("invoice_date")),
            due_on=day(row.get("invoice_date_due")),
            reverses=display(row, "reversed_entry_id"),
            lines=_lines(row),
        )
        for row in documents.invoices
    )


def credit_notes(documents: Documents) -> tuple[CreditNote, ...]:
    return tuple(
        CreditNote(
            id=row["id"],
            ref=number(row),
            state=state(row),
            total=_currency(row).money(row.get("amount_total")),
            residual=_currency(row).money(row.get("amount_residual")),
            payment_state=payment_progress(row),
            issued_on=day(row.get("invoice_date")),
            due_on=day(row.get("invoice_date_due")),
            reverses=display(row, "reversed_entry_id"),
            reason=text(row.get("ref")),
            linked=row["id"] in documents.linked_note_ids,
            lines=_lines(row),
        )
        for row in documents.notes
    )


def number(row: Row) -> str | None:
    """A draft has no number yet: 17 calls it "/", 18 and 19 leave it empty."""
    name = text(row.get("name"))
    return None if name == "/" else name


def state(row: Row) -> DocumentState:
    return _STATES.get(str(row.get("state")), DocumentState.DRAFT)


def payment_progress(row: Row) -> PaymentProgress:
    try:
        return PaymentProgress(str(row.get("payment_state")))
    except ValueError:
        return PaymentProgress.UNKNOWN


def _currency(row: Row) -> Currency:
    return Currency(related(row, "currency_id"))


def billing_lines(row: Row) -> list[Row]:
    """The lines that bill something; sections and notes have a display type of their own."""
    return [
        line for line in rows(row, "invoice_line_ids") if line.get("display_type") in (False, None, "product")
    ]


def sale_lines(line: Row) -> tuple[int, ...]:
    linked = line.get("sale_line_ids")
    if not isinstance(linked, list):
        return ()
    ids = (entry.get("id") if isinstance(entry, Mapping) else entry for entry in linked)
    return tuple(number for number in ids if isinstance(number, int))


def _lines(row: Row) -> tuple[DocumentLine, ...]:
    currency = _currency(row)
    return tuple(
        DocumentLine(
            line_ids=sale_lines(line),
            name=text(line.get("name")) or display(line, "product_id") or "",
            quantity=quantity(line.get("quantity")),
            total=currency.money(line.get("price_total")),
        )
        for line in billing_lines(row)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """What may still be refunded, tax included: of the whole order, and of each line."""

    order: Money
    lines: Mapping[int, Money]


def refundable(
    documents: Documents, products: Mapping[int, int | None], currency: Currency
) -> Refundable | None:
    """Posted invoices minus every credit note that is not cancelled; ``products`` maps line id to product id.

    One invoice may bill several orders: only this order's part of it counts.

    A note line without a link is taken from lines of the same product; whatever cannot be placed lowers what the
    order as a whole may give back, and no line offers more than the order does. None where documents are in
    another currency than the order: amounts of two currencies are not subtracted.
    """
    counted = [row for row in documents.invoices if state(row) is DocumentState.POSTED]
    taken = [row for row in documents.notes if state(row) is not DocumentState.CANCELLED]
    if any(_currency(row).code != currency.code for row in (*counted, *taken)):
        return None
    per_line: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in counted:
        for line in billing_lines(row):
            _share(per_line, sale_lines(line), decimal(line.get("price_total")))
    for row in taken:
        for line in billing_lines(row):
            _take(per_line, line, products)
    billed = sum((_billed(row, products) for row in counted), Decimal(0))
    credited = sum((_credited(row, products) for row in taken), Decimal(0))
    whole = max(Decimal(0), billed - credited)
    return Refundable(
        order=currency.money(whole),
        lines={line: currency.money(min(whole, max(Decimal(0), per_line[line]))) for line in products},
    )


def _billed(row: Row, own: Container[int]) -> Decimal:
    """What an invoice billed for this order: all of it, or its own lines where it bills other orders too.

    Of a shared invoice's lines without a link only deductions count: whose they are is not known.
    """
    total = decimal(row.get("amount_total"))
    lines = billing_lines(row)
    if not any(_is_foreign(line, own) for line in lines):
        return total
    linked = sum((_own_part(line, own) for line in lines), Decimal(0))
    loose = sum((decimal(line.get("price_total")) for line in lines if not sale_lines(line)), Decimal(0))
    return min(total, linked + min(Decimal(0), loose))


def _credited(row: Row, own: Container[int]) -> Decimal:
    """What a note takes from this order: all that is not plainly another order's."""
    return decimal(row.get("amount_total")) - sum(
        (
            decimal(line.get("price_total")) - _own_part(line, own)
            for line in billing_lines(row)
            if _is_foreign(line, own)
        ),
        Decimal(0),
    )


def _is_foreign(line: Row, own: Container[int]) -> bool:
    return any(linked not in own for linked in sale_lines(line))


def _own_part(line: Row, own: Container[int]) -> Decimal:
    linked = sale_lines(line)
    if not linked:
        return Decimal(0)
    return decimal(line.get("price_total")) * sum(one in own for one in linked) / len(linked)


def _share(per_line: defaultdict[int, Decimal], lines: Sequence[int], amount: Decimal) -> None:
    for line in lines:
        per_line[line] += amount / len(lines)


def _take(per_line: defaultdict[int, Decimal], note_line: Row, products: Mapping[int, int | None]) -> None:
    amount = decimal(note_line.get("price_total"))
    linked = sale_lines(note_line)
    if linked:
        _share(per_line, linked, -amount)
        return
    product = reference(note_line, "product_id")
    for line, line_product in products.items():
        if product is None or line_product != product or per_line[line] <= 0:
            continue
        part = min(amount, per_line[line])
        per_line[line] -= part
        amount -= part
        if amount <= 0:
            return
