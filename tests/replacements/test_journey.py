"""A broken lamp in a real browser: replaced from the other warehouse, approved by somebody else, and followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cases.actions.running import run_due
from cases.models import Action, User
from console.runtime.chromium import find_chromium
from tests.conftest import PASSWORD
from tests.replacements.conftest import House, Sold
from tests.sandbox.process import Sandbox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Its loop would make Django refuse to touch the database from this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("CHROMIUM") or find_chromium()
    assert program, "no Chromium: run the tests with make test, which finds or installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def odoo(odoo19: Sandbox) -> Sandbox:
    return odoo19


def enter(browser: Browser, server: Any, person: User, **more: Any) -> Page:
    client = Client()
    client.force_login(person)
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900}, **more)
    for name, morsel in client.cookies.items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.set_default_navigation_timeout(60_000)
    return page


def accessible(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:160]}" for violation in found]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def elsewhere(work: Callable[[], Any]) -> Any:
    """Playwright keeps a loop in the test's own thread, in which nothing may wait for another."""

    def do() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as worker:
        return worker.submit(do).result()


def test_a_broken_lamp_is_replaced_from_the_other_warehouse(
    browser: Browser, live_server: Any, house: House, amy: User, sam: User
) -> None:
    def find() -> tuple[Sold, str, int]:
        found = house.sold_lamp()
        names = {one.id: one.name for one in house.facts(found.id, found.ref).warehouses}
        return found, names[found.warehouse], house.case(found.ref).pk

    sold, outlet, case = elsewhere(find)
    agent = enter(browser, live_server, amy)
    agent.goto(f"/cases/{case}/replacement/?connection=main&company=1&ref={sold.ref}")
    houses = agent.locator(".ask-houses")
    expect(houses).to_contain_text(outlet)
    expect(houses).to_contain_text("Few")
    assert accessible(agent) == []
    agent.locator(f"[name=quantity_{sold.line.id}]").fill("1")
    agent.locator("[name=reason]").select_option("damaged")
    verdict = agent.locator("#verdict")
    expect(verdict).to_contain_text("One approval")
    expect(verdict).to_contain_text(f"{outlet} has enough on its shelves.")
    expect(verdict).to_contain_text("by a discount of 100 %")
    expect(verdict).not_to_contain_text("54.18")  # what it costs us is not an agent's business
    assert accessible(agent) == []
    agent.get_by_role("button", name="Ask for approval").click()
    expect(agent.locator("#progress")).to_contain_text("Awaiting approval")

    supervisor = enter(browser, live_server, sam)
    supervisor.goto(agent.url)
    expect(supervisor.locator("main")).to_contain_text("54.18")
    supervisor.locator("[name=password]").first.fill(PASSWORD)
    supervisor.get_by_role("button", name="Approve").click()
    expect(supervisor.locator("#progress")).to_contain_text("Queued")
    action = elsewhere(lambda: Action.objects.get(order_ref=sold.ref))
    assert elsewhere(lambda: run_due(action_id=action.pk))
    expect(supervisor.locator("#progress")).to_contain_text("Done in Odoo")

    agent.reload()
    documents = agent.locator("#documents")
    expect(documents).to_contain_text("New order")
    expect(documents).to_contain_text("promised for")
    expect(documents).to_contain_text("The warehouse packs and sends it.")
    assert accessible(agent) == []
    agent.set_viewport_size({"width": 360, "height": 800})
    assert fits(agent)
    agent.goto(f"/cases/{case}/?tab=timeline")
    expect(agent.locator("main")).to_contain_text(f"replaced {sold.ref} by")
