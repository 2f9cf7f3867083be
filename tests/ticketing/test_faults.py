"""Every way in which a tool can fail ends in a named error that tells what can be done, and tells nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from integrations import errors
from integrations.odoo.budget import Budget
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.systems import ticket_system
from tests.ticketing.conftest import Connect, note
from tests.ticketing.stand_in import CUSTOMER, SECRET_WORDS, Asked, Fault, StandIn, is_write

pytestmark = pytest.mark.django_db

ORDER = "S00077-canary"
WORDS = "words-of-the-note"


def is_read(asked: Asked) -> bool:
    return asked.method == "GET"


STATUSES = [
    (401, errors.AuthenticationFailed),
    (403, errors.Forbidden),
    (404, errors.Missing),
    (409, errors.Conflict),
    (412, errors.Conflict),
    (422, errors.BusinessRefusal),
    (429, errors.Overloaded),
    (500, errors.Unavailable),
    (503, errors.Overloaded),
]

Verb = Callable[[TicketSystem, str], Awaitable[object]]
VERBS: dict[str, Verb] = {
    "note": lambda system, ticket: system.post_note(ticket, note(WORDS)),
    "order": lambda system, ticket: system.set_order(ticket, ORDER),
    "link": lambda system, ticket: system.link_back(ticket, "https://console.example.com/cases/17/"),
}


async def test_a_refusal_is_named_by_its_status(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    for status, family in STATUSES:
        for verb in VERBS.values():
            tool.refuse(status, times=9)
            with pytest.raises(family) as failure:
                await verb(system, ticket_id)
            assert type(failure.value) is family
            tool.recover()
        tool.refuse(status, when=is_read, times=9)
        with pytest.raises(family):
            await system.read_ticket(ticket_id)
        tool.recover()


@pytest.mark.parametrize(
    ("fault", "family"),
    [
        (Fault.RESET, errors.OutcomeUnknown),
        (Fault.LOST, errors.OutcomeUnknown),
        (Fault.HALF, errors.OutcomeUnknown),
        (Fault.NOT_JSON, errors.Garbled),
        (Fault.WRONG_SHAPE, errors.Garbled),
    ],
)
async def test_a_spoilt_answer_to_a_read_is_named(
    tool: StandIn, connect: Connect, fault: Fault, family: type[errors.GatewayError]
) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    tool.fail(fault, when=is_read, times=9)

    with pytest.raises(family):
        await system.read_ticket(ticket_id)


async def test_a_read_whose_answer_is_lost_once_is_asked_again(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(order_ref="S00042")
    system = await connect(tool)
    tool.fail(Fault.LOST, when=is_read)

    assert (await system.read_ticket(ticket_id)).order_ref == "S00042"


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOST, Fault.HALF])
async def test_a_write_is_never_sent_again_by_itself(tool: StandIn, connect: Connect, fault: Fault) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    await system.read_ticket(ticket_id)  # a connection that is kept open invites repeating
    tool.fail(fault, times=9)

    with pytest.raises(errors.OutcomeUnknown):
        await system.post_note(ticket_id, note())
    assert len([asked for asked in tool.asked if is_write(asked)]) == 1


async def test_silence_ends_at_the_deadline(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    await (await connect(tool)).read_ticket(ticket_id)
    tool.fail(Fault.SLOW, when=is_read, times=9)
    hurried = await ticket_system(
        tool.vendor.value, budget=Budget.of(60.0, call_s=0.5), correlation_id="req-2"
    )

    with pytest.raises(errors.TimedOut):
        await hurried.read_ticket(ticket_id)


async def test_without_time_nothing_is_sent(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    await (await connect(tool)).read_ticket(ticket_id)
    before = len(tool.asked)
    late = await ticket_system(tool.vendor.value, budget=Budget.of(0.0), correlation_id="req-2")

    with pytest.raises(errors.NotSent):
        await late.read_ticket(ticket_id)
    assert len(tool.asked) == before


async def test_a_pause_that_was_asked_for_is_kept_by_all(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    tool.refuse(429, when=is_read, Retry_After="500")

    with pytest.raises(errors.Overloaded) as told:
        await system.read_ticket(ticket_id)
    asked = len(tool.asked)
    with pytest.raises(errors.AskedToWait) as refused:
        await system.read_ticket(ticket_id)

    assert told.value.retry_after_s == 500
    assert 100 < (refused.value.retry_after_s or 0) <= 500
    assert len(tool.asked) == asked

    # Another process knows it from the row.
    from integrations.ticketing import pauses

    pauses._until.clear()
    forget_kept()
    other = await ticket_system(tool.vendor.value, budget=Budget.of(60), correlation_id="req-2")
    with pytest.raises(errors.AskedToWait):
        await other.read_ticket(ticket_id)
    assert len(tool.asked) == asked


async def test_no_more_calls_at_a_time_than_set_up(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool, max_in_flight=2)
    await system.read_ticket(ticket_id)
    loop = asyncio.get_running_loop()
    open_now, most = 0, 0
    enough = asyncio.Event()

    async def enter() -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now >= 2:
            enough.set()
        await enough.wait()
        await asyncio.sleep(0.02)
        open_now -= 1

    real = tool.handle

    def slowly(asked: Asked) -> object:
        asyncio.run_coroutine_threadsafe(enter(), loop).result(60)
        return real(asked)

    tool.handle = slowly  # type: ignore[assignment, method-assign]
    await asyncio.gather(*(system.read_ticket(ticket_id) for _ in range(6)))
    assert most == 2


@pytest.mark.parametrize("fault", [Fault.NOT_JSON, Fault.WRONG_SHAPE, Fault.HALF, Fault.LOST, 401, 422, 500])
async def test_no_failure_repeats_a_persons_words_or_a_key(
    tool: StandIn,
    connect: Connect,
    fault: Fault | int,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket_id = tool.add_ticket(order_ref="")
    system = await connect(tool)
    outcomes: list[BaseException] = []
    for when in (is_read, is_write):
        for verb in VERBS.values():
            if isinstance(fault, Fault):
                tool.fail(fault, when=when, times=3)
            else:
                tool.refuse(fault, when=when, times=3)
            try:
                await verb(system, ticket_id)
            except errors.GatewayError as failure:
                outcomes.append(failure)
    assert outcomes
    printed = capsys.readouterr()
    kept = f"{caplog.text} {printed.out} {printed.err}"
    for one in outcomes:
        kept += f"{one!r} {one} {one.__dict__} {one.__cause__!r} {one.__context__!r}"
    keys = [key for _, key in tool.keys.values()]
    for word in (SECRET_WORDS, CUSTOMER[0], CUSTOMER[1], ORDER, WORDS, "access-1", "refresh-1", *keys):
        assert word not in kept
