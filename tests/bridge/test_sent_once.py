"""A write leaves this machine once, in its own lane, and keeps its slot while Odoo may still be working on it."""

from __future__ import annotations

import asyncio

import pytest

from integrations import database
from integrations.errors import Busy, NotSent, OutcomeUnknown
from integrations.odoo.budget import Budget
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, one_of
from tests.bridge.conftest import Open, Shop, facts_of, find, send
from tests.sandbox.process import Sandbox

TAKEN = "SELECT count(*) FROM integrations_odooslot WHERE expires_at > clock_timestamp()"


async def slots_taken() -> int:
    await asyncio.sleep(0.3)  # slots go back behind the caller's back
    ((count,),) = await database.rows(TAKEN, ())
    return int(count)


def runs(sandbox: Sandbox) -> int:
    calls: dict[str, int] = sandbox.statistics()["calls"]
    return sum(count for name, count in calls.items() if name.startswith("ir.actions.server"))


async def test_a_write_that_failed_is_not_sent_again(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    order, invoice = Shop(odoo18).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    await find(door, request)
    for kind in ("lost_before", "lost_after", "status_503", "conflict"):
        before = runs(odoo18)
        odoo18.set_faults({"kind": kind, "match": {"verb": "credit_note"}})
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is told elsewhere
            await send(door, request)
        assert not isinstance(caught.value, NotSent)
        assert (kind, runs(odoo18) - before) == (kind, 1)
        odoo18.clear_faults()


async def test_a_slot_comes_back_with_the_answer_and_stays_taken_without_one(
    odoo18: Sandbox, open_door: Open
) -> None:
    door = await open_door(odoo18)
    order, invoice = Shop(odoo18).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    await find(door, request)
    assert await slots_taken() == 0
    odoo18.set_faults({"kind": "late", "match": {"verb": "credit_note"}, "ms": 5000, "times": 1})
    with pytest.raises(OutcomeUnknown):
        await send(door, request, seconds=1.5)
    assert await slots_taken() == 1
    assert (await send(door, request)).has_effect
    assert await slots_taken() == 1


async def test_a_caller_that_goes_away_does_not_stop_a_write(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    order, invoice = Shop(odoo18).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    await find(door, request)
    odoo18.set_faults({"kind": "latency", "match": {"verb": "credit_note"}, "ms": 8000, "times": 1})
    before = runs(odoo18)
    asking = asyncio.create_task(send(door, request))
    while not runs(odoo18) > before:
        await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    async with asyncio.timeout(60):
        while not Shop(odoo18).notes(invoice) or await slots_taken():
            await asyncio.sleep(0.1)
    assert len(Shop(odoo18).notes(invoice)) == 1


async def test_too_little_time_sends_nothing(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    order, invoice = Shop(odoo18).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    await find(door, request)
    before = runs(odoo18)
    with pytest.raises(NotSent):
        await send(door, request, seconds=0.01)
    assert runs(odoo18) == before


async def test_more_writes_than_the_lane_has_slots_wait_or_are_told(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    order, invoice = Shop(odoo18).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    await find(door, request)
    odoo18.set_faults({"kind": "latency", "match": {"verb": "credit_note"}, "ms": 1500})

    async def quick(own: OdooEffects) -> bool:
        budget = Budget.of(20.0, queue_s=0.3)
        try:
            return (await own.create_credit_note(request, budget=budget, correlation_id="t")).has_effect
        except Busy:
            return False

    answers = await asyncio.gather(*(quick(door) for _number in range(8)))
    assert 0 < sum(answers) < 8
    assert len(Shop(odoo18).notes(invoice)) == 1
