"""One page's calls: both protocols, all at once, and the deadline."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from integrations import errors
from integrations.odoo.budget import Budget
from integrations.odoo.calls import NotAReadMethod
from integrations.odoo.capabilities import Protocol
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig
from tests.transport.conftest import KEY, Connect, Serve
from tests.transport.raw_odoo import Reply, Request, Script, rpc, rpc_error

COUNT = OdooCall(model="res.partner", method="search_count", params={"domain": []})

both_protocols = pytest.mark.parametrize("protocol", list(Protocol))


def answering(reply: Callable[[Request], Reply]) -> Script:
    """Signs in, then answers every call with ``reply``."""

    def script(request: Request) -> Reply:
        return rpc(request, 6) if request.call == ("common", "authenticate") else reply(request)

    return script


async def read_one(
    config: ConnectionConfig, call: OdooCall = COUNT, **options: Any
) -> OdooAnswer | errors.GatewayError:
    options.setdefault("budget", Budget.page())
    (outcome,) = await OdooClient(config).read([call], correlation_id="r-1", **options)
    return outcome


@both_protocols
async def test_a_page_of_calls_runs_in_parallel_and_answers_in_order(
    serve: Serve, connect: Connect, protocol: Protocol
) -> None:
    delays = {"res.partner": 0.15, "sale.order": 0.05, "stock.quant": 0.1}
    all_are_here = asyncio.Event()

    async def reply(request: Request) -> Reply:
        if request.call == ("common", "authenticate"):
            return rpc(request, 6)
        if request.call[1] == "search_read":
            if odoo.in_flight == len(delays):
                all_are_here.set()
            await all_are_here.wait()  # which only happens to calls that run in parallel
        return Reply(body=rpc(request, request.call[0]).body, delay_s=delays[request.call[0]])

    odoo = await serve(reply)
    config = await connect(odoo.url, protocol=protocol)
    await read_one(config)

    answers = await OdooClient(config).read(
        [OdooCall(model=model, method="search_read", params={"domain": []}) for model in delays],
        budget=Budget.page(),
        correlation_id="r-1",
    )

    assert [answer.result for answer in answers if isinstance(answer, OdooAnswer)] == list(delays)


async def test_json2_says_everything_by_name(serve: Serve, connect: Connect) -> None:
    odoo = await serve(lambda request: rpc(request, []))
    config = await connect(odoo.url, protocol=Protocol.JSON2)

    await read_one(
        config,
        OdooCall(
            model="sale.order",
            method="web_read",
            ids=(7,),
            params={"specification": {}},
            context={"lang": "de_DE"},
        ),
    )

    (request,) = odoo.requests
    assert request.path == "/json/2/sale.order/web_read"
    assert request.json == {
        "ids": [7],
        "specification": {},
        "context": {"lang": "de_DE", "deskglass_request": "r-1"},
    }
    assert request.headers["authorization"] == f"bearer {KEY}"
    assert request.headers["x-odoo-database"] == "shop"
    assert request.headers["x-request-id"] == "r-1"
    assert request.headers["user-agent"].startswith("Deskglass/")


async def test_jsonrpc_signs_in_once_and_puts_ids_first(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, [])))
    config = await connect(odoo.url)
    call = OdooCall(model="sale.order", method="read", ids=(7, 8), params={"fields": ["name"]})

    await OdooClient(config).read([call, call, COUNT], budget=Budget.page(), correlation_id="r-1")

    assert odoo.asked(("common", "authenticate")) == 1
    params = next(
        request.json["params"] for request in odoo.requests if request.call == ("sale.order", "read")
    )
    assert params["args"] == [
        "shop",
        6,
        KEY,
        "sale.order",
        "read",
        [[7, 8]],
        {"fields": ["name"], "context": {"deskglass_request": "r-1"}},
    ]


async def test_an_answer_without_result_and_error_is_nothing(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(
            lambda request: Reply(body=json.dumps({"jsonrpc": "2.0", "id": request.json["id"]}).encode())
        )
    )

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, OdooAnswer)
    assert outcome.result is None


async def test_a_packed_answer_is_unpacked(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(
            lambda request: Reply(
                body=gzip.compress(rpc(request, 86).body), headers={"Content-Encoding": "gzip"}
            )
        )
    )

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, OdooAnswer)
    assert outcome.result == 86
    assert odoo.requests[-1].headers["accept-encoding"] == "gzip"


async def test_cookies_are_never_kept(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(
            lambda request: Reply(body=rpc(request, 1).body, headers={"Set-Cookie": "session_id=abc; Path=/"})
        )
    )
    config = await connect(odoo.url)

    await read_one(config)
    await read_one(config)

    assert all("cookie" not in request.headers for request in odoo.requests)


async def test_at_the_deadline_the_page_answers_and_the_late_answer_is_handed_over(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 9).body, delay_s=1.5)))
    config = await connect(odoo.url)
    await read_one(config, OdooCall(model="res.users", method="search_count", params={"domain": []}))
    late: list[tuple[OdooCall, OdooAnswer]] = []

    started = time.monotonic()
    outcome = await read_one(
        config, budget=Budget.of(0.3), on_late=lambda call, answer: late.append((call, answer))
    )
    waited = time.monotonic() - started
    assert isinstance(outcome, errors.TimedOut)
    assert waited > 0.25
    assert not late

    while not late:
        await asyncio.sleep(0.02)
    ((call, answer),) = late
    assert call is COUNT
    assert answer.result == 9
    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_dripping_bytes_do_not_stretch_the_deadline(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 9).body, drip_s=2)))

    started = time.monotonic()
    outcome = await read_one(await connect(odoo.url), budget=Budget.of(0.3))

    assert isinstance(outcome, errors.TimedOut)
    assert time.monotonic() - started < 20, "of some fifty bytes, one every other second"


async def test_nothing_is_started_with_too_little_time_left(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 9)))

    outcome = await read_one(await connect(odoo.url), budget=Budget.of(0.1))

    assert isinstance(outcome, errors.TimedOut)
    assert not odoo.requests


async def test_one_failing_call_leaves_the_others_their_answers(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(
            lambda request: (
                rpc_error(request, "odoo.exceptions.AccessError")
                if request.call[0] == "account.move"
                else rpc(request, 1)
            )
        )
    )

    outcomes = await OdooClient(await connect(odoo.url)).read(
        [COUNT, OdooCall(model="account.move", method="search_count", params={"domain": []}), COUNT],
        budget=Budget.page(),
        correlation_id="r-1",
    )

    assert [type(outcome) for outcome in outcomes] == [OdooAnswer, errors.Forbidden, OdooAnswer]


async def test_only_reading_methods_go_through(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)

    with pytest.raises(NotAReadMethod):
        await read_one(config, OdooCall(model="sale.order", method="action_cancel", ids=(1,)))

    assert not odoo.requests
