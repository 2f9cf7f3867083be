"""What goes wrong around a write is told apart: not sent, refused, or unknown; and the same key settles the unknown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from integrations import database
from integrations.canonical import CreditNoteRequest, EffectState
from integrations.errors import GatewayError, NotSent, OutcomeUnknown, Unavailable, Unreachable
from integrations.models import OdooConnection
from integrations.odoo import breaker
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, reread
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, one_of
from tests.bridge.conftest import Open, Shop, facts_of, find, send
from tests.sandbox.process import Sandbox
from tests.transport.conftest import in_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    kind: str
    error: type[GatewayError]
    was_done: bool
    ms: int = 0


CASES = (
    Case(kind="lost_before", error=OutcomeUnknown, was_done=False),
    Case(kind="lost_after", error=OutcomeUnknown, was_done=True),
    Case(kind="rolled_back", error=Unavailable, was_done=False),
    Case(kind="conflict", error=Unavailable, was_done=False),
    Case(kind="half_answer", error=OutcomeUnknown, was_done=True),
    Case(kind="garbage", error=Unavailable, was_done=False),
)


async def _ready(sandbox: Sandbox, door: OdooEffects) -> tuple[CreditNoteRequest, int]:
    order, invoice = Shop(sandbox).refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    assert await find(door, request) is None
    return request, invoice


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
async def test_the_same_key_settles_what_is_unknown(odoo: Sandbox, open_door: Open, case: Case) -> None:
    door = await open_door(odoo)
    request, invoice = await _ready(odoo, door)
    odoo.set_faults({"kind": case.kind, "match": {"verb": "credit_note"}, "times": 1})
    with pytest.raises(case.error) as caught:
        await send(door, request)
    assert not isinstance(caught.value, NotSent)
    found = await find(door, request)
    assert (found is not None) is case.was_done
    settled = await send(door, request)
    assert settled.state is (EffectState.ALREADY_DONE if case.was_done else EffectState.DONE)
    assert len(Shop(odoo).notes(invoice)) == 1


async def test_a_call_that_was_given_up_still_lands_and_its_key_knows(odoo: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo)
    request, invoice = await _ready(odoo, door)
    odoo.set_faults({"kind": "late", "match": {"verb": "credit_note"}, "ms": 5000, "times": 1})
    with pytest.raises(OutcomeUnknown):
        await send(door, request, seconds=1.5)
    assert await find(door, request) is None
    assert Shop(odoo).notes(invoice) == []
    settled = await send(door, request)
    await asyncio.sleep(5.0)
    assert settled.state is EffectState.DONE
    assert (await find(door, request)) == (await send(door, request))
    assert len(Shop(odoo).notes(invoice)) == 1


async def test_a_late_call_of_a_key_that_was_given_up_has_no_effect(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    request, invoice = await _ready(odoo18, door)
    odoo18.set_faults({"kind": "late", "match": {"verb": "credit_note"}, "ms": 5000, "times": 1})
    with pytest.raises(OutcomeUnknown):
        await send(door, request, seconds=1.5)
    given_up = await door.revoke_key(request.key, company_id=1, budget=Budget.of(9.0), correlation_id="test")
    assert given_up.state is EffectState.REVOKED
    await asyncio.sleep(5.0)
    assert Shop(odoo18).notes(invoice) == []


async def test_an_odoo_that_is_not_there_was_not_sent_anything(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    request, _invoice = await _ready(odoo18, door)

    def move() -> None:
        OdooConnection.objects.filter(slug="main").update(url="http://127.0.0.1:9")

    await in_thread(move)
    away = OdooEffects(reading=await reread("main"), writing=await reread("main", purpose=Purpose.WRITE))
    with pytest.raises(Unreachable):
        await send(away, request)


async def forget_outcomes() -> None:
    """So many failures would have the breaker hold calls back, sooner on one machine than on another."""
    breaker._tallies.clear()
    breaker._known_open_until.clear()
    for table in ("odoobreaker", "odooutcome"):
        await database.rows(f"DELETE FROM integrations_{table}", ())  # noqa: S608 - our own names


async def test_a_share_of_the_calls_is_hit_and_all_end_as_one_draft(odoo18: Sandbox, open_door: Open) -> None:
    door = await open_door(odoo18)
    requests = [await _ready(odoo18, door) for _number in range(6)]
    match = {"verb": "credit_note"}
    odoo18.set_faults(
        {"kind": "lost_after", "match": match, "share": 0.4},
        {"kind": "lost_before", "match": match, "share": 0.4},
    )
    failures = 0
    for request, invoice in requests:
        for _try in range(40):
            await forget_outcomes()
            try:
                assert (await send(door, request)).has_effect
                break
            except (OutcomeUnknown, NotSent):
                failures += 1
        assert len(Shop(odoo18).notes(invoice)) == 1
    assert failures > 0
