"""Turns records written in Odoo 18 names into those of the version the sandbox speaks."""

from __future__ import annotations

from collections.abc import Iterable

from .books import Books, Record

NO_WARNING = "no-message"
PAYMENT_STATES_17 = {"paid": "posted", "in_process": "posted", "canceled": "cancel"}


def translate(books: Books) -> None:
    if books.serie < 19:
        add_warning_levels(books)
    if books.serie == 17:
        translate_17(books)
    if books.serie == 19:
        translate_19(books)


def rename(books: Books, model: str, old: str, new: str) -> None:
    for record in books.rows[model].values():
        record[new] = record.pop(old)


def drop(books: Books, model: str, names: Iterable[str]) -> None:
    for record in books.rows[model].values():
        for name in names:
            record.pop(name, None)


def add_warning_levels(books: Books) -> None:
    """17 and 18 say beside each warning text how much it matters."""
    for record in books.rows["res.partner"].values():
        for name in ("sale_warn", "invoice_warn", "picking_warn", "purchase_warn"):
            record.setdefault(name, NO_WARNING)
    for record in books.rows["product.template"].values():
        record.update(sale_line_warn=NO_WARNING, purchase_line_warn=NO_WARNING, uom_po_id=record["uom_id"])


def translate_17(books: Books) -> None:
    rename(books, "account.payment", "memo", "ref")
    drop(books, "loyalty.card", ["active"])
    drop(books, "delivery.carrier", ["tracking_url"])
    drop(books, "account.move", ["matched_payment_ids"])
    for product in books.rows["product.template"].values():
        translate_product_17(product)
    for payment in books.rows["account.payment"].values():
        payment["state"] = PAYMENT_STATES_17.get(payment["state"], payment["state"])
    for document in books.rows["account.move"].values():
        if document["state"] == "draft":
            document["name"] = "/"


def translate_product_17(record: Record) -> None:
    """Storable was a type of its own."""
    kind = "product" if record.pop("is_storable") else record["type"]
    record.update(detailed_type=kind, type=kind)


def translate_19(books: Books) -> None:
    rename(books, "sale.order.line", "product_uom", "product_uom_id")
    rename(books, "sale.order.line", "tax_id", "tax_ids")
    drop(books, "res.partner", ["sale_warn", "invoice_warn", "invoice_warn_msg"])
    drop(books, "stock.move", ["name", "scrapped"])
    drop(books, "stock.location", ["scrap_location"])
    drop(books, "stock.picking", ["date"])
    replace_groups(books)


def replace_groups(books: Books) -> None:
    """Procurement groups became references, and there can be many of them."""
    books.rows["stock.reference"] = books.rows.pop("procurement.group")
    for model in ("stock.move", "stock.picking"):
        for record in books.rows[model].values():
            group = record.pop("group_id", False)
            record["reference_ids"] = [group] if group else []
    for order in books.rows["sale.order"].values():
        group = order.pop("procurement_group_id")
        order["stock_reference_ids"] = [group] if group else []
