"""Without the bridge: looked up first, loaded under ids of our own, found again, and left to a person on doubt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

from integrations.canonical import (
    CreditNoteRequest,
    EffectResult,
    EffectState,
    Refusal,
    split_amount,
)
from integrations.errors import GatewayError
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, reread
from integrations.odoo.effects import OdooEffects
from integrations.odoo.effects_unbridged import Unbridged
from tests.bridge.asking import asked, new_key, one_of
from tests.live.bridge.conftest import facts_of, patiently, run
from tests.live.bridge.scene import Scene


async def _load(slug: str, door: OdooEffects, request: CreditNoteRequest) -> EffectResult:
    config = await reread(slug, purpose=Purpose.WRITE)
    facts = await door.read_refund_facts(
        request.order_id, company_id=request.company_id, budget=Budget.of(60.0), correlation_id="live"
    )
    protocol = (await door._client.capabilities()).protocol
    return await Unbridged(config, protocol=protocol).create_credit_note(
        request, facts, budget=Budget.of(60.0), correlation_id="live"
    )


def load(slug: str, door: OdooEffects, request: CreditNoteRequest) -> EffectResult:
    return patiently(lambda: _load(slug, door, request))


def test_a_quantity_is_loaded_once_and_found_again(door: OdooEffects, scene: Scene, slug: str) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    lines = one_of(facts, sold.invoice_id, goods_back=True)
    request = asked(facts, sold.invoice_id, lines, assignee=scene.admin.uid, key=f"{new_key()}:note_1")
    first, second = load(slug, door, request), load(slug, door, request)
    assert (first.state, second.state) == (EffectState.DONE, EffectState.ALREADY_DONE)
    assert first.documents == second.documents
    assert first.total == request.total
    assert len(scene.notes_of(sold)) == 1
    after = {line.id: line for line in facts_of(door, sold).lines}
    before = facts.lines[0]
    assert after[before.id].invoiced == before.invoiced - 1
    place = [["model", "=", "account.move"], ["res_id", "=", first.documents[0].id]]
    bodies = scene.admin("mail.message", "search_read", place, fields=["body"])
    assert any("Sam Supervisor" in message["body"] for message in bodies)
    place = [["res_model", "=", "account.move"], ["res_id", "=", first.documents[0].id]]
    assert len(scene.admin("mail.activity", "search", place)) == 1


def test_an_amount_over_two_rates_is_loaded(door: OdooEffects, scene: Scene, slug: str) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    lines = split_amount(facts.invoice(sold.invoice_id), Decimal("50.00"), label="Goodwill")
    request = asked(facts, sold.invoice_id, lines)
    made = load(slug, door, request)
    assert made.total is not None
    assert abs(made.total.amount - 50) <= Decimal("0.02")  # cents are left to whoever compares


def test_what_changed_is_refused_before_anything_is_sent(door: OdooEffects, scene: Scene, slug: str) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    other = replace(request.expected, invoice_residual=Decimal(1))
    assert load(slug, door, replace(request, expected=other)).refusal is Refusal.INVOICE_CHANGED
    scene.draft_by_hand(sold)
    assert load(slug, door, request).refusal is Refusal.CREDIT_NOTES_CHANGED


def test_four_at_once_load_one_document(door: OdooEffects, scene: Scene, slug: str) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))

    def attempt(_number: int) -> EffectResult | GatewayError:
        try:
            return run(_load(slug, door, request))
        except GatewayError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(4)))
    assert any(isinstance(answer, EffectResult) for answer in answers)
    settled = load(slug, door, request)
    assert settled.state is EffectState.ALREADY_DONE
    assert [note["id"] for note in scene.notes_of(sold)] == [settled.documents[0].id]
