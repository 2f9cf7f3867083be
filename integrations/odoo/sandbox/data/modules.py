"""The modules the stand-in claims to have installed."""

from __future__ import annotations

from .books import Books

INSTALLED = [
    "account",
    "account_payment",
    "base",
    "base_automation",
    "contacts",
    "delivery",
    "loyalty",
    "mail",
    "mrp",
    "payment",
    "payment_custom",
    "payment_demo",
    "phone_validation",
    "portal",
    "product",
    "purchase",
    "purchase_stock",
    "repair",
    "sale",
    "sale_loyalty",
    "sale_management",
    "sale_mrp",
    "sale_purchase",
    "sale_stock",
    "sales_team",
    "stock",
    "stock_account",
    "stock_delivery",
    "stock_dropshipping",
    "uom",
    "web",
]
COMMUNITY = {17: ("rma", "rma_sale", "helpdesk_mgmt"), 18: ("rma", "rma_sale", "helpdesk_mgmt"), 19: ()}


def list_modules(books: Books) -> None:
    names = [*INSTALLED, *COMMUNITY[books.serie]] + (["rpc"] if books.serie >= 19 else [])
    for name in sorted(names):
        books.add(
            "ir.module.module",
            name=name,
            shortdesc=name.replace("_", " ").title(),
            state="installed",
            sequence=100,
            latest_version=f"{books.serie}.0.1.0",
            application=name in ("sale_management", "stock", "account"),
            author="OCA" if name in COMMUNITY[books.serie] else "Odoo S.A.",
            auto_install=False,
            license="LGPL-3",
        )
