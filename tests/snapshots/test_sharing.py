"""A reading in another process, as this one meets it: waited for, taken over, and its end shared."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime

import pytest

from cases.orders.readings import ReadingKey
from cases.orders.workspace import NotVisible, OpenedOrder, Source
from cases.snapshots import forget_order, question_of, table
from integrations.errors import Busy, Forbidden, GatewayError, TimedOut
from integrations.gateways import order_source
from integrations.odoo.budget import Budget
from tests.gateway.conftest import reset_statistics, trees
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import (
    Connect,
    differs,
    let_pass,
    open_and_keep,
    opening,
    settle,
    stored,
    until,
)

SOMEBODY_ELSE = uuid.uuid4()


async def place_of(ref: str = "S00001") -> table.Place:
    key = ReadingKey("main", ref, frozenset({1}), False)
    return question_of(key, await order_source("main"), "r-1").place


async def somebody_else_reads(known: datetime | None = None, *, anew: bool = False) -> table.Place:
    place = await place_of()
    look = await table.look(place, holder=SOMEBODY_ELSE, known=known, anew=anew)
    assert look.is_ours
    return place


async def wait_for_them() -> asyncio.Task[OpenedOrder]:
    task = asyncio.ensure_future(opening())
    await asyncio.sleep(0.15)
    assert not task.done()
    return task


@pytest.mark.parametrize(
    ("reason", "error"), [("forbidden", Forbidden), ("busy", Busy), ("timed_out", TimedOut)]
)
async def test_who_waits_shares_a_failure_and_does_not_try_in_turn(
    connect: Connect, odoo18: Sandbox, reason: str, error: type[GatewayError]
) -> None:
    await connect(odoo18)
    reset_statistics(odoo18)
    place = await somebody_else_reads()
    waiting = await wait_for_them()

    await table.end(place, holder=SOMEBODY_ELSE, outcome=reason, retry_after_s=7.0)

    with pytest.raises(error) as failure:
        await waiting
    assert failure.value.retry_after_s == 7.0
    assert trees(odoo18) == 0


async def test_who_comes_after_a_failure_with_nothing_known_tries_anew(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    place = await somebody_else_reads()
    await table.end(place, holder=SOMEBODY_ELSE, outcome="timed_out")
    assert (await opening()).source is Source.LIVE


async def test_who_waits_shares_that_there_is_no_such_order(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    reset_statistics(odoo18)
    place = await somebody_else_reads()
    waiting = await wait_for_them()

    await table.end(place, holder=SOMEBODY_ELSE, outcome=table.NOTHING_FOUND)

    with pytest.raises(NotVisible):
        await waiting
    assert trees(odoo18) == 0


async def test_who_waits_for_what_is_not_kept_reads_it_themselves(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    place = await somebody_else_reads()
    waiting = await wait_for_them()
    await table.end(place, holder=SOMEBODY_ELSE, outcome=table.NOT_KEPT)
    assert (await asyncio.wait_for(waiting, 30)).source is Source.LIVE


async def test_an_order_that_is_gone_takes_its_snapshot_with_it(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    place = await somebody_else_reads(anew=True)
    await table.end(place, holder=SOMEBODY_ELSE, outcome=table.NOTHING_FOUND)
    assert await stored() == {}


async def test_a_reader_who_falls_silent_is_replaced(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    monkeypatch.setattr(table, "LEASE_S", 1.5)
    await somebody_else_reads()
    waiting = await wait_for_them()
    assert (await asyncio.wait_for(waiting, 60)).source is Source.LIVE


async def test_a_slow_reader_keeps_its_lease(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    monkeypatch.setattr(table, "LEASE_S", 2.0)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 4000})
    reading = asyncio.ensure_future(opening())
    await asyncio.sleep(2.5)
    look = await table.look(await place_of(), holder=SOMEBODY_ELSE, known=None)
    assert (look.is_ours, look.is_running) == (False, True)
    await reading


async def test_two_who_look_at_stale_facts_do_not_both_read_them_anew(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(60)
    await somebody_else_reads()
    reset_statistics(odoo18)

    shown = await opening()
    await asyncio.sleep(0.1)

    assert shown.is_refreshing
    assert odoo18.statistics()["total"] == 0


async def test_an_answer_after_the_deadline_is_kept(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 2600})
    monkeypatch.setattr(Budget, "page", lambda: Budget.of(2.0))
    with pytest.raises(TimedOut):
        await opening()
    assert await stored() == {}
    await until(lambda: differs({}))
    odoo18.clear_faults()
    reset_statistics(odoo18)

    shown = await opening()

    assert (shown.source, shown.stale) == (Source.SNAPSHOT, False)
    assert odoo18.statistics()["total"] == 0
    assert shown.record.customer.loyalty


async def test_a_part_that_came_too_late_completes_what_was_kept(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "loyalty.card"}, "ms": 7000})
    monkeypatch.setattr(Budget, "page", lambda: Budget.of(6.0))
    cut = await opening()
    await until(lambda: differs({}))
    before = await stored()
    await until(lambda: differs(before))
    odoo18.clear_faults()
    monkeypatch.setattr(Budget, "page", lambda: Budget.of(60.0))

    whole = await opening()

    assert not cut.record.customer.loyalty
    assert whole.source is Source.SNAPSHOT
    assert whole.record.customer.loyalty


async def test_what_lacks_a_part_for_a_passing_reason_is_read_again_at_the_next_look(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "status_500", "match": {"model": "loyalty.card"}})
    await open_and_keep()
    odoo18.clear_faults()
    monkeypatch.setattr(table, "FRESH_S", 600.0)  # it is not for its age that it is read again
    await let_pass(60)

    first = await opening()
    second = await opening(accept_recent=True)

    assert (first.stale, first.is_refreshing) == (True, True)
    assert second.record.customer.loyalty


async def test_an_order_that_was_forgotten_is_read_anew(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await forget_order(connection="main", ref="s00001")
    reset_statistics(odoo18)
    opened = await asyncio.wait_for(
        opening(), 30
    )  # outcomes last longer here: it is not waited for one to fade
    assert opened.source is Source.LIVE
    assert trees(odoo18) == 1


async def test_what_was_asked_before_an_order_was_forgotten_is_not_kept(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 1500})
    reset_statistics(odoo18)
    reading = asyncio.ensure_future(opening())
    while not trees(odoo18):
        await asyncio.sleep(0.02)
    await forget_order(connection="main", ref="S00001")
    await reading
    await settle()
    assert await stored() == {}

    await opening()
    await until(lambda: differs({}))
