"""An agent in a real browser: a caller's phone number, two who could be meant, a question, a choice."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from cases.masking.roles import Role
from cases.models import IdentityChoice, Scope, User
from cases.people.access import grant_scope, make_role_groups
from console.runtime.chromium import find_chromium
from integrations.credentials import store_credential
from integrations.errors import TimedOut
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import reread
from tests.conftest import PASSWORD
from tests.safety.house import running_console
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
expect.set_options(timeout=60_000)  # a busy machine draws late

PICTURES = os.environ.get("SEARCH_PICTURES", "")  # a folder for pictures of what was seen


@dataclass(frozen=True)
class Shops:
    url: str
    main: Sandbox
    north: Sandbox
    blocker: DjangoDbBlocker

    def caller(self) -> dict[str, Any]:
        """A customer with one order in the first company, who has the same order in the other shop."""
        orders = self.main.call(
            "sale.order",
            "search_read",
            [["company_id", "=", 1], ["partner_id.phone", "!=", False]],
            fields=["name", "partner_id"],
            order="id",
            limit=40,
        )
        ids = [order["partner_id"][0] for order in orders]
        order = next(order for order in orders if ids.count(order["partner_id"][0]) == 1)
        (partner,) = self.main.call("res.partner", "read", [order["partner_id"][0]], ["name", "phone"])
        return {**partner, "order": order["name"]}

    def choices(self) -> list[dict[str, Any]]:
        """Read in a thread of its own: the browser's loop runs in this one."""
        found: list[dict[str, Any]] = []

        def read() -> None:
            with self.blocker.unblock():
                found.extend(dict(row) for row in IdentityChoice.objects.values())
                connection.close()

        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
        return found


@pytest.fixture(scope="module")
def shops(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shops]:
    main, north = (Sandbox.start(18, tmp_path_factory.mktemp(name)) for name in ("main", "north"))
    with django_db_blocker.unblock():
        try:
            team = Group.objects.create(name="team: both shops")
            for slug, sandbox in (("main", main), ("north", north)):
                made = OdooConnection.objects.create(
                    slug=slug,
                    name=slug.title(),
                    url=f"http://127.0.0.1:{sandbox.port}",
                    database=sandbox.database,
                )
                account = sandbox.keys["integration"]
                store_credential(connection=made, purpose="read", login=account["login"], key=account["key"])
                scope = Scope.objects.create(connection=slug, company_id=1, company_name="Company 1")
                grant_scope(group=team, scope=scope)
            groups = make_role_groups()
            for role in Role:
                user = User.objects.create_user(username=role.value, password=PASSWORD)
                user.groups.add(team, groups[role])
            asyncio.run(_discover("main", "north"))
            with running_console(tmp_path_factory.mktemp("console")) as url:
                yield Shops(url, main, north, django_db_blocker)
        finally:
            connection.ops.execute_sql_flush([])
            connection.close()
            main.stop()
            north.stop()


async def _discover(*slugs: str) -> None:
    """As a probe does before anybody searches: it takes longer than a page waits."""
    for slug in slugs:
        for _ in range(6):  # on a busy machine it goes on while the first who asked has given up waiting
            try:
                await OdooClient(await reread(slug)).capabilities()
                break
            except TimedOut:
                continue
    await close_current_scope()


@pytest.fixture
def browser(db: None, shops: Shops) -> Iterator[Browser]:
    """Within the test: its loop stands in the way of whatever asks the database in this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def sign_in(browser: Browser, shops: Shops, who: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{shops.url}/sign-in/")
    page.fill("input[name=username]", who)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("#home-q")
    return page


def look_for(page: Page, typed: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/")


def settle(page: Page) -> None:
    """All connections have answered."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=60_000)


def picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for width in (1440, 1100, 360):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def require_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_find_by_phone_choose_between_two_and_open(browser: Browser, shops: Shops) -> None:
    caller, page = shops.caller(), sign_in(browser, shops, "agent")
    look_for(page, re.sub(r"\D", " ", caller["phone"]).strip())
    settle(page)
    expect(page.locator("h1")).to_have_text("Which one is meant?")
    expect(page.locator("#found-main .candidate .chip", has_text="phone number")).not_to_have_count(0)
    expect(page.locator("#found-north .candidate .chip", has_text="phone number")).not_to_have_count(0)
    assert page.locator(".found-ask").inner_text().endswith("?")
    assert caller["name"] not in page.content()  # an agent sees the first name and an initial
    require_accessible(page)
    picture(page, "two-candidates")

    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('#found-main a[data-row]')")
    page.keyboard.press("j")
    page.keyboard.press("k")
    candidate = page.locator("#found-north .candidate", has_text=caller["order"]).first
    candidate.get_by_role("button").click()
    page.wait_for_url(f"**/orders/north/{caller['order']}/**")
    expect(page.locator("#order-header h1")).to_have_text(re.compile(caller["order"]), timeout=60_000)

    (choice,) = shops.choices()
    assert (choice["connection"], choice["order_ref"], choice["company_id"]) == ("north", caller["order"], 1)
    assert choice["customer_id"] == caller["id"]
    assert choice["candidates"] >= 2


def test_a_slow_shop_appears_by_itself_and_the_question_with_it(browser: Browser, shops: Shops) -> None:
    caller, page = shops.caller(), sign_in(browser, shops, "supervisor")
    shops.north.set_faults({"kind": "latency", "ms": 700, "match": {}})
    try:
        look_for(page, caller["order"])
        expect(page.locator("#found-main .candidate")).not_to_have_count(0)
        picture(page, "one-waiting")
        settle(page)
        expect(page.locator("#found-north .candidate")).not_to_have_count(0)
        expect(page.locator("h1")).to_have_text("Which one is meant?")
        require_accessible(page)
    finally:
        shops.north.clear_faults()


def test_a_shop_that_does_not_answer_is_named(browser: Browser, shops: Shops) -> None:
    caller, page = shops.caller(), sign_in(browser, shops, "supervisor")
    shops.north.set_faults({"kind": "status_503", "match": {}})
    try:
        look_for(page, caller["order"])
        settle(page)
        expect(page.locator("#search-summary .alert")).to_contain_text("North")
        expect(page.locator("#found-main .candidate", has_text="order number")).to_have_count(1)
        require_accessible(page)
        picture(page, "one-silent")
    finally:
        shops.north.clear_faults()


def test_nothing_found_says_what_to_try(browser: Browser, shops: Shops) -> None:
    page = sign_in(browser, shops, "supervisor")
    look_for(page, "nobody@example.invalid")
    settle(page)
    expect(page.locator("h1")).to_have_text("Nothing found")
    expect(page.locator(".advice li")).to_have_count(4)
    assert "nobody" not in page.url
    require_accessible(page)
    picture(page, "nothing")


def test_guessing_is_paused_with_words(browser: Browser, shops: Shops) -> None:
    page = sign_in(browser, shops, "agent")
    name = "lindqvistersson"
    for length in range(3, len(name) + 1):
        with page.expect_navigation():  # the address stays the same from one search to the next
            look_for(page, name[:length])
        if page.locator("h1").inner_text() == "Search is paused for you":
            break
    expect(page.locator("h1")).to_have_text("Search is paused for you")
    expect(page.locator(".letter")).to_contain_text("minute")
    require_accessible(page)
    picture(page, "paused")
