"""An Odoo without the bridge: looked up first, written under ids of our own, never again once it was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.canonical import EffectState, Guarantee, Refusal, split_amount
from integrations.errors import GatewayError, OutcomeUnknown
from integrations.odoo.budget import Budget
from tests.bridge.asking import asked, new_key, one_of
from tests.bridge.conftest import Open, Shop, facts_of, find, send
from tests.sandbox.process import Sandbox


@pytest.fixture(scope="module", params=[17, 18, 19])
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(request.param, tmp_path_factory.mktemp(f"bare{request.param}"), "--no-bridge")
    yield sandbox
    sandbox.stop()


async def test_the_connection_tells_the_lesser_guarantee(bare: Sandbox, open_door: Open) -> None:
    status = await (await open_door(bare)).bridge_status(budget=Budget.of(20.0), correlation_id="test")
    assert (status.guarantee, status.installed) == (Guarantee.SEARCH_FIRST, False)


async def test_a_credit_note_is_made_once_and_found_again(bare: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(bare), Shop(bare)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    lines = one_of(facts, invoice, goods_back=True)
    request = asked(facts, invoice, lines, assignee=2, key=f"{new_key()}:note_1")
    assert await find(door, request) is None
    first = await send(door, request)
    assert (first.state, first.total) == (EffectState.DONE, request.total)
    loads = bare.statistics()["calls"]
    second = await send(door, request)
    assert (second.state, second.documents) == (EffectState.ALREADY_DONE, first.documents)
    assert (await find(door, request)) is not None
    assert [note["id"] for note in shop.notes(invoice)] == [first.documents[0].id]
    after = bare.statistics()["calls"]
    assert {name: after[name] for name in after if name.endswith("load")} == {
        name: loads[name] for name in loads if name.endswith("load")
    }
    place = [["model", "=", "account.move"], ["res_id", "=", first.documents[0].id]]
    assert "Sam Supervisor" in bare.call("mail.message", "search_read", place, fields=["body"])[0]["body"]
    place = [["res_model", "=", "account.move"], ["res_id", "=", first.documents[0].id]]
    assert len(bare.call("mail.activity", "search", place)) == 1


async def test_a_lost_answer_is_settled_by_looking(bare: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(bare), Shop(bare)
    for kind, was_done in (("lost_after", True), ("lost_before", False)):
        order, invoice = shop.refundable()
        facts = await facts_of(door, order)
        request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
        bare.set_faults({"kind": kind, "match": {"method": "load"}, "times": 1})
        with pytest.raises(OutcomeUnknown):
            await send(door, request)
        assert (await find(door, request) is not None) is was_done
        settled = await send(door, request)
        assert settled.state is (EffectState.ALREADY_DONE if was_done else EffectState.DONE)
        assert len(shop.notes(invoice)) == 1


async def test_a_note_that_could_not_be_written_leaves_the_document(bare: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(bare), Shop(bare)
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    bare.set_faults({"kind": "rolled_back", "match": {"method": "message_post"}, "times": 1})
    made = await send(door, asked(facts, invoice, one_of(facts, invoice, goods_back=False)))
    assert made.state is EffectState.DONE


async def test_what_is_not_as_approved_is_refused_before_it_is_sent(bare: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(bare), Shop(bare)
    order, invoice = shop.refundable(lines=2)
    facts = await facts_of(door, order)
    request = asked(facts, invoice, split_amount(facts.invoice(invoice), Decimal("5.00"), label="Goodwill"))
    expected = request.expected
    wrong = {
        Refusal.INVOICE_CHANGED: replace(request, expected=replace(expected, invoice_residual=Decimal(1))),
        Refusal.ORDER_CHANGED: replace(request, expected=replace(expected, order_state="cancel")),
        Refusal.NOT_OF_ORDER: replace(request, invoice_id=999999),
        Refusal.MORE_THAN_LEFT: replace(request, total=replace(request.total, amount=Decimal(999999))),
    }
    for why, other in wrong.items():
        assert (await send(door, replace(other, key=new_key()))).refusal is why
    shop.by_hand("draft_credit_note", invoice)
    assert (await send(door, request)).refusal is Refusal.CREDIT_NOTES_CHANGED
    assert len(shop.notes(invoice)) == 1


async def test_a_key_cannot_be_given_up_without_the_bridge(bare: Sandbox, open_door: Open) -> None:
    door = await open_door(bare)
    told = await door.revoke_key(new_key(), company_id=1, budget=Budget.of(9.0), correlation_id="test")
    assert (told.state, told.refusal) == (EffectState.REFUSED, Refusal.NOT_INSTALLED)


async def test_an_import_that_odoo_refuses_is_no_success(bare: Sandbox, open_door: Open) -> None:
    door = await open_door(bare)
    order, invoice = Shop(bare).refundable()
    facts = await facts_of(door, order)
    bare.set_faults({"kind": "conflict", "match": {"method": "load"}, "times": 1})
    with pytest.raises(GatewayError):
        await send(door, asked(facts, invoice, one_of(facts, invoice, goods_back=False)))
    assert Shop(bare).notes(invoice) == []
