"""All but one come back and one stays, in a real browser: asked, approved by another, awaited, accessible."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cases.actions.running import run_due
from cases.models import Action, User
from tests.browsing import accessible, browser, chromium, elsewhere, enter, picture, sticks_out
from tests.conftest import PASSWORD
from tests.returns.conftest import House, Order

__all__ = ["browser", "chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


def order_of(house: House, pieces: int) -> Order:
    """An order of which one line brought at least so many."""
    for _ in range(60):
        order = house.order()
        if order.line.done >= pieces:
            return order
    raise LookupError("no order has so many of one line")


def test_some_come_back_and_some_stay(
    house: House, browser: Browser, live_server: Any, amy: User, sam: User
) -> None:
    order = elsewhere(lambda: order_of(house, 2))
    line = elsewhere(lambda: order.line)
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

    action = elsewhere(Action.objects.get)
    chief = enter(browser, live_server, sam)
    chief.goto(f"/actions/{action.pk}/")
    assert accessible(chief) == []
    chief.get_by_label("Your password, to be sure that it is you").fill(PASSWORD)
    chief.get_by_role("button", name="Approve").click()
    expect(chief.locator("#progress")).to_contain_text("Queued")
    assert elsewhere(lambda: run_due(action_id=action.pk))
    expect(agent.locator("#progress")).to_contain_text("Done in Odoo")
    agent.reload()
    expect(agent.locator(".instructions")).to_contain_text("Write on the parcel")
    assert accessible(agent) == []
    picture(agent, "return-done-1440")
    assert elsewhere(lambda: order.line.announced) == back
    assert elsewhere(lambda: order.line.returnable) == 1, "the other one stays"

    for width, scheme in ((1100, "dark"), (360, "light")):
        page = enter(browser, live_server, amy, width=width)
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for name, where in (("form", address), ("done", f"/actions/{action.pk}/")):
            page.goto(where)
            assert sticks_out(page) == [], (width, name)
            assert accessible(page) == []
            picture(page, f"return-{name}-{width}-{scheme}")
