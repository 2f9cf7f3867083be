"""The bridge in a real Odoo, put there by this run, and orders to be refunded through it.

Needs ``ODOO_ADMIN_LOGIN`` and ``ODOO_ADMIN_API_KEY`` beside the usual variables. With ``BRIDGE_PROOF`` naming the file
of proofs, a whole run in which everything passed is entered there.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from asgiref.sync import async_to_sync

from integrations.canonical import (
    BridgeStatus,
    CreditNoteRequest,
    EffectRequest,
    EffectResult,
    RefundFacts,
    ReplacementFacts,
    ReplacementRequest,
    ReturnFacts,
    ReturnRequest,
)
from integrations.credentials import store_credential
from integrations.errors import GatewayError, NotSent, TimedOut
from integrations.models import OdooConnection
from integrations.odoo.bridge import VERSION, perform_sha256
from integrations.odoo.bridge.administering import Administrator, BridgeLogins
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, reread
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking_returns import told_of
from tests.live.bridge.scene import Caller, OdooSays, Scene, Sold
from tests.live.bridge.stockroom import Delivered, Stockroom
from tests.live.conftest import RealOdoo, account_of

T = TypeVar("T")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("ODOO_ADMIN_API_KEY"):
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY are not set"))


_failed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed and "live/bridge/" in report.nodeid:
        _failed.append(report.nodeid)


def run(work: Coroutine[Any, Any, T]) -> T:
    async def alone() -> T:
        return await work

    return async_to_sync(alone)()


@pytest.fixture(scope="session")
def scene() -> Scene:
    return Scene()


@pytest.fixture(scope="session")
def stockroom(scene: Scene) -> Stockroom:
    return Stockroom(scene)


@pytest.fixture(scope="session")
def slug(rows_stay: None, real_odoo: RealOdoo) -> str:
    row = OdooConnection.objects.create(
        slug="bridge", name="Bridge", url=real_odoo.url, database=real_odoo.database, max_in_flight=8
    )
    for purpose in ("read", "write"):
        store_credential(
            connection=row, purpose=purpose, login=real_odoo.account.login, key=real_odoo.account.key
        )
    return "bridge"


def administer(slug: str) -> Administrator:
    account = account_of("ADMIN")

    async def make() -> Administrator:
        return await Administrator.of(await reread(slug), login=account.login, key=account.key)

    return run(make())


@pytest.fixture(scope="session")
def logins(real_odoo: RealOdoo) -> BridgeLogins:
    return BridgeLogins(acting=real_odoo.account.login, reading=real_odoo.account.login)


@pytest.fixture(scope="session")
def door(slug: str, logins: BridgeLogins, request: pytest.FixtureRequest) -> Iterator[OdooEffects]:
    """The verbs, on a bridge put there by this run; whether it is proven is what the run finds out."""
    run(administer(slug).install(logins))
    yield make_door(slug)
    if os.environ.get("BRIDGE_PROOF") and not _failed and is_whole(request.session):
        enter_proof(Path(os.environ["BRIDGE_PROOF"]), slug)


def is_whole(session: pytest.Session) -> bool:
    """A selection proves nothing."""
    written = {
        name
        for file in HERE.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    return written <= {getattr(item, "originalname", "") for item in session.items}


def make_door(slug: str) -> OdooEffects:
    async def make() -> OdooEffects:
        return OdooEffects(
            reading=await reread(slug),
            writing=await reread(slug, purpose=Purpose.WRITE),
            must_be_proven=False,
        )

    return run(make())


def enter_proof(path: Path, slug: str) -> None:
    row = OdooConnection.objects.get(slug=slug)
    major = int(row.capabilities["version"])
    entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    sha256 = perform_sha256()
    kept = [entry for entry in entries if entry["sha256"] == sha256 and entry["odoo"] != major]
    kept.append(
        {
            "sha256": sha256,
            "version": VERSION,
            "odoo": major,
            "server_version": row.version,
            "on": datetime.now(UTC).date().isoformat(),
        }
    )
    path.write_text(json.dumps(sorted(kept, key=lambda entry: entry["odoo"]), indent=2) + "\n")


Asked = Callable[[], Coroutine[Any, Any, T]]


def patiently(ask: Asked[T], *waits: type[GatewayError]) -> T:
    """A busy machine does not always answer in time: what was not sent may be sent again, and a read repeated."""
    again: tuple[type[GatewayError], ...] = (NotSent, *waits)
    for _try in range(10):
        try:
            return run(ask())
        except again:
            time.sleep(1.0)
    raise AssertionError("Odoo does not answer")


def facts_of(door: OdooEffects, sold: Sold) -> RefundFacts:
    return patiently(
        lambda: door.read_refund_facts(
            sold.order_id, company_id=sold.company_id, budget=Budget.of(60.0), correlation_id="live"
        ),
        TimedOut,
    )


def send(door: OdooEffects, request: CreditNoteRequest) -> EffectResult:
    return patiently(lambda: door.create_credit_note(request, budget=Budget.of(60.0), correlation_id="live"))


def return_facts_of(door: OdooEffects, sold: Delivered) -> ReturnFacts:
    return patiently(
        lambda: door.read_return_facts(
            sold.order_id, company_id=sold.company_id, budget=Budget.of(60.0), correlation_id="live"
        ),
        TimedOut,
    )


def replacement_facts_of(
    door: OdooEffects, sold: Delivered, other_products: tuple[int, ...] = ()
) -> ReplacementFacts:
    return patiently(
        lambda: door.read_replacement_facts(
            sold.order_id,
            order_ref=sold.order_ref,
            company_id=sold.company_id,
            other_products=other_products,
            budget=Budget.of(60.0),
            correlation_id="live",
        ),
        TimedOut,
    )


def send_back(door: OdooEffects, request: ReturnRequest) -> EffectResult:
    return patiently(lambda: door.create_return(request, budget=Budget.of(60.0), correlation_id="live"))


def send_again(door: OdooEffects, request: ReplacementRequest) -> EffectResult:
    return patiently(lambda: door.create_replacement(request, budget=Budget.of(60.0), correlation_id="live"))


def find(door: OdooEffects, request: EffectRequest) -> EffectResult | None:
    budget, company = Budget.of(60.0), request.company_id
    return patiently(
        lambda: door.find_effect(request.key, company_id=company, budget=budget, correlation_id="live")
    )


def revoke(door: OdooEffects, request: EffectRequest) -> EffectResult:
    budget, company = Budget.of(60.0), request.company_id
    return patiently(
        lambda: door.revoke_key(request.key, company_id=company, budget=budget, correlation_id="live")
    )


def status_of(door: OdooEffects) -> BridgeStatus:
    return patiently(lambda: door.bridge_status(budget=Budget.of(60.0), correlation_id="live"), TimedOut)


def raw(caller: Caller, action: int, request: EffectRequest) -> Any:
    """The same call past our own client: as many at once as wanted. Odoo's error, or the answer."""
    try:
        return caller("ir.actions.server", "run", [action], context=told_of(request))["deskglass"]
    except OdooSays as said:
        return said


@pytest.fixture(scope="module")
def action(door: OdooEffects, scene: Scene) -> int:
    domain = [["module", "=", "deskglass"], ["name", "=", "action_perform"]]
    rows = scene.admin("ir.model.data", "search_read", domain, fields=["res_id"])
    return int(rows[0]["res_id"])


@pytest.fixture(scope="session")
def caller(real_odoo: RealOdoo) -> Caller:
    return Caller(real_odoo.url, real_odoo.database, real_odoo.account.login, real_odoo.account.key)
