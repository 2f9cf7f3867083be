"""What is found out about a server: against the sandbox in all its dialects, and against servers with troubles."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from integrations import database, errors
from integrations.credentials import store_credential
from integrations.models import OdooConnection
from integrations.odoo.budget import Budget
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.client import OdooAnswer, OdooCall, OdooClient
from integrations.odoo.connections import forget_kept, reread
from integrations.odoo.findings import _KINDS, Finding
from integrations.odoo.probe import judge
from tests.transport.conftest import Connect, Serve, in_thread, make_connection
from tests.transport.raw_odoo import Reply, Request, rpc

DIALECTS = (17, 18, 19)


@dataclass(frozen=True)
class Sandbox:
    dialect: int
    url: str
    database: str
    keys: dict[str, dict[str, str]]

    def connect(self, who: str = "integration", **fields: Any) -> OdooConnection:
        made = make_connection(self.url, protocol=None, **fields)
        OdooConnection.objects.filter(pk=made.pk).update(database=self.database)
        store_credential(connection=made, purpose="read", **self.keys[who])
        forget_kept()
        return made


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Sandbox]]:
    """Starts each dialect when it is first asked for."""
    running: dict[int, tuple[subprocess.Popen[str], Sandbox]] = {}

    def sandbox(dialect: int) -> Sandbox:
        if dialect not in running:
            running[dialect] = _start(dialect, tmp_path_factory.mktemp(f"odoo{dialect}"))
        return running[dialect][1]

    yield sandbox
    for process, _sandbox in running.values():
        process.terminate()
        process.communicate(timeout=10)


def _start(dialect: int, data: Path) -> tuple[subprocess.Popen[str], Sandbox]:
    process = subprocess.Popen(
        [sys.executable, "-m", "integrations.odoo.sandbox", "--dialect", str(dialect), "--port", "0",
         "--data", str(data), "--latency-ms", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = re.search(r"at (?P<url>\S+) database (?P<database>\S+)", process.stdout.readline())
    assert said is not None
    keys = json.loads((data / "keys.json").read_text())
    return process, Sandbox(dialect=dialect, url=said["url"], database=said["database"], keys=keys)


Sandboxes = Callable[[int], Sandbox]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_server_is_discovered_and_remembered(
    sandboxes: Sandboxes, serve: Serve, connect: Connect, dialect: int
) -> None:
    sandbox = sandboxes(dialect)
    await in_thread(sandbox.connect)

    found = await OdooClient(await reread("main")).capabilities(budget=Budget.probe())

    assert found.version == dialect
    assert found.protocol is (Protocol.JSON2 if dialect == 19 else Protocol.JSONRPC)
    assert found.has("sale.order", "name", "client_order_ref", "order_line")
    assert not found.has("sale.order", "no_such_field")
    assert found.has("sale.order.line", "tax_ids") is (dialect == 19)
    assert {"sale.order", "account.move", "stock.picking"} <= found.readable
    assert len(found.companies) >= 2
    forget_kept()
    kept = (await reread("main")).capabilities
    assert kept == found
    assert Capabilities.from_json(json.loads(json.dumps(found.to_json()))) == found


async def test_a_user_without_a_right_is_discovered_as_such(
    sandboxes: Sandboxes, serve: Serve, connect: Connect
) -> None:
    await in_thread(lambda: sandboxes(18).connect("no_invoicing"))

    found = await OdooClient(await reread("main")).capabilities(budget=Budget.probe())

    assert not found.may_read("account.move")
    assert found.may_read("sale.order")
    assert "right_missing" in {finding.code for finding in judge(found)}


async def test_a_read_discovers_first_when_nothing_is_known(
    sandboxes: Sandboxes, serve: Serve, connect: Connect
) -> None:
    await in_thread(sandboxes(19).connect)
    call = OdooCall(model="sale.order", method="search_count", params={"domain": []})

    (answer,) = await OdooClient(await reread("main")).read([call], budget=Budget.of(20), correlation_id="r")

    assert isinstance(answer, OdooAnswer)
    assert answer.result > 100


async def test_what_is_known_is_used_at_once_and_renewed_behind_the_page(
    sandboxes: Sandboxes, serve: Serve, connect: Connect
) -> None:
    sandbox = sandboxes(19)
    await in_thread(sandbox.connect)
    client = OdooClient(await reread("main"))
    await client.capabilities(budget=Budget.probe())
    await database.rows("UPDATE integrations_odooconnection SET probed_at = now() - interval '7 hours'", ())

    old = await reread("main")
    known = await OdooClient(old).capabilities()

    assert known is old.capabilities
    assert await _until(lambda now: now.probed_at is not None and now.probed_at > old.probed_at)


async def test_forgotten_capabilities_are_discovered_again(
    sandboxes: Sandboxes, serve: Serve, connect: Connect
) -> None:
    await in_thread(sandboxes(19).connect)
    client = OdooClient(await reread("main"))
    await client.capabilities(budget=Budget.probe())

    await client.forget_capabilities()
    assert (await reread("main")).capabilities is None
    await OdooClient(await reread("main")).capabilities(budget=Budget.probe())

    assert (await reread("main")).capabilities is not None


async def test_an_upgraded_server_is_noticed_when_something_is_gone(
    sandboxes: Sandboxes, serve: Serve, connect: Connect
) -> None:
    await in_thread(sandboxes(19).connect)
    client = OdooClient(await reread("main"))
    await client.capabilities(budget=Budget.probe())
    await database.rows(
        "UPDATE integrations_odooconnection SET version = '19.0-before', probed_at = now()", ()
    )

    gone = OdooCall(model="sale.order", method="search_read", params={"domain": [], "fields": ["gone"]})
    (outcome,) = await OdooClient(await reread("main")).read([gone], budget=Budget.page(), correlation_id="r")

    assert isinstance(outcome, errors.NotSupported)
    assert await _until(lambda now: now.version != "19.0-before")


async def _until(holds: Callable[[Any], bool]) -> bool:
    import asyncio

    for _ in range(1000):
        if holds(await reread("main")):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_page_does_not_wait_longer_than_its_budget_for_a_discovery(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(lambda request: Reply(body=b"{}", delay_s=5.0))
    config = await connect(odoo.url, protocol=None)

    with pytest.raises(errors.TimedOut):
        await OdooClient(config).capabilities(budget=Budget.of(0.3))


def run_check(*arguments: str) -> tuple[int, Any]:
    out = io.StringIO()
    try:
        call_command("check_odoo", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def codes(report: str) -> set[str]:
    (one,) = json.loads(report)["connections"]
    return {finding["code"] for finding in one["findings"]}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_check_odoo_says_what_works(transactional_db: None, sandboxes: Sandboxes, dialect: int) -> None:
    sandboxes(dialect).connect()

    code, text = run_check("main")
    json_code, report = run_check("main", "--json")

    (one,) = json.loads(report)["connections"]
    assert code == json_code
    assert one["state"] == {0: "ok", 1: "degraded"}[code]
    assert one["version"].startswith(f"{dialect}.0")
    assert {"sale", "stock", "account", "sale_stock", "loyalty"} <= set(one["modules"])
    assert set(one) == {
        "connection", "state", "database", "version", "protocol", "modules", "companies", "languages",
        "clock_ahead_s", "key_expires_on", "calls", "findings",
    }  # fmt: skip
    assert (one["calls"]["at_most"], one["calls"]["configured"]) == (8, 8)
    assert "at most 8" in text
    assert text.startswith(f"main: {one['state']}\n")
    row = OdooConnection.objects.get()
    assert row.probe_state == one["state"]
    assert {finding["code"] for finding in row.probe_findings} == codes(report)


@pytest.mark.parametrize(
    ("who", "change", "finding", "expected"),
    [
        ("expired", {}, "key_refused", 2),
        ("integration", {"database": "nosuchdb"}, "no_such_database", 2),
        ("integration", {"url": "http://127.0.0.1:9"}, "unreachable", 2),
        ("no_invoicing", {}, "right_missing", 1),
        ("integration", {}, "key_can_write", 1),
    ],
)
@pytest.mark.parametrize("dialect", [18, 19])
def test_check_odoo_names_the_trouble(
    transactional_db: None,
    sandboxes: Sandboxes,
    dialect: int,
    who: str,
    change: dict[str, str],
    finding: str,
    expected: int,
) -> None:
    sandbox = sandboxes(dialect)
    made = sandbox.connect(who)
    OdooConnection.objects.filter(pk=made.pk).update(**change)

    code, report = run_check("--json")

    assert finding in codes(report)
    assert code == expected
    for key in sandbox.keys.values():
        assert key["key"] not in report


def empty_odoo(request: Request) -> Reply:
    """Answers like an Odoo in which nothing is."""
    answers: dict[str, Any] = {"authenticate": 6, "fields_get": {}, "search_count": 0, "search_read": []}
    return rpc(request, answers.get(request.call[1], False))


async def test_answers_of_another_shape_are_garbled(serve: Serve, connect: Connect) -> None:
    def script(request: Request) -> Reply:
        if request.path == "/web/version":
            return Reply(body=json.dumps({"version": "19.0", "version_info": [19, 0]}).encode())
        return rpc(request, "surprise")

    odoo = await serve(script)
    config = await connect(odoo.url, protocol=None)

    with pytest.raises(errors.Garbled):
        await OdooClient(config).capabilities(budget=Budget.probe())


async def probe_of(serve: Serve, connect: Connect, script: Callable[[Request], Reply]) -> set[str]:
    from integrations.odoo.probe import probe

    odoo = await serve(script)
    await connect(odoo.url, protocol=None)
    return {finding.code for finding in (await probe("main")).findings}


async def test_a_page_that_is_not_odoo_is_named(serve: Serve, connect: Connect) -> None:
    assert await probe_of(serve, connect, lambda _: Reply(body=b"<html>", content_type="text/html")) == {
        "not_odoo"
    }


async def test_a_failing_server_is_named(serve: Serve, connect: Connect) -> None:
    assert await probe_of(serve, connect, lambda _: Reply(status=503, content_type="text/html")) == {
        "server_fails"
    }


async def test_an_old_version_is_named(serve: Serve, connect: Connect) -> None:
    def script(request: Request) -> Reply:
        if request.path == "/web/version":
            return Reply(status=404, body=b"", content_type="text/html")
        return rpc(request, {"server_version": "16.0", "server_version_info": [16, 0, 0, "final", 0, ""]})

    assert await probe_of(serve, connect, script) == {"version_too_old"}


@pytest.mark.parametrize(("ahead_s", "is_named"), [(300, True), (-300, True), (3, False)])
async def test_a_clock_that_differs_is_named(
    serve: Serve, connect: Connect, ahead_s: int, is_named: bool
) -> None:
    """A server that answers like Odoo 19 where nothing is installed, by a clock of its own."""

    def script(request: Request) -> Reply:
        date = format_datetime(timezone.now() + timedelta(seconds=ahead_s))
        if request.path == "/web/version":
            body = json.dumps({"version": "19.0", "version_info": [19, 0]}).encode()
            return Reply(body=body, headers={"Date": date})
        return empty_odoo(request)

    assert ("clock_differs" in await probe_of(serve, connect, script)) is is_named


@pytest.mark.parametrize(
    ("info", "protocol", "is_unproven"),
    [
        ([20, 0], Protocol.JSON2, True),
        (["saas~19", 1], Protocol.JSON2, False),
        (["saas~18", 3], Protocol.JSONRPC, False),
    ],
)
async def test_newer_and_online_releases_are_understood(
    serve: Serve, connect: Connect, info: list[Any], protocol: Protocol, is_unproven: bool
) -> None:
    def script(request: Request) -> Reply:
        if request.path == "/web/version":
            return Reply(body=json.dumps({"version": "x", "version_info": info}).encode())
        return empty_odoo(request)

    odoo = await serve(script)
    found = await OdooClient(await connect(odoo.url, protocol=None)).capabilities(budget=Budget.probe())

    assert found.protocol is protocol
    assert found.is_unproven_version is is_unproven
    assert found.dialect <= 19


def test_an_unknown_connection_ends_with_2(transactional_db: None) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("check_odoo", "nosuch")

    assert ended.value.returncode == 2


@pytest.mark.parametrize("code", list(_KINDS))
def test_every_finding_says_something_and_gives_advice(code: str) -> None:
    finding = Finding(code=code)

    assert finding.says.endswith(".")
    assert finding.advice.endswith(".")


@pytest.fixture(autouse=True)
def close_django_connection() -> Iterator[None]:
    yield
    if connection.connection is not None and not connection.in_atomic_block:
        connection.close()
