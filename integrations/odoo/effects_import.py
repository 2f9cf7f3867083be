"""The rows by which Odoo's ``load`` makes a credit note: every record under an external id made of the key alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from integrations.canonical import CreditLine, CreditNoteRequest
from integrations.odoo.mapping.values import Row, decimal, reference

NAMESPACE = "deskglass"
HEAD = (
    "id", "move_type", "reversed_entry_id/.id", "partner_id/.id", "partner_shipping_id/.id", "journal_id/.id",
    "currency_id/.id", "fiscal_position_id/.id", "ref", "invoice_origin",
)  # fmt: skip
HEAD_OF_INVOICE = ("partner_id", "partner_shipping_id", "journal_id", "currency_id", "fiscal_position_id")
LINE = (
    "invoice_line_ids/id", "invoice_line_ids/name", "invoice_line_ids/product_id/.id", "invoice_line_ids/quantity",
    "invoice_line_ids/price_unit", "invoice_line_ids/discount", "invoice_line_ids/account_id/.id",
    "invoice_line_ids/tax_ids/.id", "invoice_line_ids/sale_line_ids/.id",
)  # fmt: skip


def rows_of(
    request: CreditNoteRequest, invoice: Row, billed: Mapping[int, Row], taxes: Mapping[int, Row]
) -> list[list[str]]:
    """One import row per line; the head stands on the first one only."""
    head = [
        external_id(request.key),
        "out_refund",
        str(request.invoice_id),
        *(_id(invoice, name) for name in HEAD_OF_INVOICE),
        f"{invoice['name']}, {request.reason} [{request.reference} {mark_of(request.key)}]",
        request.order_ref,
    ]
    empty = [""] * len(HEAD)
    return [
        [
            *(head if place == 0 else empty),
            *_line(request.key, place, line, billed[line.invoice_line_id], taxes),
        ]
        for place, line in enumerate(request.lines)
    ]


def mark_of(key: str) -> str:
    """The part of the key by which a document is found again: external ids cannot be searched with our rights."""
    return key.partition(":")[0][-12:]


def external_id(key: str) -> str:
    """Made of the key alone, so that it is the same whoever sends it and whenever."""
    return f"{NAMESPACE}.effect_{key.replace('-', '').replace(':', '_')}"


def _id(row: Row, name: str) -> str:
    found = reference(row, name)
    return "" if found is None else str(found)


def _line(key: str, place: int, line: CreditLine, billed: Row, taxes: Mapping[int, Row]) -> list[str]:
    own = [int(tax) for tax in billed["tax_ids"]]
    quantity, price, discount = line.quantity, decimal(billed["price_unit"]), decimal(billed["discount"])
    if quantity is None:
        quantity, price, discount = Decimal(1), _price(line.total, [taxes[tax] for tax in own]), Decimal(0)
    linked = [str(one) for one in billed["sale_line_ids"]] if line.goods_back else []
    return [
        f"{external_id(key)}_line_{place}",
        line.label or str(billed["name"] or ""),
        "" if line.label else _id(billed, "product_id"),
        str(quantity),
        str(price),
        str(discount),
        _id(billed, "account_id"),
        ",".join(str(tax) for tax in own),
        ",".join(linked),
    ]


def _price(amount: Decimal, taxes: Sequence[Row]) -> Decimal:
    """The price at which percentages on top come to the amount; cents may be left over, which reading back shows."""
    on_top = sum(
        (
            decimal(tax["amount"])
            for tax in taxes
            if tax["amount_type"] == "percent" and not tax["price_include"]
        ),
        Decimal(0),
    )
    return (amount * 100 / (100 + on_top)).quantize(Decimal("0.01"), ROUND_HALF_UP)
