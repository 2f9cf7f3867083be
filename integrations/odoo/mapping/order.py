"""One order's rows to its canonical record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from integrations.canonical import (
    Branch,
    Company,
    DeliveryProgress,
    InvoiceProgress,
    LineKind,
    Money,
    Order,
    OrderLine,
    OrderOrigin,
    OrderRecord,
    OrderState,
)
from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.customer import cards_of, customer
from integrations.odoo.mapping.documents import (
    Refundable,
    credit_notes,
    invoices,
    read_documents,
    refundable,
)
from integrations.odoo.mapping.messages import messages
from integrations.odoo.mapping.moves import Move, line_quantities, read_moves, unit_size
from integrations.odoo.mapping.payments import payments
from integrations.odoo.mapping.returns import returns
from integrations.odoo.mapping.rma import rma_quantities
from integrations.odoo.mapping.shipments import LineFacts, shipments_and_preparations, without_sku
from integrations.odoo.mapping.stock import available_in, stock_levels
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    decimal,
    display,
    moment,
    quantity,
    reference,
    related,
    rows,
    text,
)

_STATES = {
    "draft": OrderState.QUOTATION,
    "sent": OrderState.SENT,
    "sale": OrderState.CONFIRMED,
    "done": OrderState.CONFIRMED,  # 17 and older databases: locked
    "cancel": OrderState.CANCELLED,
}
_DELIVERY = {
    "pending": DeliveryProgress.PENDING,
    "started": DeliveryProgress.PENDING,  # 18 and later: something was picked, nothing has left
    "partial": DeliveryProgress.PARTIAL,
    "full": DeliveryProgress.FULL,
}
_INVOICING = {
    "no": InvoiceProgress.NOTHING_TO_INVOICE,
    "to invoice": InvoiceProgress.TO_INVOICE,
    "invoiced": InvoiceProgress.INVOICED,
    "upselling": InvoiceProgress.UPSELLING,
}


def order_state(row: Row) -> OrderState:
    return _STATES.get(str(row.get("state")), OrderState.UNKNOWN)


def order_origin(row: Row) -> OrderOrigin:
    country = related(related(row, "partner_shipping_id") or {}, "country_id") or {}
    return OrderOrigin(
        sales_team=display(row, "team_id"),
        website=display(row, "website_id"),
        warehouse=display(row, "warehouse_id"),
        country=text(country.get("code")),
    )


def order_record(
    row: Row,
    cards: Sequence[Row],
    *,
    connection: str,
    dialect: Dialect,
    read: frozenset[Branch],
    payment_details: bool,
) -> OrderRecord:
    """The record of one order row.

    ``read`` names the branches that were really read: a figure that rests on a missing one is None, never zero.
    """
    pickings, rmas = rows(row, "picking_ids"), rows(row, "rma_ids")
    moves = read_moves(pickings, dialect)
    lines = {line["id"]: _line_facts(line, dialect) for line in rows(row, "order_line")}
    documents = read_documents(row, dialect, known=Branch.INVOICES in read)
    currency = Currency(related(row, "currency_id"))
    money_left = None
    if Branch.INVOICES in read:
        money_left = refundable(documents, {key: facts.product_id for key, facts in lines.items()}, currency)
    outgoing, steps = shipments_and_preparations(pickings, moves, lines, dialect)
    company = related(row, "company_id") or {}
    return OrderRecord(
        order=Order(
            connection=connection,
            company=Company(id=company.get("id", 0), name=text(company.get("display_name")) or ""),
            id=row["id"],
            ref=text(row.get("name")) or str(row["id"]),
            channel_ref=text(row.get("client_order_ref")),
            replaces=text(row.get("origin")),
            source="sale.order",
            state=order_state(row),
            delivery=_delivery(row),
            invoicing=_INVOICING.get(str(row.get("invoice_status"))),
            placed_at=moment(row.get("date_order")),
            promised_at=moment(row.get("commitment_date")),
            warehouse=display(row, "warehouse_id"),
            brand=None,
            region=None,
            origin=order_origin(row),
            untaxed=currency.money(row.get("amount_untaxed")),
            tax=currency.money(row.get("amount_tax")),
            total=currency.money(row.get("amount_total")),
            refundable=money_left.order if money_left else None,
            lines=_lines(row, lines, moves, rmas, money_left, dialect, read),
        ),
        customer=customer(row, cards_of(row, cards), Currency(related(company, "currency_id"))),
        shipments=outgoing,
        preparations=steps,
        returns=returns(pickings, moves, rmas, documents, lines, dialect),
        invoices=invoices(documents),
        credit_notes=credit_notes(documents),
        payments=payments(row, documents, details=payment_details),
        messages=messages(row),
    )


def _delivery(row: Row) -> DeliveryProgress | None:
    if "delivery_status" not in row:
        return None
    known = _DELIVERY.get(str(row["delivery_status"]))
    if known is None and order_state(row) is OrderState.CONFIRMED and _awaits_goods(row):
        # Odoo has no status before the first transfer exists: a drop-ship whose purchase is not confirmed yet.
        return DeliveryProgress.PENDING
    return known or DeliveryProgress.NOTHING_TO_SHIP


def _awaits_goods(row: Row) -> bool:
    return any(
        decimal(line.get("qty_delivered")) < decimal(line.get("product_uom_qty"))
        for line in rows(row, "order_line")
        if not line.get("display_type")
        and line_kind(line, related(line, "product_id") or {}) is LineKind.GOODS
    )


def _line_facts(line: Row, dialect: Dialect) -> LineFacts:
    product = related(line, "product_id") or {}
    sku = text(product.get("default_code"))
    unit = related(line, dialect.line_unit)
    return LineFacts(
        sku=sku,
        name=_line_name(line, sku),
        product_id=reference(line, "product_id"),
        unit=text(unit.get("display_name")) if unit else None,
        size=unit_size(unit, dialect),
        ordered=decimal(line.get("product_uom_qty")),
    )


def _line_name(line: Row, sku: str | None) -> str:
    """The line's own wording: what the customer's paperwork says, which may differ from the product's name."""
    return without_sku(text(line.get("name")) or display(line, "product_id") or "", sku)


def _lines(
    row: Row,
    facts: Mapping[int, LineFacts],
    moves: Sequence[Move],
    rmas: Sequence[Row],
    money_left: Refundable | None,
    dialect: Dialect,
    read: frozenset[Branch],
) -> tuple[OrderLine, ...]:
    currency = Currency(related(row, "currency_id"))
    company_currency = Currency(related(related(row, "company_id") or {}, "currency_id"))
    warehouse = reference(row, "warehouse_id")
    built = []
    for line in rows(row, "order_line"):
        if line.get("display_type"):
            built.append(_text_line(line, facts[line["id"]]))
            continue
        moved = _moved(line, facts, moves, rmas, dialect) if Branch.SHIPMENTS in read else None
        product = related(line, "product_id") or {}
        own = facts[line["id"]]
        per_product_unit = own.size / unit_size(related(product, "uom_id"), dialect)
        kind = line_kind(line, product)
        stocked = kind is LineKind.GOODS and Branch.STOCK in read
        levels = stock_levels(product, size=per_product_unit) if stocked else None
        built.append(
            OrderLine(
                id=line["id"],
                kind=kind,
                sku=own.sku,
                name=own.name,
                archived=product.get("active") is False,
                uom=own.unit,
                ordered=quantity(line.get("product_uom_qty")),
                shipped=moved[0] if moved else None,
                delivered=quantity(line.get("qty_delivered")),
                invoiced=quantity(line.get("qty_invoiced")),
                returned=moved[1] if moved else None,
                announced=moved[2] if moved else None,
                returnable=quantity(max(Decimal(0), moved[0] - moved[1] - moved[2])) if moved else None,
                refundable=money_left.lines.get(line["id"]) if money_left else None,
                available=available_in(levels, warehouse),
                unit_price=currency.money(line.get("price_unit")),
                discount_percent=quantity(line.get("discount")),
                unit_cost=_unit_cost(product, company_currency, per_product_unit),
                total=currency.money(line.get("price_total")),
                stock=tuple((levels or {}).values()),
                category=display(product, "categ_id"),
            )
        )
    return tuple(built)


def _moved(
    line: Row, facts: Mapping[int, LineFacts], moves: Sequence[Move], rmas: Sequence[Row], dialect: Dialect
) -> tuple[Decimal, Decimal, Decimal]:
    own = facts[line["id"]]
    counted = line_quantities(line["id"], own.product_id, own.ordered, own.size, moves)
    elsewhere = rma_quantities(line["id"], rmas, moves, facts, dialect)
    return (
        counted.shipped,
        quantity(counted.returned + elsewhere.returned),
        quantity(counted.announced + elsewhere.announced),
    )


def _unit_cost(product: Row, currency: Currency, units: Decimal) -> Money | None:
    """Odoo keeps the cost per product unit and in the company's currency."""
    if "standard_price" not in product:
        return None
    return currency.money(decimal(product["standard_price"]) * units)


def line_kind(line: Row, product: Row) -> LineKind:
    if line.get("is_delivery"):
        return LineKind.DELIVERY
    if line.get("is_downpayment"):
        return LineKind.DOWN_PAYMENT
    if line.get("is_reward_line"):
        return LineKind.REWARD
    return LineKind.SERVICE if product.get("type") == "service" else LineKind.GOODS


def _text_line(line: Row, facts: LineFacts) -> OrderLine:
    """Sections and notes carry words only. A note on an order is free text of the seller, shown on paperwork."""
    note = line.get("display_type") == "line_note"
    return OrderLine(
        id=line["id"],
        kind=LineKind.NOTE if note else LineKind.SECTION,
        sku=None,
        name=facts.name,
        archived=False,
        uom=None,
        ordered=None,
        shipped=None,
        delivered=None,
        invoiced=None,
        returned=None,
        announced=None,
        returnable=None,
        refundable=None,
        available=None,
        unit_price=None,
        discount_percent=None,
        unit_cost=None,
        total=None,
        stock=(),
    )
