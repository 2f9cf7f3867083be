"""Every kind of failure on the way to Odoo: what it is called, and whether it is repeated."""

from __future__ import annotations

import gzip
import json
import time

import httpx
import pytest

from integrations import errors
from integrations.http import use_transport
from integrations.odoo.capabilities import Protocol
from integrations.odoo.client import OdooAnswer
from tests.transport.conftest import KEY, Connect, Serve
from tests.transport.raw_odoo import Reply, rpc, rpc_error
from tests.transport.test_reading import answering, both_protocols, read_one

SAID_BY_ODOO = "Ana Perez may not see 4821"


NAMED = [
    ("odoo.exceptions.AccessDenied", 401, errors.AuthenticationFailed),
    ("odoo.exceptions.AccessError", 403, errors.Forbidden),
    ("odoo.exceptions.MissingError", 404, errors.Missing),
    ("odoo.exceptions.UserError", 422, errors.BusinessRefusal),
    ("odoo.exceptions.ValidationError", 422, errors.BusinessRefusal),
    ("builtins.AttributeError", 404, errors.NotSupported),
    ("builtins.TypeError", 422, errors.NotSupported),
    ("builtins.TypeError", 500, errors.NotSupported),
    ("builtins.ValueError", 500, errors.NotSupported),
    ("builtins.KeyError", 500, errors.NotSupported),
    ("psycopg2.errors.SerializationFailure", 500, errors.Unavailable),
    ("psycopg2.OperationalError", 500, errors.Unavailable),
    ("psycopg2.InterfaceError", 500, errors.Unavailable),
]


@both_protocols
@pytest.mark.parametrize(("name", "status", "family"), NAMED)
async def test_an_error_is_named_by_its_class_and_keeps_no_word_of_odoo(
    serve: Serve,
    connect: Connect,
    protocol: Protocol,
    name: str,
    status: int,
    family: type[errors.GatewayError],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    odoo = await serve(
        answering(lambda request: rpc_error(request, name, status=status, message=SAID_BY_ODOO))
    )

    outcome = await read_one(await connect(odoo.url, protocol=protocol))

    assert type(outcome) is family or (family is errors.Unavailable and isinstance(outcome, family))
    printed = capsys.readouterr()
    kept = f"{outcome!r} {outcome} {outcome.__dict__} {caplog.text} {printed.out} {printed.err}"
    assert outcome.__cause__ is None
    assert outcome.__context__ is None
    for word in ("Ana", "4821", "Traceback", KEY):
        assert word not in kept


@pytest.mark.parametrize(
    ("name", "status", "family"),
    [
        ("werkzeug.exceptions.Unauthorized", 401, errors.AuthenticationFailed),
        ("werkzeug.exceptions.NotFound", 404, errors.NotSupported),
        ("werkzeug.exceptions.UnprocessableEntity", 422, errors.NotSupported),
        ("some.module.OwnError", 422, errors.BusinessRefusal),
        ("some.module.OwnError", 500, errors.Unavailable),
    ],
)
async def test_json2_statuses_tell_what_names_do_not(
    serve: Serve, connect: Connect, name: str, status: int, family: type[errors.GatewayError]
) -> None:
    odoo = await serve(lambda request: rpc_error(request, name, status=status))

    assert type(await read_one(await connect(odoo.url, protocol=Protocol.JSON2))) is family


async def test_json2_without_a_database_answers_with_a_page(serve: Serve, connect: Connect) -> None:
    odoo = await serve(lambda _: Reply(status=404, body=b"<title>404</title>", content_type="text/html"))

    outcome = await read_one(await connect(odoo.url, protocol=Protocol.JSON2))

    assert isinstance(outcome, errors.AuthenticationFailed)
    assert "no such database" in str(outcome)


async def test_jsonrpc_without_a_database_fails_at_signing_in(serve: Serve, connect: Connect) -> None:
    odoo = await serve(lambda request: rpc_error(request, "psycopg2.OperationalError"))

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, errors.AuthenticationFailed)
    assert "no such database" in str(outcome)


async def test_a_refused_login_is_named(serve: Serve, connect: Connect) -> None:
    odoo = await serve(lambda request: rpc(request, False))

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, errors.AuthenticationFailed)
    assert odoo.asked(("res.partner", "search_count")) == 0


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


GARBAGE = {
    "a web page": Reply(body=b"<html>maintenance</html>", content_type="text/html"),
    "half a document": Reply(body=b'{"jsonrpc": "2.0", "id": 1, "resu'),
    "another question's answer": Reply(body=_json({"jsonrpc": "2.0", "id": -1, "result": 4})),
    "a list": Reply(body=b"[]"),
    "bytes": Reply(body=b"\x00\xff\xfe", content_type="application/octet-stream"),
    "a redirect": Reply(status=302, headers={"Location": "https://example.com/"}),
    "a bad request": Reply(status=400, body=b"Invalid JSON data", content_type="text/html"),
}


@pytest.mark.parametrize("garbage", list(GARBAGE))
async def test_garbage_is_garbled(serve: Serve, connect: Connect, garbage: str) -> None:
    odoo = await serve(answering(lambda _: GARBAGE[garbage]))

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, errors.Garbled)
    assert not any("example.com" in request.headers["host"] for request in odoo.requests)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 100, length=64 * 1024 * 1024),
        Reply(body=gzip.compress(b" " * 20 * 1024 * 1024), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["announced", "unpacked"],
)
async def test_an_answer_beyond_the_bound_is_refused(serve: Serve, connect: Connect, reply: Reply) -> None:
    odoo = await serve(answering(lambda _: reply))

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, errors.TooLarge)
    assert odoo.asked(("res.partner", "search_count")) == 1


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Reply(reset=True), errors.OutcomeUnknown),
        (Reply(body=b'{"result": 1}', cut_after=4), errors.OutcomeUnknown),
        (Reply(status=502, body=b"<html>", content_type="text/html"), errors.Overloaded),
        (Reply(status=500, body=b"oops", content_type="text/plain"), errors.Unavailable),
    ],
    ids=["reset", "cut off", "bad gateway", "server error"],
)
async def test_a_read_that_failed_on_the_way_is_repeated_once(
    serve: Serve, connect: Connect, reply: Reply, family: type[errors.GatewayError]
) -> None:
    replies = [reply]
    odoo = await serve(answering(lambda request: replies.pop() if replies else rpc(request, 5)))
    config = await connect(odoo.url)

    outcome = await read_one(config)
    assert isinstance(outcome, OdooAnswer)
    assert outcome.result == 5

    replies += [reply] * 2
    assert type(await read_one(config)) is family
    assert odoo.asked(("res.partner", "search_count")) == 4


async def test_a_no_is_never_repeated(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc_error(request, "odoo.exceptions.AccessError")))

    await read_one(await connect(odoo.url))

    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_repeats_stay_a_small_share_of_the_traffic(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda _: Reply(status=500, body=b"", content_type="text/plain")))
    config = await connect(odoo.url)

    for _ in range(15):
        await read_one(config)

    assert 16 <= odoo.asked(("res.partner", "search_count")) <= 15 + 3 + 2


async def test_nobody_listening_is_unreachable(serve: Serve, connect: Connect, unused_tcp_port: int) -> None:
    outcome = await read_one(await connect(f"http://127.0.0.1:{unused_tcp_port}"))

    assert isinstance(outcome, errors.Unreachable)


@pytest.mark.parametrize(("value", "seconds"), [("3", 3.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)])
async def test_retry_after_is_passed_on(serve: Serve, connect: Connect, value: str, seconds: float) -> None:
    odoo = await serve(
        answering(lambda _: Reply(status=503, content_type="text/html", headers={"Retry-After": value}))
    )

    outcome = await read_one(await connect(odoo.url))

    assert isinstance(outcome, errors.Unavailable)
    assert outcome.retry_after_s == seconds


async def test_a_long_retry_after_is_not_waited_for(serve: Serve, connect: Connect) -> None:
    odoo = await serve(
        answering(lambda _: Reply(status=429, content_type="text/html", headers={"Retry-After": "30"}))
    )

    started = time.monotonic()
    await read_one(await connect(odoo.url))

    assert time.monotonic() - started < 15
    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_a_read_that_never_left_is_repeated_at_once(connect: Connect, serve: Serve) -> None:
    attempts: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        attempts.append(request)
        if len(attempts) == 1:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json=3)

    use_transport(lambda: httpx.MockTransport(handler))
    try:
        outcome = await read_one(await connect("https://odoo.example.com", protocol=Protocol.JSON2))
    finally:
        use_transport(None)

    assert isinstance(outcome, OdooAnswer)
    assert outcome.result == 3
    assert len(attempts) == 2
