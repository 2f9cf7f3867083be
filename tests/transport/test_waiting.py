"""The line for slots: fair over processes, kept by the living only, bounded, and cheap where nobody waits."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.views.order import PATIENCE_S
from integrations import database, errors
from integrations.event_loop import current_scope
from integrations.odoo import breaker, capacity, slots
from integrations.odoo.budget import QUEUE_S, Budget
from integrations.odoo.capacity import Grant, give_back, take_slots
from integrations.odoo.client import OdooAnswer, OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.lanes import Lane
from integrations.odoo.slots import Found, Question
from tests.transport.conftest import Connect, Serve
from tests.transport.raw_odoo import Reply, rpc
from tests.transport.test_reading import COUNT, answering

SERVICE_PLACE_S = slots.PLACE_S
NOWHERE = "https://odoo.example.com"


@pytest.fixture(autouse=True)
def places_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever asks seldom, too, because this machine is busy."""
    monkeypatch.setattr(slots, "PLACE_S", 60.0)


async def take(config: ConnectionConfig, *, wanted: int = 1, queue_s: float = 0.05) -> Grant:
    return await take_slots(
        connection_id=config.id, cap=config.cap, lane=Lane.INTERACTIVE, wanted=wanted, queue_s=queue_s
    )


class OtherProcess:
    """Asks the table as a process of its own would."""

    def __init__(self, config: ConnectionConfig) -> None:
        self._config = config
        self._process = uuid.uuid4()
        self._is_in_line = False

    async def ask(self, wanted: int = 1) -> Found:
        found = await slots.take(
            Question(
                connection_id=self._config.id,
                lane=Lane.INTERACTIVE,
                process=self._process,
                cap=self._config.cap,
                wanted=wanted,
                needed=1,
                is_probing=False,
                is_in_line=self._is_in_line,
            ),
            lease_s=17,
        )
        assert found is not None
        self._is_in_line = not found.numbers
        return found


async def background_ended() -> None:
    while current_scope().tasks:
        await asyncio.sleep(0.01)


async def places() -> int:
    ((count,),) = await database.rows("SELECT count(*) FROM integrations_odoowaiter", ())
    return int(count)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What goes to the database through this loop's connections, by its first telling words."""
    asked: list[str] = []
    real = database.rows

    async def listening(statement: str, parameters: database.Parameters) -> list[database.Row]:
        asked.append(" ".join(statement.split())[:40])
        return await real(statement, parameters)

    database.rows = listening
    try:
        yield asked
    finally:
        database.rows = real


async def test_where_nobody_waits_a_call_costs_one_statement_before_and_one_after(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    client = OdooClient(config)
    await client.read([COUNT], budget=Budget.page(), correlation_id="r")
    await background_ended()
    breaker._tallies.clear()

    with statements() as asked:
        await client.read([COUNT, COUNT], budget=Budget.page(), correlation_id="r")
        await background_ended()

    assert [words.split()[0] for words in asked] == ["WITH", "UPDATE"], asked
    assert await places() == 0


async def test_one_statement_asks_for_all_who_wait_in_a_process(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=20)
    held = await take(config)
    give_back(held, held.numbers)
    await background_ended()

    with statements() as asked:
        grants = await asyncio.gather(*(take(config, queue_s=30) for _ in range(10)))

    assert sum(len(grant.numbers) for grant in grants) == 10
    assert len(asked) <= 2, asked


async def test_a_process_that_came_first_is_served_first(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)
    held = await take(config)
    first, second = OtherProcess(config), OtherProcess(config)
    assert not (await first.ask()).numbers
    assert not (await second.ask()).numbers

    give_back(held, held.numbers)
    await background_ended()

    assert (await second.ask()).ahead == 1
    assert not (await second.ask()).numbers
    assert (await first.ask()).numbers
    assert await places() == 1


async def test_a_process_with_many_callers_leaves_another_its_share(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=8)
    held = await take(config, wanted=8)
    first, second = OtherProcess(config), OtherProcess(config)
    await first.ask(wanted=30)
    await second.ask(wanted=30)

    give_back(held, held.numbers)
    await background_ended()

    got_first = len((await first.ask(wanted=30)).numbers)
    got_second = len((await second.ask(wanted=30)).numbers)
    assert (got_first, got_second) == (3, 3), "five of its own and the idle one of sync"


async def test_who_was_served_stands_behind_who_was_not(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)
    held = await take(config)
    greedy, modest = OtherProcess(config), OtherProcess(config)
    await greedy.ask()
    await modest.ask()
    give_back(held, held.numbers)
    await background_ended()

    got = await greedy.ask()
    await greedy.ask()  # for its next caller
    await slots.give_back(
        [slots.Held(connection_id=config.id, number=number, holder=got.holder) for number in got.numbers]
    )

    assert not (await greedy.ask()).numbers
    assert (await modest.ask()).numbers


async def test_a_dead_waiter_holds_nobody_up_for_long(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SERVICE_PLACE_S < 1
    monkeypatch.setattr(slots, "PLACE_S", SERVICE_PLACE_S)
    config = await connect(NOWHERE, cap=1)
    held = await take(config)
    dead = OtherProcess(config)
    await dead.ask()
    give_back(held, held.numbers)

    await take(config, queue_s=slots.PLACE_S + 10)

    assert (await dead.ask()).numbers == ()


async def test_a_full_line_turns_newcomers_away_at_once(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "MOST_WAITING", 3)
    config = await connect(NOWHERE, cap=1)
    await take(config)
    waiting = [asyncio.create_task(take(config, queue_s=60)) for _ in range(3)]
    while not await places():
        await asyncio.sleep(0.01)

    with pytest.raises(errors.Busy) as refused:
        await asyncio.wait_for(take(config, queue_s=60), 30)

    assert refused.value.retry_after_s
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_caller_that_gives_up_between_two_looks_loses_no_slot(connect: Connect, serve: Serve) -> None:
    config = await connect(NOWHERE, cap=1)
    held = await take(config)
    gone = asyncio.create_task(take(config, queue_s=5))
    while not await places():
        await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    give_back(held, held.numbers)

    await take(config, queue_s=30)

    assert not current_scope().resources["slots"].lines[config.id, Lane.INTERACTIVE].callers


async def test_a_reading_waits_longer_for_its_turn_than_a_person_for_the_page(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 1).body, delay_s=0.1)))
    config = await connect(odoo.url, cap=1)
    client = OdooClient(config)

    # Five calls of a tenth of a second, one at a time: the last one starts after four tenths.
    assert PATIENCE_S > 4 * 0.1
    assert PATIENCE_S < QUEUE_S
    pages = [client.read([COUNT], budget=Budget.page(), correlation_id="r") for _ in range(5)]
    outcomes = [outcome for page in await asyncio.gather(*pages) for outcome in page]

    assert all(isinstance(outcome, OdooAnswer) for outcome in outcomes)
    assert odoo.peak == 1


async def test_what_sync_leaves_idle_is_borrowed_again_and_again_until_sync_wants_it(
    connect: Connect, serve: Serve
) -> None:
    config = await connect(NOWHERE, cap=8)
    for _ in range(3):
        held = await take(config, wanted=8)
        assert len(held.numbers) == 6
        give_back(held, held.numbers)
        await background_ended()
    held = await take(config, wanted=8)
    sync = asyncio.create_task(
        take_slots(connection_id=config.id, cap=8, lane=Lane.SYNC, wanted=1, queue_s=60)
    )
    while not await places():
        await asyncio.sleep(0.01)
    give_back(held, held.numbers)

    assert len((await take(config, wanted=8, queue_s=30)).numbers) == 5
    assert len((await sync).numbers) == 1
