"""What Odoo derives from a contact: normalized addresses, blacklists, totals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..environment import Compute, Environment
from .invoices import amount_residual

ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")


def email_normalized(env: Environment, i: int) -> str | bool:
    found = ADDRESS.findall(env.get("res.partner", i, "email") or "")
    return found[0].lower() if len(found) == 1 else False


def email_formatted(env: Environment, i: int) -> str | bool:
    email = email_normalized(env, i)
    return f'"{env.get("res.partner", i, "name")}" <{email}>' if email else False


def phone_sanitized(env: Environment, i: int) -> str | bool:
    """E.164, as far as the number is written with its country code."""
    digits = re.sub(r"\D", "", env.get("res.partner", i, "phone") or "")
    return f"+{digits}" if digits else False


def is_blacklisted(env: Environment, i: int) -> bool:
    email = email_normalized(env, i)
    rows = env.store.rows("mail.blacklist").values()
    return bool(email) and any(row["email"] == email and row["active"] for row in rows)


def phone_blacklisted(env: Environment, i: int) -> bool:
    phone = phone_sanitized(env, i)
    rows = env.store.rows("phone.blacklist").values()
    return bool(phone) and any(row["number"] == phone and row["active"] for row in rows)


def family_of(env: Environment, i: int) -> list[int]:
    return [i, *env.store.inverse("res.partner", "parent_id", i)]


def sale_order_count(env: Environment, i: int) -> int:
    rows = env.store.rows("sale.order")
    ids = [o for p in family_of(env, i) for o in env.store.inverse("sale.order", "partner_id", p)]
    return sum(1 for o in ids if env.is_visible("sale.order", rows[o]))


def total_invoiced(env: Environment, i: int) -> float:
    rows = env.store.rows("account.move")
    total = 0.0
    for partner in family_of(env, i):
        for move in env.store.inverse("account.move", "partner_id", partner):
            row = rows[move]
            if (
                row["state"] == "posted"
                and row["move_type"] != "entry"
                and row["company_id"] in env.company_ids
            ):
                total += (
                    row["amount_untaxed"] if row["move_type"] == "out_invoice" else -row["amount_untaxed"]
                )
    return round(total, 2)


def credit(env: Environment, i: int) -> float:
    """What the customer owes, less open credit notes, in the caller's current company."""
    rows = env.store.rows("account.move")
    total = 0.0
    for partner in family_of(env, i):
        for move in env.store.inverse("account.move", "partner_id", partner):
            row = rows[move]
            if (
                row["state"] == "posted"
                and row["move_type"] != "entry"
                and row["company_id"] == env.company_id
            ):
                sign = 1 if row["move_type"] == "out_invoice" else -1
                total += sign * amount_residual(env, move)
    return round(total, 2)


def loyalty_card_count(env: Environment, i: int) -> int:
    rows = env.store.rows("loyalty.card")
    return sum(1 for n in env.store.inverse("loyalty.card", "partner_id", i) if rows[n]["points"] > 0)


def points_display(env: Environment, i: int) -> str:
    points = env.store.rows("loyalty.card")[i]["points"]
    name = env.walk("loyalty.card", i, "program_id.portal_point_name") or "Points"
    shown = int(points) if points == int(points) else round(points, 2)
    return f"$ {points:.2f}" if name == "$" else f"{shown} {name}"


def of_company(name: str) -> Compute:
    """A company's address is its contact's."""
    return lambda env, i: env.walk("res.company", i, f"partner_id.{name}")


COMPUTES: Mapping[tuple[str, str], Compute] = {
    ("res.partner", "email_normalized"): email_normalized,
    ("res.partner", "email_formatted"): email_formatted,
    ("res.partner", "phone_sanitized"): phone_sanitized,
    ("res.partner", "phone_mobile_search"): phone_sanitized,
    ("res.partner", "is_blacklisted"): is_blacklisted,
    ("res.partner", "phone_blacklisted"): phone_blacklisted,
    ("res.partner", "phone_sanitized_blacklisted"): phone_blacklisted,
    ("res.partner", "mobile_blacklisted"): lambda env, i: False,
    ("res.partner", "sale_order_count"): sale_order_count,
    ("res.partner", "total_invoiced"): total_invoiced,
    ("res.partner", "credit"): credit,
    ("res.partner", "debit"): lambda env, i: 0.0,
    ("res.partner", "loyalty_card_count"): loyalty_card_count,
    ("res.partner", "company_type"): lambda env, i: (
        "company" if env.get("res.partner", i, "is_company") else "person"
    ),
    **{("res.company", name): of_company(name) for name in ("street", "street2", "city", "zip", "state_id")},
    ("loyalty.card", "points_display"): points_display,
    ("loyalty.card", "use_count"): lambda env, i: 0,
}
