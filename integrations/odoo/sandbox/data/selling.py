"""Writes sales orders and their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .books import Books, cents, stamp
from .people import Customer
from .places import EUR, HUB, MAIN, POUNDS_PER_EURO, US, USD

RATES = {1: 0.075, 2: 0.20}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One line a customer wants; `kind` is item, section or note."""

    product: str = ""
    quantity: float = 1.0
    price: float | None = None
    discount: float = 0.0
    uom: str = ""
    text: str = ""
    kind: str = "item"
    delivery: bool = False
    reward: bool = False
    deposit: bool = False


@dataclass(slots=True, kw_only=True)
class Order:
    """What the later steps (shipping, invoicing) need to know of an order."""

    id: int
    name: str
    company: int
    warehouse: str
    customer: Customer
    currency: int
    placed: datetime
    carrier: str
    lines: list[int] = field(default_factory=list)
    group: int = 0
    pickings: list[int] = field(default_factory=list)


def item(product: str, quantity: float = 1.0, price: float | None = None, **more: Any) -> Wish:
    return Wish(product=product, quantity=quantity, price=price, **more)


def section(text: str) -> Wish:
    return Wish(kind="section", text=text)


def remark(text: str) -> Wish:
    return Wish(kind="note", text=text)


def sell(
    books: Books,
    customer: Customer,
    wishes: list[Wish],
    *,
    days_ago: float,
    warehouse: str = "",
    state: str = "sale",
    name: str = "",
    reference: str | bool = "",
    carrier: str = "",
    currency: int = 0,
    company: int = 0,
    **more: Any,
) -> Order:
    """An order in its state; nothing is shipped or invoiced yet."""
    where = company or customer.company
    depot = warehouse or (MAIN if where == US else HUB)
    placed = books.ago(days_ago)
    number = books.number("order")
    title = name or f"S{number:05d}"
    money = currency or (USD if where == US else EUR)
    if carrier:
        fee = books.facts("delivery.carrier", carrier)["fixed_price"]
        wishes = [*wishes, item(f"ship.{carrier}", price=fee, delivery=True)]
    group = books.add("procurement.group", when=placed, name=title)
    values: dict[str, Any] = {
        "name": title,
        "client_order_ref": f"WEB-{730000 + number}" if reference == "" else reference,
        "state": state,
        "date_order": stamp(placed),
        "partner_id": customer.partner,
        "partner_invoice_id": customer.partner,
        "partner_shipping_id": customer.delivery,
        "company_id": where,
        "warehouse_id": books.find("stock.warehouse", depot),
        "currency_id": money,
        "pricelist_id": books.find("product.pricelist", "gbp" if money not in (USD, EUR) else f"list{where}"),
        "carrier_id": books.find("delivery.carrier", carrier) if carrier else False,
        "payment_term_id": books.find("account.payment.term", f"now{where}"),
        "fiscal_position_id": books.find("account.fiscal.position", "home2") if where != US else False,
        "team_id": where,
        "user_id": 2,
        "origin": False,
        "locked": False,
        "picking_policy": "direct",
        "procurement_group_id": group if state == "sale" else False,
        "currency_rate": 1.0 if money in (USD, EUR) else POUNDS_PER_EURO,
        "validity_date": False,
        "commitment_date": stamp(placed + timedelta(days=4)) if number % 3 == 0 else False,
        "note": False,
    }
    values.update(more)
    order_id = books.add("sale.order", when=placed, **values)
    order = Order(
        id=order_id,
        name=title,
        company=where,
        warehouse=depot,
        customer=customer,
        currency=money,
        placed=placed,
        carrier=carrier,
        group=group,
    )
    for position, wish in enumerate(wishes):
        order.lines.append(add_line(books, order, state, position, wish))
    total_up(books, order)
    if state in ("sale", "cancel"):
        say(books, "sale.order", order_id, placed, "<p>Sales Order created</p>", kind="notification")
    return order


def add_line(books: Books, order: Order, state: str, position: int, wish: Wish) -> int:
    common: dict[str, Any] = {
        "order_id": order.id,
        "sequence": 10 + position,
        "company_id": order.company,
        "currency_id": order.currency,
        "order_partner_id": order.customer.partner,
        "salesman_id": 2,
        "warehouse_id": books.find("stock.warehouse", order.warehouse),
        "state": state,
    }
    if wish.kind != "item":
        return books.add(
            "sale.order.line",
            when=order.placed,
            name=wish.text,
            display_type=f"line_{wish.kind}",
            product_id=False,
            product_uom_qty=0.0,
            price_unit=0.0,
            discount=0.0,
            price_subtotal=0.0,
            price_tax=0.0,
            price_total=0.0,
            tax_id=[],
            product_uom=False,
            **common,
        )
    product_id = books.find("product.product", wish.product)
    product = books.get("product.product", product_id)
    template = books.get("product.template", product["product_tmpl_id"])
    unit = books.find("uom.uom", wish.uom) if wish.uom else template["uom_id"]
    price = product["lst_price"] * (12 if wish.uom == "dozen" else 1) if wish.price is None else wish.price
    code = f"[{product['default_code']}] " if product["default_code"] and not wish.delivery else ""
    subtotal = cents(price * wish.quantity * (1 - wish.discount / 100))
    tax = cents(subtotal * RATES[order.company])
    return books.add(
        "sale.order.line",
        when=order.placed,
        name=wish.text or f"{code}{template['name']}",
        product_id=product_id,
        product_uom_qty=wish.quantity,
        product_uom=unit,
        price_unit=price,
        discount=wish.discount,
        display_type=False,
        tax_id=[books.find("account.tax", f"sale{order.company}")],
        price_subtotal=subtotal,
        price_tax=tax,
        price_total=cents(subtotal + tax),
        is_delivery=wish.delivery,
        is_downpayment=wish.deposit,
        sandbox_reward=wish.reward,
        qty_delivered_method="manual" if template["type"] == "service" else "stock_move",
        sandbox_delivered=0.0,
        customer_lead=0.0,
        **common,
    )


def total_up(books: Books, order: Order) -> None:
    """19 rounds tax over the whole order, 17 and 18 line by line."""
    lines = [books.get("sale.order.line", i) for i in order.lines]
    untaxed = cents(sum(line["price_subtotal"] for line in lines))
    exact = cents(untaxed * RATES[order.company])
    tax = exact if books.serie >= 19 else cents(sum(line["price_tax"] for line in lines))
    books.get("sale.order", order.id).update(
        amount_untaxed=untaxed, amount_tax=tax, amount_total=cents(untaxed + tax)
    )


def say(
    books: Books,
    model: str,
    record_id: int,
    when: datetime,
    body: str,
    *,
    author: int = 0,
    kind: str = "comment",
    internal: bool = False,
) -> int:
    """A message in a record's chatter. A note is told by its subtype; `is_internal` marks only Odoo's own log."""
    record = books.get(model, record_id)
    writer = author or books.find("res.partner", "agent")
    sender = books.get("res.partner", writer)
    subtype = "note" if internal or kind == "notification" else "comment"
    return books.add(
        "mail.message",
        when=when,
        model=model,
        res_id=record_id,
        body=body,
        date=stamp(when),
        message_type=kind,
        subtype_id=books.find("mail.message.subtype", subtype),
        is_internal=kind == "notification",
        author_id=writer,
        record_name=record.get("name") or False,
        subject=False,
        email_from=f'"{sender["name"]}" <{sender["email"]}>',
        reply_to=False,
        attachment_ids=[],
        partner_ids=[],
    )
