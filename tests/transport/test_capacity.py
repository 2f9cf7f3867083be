"""Slots: lanes, borrowing, waiting, leases, and what happens to a call that nobody waits for any more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import psycopg
import pytest
from asgiref.sync import async_to_sync, sync_to_async

from integrations import database, errors
from integrations.event_loop import current_scope
from integrations.odoo import capacity, slots
from integrations.odoo.budget import Budget
from integrations.odoo.capacity import Grant, Lane, give_back, lane_ranges, take_slots
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig, reread
from tests.transport.conftest import Connect, Serve
from tests.transport.raw_odoo import Reply, Request, rpc
from tests.transport.test_reading import COUNT, answering
from tests.transport.test_waiting import background_ended

NOWHERE = "https://odoo.example.com"


async def take(config: ConnectionConfig, lane: Lane, wanted: int = 1, queue_s: float = 0.05) -> Grant:
    return await take_slots(
        connection_id=config.id, cap=config.cap, lane=lane, wanted=wanted, queue_s=queue_s
    )


@pytest.mark.parametrize("cap", range(1, 60))
def test_every_slot_belongs_to_one_lane_and_every_lane_has_one(cap: int) -> None:
    owned = [set(range(own.first, own.last + 1)) for own, _ in (lane_ranges(lane, cap) for lane in Lane)]

    assert set().union(*owned) == set(range(1, cap + 1))
    assert all(owned)
    if cap >= 3:
        assert sum(map(len, owned)) == cap
    if cap >= 8:
        assert len(owned[0]) / cap == pytest.approx(0.6, abs=0.08)


async def test_a_batch_takes_what_is_free(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)

    first = await take(config, Lane.INTERACTIVE, wanted=4)
    second = await take(config, Lane.INTERACTIVE, wanted=4)

    assert len(first.numbers) == 4
    assert len(second.numbers) == 2, "one of its own and the idle one of sync"
    with pytest.raises(errors.Busy) as refused:
        await take(config, Lane.INTERACTIVE)
    assert refused.value.retry_after_s


async def test_other_lanes_never_take_the_interactive_slots(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)

    assert len((await take(config, Lane.SYNC, wanted=8)).numbers) == 1
    assert len((await take(config, Lane.WRITEBACK, wanted=8)).numbers) == 2
    assert len((await take(config, Lane.INTERACTIVE, wanted=8)).numbers) == 5


async def test_a_slot_that_sync_uses_is_not_borrowed_between_its_calls(
    connect: Connect, serve: Serve
) -> None:
    config = await connect(NOWHERE, cap=8)
    grant = await take(config, Lane.SYNC)
    give_back(grant, grant.numbers)
    await background_ended()

    assert len((await take(config, Lane.INTERACTIVE, wanted=8)).numbers) == 5
    assert len((await take(config, Lane.SYNC)).numbers) == 1


async def test_a_waiter_gets_the_slot_that_comes_free(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)
    held = await take(config, Lane.INTERACTIVE)
    asyncio.get_running_loop().call_later(0.1, give_back, held, held.numbers)

    started = time.monotonic()
    await take(config, Lane.INTERACTIVE, queue_s=30)

    assert 0.08 < time.monotonic() - started < 30


async def test_waiting_is_bounded_for_everyone_in_the_queue(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)
    await take(config, Lane.INTERACTIVE)

    started = time.monotonic()
    refused = await asyncio.gather(
        *(take(config, Lane.INTERACTIVE, queue_s=0.2) for _ in range(20)), return_exceptions=True
    )

    assert all(isinstance(outcome, errors.Busy) for outcome in refused)
    assert time.monotonic() - started < 20 * 0.2, "not one after the other"


async def test_a_lease_that_ended_gives_the_slot_to_others_and_cannot_be_given_back_twice(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = await connect(NOWHERE, cap=1)
    monkeypatch.setattr(capacity, "LEASE_S", 0.1)
    lost = await take(config, Lane.INTERACTIVE)
    monkeypatch.undo()
    heir = await take(config, Lane.INTERACTIVE, queue_s=30)

    give_back(lost, lost.numbers)
    await background_ended()

    with pytest.raises(errors.Busy):
        await take(config, Lane.INTERACTIVE)
    assert heir.numbers == lost.numbers


async def test_a_lowered_cap_holds_at_once_and_a_raised_one_with_the_next_look_up(
    connect: Connect, serve: Serve
) -> None:
    config = await connect(NOWHERE, cap=8)

    await database.rows("UPDATE integrations_odooconnection SET max_in_flight = %s", (2,))
    assert len((await take(config, Lane.INTERACTIVE, wanted=15)).numbers) == 2
    with pytest.raises(errors.Busy):
        await take(config, Lane.INTERACTIVE)

    await database.rows("UPDATE integrations_odooconnection SET max_in_flight = %s", (20,))
    assert len((await take(await reread("main"), Lane.INTERACTIVE, wanted=15)).numbers) == 12 - 2 + 3


async def test_a_late_call_keeps_its_slot_until_odoo_is_done(serve: Serve, connect: Connect) -> None:
    odoo_is_done = asyncio.Event()

    async def reply(request: Request) -> Reply:
        if request.call != ("common", "authenticate"):
            await odoo_is_done.wait()
        return rpc(request, 9)

    odoo = await serve(reply)
    config = await connect(odoo.url, cap=1)
    client = OdooClient(config)

    (late,) = await client.read([COUNT], budget=Budget.of(1.0), correlation_id="r")
    (refused,) = await client.read([COUNT], budget=Budget.of(30, queue_s=0.1), correlation_id="r")
    odoo_is_done.set()
    (answered,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(late, errors.TimedOut)
    assert isinstance(refused, errors.Busy)
    assert isinstance(answered, OdooAnswer)
    assert odoo.peak == 1


async def test_more_calls_than_slots_run_through_those(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 1).body, delay_s=0.05)))
    config = await connect(odoo.url, cap=3)

    outcomes = await OdooClient(config).read([COUNT] * 7, budget=Budget.page(), correlation_id="r")

    assert all(isinstance(outcome, OdooAnswer) for outcome in outcomes)
    assert odoo.peak == 2, "one of its own and the idle one of sync"


async def test_a_long_batch_renews_its_lease_and_stops_when_it_is_lost(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 1).body, delay_s=0.1)))
    config = await connect(odoo.url, cap=1)
    monkeypatch.setattr(capacity, "LEASE_S", 5)
    monkeypatch.setattr(capacity, "RENEW_AFTER_S", 0.15)

    outcomes = await OdooClient(config).read([COUNT] * 8, budget=Budget.page(), correlation_id="r")
    assert all(isinstance(outcome, OdooAnswer) for outcome in outcomes)

    reading = asyncio.create_task(
        OdooClient(config).read([COUNT] * 8, budget=Budget.of(30, queue_s=0.5), correlation_id="r")
    )
    answered = len(odoo.requests)
    while len(odoo.requests) < answered + 2:  # the first has its answer
        await asyncio.sleep(0.01)
    await database.rows("UPDATE integrations_odooslot SET holder = gen_random_uuid()", ())
    outcomes = await reading
    assert isinstance(outcomes[0], OdooAnswer)
    assert isinstance(outcomes[-1], errors.Busy)


async def test_a_page_that_is_closed_neither_stops_its_calls_nor_loses_their_slots(
    serve: Serve, connect: Connect
) -> None:
    odoo_is_done = asyncio.Event()

    async def reply(request: Request) -> Reply:
        if request.call != ("common", "authenticate"):
            await odoo_is_done.wait()
        return rpc(request, 1)

    odoo = await serve(reply)
    config = await connect(odoo.url, cap=1)
    page = asyncio.create_task(OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r"))
    while not odoo.in_flight or odoo.asked(("res.partner", "search_count")) == 0:
        await asyncio.sleep(0.01)
    page.cancel()
    with pytest.raises(asyncio.CancelledError):
        await page
    assert odoo.in_flight == 1

    odoo_is_done.set()
    while odoo.in_flight:
        await asyncio.sleep(0.01)
    (answered,) = await OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r")
    assert isinstance(answered, OdooAnswer)


async def test_a_worker_without_a_loop_gives_its_slots_back(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url, cap=1)

    async def read() -> object:
        (outcome,) = await OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r")
        return outcome

    for _ in range(3):
        # A thread of its own, as in the queue's worker: a new loop each time, gone when it returns.
        outcome = await sync_to_async(async_to_sync(read, force_new_loop=True), thread_sensitive=False)()
        assert isinstance(outcome, OdooAnswer)


async def test_a_loop_that_ends_while_it_gives_a_slot_back_gives_it_back_all_the_same(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = await connect(NOWHERE, cap=1)
    said, real = [], slots.give_back

    async def cut_off_once(held: Sequence[slots.Held]) -> None:
        said.append(len(held))
        if len(said) == 1:
            reached_the_table.set()
            await asyncio.Event().wait()  # until the loop ends
        await real(held)

    monkeypatch.setattr(slots, "give_back", cut_off_once)

    async def use_and_leave() -> None:
        grant = await take(config, Lane.WRITEBACK)
        give_back(grant, grant.numbers)
        await asyncio.to_thread(reached_the_table.wait)

    reached_the_table = threading.Event()
    await sync_to_async(async_to_sync(use_and_leave, force_new_loop=True), thread_sensitive=False)()

    assert said == [1, 1]
    assert len((await take(config, Lane.WRITEBACK)).numbers) == 1


async def test_a_call_that_crashes_on_our_side_costs_neither_slot_nor_neighbours(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url, cap=3)
    unsayable = OdooCall(model="res.partner", method="search_count", params={"domain": object()})

    for _ in range(4):
        broken, fine = await OdooClient(config).read(
            [unsayable, COUNT], budget=Budget.page(), correlation_id="r"
        )
        assert type(broken) is errors.GatewayError
        assert isinstance(fine, OdooAnswer)


async def test_without_the_table_of_slots_nothing_is_sent(serve: Serve, connect: Connect) -> None:
    class Gone:
        async def rows(self, *_: object) -> list[object]:
            raise psycopg.OperationalError

    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    current_scope().resources["statements"] = Gone()

    (outcome,) = await OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(outcome, errors.Busy)
    assert not odoo.requests


async def test_a_database_that_hangs_does_not_hold_the_page(serve: Serve, connect: Connect) -> None:
    class Hanging:
        async def rows(self, *_: object) -> list[object]:
            await asyncio.sleep(60)
            raise psycopg.OperationalError

    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    current_scope().resources["statements"] = Hanging()

    started = time.monotonic()
    (outcome,) = await OdooClient(config).read([COUNT], budget=Budget.of(0.3), correlation_id="r")

    assert isinstance(outcome, errors.TimedOut)
    assert time.monotonic() - started < 30
    assert not odoo.requests
