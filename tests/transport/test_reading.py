"""One page's calls: both protocols, every kind of failure, repeats, and the deadline."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations import errors
from integrations.http import CertificateRefused, InsecureAddress, require_safe_address, use_transport
from integrations.odoo.budget import Budget
from integrations.odoo.calls import NotAReadMethod
from integrations.odoo.capabilities import Protocol
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import ConnectionConfig
from tests.transport.conftest import KEY, Connect, Serve
from tests.transport.raw_odoo import Reply, Request, Script, rpc, rpc_error

COUNT = OdooCall(model="res.partner", method="search_count", params={"domain": []})
SAID_BY_ODOO = "Ana Perez may not see 4821"

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
    odoo = await serve(
        answering(
            lambda request: Reply(body=rpc(request, request.call[0]).body, delay_s=delays[request.call[0]])
        )
    )
    config = await connect(odoo.url, protocol=protocol)
    await read_one(config)

    started = time.monotonic()
    answers = await OdooClient(config).read(
        [OdooCall(model=model, method="search_read", params={"domain": []}) for model in delays],
        budget=Budget.page(),
        correlation_id="r-1",
    )

    assert [answer.result for answer in answers if isinstance(answer, OdooAnswer)] == list(delays)
    assert time.monotonic() - started < 0.29


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


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Reply(reset=True), errors.OutcomeUnknown),
        (Reply(body=b'{"result": 1}', cut_after=4), errors.OutcomeUnknown),
        (Reply(status=502, body=b"<html>", content_type="text/html"), errors.Unavailable),
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

    assert time.monotonic() - started < 0.5
    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_at_the_deadline_the_page_answers_and_the_late_answer_is_handed_over(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 9).body, delay_s=0.6)))
    config = await connect(odoo.url)
    late: list[tuple[OdooCall, OdooAnswer]] = []

    started = time.monotonic()
    outcome = await read_one(
        config, budget=Budget.of(0.3), on_late=lambda call, answer: late.append((call, answer))
    )
    waited = time.monotonic() - started
    assert isinstance(outcome, errors.TimedOut)
    assert 0.25 < waited < 0.5
    assert not late

    await asyncio.sleep(0.6)
    ((call, answer),) = late
    assert call is COUNT
    assert answer.result == 9
    assert odoo.asked(("res.partner", "search_count")) == 1


async def test_dripping_bytes_do_not_stretch_the_deadline(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: Reply(body=rpc(request, 9).body, drip_s=0.05)))

    started = time.monotonic()
    outcome = await read_one(await connect(odoo.url), budget=Budget.of(0.3))

    assert isinstance(outcome, errors.TimedOut)
    assert time.monotonic() - started < 0.8


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


@pytest.mark.parametrize(
    "url",
    [
        "http://odoo.example.com",
        "http://10.0.0.5:8069",
        "ftp://odoo.example.com",
        "https://user:pass@odoo.example.com",
        "https://odoo.example.com/?db=x",
        "odoo.example.com",
        "http://127.0.0.1.example.com",
    ],
)
def test_an_address_that_would_leak_keys_is_refused(url: str) -> None:
    with pytest.raises(InsecureAddress):
        require_safe_address(url)


@pytest.mark.parametrize(
    "url", ["https://odoo.example.com/", "http://127.0.0.1:8069", "http://[::1]:8069", "http://localhost"]
)
def test_encrypted_and_local_addresses_are_allowed(url: str) -> None:
    assert require_safe_address(url) == url.rstrip("/")


async def test_a_row_with_an_open_address_is_not_called(connect: Connect, serve: Serve) -> None:
    from dataclasses import replace

    config = replace(await connect("https://odoo.example.com"), url="http://odoo.example.com")

    outcome = await read_one(config)

    assert isinstance(outcome, errors.Unreachable)


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


async def test_a_server_that_cannot_prove_its_name_is_told_nothing(connect: Connect, serve: Serve) -> None:
    received: list[bytes] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=self_signed())
    port = server.sockets[0].getsockname()[1]
    async with server:
        outcome = await read_one(await connect(f"https://127.0.0.1:{port}", protocol=Protocol.JSON2))

    assert isinstance(outcome, CertificateRefused)
    assert not any(received)


def self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as both:
        both.write(certificate.public_bytes(serialization.Encoding.PEM))
        both.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        both.flush()
        context.load_cert_chain(both.name)
    return context
