"""The verbs on real sandbox processes, over sockets and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import pytest

from integrations.canonical import CreditNoteRequest, EffectResult, RefundFacts
from integrations.credentials import store_credential
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo import effects
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, reread
from integrations.odoo.effects import OdooEffects
from tests.sandbox.process import Sandbox
from tests.sandboxes import started_once
from tests.transport.conftest import committed, forget_everything, in_thread, limits_are_far_away

__all__ = ["committed", "forget_everything", "limits_are_far_away"]

Open = Callable[..., Coroutine[Any, Any, OdooEffects]]


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Of this package alone, because these tests write."""
    with started_once(tmp_path_factory.mktemp) as find:
        yield find


@pytest.fixture(autouse=True)
async def fresh() -> AsyncIterator[None]:
    effects._known.clear()
    yield
    await close_current_scope()


@pytest.fixture
def open_door(committed: None) -> Open:
    """The verbs of a stored connection with both keys."""

    async def make(sandbox: Sandbox, *, role: str = "integration", slug: str = "main") -> OdooEffects:
        await in_thread(partial(_store, sandbox, role, slug))
        return OdooEffects(reading=await reread(slug), writing=await reread(slug, purpose=Purpose.WRITE))

    return make


def _store(sandbox: Sandbox, role: str, slug: str) -> None:
    made = OdooConnection.objects.create(
        slug=slug, name=slug, url=f"http://127.0.0.1:{sandbox.port}", database=sandbox.database
    )
    for purpose, who in (("read", "integration"), ("write", role)):
        user = sandbox.keys[who]
        store_credential(connection=made, purpose=purpose, login=user["login"], key=user["key"])


async def facts_of(door: OdooEffects, order_id: int, company_id: int = 1) -> RefundFacts:
    return await door.read_refund_facts(
        order_id, company_id=company_id, budget=Budget.of(20.0), correlation_id="test"
    )


async def send(door: OdooEffects, request: CreditNoteRequest, *, seconds: float = 20.0) -> EffectResult:
    return await door.create_credit_note(request, budget=Budget.of(seconds), correlation_id="test")


async def find(door: OdooEffects, request: CreditNoteRequest) -> EffectResult | None:
    return await door.find_effect(
        request.key, company_id=request.company_id, budget=Budget.of(20.0), correlation_id="test"
    )


class Shop:
    """Orders of the sandbox that can be refunded: each is given out once, so that tests do not meet."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def refundable(self, *, lines: int = 1) -> tuple[int, int]:
        """An order of the first company with one posted invoice and no credit note: its id and the invoice's."""
        used = _given.setdefault(self.sandbox.port, set())
        domain = [["state", "=", "sale"], ["company_id", "=", 1], ["invoice_status", "=", "invoiced"]]
        fields = ["invoice_ids", "order_line"]
        rows = self.sandbox.call("sale.order", "search_read", domain, fields=fields, order="id")
        for row in rows:
            if row["id"] in used or len(row["invoice_ids"]) != 1 or len(row["order_line"]) < lines:
                continue
            (invoice,) = row["invoice_ids"]
            notes = self.notes(invoice)
            facts = self.row("account.move", invoice, "state move_type")
            if not notes and (facts["state"], facts["move_type"]) == ("posted", "out_invoice"):
                used.add(row["id"])
                return int(row["id"]), int(invoice)
        raise LookupError("no order is left to refund")

    def notes(self, invoice: int) -> list[dict[str, Any]]:
        domain = [["reversed_entry_id", "=", invoice], ["state", "!=", "cancel"]]
        fields = ["state", "amount_total", "amount_tax", "ref", "invoice_line_ids"]
        found: list[dict[str, Any]] = self.sandbox.call("account.move", "search_read", domain, fields=fields)
        return found

    def row(self, model: str, number: int, fields: str) -> dict[str, Any]:
        rows = self.sandbox.call(model, "read", [number], fields=fields.split())
        return dict(rows[0])

    def by_hand(self, do: str, number: int, **more: Any) -> dict[str, Any]:
        answer = self.sandbox.send("POST", "/sandbox/by-hand", {"do": do, "id": number, **more})
        assert answer.status == 200, answer.body
        return dict(answer.body)


_given: dict[int, set[int]] = {}
