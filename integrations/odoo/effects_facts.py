"""Reads the live facts of an order's money in one call and puts them into our words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    Company,
    InvoiceProgress,
    LineKind,
    RefundFacts,
    RefundInvoice,
    RefundInvoiceLine,
    RefundNote,
    RefundOrderLine,
)
from integrations.errors import Garbled, GatewayError, Missing, TooLarge
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.dialects import Dialect, dialect_for
from integrations.odoo.mapping.documents import (
    Documents,
    billing_lines,
    number,
    payment_progress,
    read_documents,
    sale_lines,
    state,
)
from integrations.odoo.mapping.order import line_kind
from integrations.odoo.mapping.payments import payments
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    decimal,
    display,
    quantity,
    reference,
    related,
    rows,
    text,
)
from integrations.odoo.order_question import understanding
from integrations.odoo.specification import Relation, Specification, cut_wish

_INVOICING = {
    "no": InvoiceProgress.NOTHING_TO_INVOICE,
    "to invoice": InvoiceProgress.TO_INVOICE,
    "invoiced": InvoiceProgress.INVOICED,
    "upselling": InvoiceProgress.UPSELLING,
}


async def read_facts(
    client: OdooClient, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
) -> RefundFacts:
    """One order by its id; ``Missing`` where that company has none."""
    capabilities = await client.capabilities(budget=budget)
    call = OdooCall(
        model="sale.order",
        method="web_search_read",
        params={
            "domain": [["id", "=", order_id], ["company_id", "=", company_id]],
            "specification": _specification(capabilities),
            "limit": 1,
        },
        context={"allowed_company_ids": [company_id]},
    )
    (answer,) = await client.read([call], budget=budget, correlation_id=correlation_id)
    if isinstance(answer, GatewayError):
        raise answer
    with understanding("an order's money"):
        found = answer.result["records"]
        if not found:
            raise Missing("no such order in this company")
        return facts_of(
            found[0],
            connection=client.config.slug,
            version=capabilities.version,
            fetched_at=answer.sent_at,
        )


def _leaves(names: str) -> dict[str, Relation | None]:
    return dict.fromkeys(names.split())


def _specification(capabilities: Capabilities) -> Specification:
    dialect = dialect_for(capabilities.version)
    currency = Relation("res.currency", _leaves("name decimal_places"))
    product = Relation("product.product", _leaves("display_name type detailed_type invoice_policy"))
    wish: dict[str, Relation | None] = {
        **_leaves("name state invoice_status"),
        "company_id": Relation("res.company", _leaves("display_name")),
        "currency_id": currency,
        "order_line": Relation(
            "sale.order.line",
            {
                **_leaves("name display_type product_uom_qty qty_delivered qty_invoiced qty_to_invoice"),
                **_leaves("is_delivery is_reward_line is_downpayment"),
                "product_id": product,
                "move_ids": Relation("stock.move", _leaves("state")),
            },
        ),
        "invoice_ids": _document(dialect, currency, product, with_notes=True),
        "transaction_ids": Relation(
            "payment.transaction",
            {
                **_leaves(
                    "state amount last_state_change operation create_date reference provider_reference"
                ),
                **_leaves("provider_code"),
                "currency_id": currency,
                "payment_method_id": Relation("payment.method", _leaves("display_name")),
            },
        ),
    }
    return cut_wish("sale.order", wish, capabilities)


def _document(dialect: Dialect, currency: Relation, product: Relation, *, with_notes: bool) -> Relation:
    fields: dict[str, Relation | None] = {
        **_leaves("name move_type state payment_state amount_total amount_untaxed amount_residual ref"),
        **_leaves("invoice_payments_widget"),
        "currency_id": currency,
        "reversed_entry_id": Relation("account.move", _leaves("name")),
        "invoice_line_ids": Relation(
            "account.move.line",
            {
                **_leaves("name quantity price_subtotal price_total display_type sale_line_ids"),
                "product_id": product,
                "tax_ids": Relation("account.tax", _leaves("display_name")),
            },
        ),
    }
    if with_notes:
        fields[dialect.reversals] = _document(dialect, currency, product, with_notes=False)
    return Relation("account.move", fields, order="id")


def facts_of(order: Row, *, connection: str, version: int, fetched_at: datetime) -> RefundFacts:
    """The order's row in our words. Notes that name no invoice are its only invoice's, else every one's."""
    documents = read_documents(order, dialect_for(version))
    company = related(order, "company_id")
    if company is None:
        raise Garbled("an order without a company")
    lines = tuple(_order_line(row) for row in rows(order, "order_line") if not row.get("display_type"))
    kinds = {line.id: line.kind for line in lines}
    return RefundFacts(
        connection=connection,
        company=Company(id=int(company["id"]), name=display(order, "company_id") or ""),
        order_id=int(order["id"]),
        order_ref=str(order["name"]),
        order_state=str(order["state"]),
        invoicing=_INVOICING.get(str(order.get("invoice_status"))),
        odoo_version=version,
        lines=lines,
        invoices=tuple(_invoice(row, _notes_of(row, documents), kinds) for row in documents.invoices),
        payments=payments(order, documents, details=True),
        fetched_at=fetched_at,
    )


def _order_line(row: Row) -> RefundOrderLine:
    product = related(row, "product_id") or {}
    kind = line_kind(row, product)
    moves = {str(move["state"]) for move in rows(row, "move_ids")}
    return RefundOrderLine(
        id=int(row["id"]),
        name=text(row.get("name")) or "",
        kind=kind,
        ordered=quantity(row.get("product_uom_qty")),
        delivered=quantity(row.get("qty_delivered")),
        invoiced=quantity(row.get("qty_invoiced")),
        to_invoice=quantity(row.get("qty_to_invoice")),
        invoiced_by_delivery=product.get("invoice_policy") == "delivery",
        moves_ended="done" in moves and moves <= {"done", "cancel"},
        can_be_invoiced_alone=kind not in {LineKind.DELIVERY, LineKind.REWARD},
    )


def _notes_of(invoice: Row, documents: Documents) -> list[Row]:
    return [note for note in documents.notes if reference(note, "reversed_entry_id") in (None, invoice["id"])]


def _invoice(row: Row, notes: Sequence[Row], kinds: Mapping[int, LineKind]) -> RefundInvoice:
    currency = Currency(related(row, "currency_id"))
    places = (related(row, "currency_id") or {}).get("decimal_places")
    billed = billing_lines(row)
    if len(billed) != len([line for line in row["invoice_line_ids"] if _may_bill(line)]):
        raise TooLarge("an invoice with more lines than one reading holds")
    quantities, totals = _credited(billed, [note for note in notes if note.get("state") != "cancel"])
    return RefundInvoice(
        id=int(row["id"]),
        ref=number(row),
        state=state(row),
        total=currency.money(row.get("amount_total")),
        untaxed=currency.money(row.get("amount_untaxed")),
        residual=currency.money(row.get("amount_residual")),
        payment_state=str(row.get("payment_state")),
        smallest=Decimal(1).scaleb(-places) if isinstance(places, int) else Decimal("0.01"),
        lines=tuple(_line(line, kinds, currency, quantities, totals) for line in billed),
        notes=tuple(_note(note) for note in notes),
        bills_other_orders=any(one not in kinds for line in billed for one in sale_lines(line)),
    )


def _may_bill(line: Any) -> bool:
    return not isinstance(line, Mapping) or line.get("display_type") in (False, None, "product")


def _line(
    row: Row,
    kinds: Mapping[int, LineKind],
    currency: Currency,
    quantities: Mapping[int, Decimal],
    totals: Mapping[int, Decimal],
) -> RefundInvoiceLine:
    linked = sale_lines(row)
    taxes = [tax for tax in row.get("tax_ids") or [] if isinstance(tax, Mapping)]
    product = related(row, "product_id") or {}
    known = next((kinds[one] for one in linked if one in kinds), None)
    return RefundInvoiceLine(
        id=int(row["id"]),
        order_line_ids=linked,
        product_id=reference(row, "product_id"),
        name=text(row.get("name")) or display(row, "product_id") or "",
        kind=known or (LineKind.GOODS if product.get("type") not in (None, "service") else LineKind.SERVICE),
        quantity=quantity(row.get("quantity")),
        untaxed=currency.money(row.get("price_subtotal")).amount,
        total=currency.money(row.get("price_total")).amount,
        tax_ids=tuple(sorted(int(tax["id"]) for tax in taxes)),
        tax_names=tuple(text(tax.get("display_name")) or "" for tax in taxes),
        credited_quantity=quantities[row["id"]],
        credited_total=currency.money(totals[row["id"]]).amount,
    )


def _credited(
    billed: Sequence[Row], notes: Sequence[Row]
) -> tuple[Mapping[int, Decimal], Mapping[int, Decimal]]:
    """What the notes took from each line: by its order line where they are linked, else by its product.

    What names neither lowers what the invoice as a whole has left, and no line's own.
    """
    quantities: defaultdict[int, Decimal] = defaultdict(Decimal)
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    for note in notes:
        for taken in billing_lines(note):
            line = _taken_from(taken, billed, totals)
            if line is not None:
                quantities[line["id"]] += quantity(taken.get("quantity")) if _is_quantity(taken, line) else 0
                totals[line["id"]] += decimal(taken.get("price_total"))
    return quantities, totals


def _taken_from(taken: Row, billed: Sequence[Row], totals: Mapping[int, Decimal]) -> Row | None:
    linked = set(sale_lines(taken))
    if linked:
        return next((line for line in billed if linked & set(sale_lines(line))), None)
    product = reference(taken, "product_id")
    if product is None:
        return None
    same = [line for line in billed if reference(line, "product_id") == product]
    open_ones = [line for line in same if decimal(line.get("price_total")) > totals[line["id"]]]
    return next(iter(open_ones or same), None)


def _is_quantity(taken: Row, line: Row) -> bool:
    """A quantity of the line at its price, not an amount of money that happens to be one of something."""
    if sale_lines(taken):
        return True
    billed, credited = decimal(line.get("quantity")), decimal(taken.get("quantity"))
    if not billed or not credited:
        return False
    each = decimal(line.get("price_total")) / billed
    return abs(decimal(taken.get("price_total")) / credited - each) <= Decimal("0.02")


def _note(row: Row) -> RefundNote:
    currency = Currency(related(row, "currency_id"))
    return RefundNote(
        id=int(row["id"]),
        ref=number(row),
        state=state(row),
        total=currency.money(row.get("amount_total")),
        residual=currency.money(row.get("amount_residual")),
        payment_state=payment_progress(row),
        reason=text(row.get("ref")),
        is_tied=reference(row, "reversed_entry_id") is not None
        or any(sale_lines(line) for line in billing_lines(row)),
    )
