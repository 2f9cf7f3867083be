"""Makes the accounts of the stand-in and keeps their API keys in a file only the owner can read."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from .access import READ_GROUP, User, close_over_implied
from .data.places import BRANDS, EU, US
from .schema import Schema

SALES = "sales_team.group_sale_salesman_all_leads"
STOCK = "stock.group_stock_user"
INVOICING = "account.group_account_invoice"
RETURNS = "rma.rma_group_user_all"
BRIDGE = ("deskglass.group_act", READ_GROUP)
READING = ("base.group_user", "account.group_account_readonly", READ_GROUP)
EVERYTHING = (SALES, STOCK, INVOICING, RETURNS)
KEY_LIFE = timedelta(days=80)
# Role, login, name, groups, companies.
Account = tuple[str, str, str, tuple[str, ...], tuple[int, ...]]
ACCOUNTS: tuple[Account, ...] = (
    ("integration", "console", "Agent Console", (*EVERYTHING, *BRIDGE), (US, EU)),
    ("no_invoicing", "warehouse", "Warehouse Only", (STOCK,), (US, EU)),
    ("company2", "europe", "Europe Only", EVERYTHING, (EU,)),
    ("sales", "sales", "Sales Only", (SALES,), (US, EU)),
    ("expired", "former", "Former Integration", (*EVERYTHING, *BRIDGE), (US, EU)),
)
# Not in 19, which shows an order's transactions to invoicing users only, and those may write.
READER = ("reader", "console.reader", "Agent Console (reading)", READING, (US, EU))


def accounts_of(serie: int) -> tuple[Account, ...]:
    return ACCOUNTS if serie >= 19 else (*ACCOUNTS, READER)


def load_or_make_keys(path: Path, serie: int) -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
    domain = BRANDS[serie].domain
    missing = [(role, login) for role, login, *_ in accounts_of(serie) if role not in known]
    if not missing:
        return known
    keys = known | {
        role: {"login": f"{login}@{domain}", "key": secrets.token_hex(20)} for role, login in missing
    }
    draft = path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file, indent=1)
    draft.replace(path)
    return keys


def make_users(schema: Schema, keys: dict[str, dict[str, str]], born_at: datetime) -> tuple[User, ...]:
    """17 has keys without an end; 18 and 19 let them die after some weeks."""
    first_id = 5 if schema.serie >= 19 else 6
    users = []
    for number, (role, _, name, groups, companies) in enumerate(accounts_of(schema.serie)):
        expires: datetime | None = born_at + KEY_LIFE if schema.serie >= 18 else None
        if role == "expired":
            expires = born_at - timedelta(days=3)
        users.append(
            User(
                id=first_id + number,
                role=role,
                login=keys[role]["login"],
                name=name,
                key=keys[role]["key"],
                groups=close_over_implied(groups, schema.implied_groups),
                company_id=companies[0],
                company_ids=companies,
                expires_at=expires,
            )
        )
    return tuple(users)
