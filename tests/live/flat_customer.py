"""Reads the customer behind an order, their loyalty and what was written on the order."""

from __future__ import annotations

from tests.live.flat_wire import FlatOdoo, Row, id_of, name_of
from tests.live.flat_words import Purse, amount, day, moment, text, words_of

MOST_MESSAGES = 20
KINDS = {
    "email": "email",
    "email_outgoing": "email",
    "notification": "system",
    "auto_comment": "system",
}


def customer_facts(odoo: FlatOdoo, order: Row, purse: Purse) -> Row:
    key = id_of(order["partner_id"]) or 0
    partner = odoo.read_one(
        "res.partner",
        key,
        "name display_name email phone mobile lang vat is_company is_blacklisted phone_blacklisted "
        "sale_warn sale_warn_msg total_invoiced credit sale_order_count property_account_position_id "
        "commercial_partner_id "
        "street street2 zip city country_id",
    )
    account = id_of(partner["commercial_partner_id"]) or key
    opted = {"email_opted_out": "is_blacklisted", "phone_opted_out": "phone_blacklisted"}
    return {
        "id": key,
        "account_id": account,
        "name": text(partner["name"]) or text(partner["display_name"]) or "",
        "account": name_of(partner["commercial_partner_id"]) if account != key else None,
        "is_company": partner["is_company"],
        "email": text(partner["email"]),
        "phone": text(partner["phone"]),
        "mobile": text(partner.get("mobile")),
        "address": _address(odoo, key),
        "delivery_address": _address(odoo, id_of(order["partner_shipping_id"])),
        "invoice_address": _address(odoo, id_of(order["partner_invoice_id"])),
        "language": text(partner["lang"]),
        "tax_id": text(partner["vat"]),
        "tax_profile": name_of(order.get("fiscal_position_id"))
        or name_of(partner.get("property_account_position_id")),
        "orders_count": partner.get("sale_order_count"),
        "total_invoiced": purse.money(partner["total_invoiced"]) if "total_invoiced" in partner else None,
        "credit": purse.money(partner["credit"]) if "credit" in partner else None,
        "loyalty": _cards(odoo, {key, account}),
        "preferences": {ours: partner.get(theirs) for ours, theirs in opted.items()},
        "warnings": _warnings(partner),
    }


def _warnings(partner: Row) -> list[str]:
    """Up to 18 the text stays when the warning is switched off; 19 has no switch."""
    message = text(partner.get("sale_warn_msg"))
    return [message] if message and partner.get("sale_warn") != "no-message" else []


def _address(odoo: FlatOdoo, key: int | None) -> Row | None:
    if key is None:
        return None
    row = odoo.read_one("res.partner", key, "name display_name street street2 zip city country_id")
    return {
        "name": text(row["name"]) or text(row["display_name"]),
        "street": ", ".join(filter(None, (text(row["street"]), text(row["street2"])))) or None,
        "postcode": text(row["zip"]),
        "city": text(row["city"]),
        "country": name_of(row["country_id"]),
    }


def _cards(odoo: FlatOdoo, holders: set[int]) -> list[Row]:
    if not odoo.fields("loyalty.card"):
        return []
    rows = odoo.search(
        "loyalty.card",
        [["partner_id", "in", sorted(holders)]],
        "program_id points point_name code expiration_date",
    )
    return [
        {
            "program": name_of(row["program_id"]) or "",
            "points": amount(row["points"]),
            "unit": text(row.get("point_name")),
            "code": text(row["code"]),
            "expires_on": day(row["expiration_date"]),
        }
        for row in rows
    ]


def message_facts(odoo: FlatOdoo, order_id: int) -> list[Row]:
    rows = odoo.search(
        "mail.message",
        [
            ["model", "=", "sale.order"],
            ["res_id", "=", order_id],
            ["message_type", "!=", "user_notification"],
        ],
        "date body message_type is_internal author_id subtype_id",
        limit=MOST_MESSAGES,
        order="id desc",
    )
    kinds = {id_of(row["subtype_id"]) or 0 for row in rows} - {0}
    internal = odoo.read("mail.message.subtype", kinds, "internal")
    facts = []
    for row in rows:
        words = words_of(row["body"])
        if not words:
            continue
        note = row["is_internal"] or internal.get(id_of(row["subtype_id"]) or 0, {}).get("internal")
        spoken = "internal_note" if note else "comment"
        facts.append(
            {
                "id": row["id"],
                "at": moment(row["date"]),
                "kind": KINDS.get(row["message_type"], spoken),
                "author": name_of(row["author_id"]),
                "body": words,
            }
        )
    return facts
