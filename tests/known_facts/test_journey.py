"""An agent in a real browser, looking at facts that are known: fresh, being read again, and while Odoo is down."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.db import connection
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from cases.masking.roles import Role
from cases.models import AuditEntry, Scope, Snapshot, User
from cases.people.access import grant_scope, make_role_groups
from console.runtime.chromium import find_chromium
from integrations.credentials import store_credential
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import reread
from tests.conftest import PASSWORD
from tests.gateway.conftest import reset_statistics, trees
from tests.safety.house import running_console
from tests.sandbox.process import Sandbox
from tests.snapshots.ageing import grow_older

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
expect.set_options(timeout=60_000)  # a busy machine draws late

ORDER = "S00001"
STALE = "#order-header .order-stale"


@dataclass(frozen=True)
class Shop:
    url: str
    odoo: Sandbox
    blocker: DjangoDbBlocker

    def ask(self, work: Callable[[], Any]) -> Any:
        """Ask the database in a thread of its own: the browser's loop runs in this one."""
        found: list[Any] = []

        def run() -> None:
            with self.blocker.unblock():
                found.append(work())
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return found[0]

    def let_pass(self, seconds: float) -> None:
        """Once what was read is stored, make it that much older."""
        give_up_at = time.monotonic() + 60
        while not self.ask(Snapshot.objects.count):
            assert time.monotonic() < give_up_at
        time.sleep(0.8)
        self.ask(lambda: grow_older(seconds))

    def looks(self) -> list[str]:
        """Which parts of the order the trail says were looked at; our own cases load by themselves."""
        parts = self.ask(lambda: [entry.details.get("panel", "") for entry in _opened()])
        return [part for part in parts if part != "cases"]


def _opened() -> Any:
    return AuditEntry.objects.filter(action="order_opened").order_by("chain", "seq")


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    odoo = Sandbox.start(18, tmp_path_factory.mktemp("odoo"))
    with django_db_blocker.unblock():
        try:
            made = OdooConnection.objects.create(
                slug="main", name="Main", url=f"http://127.0.0.1:{odoo.port}", database=odoo.database
            )
            account = odoo.keys["integration"]
            store_credential(connection=made, purpose="read", login=account["login"], key=account["key"])
            scope = Scope.objects.create(connection="main", company_id=1, company_name="Company 1")
            user = User.objects.create_user(username="agent", password=PASSWORD)
            team = Group.objects.create(name="team: shop")
            grant_scope(group=team, scope=scope)
            user.groups.add(team, make_role_groups()[Role.AGENT])
            asyncio.run(_discover())
            with running_console(tmp_path_factory.mktemp("console")) as url:
                yield Shop(url, odoo, django_db_blocker)
        finally:
            connection.ops.execute_sql_flush([])
            connection.close()
            odoo.stop()


async def _discover() -> None:
    """As a probe does before anybody looks: it takes longer than a page waits."""
    await OdooClient(await reread("main")).discover()
    await close_current_scope()


@pytest.fixture
def browser(db: None, shop: Shop) -> Iterator[Browser]:
    """Within the test: its loop stands in the way of whatever asks the database in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        started.close()
    shop.odoo.clear_faults()


def open_order(browser: Browser, shop: Shop) -> Page:
    """The order as it is live, every part of it there."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{shop.url}/sign-in/")
    page.fill("input[name=username]", "agent")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#home-q")
    page.goto(f"{shop.url}/orders/main/{ORDER}/?again=1")
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=60_000)
    expect(page.locator("#order-header h1")).to_contain_text(ORDER)
    return page


def hold_refresh(page: Page) -> list[Route]:
    """The page's question behind itself waits until the test lets it go: no machine is too slow for what it shows."""
    held: list[Route] = []
    page.route(re.compile(r"[?&]refresh="), lambda route: held.append(route))
    return held


def let_go(held: list[Route], page: Page) -> None:
    give_up_at = time.monotonic() + 60
    while not held:
        assert time.monotonic() < give_up_at, "the page never asked"
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()


def test_known_facts_are_marked_and_renewed_without_a_flicker(browser: Browser, shop: Shop) -> None:
    page = open_order(browser, shop)
    shop.let_pass(90)
    reset_statistics(shop.odoo)
    before = len(shop.looks())
    held = hold_refresh(page)

    page.goto(f"{shop.url}/orders/main/{ORDER}/")
    expect(page.locator(STALE)).to_be_visible()
    page.evaluate("document.querySelector('#panel-lines').dataset.before = 'yes'")
    expect(page.locator("#panel-lines .age").first).to_have_attribute("data-state", "aging")
    assert Axe().run(page).violations_count == 0
    let_go(held, page)

    expect(page.locator(STALE)).to_have_count(0, timeout=60_000)
    expect(page.locator(".panel .age[data-state=aging]")).to_have_count(0)
    expect(page.locator("#panel-lines[data-before=yes]")).to_have_count(1)  # not drawn again: nothing changed
    expect(page.locator("#order-refresh")).to_have_count(0)
    expect(page.locator("#order-header [name=kind][value=refund]")).to_be_visible()
    assert trees(shop.odoo) == 1
    assert shop.looks()[before:] == [""]  # one look, whatever was read behind it


def test_facts_that_changed_meanwhile_take_their_places(browser: Browser, shop: Shop) -> None:
    page = open_order(browser, shop)
    shop.let_pass(90)
    # Without its loyalty cards the order says something else.
    shop.odoo.set_faults({"kind": "access_error", "match": {"model": "loyalty.card"}})
    before = len(shop.looks())
    held = hold_refresh(page)

    page.goto(f"{shop.url}/orders/main/{ORDER}/")
    page.evaluate("document.querySelector('#panel-lines').dataset.before = 'yes'")
    let_go(held, page)

    expect(page.locator("#panel-loyalty .panel-problem")).to_be_visible(timeout=60_000)
    expect(page.locator("#panel-lines[data-before=yes]")).to_have_count(0)
    expect(page.locator(STALE)).to_have_count(0)
    assert shop.looks()[before:] == ["", "refresh"]


def test_with_odoo_down_the_page_says_since_when_and_why(browser: Browser, shop: Shop) -> None:
    page = open_order(browser, shop)
    shop.let_pass(2 * 3600)
    shop.odoo.set_faults({"kind": "status_500", "match": {}})

    page.goto(f"{shop.url}/orders/main/{ORDER}/")

    expect(page.locator("#order-header h1")).to_contain_text(ORDER)
    expect(page.locator(STALE)).to_contain_text("Odoo cannot be reached")
    expect(page.locator("#panel-lines .age").first).to_have_attribute("data-state", "stale")
    expect(page.locator("#panel-lines .panel-body")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    for width in (1100, 360):
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0
