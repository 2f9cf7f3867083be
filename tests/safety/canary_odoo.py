"""An Odoo on a real socket whose every sensitive field is a token, for the real client, gateway and mapping to read.

It answers in both protocols. Some numbers make it misbehave: see ``Trick``.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any

from tests.safety.canary_domain import matches
from tests.safety.canary_rows import Book, Row, canary_order
from tests.safety.tokens import Mint
from tests.transport.raw_odoo import RawOdoo, Reply, Request, rpc, rpc_error

DELAY_S = 1.0


class Trick(StrEnum):
    """How the number of an order starts that makes this Odoo misbehave."""

    LEAKY = "LEAKY"  # answers orders of companies that were not asked for
    SLOW = "SLOW"  # takes longer than a page waits
    REFUSED = "REFUSED"  # refuses, naming people in its message
    PARTLY = "PARTLY"  # refuses the invoices, naming people in its message
    BROKEN = "BROKEN"  # a server error as a web page, naming people
    GARBLED = "GARBLED"  # text where a number belongs


@dataclass
class CanaryOdoo:
    """``books`` holds the tokens of each order, by its number and company; ``own`` those of what goes wrong."""

    major: int
    mint: Mint
    orders: list[Row] = field(default_factory=list)
    cards: dict[str, list[Row]] = field(default_factory=dict)
    books: dict[tuple[str, int], Book] = field(default_factory=dict)
    url: str = ""
    _raw: RawOdoo | None = None

    def __post_init__(self) -> None:
        self.own = Book(self.mint)

    def add(self, name: str, company: int) -> Row:
        book = self.books[name, company] = Book(self.mint)
        row, cards = canary_order(book, name=name, company=company, shift=1000 * len(self.orders))
        self.orders.append(row)
        self.cards.setdefault(name, []).extend(cards)
        return row

    def all_pieces(self) -> set[str]:
        return self.own.forbidden.union(*(book.all_pieces() for book in self.books.values()))

    @property
    def calls(self) -> int:
        assert self._raw is not None
        return len(self._raw.requests)

    @contextmanager
    def running(self) -> Iterator[CanaryOdoo]:
        """Served by a loop in a thread of its own, so that the tests may block."""
        loop, started = asyncio.new_event_loop(), threading.Event()

        async def serve() -> None:
            async with RawOdoo(self.answer) as raw:
                self._raw, self.url = raw, raw.url
                started.set()
                await ended.wait()

        ended = asyncio.Event()
        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        assert started.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join(10)
            loop.close()

    def answer(self, request: Request) -> Reply:
        if request.method == "GET":
            return self._web_version()
        model, method = request.call
        if model == "common":
            version = {
                "server_version": f"{self.major}.0",
                "server_version_info": [self.major, 0, 0, "final", 0, ""],
            }
            return rpc(request, version if method == "version" else 6)
        asked = _parameters(request)
        if method == "fields_get":
            names = self._field_names()
            return rpc(request, {name: {"type": "char", "searchable": True, "store": True} for name in names})
        if method == "search_count":
            return rpc(request, 0)
        if method == "search_read" and model != "res.partner":
            companies = [{"id": 1, "name": "Company 1"}, {"id": 2, "name": "Company 2"}]
            return rpc(request, companies if model == "res.company" else [{"id": 1, "code": "en_US"}])
        if model == "res.partner":
            found = [row for row in self._partners() if matches(row, asked["domain"])]
            return rpc(request, [_flat(row, asked["fields"]) for row in found])
        return self._search(request, model, asked)

    def _web_version(self) -> Reply:
        if self.major < 19:
            return Reply(status=404, body=b"<h1>Not Found</h1>", content_type="text/html")
        return Reply(
            body=json.dumps(
                {"version_info": [self.major, 0, 0, "final", 0, ""], "version": f"{self.major}.0"}
            ).encode()
        )

    def _field_names(self) -> set[str]:
        """Every field on every model: what a row lacks is answered as empty."""

        def names(value: Any) -> Iterator[str]:
            if isinstance(value, dict):
                yield from value
            for inner in (
                value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            ):
                yield from names(inner)

        return {name for row in (*self.orders, *chain(*self.cards.values())) for name in names(row)}

    def _partners(self) -> list[Row]:
        places = ("partner_id", "partner_shipping_id", "partner_invoice_id")
        return [row[place] for row in self.orders for place in places]

    def _search(self, request: Request, model: str, asked: dict[str, Any]) -> Reply:
        domain, specification = asked["domain"], asked["specification"]
        wanted = {str(text) for term in domain if isinstance(term, list) for text in _texts_in(term)}
        trick = next((trick for trick in Trick if any(name.startswith(trick) for name in wanted)), None)
        if trick is Trick.REFUSED or (trick is Trick.PARTLY and "invoice_ids" in specification):
            told = (
                f"You may not read {self.own.secret()} <{self.own.secret()}@mail.example> (res.partner: 41)"
            )
            return rpc_error(request, "odoo.exceptions.AccessError", status=403, message=told)
        if trick is Trick.BROKEN:
            told = f"<h1>Error for {self.own.secret()}</h1>"
            return Reply(status=500, body=told.encode(), content_type="text/html")
        if model == "loyalty.card":
            found = [card for name in sorted(wanted) for card in self.cards.get(name, ())]
        else:
            asked_for = [term for term in domain if not (trick is Trick.LEAKY and term[0] == "company_id")]
            found = [row for row in self.orders if matches(row, asked_for)]
        rows = [_project(row, specification) for row in found]
        if trick is Trick.GARBLED:
            rows = [{**row, "amount_total": self.own.secret()} for row in rows]
        reply = rpc(request, {"length": len(rows), "records": rows})
        return Reply(
            body=reply.body,
            headers={"Set-Cookie": "session_id=canary", "Server": "Werkzeug"},
            delay_s=DELAY_S if trick is Trick.SLOW else 0.0,
        )


def _parameters(request: Request) -> dict[str, Any]:
    if request.path.startswith("/json/2/"):
        return dict(request.json)
    return dict(request.json["params"]["args"][6])


def _texts_in(term: list[Any]) -> list[Any]:
    _path, _operator, value = term
    return value if isinstance(value, list) else [value]


def _flat(row: Row, names: list[str]) -> Row:
    """What ``search_read`` reads of a row: a relation as a pair of id and name."""
    read = {name: row.get(name, False) for name in names}
    pairs = {name: [v["id"], v["display_name"]] for name, v in read.items() if isinstance(v, dict)}
    return {"id": row["id"], **read, **pairs}


def _project(row: Row, specification: Row) -> Row:
    """What a nested specification reads of a row, as Odoo words it."""
    return {
        "id": row["id"],
        **{name: _read(row.get(name, False), node) for name, node in specification.items()},
    }


def _read(value: Any, node: Row) -> Any:
    nested = node.get("fields")
    if isinstance(value, list):
        return [_read(entry, node) for entry in value]
    if isinstance(value, dict) and "id" in value:
        return _project(value, nested) if nested is not None else value["id"]
    return value
