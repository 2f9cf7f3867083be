"""The cap follows what Odoo can bear, for all processes, and never rises above what was configured."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from integrations import database, errors
from integrations.odoo import breaker, latency, outcome_record, pauses, slots
from integrations.odoo.budget import Budget
from integrations.odoo.capacity import Lane, take_slots
from integrations.odoo.client import OdooAnswer, OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.outcome_record import CUT_EVERY_S, GOOD_FOR_ONE_MORE, Tally, record
from tests.transport.conftest import Connect, Serve
from tests.transport.raw_odoo import Reply, Request, rpc
from tests.transport.test_reading import COUNT, answering
from tests.transport.test_waiting import background_ended

NOWHERE = "https://odoo.example.com"


async def limit(config: ConnectionConfig) -> dict[str, Any]:
    rows = await database.rows(
        "SELECT cap, cause, paused_until > clock_timestamp() FROM integrations_odoolimit WHERE connection_id = %s",
        (config.id,),
    )
    return dict(zip(("cap", "cause", "is_paused"), rows[0], strict=True)) if rows else {}


async def let_time_pass() -> None:
    await database.rows(
        "UPDATE integrations_odoolimit SET cut_at = cut_at - %s * interval '1 second'", (CUT_EVERY_S,)
    )


async def in_flight_at_most(config: ConnectionConfig) -> int:
    grant = await take_slots(
        connection_id=config.id, cap=config.cap, lane=Lane.INTERACTIVE, wanted=50, queue_s=0.05
    )
    return len(grant.numbers)


async def test_trouble_lowers_it_by_a_third_down_to_two(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)

    caps = []
    for _ in range(5):
        found = await record(config.id, Tally(failed=1, overloaded=1))
        assert found is not None
        caps.append(found.cap)
        await let_time_pass()

    assert caps == [5, 3, 2, 2, 2]
    assert (await limit(config))["cause"] == "failing"


async def test_many_failures_of_one_moment_lower_it_once(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = await connect(NOWHERE, cap=8)
    monkeypatch.setattr(outcome_record, "CUT_EVERY_S", 60.0)  # all of it happens within

    for _ in range(5):
        await record(config.id, Tally(failed=3, overloaded=3))

    assert (await limit(config))["cap"] == 5


async def test_good_answers_raise_it_again_and_never_above_what_was_configured(
    connect: Connect, serve: Serve
) -> None:
    config = await connect(NOWHERE, cap=4)
    await record(config.id, Tally(failed=1, overloaded=1))

    caps = []
    for _ in range(6):
        found = await record(config.id, Tally(succeeded=GOOD_FOR_ONE_MORE))
        assert found is not None
        caps.append(found.cap)

    assert caps == [3, 4, 4, 4, 4, 4]
    assert (await limit(config))["cause"] == ""


async def test_a_lowered_cap_holds_in_every_process(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)
    assert await in_flight_at_most(config) == 6
    await database.rows("DELETE FROM integrations_odooslot", ())
    slots._held.clear()
    await record(config.id, Tally(failed=1, overloaded=1))

    assert await in_flight_at_most(config) == 4, "three of its own and the idle one of sync, of five"


async def test_a_cap_of_one_stays(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)

    await record(config.id, Tally(failed=1, overloaded=1))

    assert (await limit(config))["cap"] == 1


async def test_an_odoo_that_grows_slow_gets_fewer_calls(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    delay_s = 0.02

    def script(request: Request) -> Reply:
        return Reply(body=rpc(request, 1).body, delay_s=delay_s)

    odoo = await serve(answering(script))
    config = await connect(odoo.url, cap=8)
    client = OdooClient(config)
    for _ in range(3):
        await client.read([COUNT] * 4, budget=Budget.page(), correlation_id="r")
    await breaker._record(config.id, breaker._tallies.pop(config.id))
    assert (await limit(config))["cap"] == 8

    for call in latency._usual_ms:
        latency._usual_ms[call] = delay_s * 1000  # whatever this machine has added to it so far
    delay_s = 1.2
    monkeypatch.setattr(outcome_record, "CUT_EVERY_S", 600.0)  # all of it happens within
    for _ in range(2):
        await client.read([COUNT] * 4, budget=Budget.page(), correlation_id="r")
    await background_ended()
    if config.id in breaker._tallies:
        await breaker._record(config.id, breaker._tallies.pop(config.id))

    assert await limit(config) == {"cap": 5, "cause": "slow", "is_paused": False}


async def test_our_own_busy_processor_is_not_held_against_odoo(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "FLUSH_S", 600.0)  # everything is in one tally
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 1).body, delay_s=0.2)))
    config = await connect(odoo.url, cap=8)
    client = OdooClient(config)
    await client.read([COUNT] * 4, budget=Budget.page(), correlation_id="r")
    breaker._tallies.clear()

    while config.id not in breaker._tallies or breaker._tallies[config.id].timed < 8:
        reading = asyncio.create_task(client.read([COUNT] * 4, budget=Budget.page(), correlation_id="r"))
        while not odoo.in_flight:
            await asyncio.sleep(0.001)
        time.sleep(0.7)
        await reading
    tally = breaker._tallies[config.id]

    assert tally.cause == ""


@pytest.mark.parametrize("status", [429, 503])
async def test_an_odoo_that_asks_for_a_pause_gets_it_from_every_process(
    serve: Serve, connect: Connect, status: int
) -> None:
    odoo = await serve(
        answering(lambda _: Reply(status=status, content_type="text/html", headers={"Retry-After": "30"}))
    )
    config = await connect(odoo.url)
    client = OdooClient(config)
    (told,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")
    await background_ended()
    sent = len(odoo.requests)

    (here,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")
    pauses._known.clear()  # what another process knows
    (elsewhere,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(told, errors.Overloaded)
    for refused in (here, elsewhere):
        assert isinstance(refused, errors.AskedToWait)
        assert refused.retry_after_s is not None
        assert 10 < refused.retry_after_s <= 30
    assert len(odoo.requests) == sent
    assert (await limit(config))["is_paused"]


async def test_the_rest_of_a_page_is_not_sent_into_a_pause(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(lambda _: Reply(status=429, content_type="text/html", headers={"Retry-After": "30"}))
    )
    config = await connect(odoo.url, cap=1)

    first, *others = await OdooClient(config).read([COUNT] * 5, budget=Budget.page(), correlation_id="r")

    assert isinstance(first, errors.Overloaded)
    assert all(isinstance(outcome, errors.AskedToWait) for outcome in others)
    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_after_the_pause_calls_go_out_again(serve: Serve, connect: Connect) -> None:
    answers = [Reply(status=503, content_type="text/html", headers={"Retry-After": "1"})]
    odoo = await serve(answering(lambda request: answers.pop() if answers else rpc(request, 1)))
    config = await connect(odoo.url)
    client = OdooClient(config)
    began = time.monotonic()

    outcomes: list[object] = []
    while (
        not isinstance(outcomes[-1:][0] if outcomes else None, OdooAnswer) and time.monotonic() - began < 60
    ):
        outcomes += await client.read([COUNT], budget=Budget.page(), correlation_id="r")
        await asyncio.sleep(0.05)

    assert isinstance(outcomes[-1], OdooAnswer)
    assert time.monotonic() - began > 0.9
    assert odoo.asked(("res.partner", "search_count")) == 2


async def test_after_a_crash_of_the_database_the_cap_starts_low_and_our_calls_still_count(
    connect: Connect, serve: Serve
) -> None:
    config = await connect(NOWHERE, cap=8)
    held = await take_slots(connection_id=config.id, cap=8, lane=Lane.INTERACTIVE, wanted=2, queue_s=0.05)
    for table in ("odooslot", "odoolimit", "odoobreaker", "odoowaiter"):
        await database.rows(f"DELETE FROM integrations_{table}", ())  # noqa: S608 - as recovery leaves them

    after = await take_slots(connection_id=config.id, cap=8, lane=Lane.INTERACTIVE, wanted=8, queue_s=0.05)

    assert not set(after.numbers) & set(held.numbers)
    assert len(held.numbers) + len(after.numbers) <= 4
    assert await limit(config) == {"cap": 4, "cause": "restart", "is_paused": False}


async def test_the_very_first_slots_start_with_the_whole_cap(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)

    assert await in_flight_at_most(config) == 6
    assert await limit(config) == {}
