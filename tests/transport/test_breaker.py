"""The breaker: what opens it, what never does, and how it finds out that the server is back."""

from __future__ import annotations

import asyncio

import pytest

from integrations import database, errors
from integrations.odoo import breaker
from integrations.odoo.budget import Budget
from integrations.odoo.client import OdooAnswer, OdooClient
from integrations.odoo.connections import ConnectionConfig
from tests.transport.conftest import Connect, Serve
from tests.transport.raw_odoo import Reply, Request, rpc, rpc_error
from tests.transport.test_reading import COUNT, answering
from tests.transport.test_waiting import background_ended

BROKEN = Reply(status=500, content_type="text/plain")


async def read(config: ConnectionConfig, calls: int = 1) -> list[OdooAnswer | errors.GatewayError]:
    return await OdooClient(config).read([COUNT] * calls, budget=Budget.page(), correlation_id="r")


async def is_open() -> bool:
    await background_ended()  # outcomes travel after the answer
    return bool(await database.rows("SELECT 1 FROM integrations_odoobreaker", ()))


async def let_time_pass() -> None:
    """As if the fifteen seconds were over."""
    breaker._known_open_until.clear()
    await database.rows("UPDATE integrations_odoobreaker SET open_until = clock_timestamp()", ())


class Moody:
    """A server whose health the test decides."""

    def __init__(self) -> None:
        self.is_well = True
        self.calls = 0

    def __call__(self, request: Request) -> Reply:
        if request.call == ("common", "authenticate"):
            return rpc(request, 6)
        self.calls += 1
        return rpc(request, 1) if self.is_well else BROKEN


async def opened(serve: Serve, connect: Connect) -> tuple[Moody, ConnectionConfig]:
    moody = Moody()
    odoo = await serve(moody)
    config = await connect(odoo.url)
    await read(config)
    moody.is_well = False
    for _ in range(7):
        await read(config, calls=3)
    assert await is_open()
    return moody, config


async def test_it_opens_at_half_of_twenty_and_then_nothing_is_sent(serve: Serve, connect: Connect) -> None:
    moody, config = await opened(serve, connect)
    sent = moody.calls

    (refused,) = await read(config)

    assert isinstance(refused, errors.BreakerOpen)
    assert refused.retry_after_s is not None
    assert 0 < refused.retry_after_s <= 15
    assert moody.calls == sent


async def test_another_process_finds_it_open(serve: Serve, connect: Connect) -> None:
    moody, config = await opened(serve, connect)
    sent = moody.calls
    breaker._known_open_until.clear()  # what a fresh process knows

    (refused,) = await read(config)

    assert isinstance(refused, errors.BreakerOpen)
    assert moody.calls == sent


async def test_a_few_failures_leave_it_closed(serve: Serve, connect: Connect) -> None:
    moody = Moody()
    odoo = await serve(moody)
    config = await connect(odoo.url)
    moody.is_well = False

    for _ in range(6):
        await read(config, calls=3)

    assert not await is_open()


async def test_mostly_good_answers_keep_it_closed(serve: Serve, connect: Connect) -> None:
    moody = Moody()
    odoo = await serve(moody)
    config = await connect(odoo.url)
    for _ in range(10):
        await read(config, calls=3)
    moody.is_well = False
    for _ in range(5):
        await read(config, calls=3)

    assert not await is_open()


@pytest.mark.parametrize("name", ["AccessError", "UserError", "MissingError", "AccessDenied"])
async def test_a_no_of_odoos_own_rules_never_counts(serve: Serve, connect: Connect, name: str) -> None:
    odoo = await serve(answering(lambda request: rpc_error(request, f"odoo.exceptions.{name}")))
    config = await connect(odoo.url)

    for _ in range(9):
        await read(config, calls=3)

    assert not await is_open()


async def test_the_first_success_after_the_pause_closes_it_for_the_whole_page(
    serve: Serve, connect: Connect
) -> None:
    moody, config = await opened(serve, connect)
    moody.is_well = True
    await let_time_pass()

    outcomes = await read(config, calls=3)

    assert all(isinstance(outcome, OdooAnswer) for outcome in outcomes)
    assert not await is_open()


async def test_a_probe_that_fails_opens_it_again_and_spares_the_rest_of_its_page(
    serve: Serve, connect: Connect
) -> None:
    moody, config = await opened(serve, connect)
    await let_time_pass()
    sent = moody.calls

    outcomes = await read(config, calls=3)

    assert isinstance(outcomes[0], errors.Unavailable)
    assert all(isinstance(outcome, errors.BreakerOpen) for outcome in outcomes[1:])
    assert moody.calls <= sent + 2, "the probe and its one repeat"
    (again,) = await read(config)
    assert isinstance(again, errors.BreakerOpen)


async def test_only_three_probe_at_a_time(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 1).body, delay_s=0.3)))
    config = await connect(odoo.url, cap=20)
    await read(config)
    await database.rows(
        "INSERT INTO integrations_odoobreaker (connection_id, open_until) VALUES (%s, clock_timestamp())",
        (config.id,),
    )
    odoo.peak = 0

    outcomes = await asyncio.gather(*(read(config) for _ in range(8)))

    assert odoo.peak == 3
    assert sum(isinstance(outcome, errors.BreakerOpen) for (outcome,) in outcomes) == 5


async def test_connections_are_judged_apart(serve: Serve, connect: Connect) -> None:
    _moody, _config = await opened(serve, connect)
    other = await serve(answering(lambda request: rpc(request, 1)))

    (answered,) = await read(await connect(other.url, slug="other"))

    assert isinstance(answered, OdooAnswer)
