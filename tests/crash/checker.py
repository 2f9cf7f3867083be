"""Judges a run from outside: what was approved, by our tables, against what is in Odoo, by its own interface.

Uses nothing of the program: SQL on one side, JSON-RPC as an ordinary client on the other.
"""

from __future__ import annotations

import json
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg

FINAL = ("succeeded", "cancelled", "rejected", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooAccess:
    url: str
    database: str
    login: str
    key: str = field(repr=False)

    def call(self, model: str, method: str, args: list[Any], options: Mapping[str, Any]) -> Any:
        uid = self._send("common", "authenticate", [self.database, self.login, self.key, {}])
        return self._send(
            "object", "execute_kw", [self.database, uid, self.key, model, method, args, dict(options)]
        )

    def _send(self, service: str, method: str, args: list[Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": service, "method": method, "args": args},
        }
        request = urllib.request.Request(
            f"{self.url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.loads(answer.read())
        if "error" in said:
            raise RuntimeError(said["error"]["message"])
        return said["result"]


def notes_in(odoo: OdooAccess) -> dict[int, tuple[int, Decimal]]:
    """Every credit note that is not cancelled: its invoice and its total."""
    rows = odoo.call(
        "account.move",
        "search_read",
        [[["move_type", "=", "out_refund"], ["state", "!=", "cancel"]]],
        {"fields": ["reversed_entry_id", "amount_total"]},
    )
    return {
        row["id"]: (
            row["reversed_entry_id"][0] if row["reversed_entry_id"] else 0,
            Decimal(str(row["amount_total"])),
        )
        for row in rows
    }


@dataclass(slots=True, kw_only=True)
class Judgement:
    """Counted in actions where documents are told apart, and checked again in money."""

    actions: int = 0
    succeeded: int = 0
    lost: int = 0
    duplicated: int = 0
    stuck: int = 0
    states: dict[str, int] = field(default_factory=dict)
    money: list[str] = field(default_factory=list)  # invoices whose money differs from what was approved

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.duplicated or self.stuck or self.money)


def judge(
    database_url: str,
    odoo: OdooAccess,
    before: Mapping[int, tuple[int, Decimal]],
    *,
    invoices: frozenset[int] | None = None,
) -> Judgement:
    """``before`` are the notes that were there when the run began; ``invoices`` the only ones that count, if given."""
    found = Judgement()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT state, payload, effects FROM cases_action").fetchall()
    after = notes_in(odoo)
    made: dict[int, list[Decimal]] = defaultdict(list)
    for number, (invoice, total) in after.items():
        if number not in before and (invoices is None or invoice in invoices):
            made[invoice].append(total)
    approved: dict[int, list[Decimal]] = defaultdict(list)
    for state, payload, _effects in rows:
        found.actions += 1
        found.states[state] = found.states.get(state, 0) + 1
        found.stuck += state not in FINAL
        if state != "succeeded":
            continue
        found.succeeded += 1
        for note in payload["notes"]:
            approved[note["invoice_id"]].append(Decimal(note["total"]))
    for invoice in sorted(made.keys() | approved.keys()):
        _compare(found, invoice, approved[invoice], made[invoice])
    return found


def _compare(found: Judgement, invoice: int, approved: list[Decimal], made: list[Decimal]) -> None:
    """Each approved amount has one note of that amount; what is over is a duplicate, what is missing is lost."""
    left = list(made)
    for amount in approved:
        if amount in left:
            left.remove(amount)
        else:
            found.lost += 1
    found.duplicated += len(left)
    if sum(approved, Decimal(0)) != sum(made, Decimal(0)):
        found.money.append(f"invoice {invoice}: approved {sum(approved)}, in Odoo {sum(made)}")
