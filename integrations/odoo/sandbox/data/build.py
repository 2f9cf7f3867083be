"""Puts the whole retailer together and hands it to the store."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from ..access import User
from ..schema import Schema
from ..store import Store
from . import (
    crowd,
    stories_contradictions,
    stories_money,
    stories_people,
    stories_replacing,
    stories_shipping,
)
from .books import Books, stamp
from .catalogue import opening_stock, stock_shelves
from .founding import found
from .modules import list_modules
from .people import invite
from .places import BRANDS
from .translate import translate

Stock = dict[tuple[int, int], float]


def build(store: Store, schema: Schema, users: tuple[User, ...], seed: int, born_at: datetime) -> None:
    books = Books(schema.serie, seed + schema.serie * 1000, born_at)
    for key, name in (("comment", "Discussions"), ("note", "Note")):
        books.add(
            "mail.message.subtype", key=key, name=name, internal=key == "note", default=True, sequence=1
        )
    found(books)
    stock_shelves(books)
    customers = invite(books)
    stories_shipping.write(books, customers)
    stories_money.write(books, customers)
    stories_people.write(books, customers)
    crowd.write(books, customers)
    stories_contradictions.write(books, customers)
    stories_replacing.write(books, customers)
    count_stock(books)
    add_users(books, users)
    list_modules(books)
    translate(books)
    with store.transaction(
        {
            "born_at": born_at.isoformat(),
            "seed": str(seed),
            "story": json.dumps(books.story, ensure_ascii=False),
        }
    ):
        for model, table in books.rows.items():
            for record_id, record in table.items():
                store.insert(model, record, record_id)


def count_stock(books: Books) -> None:
    """Quants as the done moves left them; open deliveries reserve."""
    held: Stock = opening_stock(books)
    reserved: Stock = {}
    for move in books.rows["stock.move"].values():
        product, source, target = move["product_id"], move["location_id"], move["location_dest_id"]
        if move["state"] == "done":
            held[product, source] = held.get((product, source), 0.0) - move["quantity"]
            held[product, target] = held.get((product, target), 0.0) + move["quantity"]
        elif move["state"] == "assigned":
            reserved[product, source] = reserved.get((product, source), 0.0) + move["quantity"]
    for (product, location), quantity in sorted(held.items()):
        place = books.get("stock.location", location)
        waiting = reserved.get((product, location), 0.0)
        if quantity or waiting:
            books.add(
                "stock.quant",
                when=books.ago(1),
                product_id=product,
                location_id=location,
                quantity=quantity,
                reserved_quantity=waiting if place["usage"] == "internal" else 0.0,
                company_id=place["company_id"],
                lot_id=False,
                owner_id=False,
                in_date=stamp(books.ago(90)),
            )


def add_users(books: Books, users: tuple[User, ...]) -> None:
    brand = BRANDS[books.serie]
    staff = [(1, "__system__", "OdooBot", False), (2, f"admin@{brand.domain}", "Administrator", True)]
    staff += [(user.id, user.login, user.name, True) for user in users]
    by_id = {user.id: user for user in users}
    for number, login, name, active in staff:
        user = by_id.get(number)
        partner = books.add(
            "res.partner",
            name=name,
            email=login if active else False,
            active=active,
            is_company=False,
            type="contact",
            partner_share=False,
            lang="en_US",
            company_id=False,
            parent_id=False,
        )
        books.get("res.partner", partner)["commercial_partner_id"] = partner
        books.add(
            "res.users",
            record_id=number,
            name=name,
            login=login,
            active=active,
            share=False,
            partner_id=partner,
            email=login if active else False,
            lang="en_US",
            tz=False,
            notification_type="email",
            signature=False,
            company_id=user.company_id if user else 1,
            company_ids=list(user.company_ids) if user else [1, 2],
        )
        if user:
            add_key_record(books, user)


def add_key_record(books: Books, user: User) -> None:
    record: dict[str, Any] = {"name": "console", "user_id": user.id, "scope": "rpc"}
    if books.serie >= 18:
        record["expiration_date"] = stamp(user.expires_at.replace(tzinfo=None)) if user.expires_at else False
    books.add("res.users.apikeys", when=books.born_at - timedelta(days=5), **record)
