"""All but one come back and one stays, in a real browser: asked, approved by another, awaited, accessible."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright

from cases.actions.running import run_due
from cases.models import Action, User
from console.runtime.chromium import find_chromium
from tests.actions.test_journey import accessible, enter, fits, in_a_worker
from tests.conftest import PASSWORD
from tests.returns.conftest import House, Order

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("CHROMIUM") or find_chromium()
    assert program, "no Chromium: run the tests with make test, which finds or installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def order_of(house: House, pieces: int) -> Order:
    """An order of which one line brought at least so many."""
    for _ in range(60):
        order = house.order()
        if order.line.done >= pieces:
            return order
    raise LookupError("no order has so many of one line")


def picture(page: Any, name: str) -> None:
    """Where somebody wants to look at it."""
    folder = os.environ.get("PICTURES", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_some_come_back_and_some_stay(
    house: House, browser: Browser, live_server: Any, amy: User, sam: User
) -> None:
    order = in_thread(lambda: order_of(house, 2))
    line = in_thread(lambda: order.line)
    back = int(line.done) - 1
    agent = enter(browser, live_server, amy)
    address = f"/cases/{order.case.pk}/return/?connection=main&company=1&ref={order.ref}"
    agent.goto(address)
    picture(agent, "return-form-1440")
    assert accessible(agent) == []
    agent.locator(f"[name=quantity_m{line.move_id}]").fill(str(back))
    agent.locator("[name=reason]").select_option("unwanted")
    expect(agent.locator("#verdict")).to_contain_text("One approval")
    expect(agent.locator("#verdict .verdict-sum")).to_contain_text("Return of goods worth")
    assert accessible(agent) == []
    picture(agent, "return-verdict-1440")
    agent.get_by_role("button", name="Ask for approval").click()
    expect(agent.locator("#progress")).to_contain_text("Awaiting approval")

    action = in_thread(Action.objects.get)
    chief = enter(browser, live_server, sam)
    chief.goto(f"/actions/{action.pk}/")
    assert accessible(chief) == []
    chief.get_by_label("Your password, to be sure that it is you").fill(PASSWORD)
    chief.get_by_role("button", name="Approve").click()
    expect(chief.locator("#progress")).to_contain_text("Queued")
    assert in_a_worker(lambda: run_due(action_id=action.pk))
    expect(agent.locator("#progress")).to_contain_text("Done in Odoo")
    agent.reload()
    expect(agent.locator(".instructions")).to_contain_text("Write on the parcel")
    assert accessible(agent) == []
    picture(agent, "return-done-1440")
    assert in_thread(lambda: order.line.announced) == back
    assert in_thread(lambda: order.line.returnable) == 1, "the other one stays"

    for width, scheme in ((1100, "dark"), (360, "light")):
        page = enter(browser, live_server, amy, width=width)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for name, where in (("form", address), ("done", f"/actions/{action.pk}/")):
            page.goto(where)
            assert fits(page), (width, name, widest(page))
            assert accessible(page) == []
            picture(page, f"return-{name}-{width}-{scheme}")


def widest(page: Any) -> Any:
    """What sticks out, where something does."""
    script = (
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
    )
    return page.evaluate(f"{script}.slice(0, 6).map(e => e.tagName + '.' + e.className)")


def in_thread(work: Any) -> Any:
    """What waits for Odoo does so in another thread than the browser's."""

    def do() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as worker:
        return worker.submit(do).result()
