"""The console as a process, two sandbox Odoos, and for every fault a connection to each that suffers from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.casework import open_case
from cases.masking.roles import Role
from cases.models import Scope, User
from cases.orders.workspace import OrderIdentity
from cases.people.access import grant_scope, make_role_groups, viewer_for
from cases.people.tokens import TokenScope, issue_token
from integrations.credentials import store_credential
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import remember_uid, reread
from tests.conftest import _address
from tests.faults.misbehaving import Fault, Misbehaving, make_expired_certificate
from tests.live.console_process import ConsoleProcess
from tests.sandbox.process import Sandbox

HERE = Path(__file__).parent
PROTOCOLS = {"rpc": 18, "json2": 19}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.django_db)
            item.add_marker(pytest.mark.slow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """One person who works with two connections that fail in the same way."""

    fault: Fault
    browser: httpx.Client
    token: str
    cases: dict[str, int]  # by connection

    @property
    def connections(self) -> tuple[str, ...]:
        return tuple(self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    url: str
    log: Path
    order: str
    secrets: tuple[str, ...]  # keys and what Odoo knows of the customers: nowhere to be seen
    other_order: str
    victims: dict[Fault, Victim]


@pytest.fixture(scope="package")
def place(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("faults")
    certificate = make_expired_certificate(folder)
    with django_db_blocker.unblock(), ExitStack() as running:
        running.callback(connection.close)
        running.callback(connection.ops.execute_sql_flush, [])
        odoos = {name: Sandbox.start(serie, folder / name) for name, serie in PROTOCOLS.items()}
        for odoo in odoos.values():
            running.callback(odoo.stop)
        order, other = (
            odoos["rpc"].story["partial_delivery_backorder"]["order"],
            odoos["rpc"].story["kit"]["order"],
        )
        for name, odoo in odoos.items():
            async_to_sync(_discover)(_connection(f"whole-{name}", f"http://127.0.0.1:{odoo.port}", odoo).slug)
        console = ConsoleProcess(environment=_environment(folder), log=folder / "web.log")
        running.callback(console.stop)
        console.wait_until_ready()
        url = console.url
        victims, uids = {}, dict[str, int]()
        for fault in Fault:
            slugs = {}
            for name, odoo in odoos.items():
                middle = Misbehaving(odoo.port, fault, asked=order, instead=other, certificate=certificate)
                running.enter_context(middle)
                slug = f"{fault.value.replace('_', '-')}-{name}"
                whole = OdooConnection.objects.get(slug=f"whole-{name}")
                _connection(slug, middle.url, odoo, known=whole)
                slugs[slug] = odoo.user_id()
            uids |= slugs
            victims[fault] = _victim(fault, tuple(slugs), url, order)
            running.callback(victims[fault].browser.close)
        async_to_sync(_remember)(uids)
        yield Place(
            url=url,
            log=folder / "web.log",
            order=order,
            other_order=other,
            secrets=tuple(odoo.keys["integration"]["key"] for odoo in odoos.values()),
            victims=victims,
        )


def _connection(slug: str, url: str, odoo: Sandbox, *, known: OdooConnection | None = None) -> OdooConnection:
    made = OdooConnection.objects.create(
        slug=slug, name=slug, url=url, database=odoo.database, max_in_flight=50, is_active=True
    )
    if known is not None:
        made.capabilities, made.version, made.probed_at = known.capabilities, known.version, known.probed_at
        made.save()
    account = odoo.keys["integration"]
    store_credential(connection=made, purpose="read", login=account["login"], key=account["key"])
    return made


async def _discover(slug: str) -> None:
    await OdooClient(await reread(slug)).discover()
    await close_current_scope()


async def _remember(uids: dict[str, int]) -> None:
    """As if each of them had worked once: what is tried is reading, not signing in."""
    for slug, uid in uids.items():
        await remember_uid(await reread(slug), uid)
    await close_current_scope()


def _victim(fault: Fault, slugs: tuple[str, ...], url: str, order: str) -> Victim:
    user = User.objects.create_user(username=f"victim-{fault.value}", password=None)
    groups = make_role_groups()
    team = Group.objects.create(name=f"team: {fault.value}")
    user.groups.add(team, groups[Role.SUPERVISOR], groups[Role.FINANCE])
    for slug in slugs:
        scope = Scope.objects.create(connection=slug, company_id=1, company_name="Company 1")
        grant_scope(group=team, scope=scope)
    viewer = viewer_for(User.objects.get(pk=user.pk))
    cases = {
        slug: open_case(viewer=viewer, subject="Where is it?", order=_identity(slug, order)) for slug in slugs
    }
    now = timezone.now()
    token = issue_token(
        user=user,
        name="faults",
        scopes=list(TokenScope),
        expires_at=now + timedelta(days=1),
        issued_by="system:test",
        at=now,
    )
    browser = httpx.Client(base_url=url, timeout=20, trust_env=False, verify=False)  # noqa: S501 - plain HTTP
    browser.cookies.set(settings.SESSION_COOKIE_NAME, _session(user), domain="127.0.0.1")
    return Victim(fault=fault, browser=browser, token=token, cases=cases)


def _session(user: User) -> str:
    """Signed in already: what is tried is reading."""
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": _address(settings.APP_DATABASE),
        "DB_POOL_SIZE": "6",
        "SECRET_KEY": settings.SECRET_KEY,
        "DESKGLASS_ENCRYPTION_KEY": settings.DESKGLASS_ENCRYPTION_KEY,
        "DESKGLASS_SEARCH_KEY": settings.DESKGLASS_SEARCH_KEY,
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "STATIC_ROOT": str(folder),
        "API_CALLS_PER_SECOND": "1000",
        "API_BURST": "1000",
    }


def _identity(slug: str, order: str) -> OrderIdentity:
    return OrderIdentity(
        connection=slug, company_id=1, ref=order, brand="", region="", customer_id=None, customer_name=""
    )
