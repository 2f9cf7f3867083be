"""A pullover of the wrong size in a real browser: exchanged for another one, approved by somebody else, and awaited."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cases.actions.running import run_due
from cases.models import Action, User
from tests.browsing import accessible, browser, chromium, elsewhere, enter, picture, sticks_out
from tests.conftest import PASSWORD
from tests.exchanges.conftest import House, Other
from tests.replacements.conftest import Sold
from tests.sandbox.process import Sandbox

__all__ = ["browser", "chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


@pytest.fixture
def odoo(odoo19: Sandbox) -> Sandbox:
    return odoo19


def test_something_is_exchanged_for_another_size(
    browser: Browser, live_server: Any, house: House, amy: User, sam: User
) -> None:
    def find() -> tuple[Sold, Other, int]:
        sold = house.sold()
        return sold, house.other(sold), house.case(sold.ref).pk

    sold, other, case = elsewhere(find)
    agent = enter(browser, live_server, amy)
    agent.goto(f"/cases/{case}/exchange/?connection=main&company=1&ref={sold.ref}")
    expect(agent.get_by_role("heading", level=1)).to_have_text(f"Exchange for {sold.ref}")
    assert accessible(agent) == []
    agent.locator(f"[name=quantity_{sold.line.id}]").fill("1")
    agent.locator("[name=reason]").select_option("too_small")
    verdict = agent.locator("#verdict")
    expect(verdict).to_contain_text("The new goods cost what the old ones did.")
    agent.locator(f"[name=instead_{sold.line.id}]").fill(other.code)
    expect(verdict).to_contain_text("finance")
    expect(verdict).to_contain_text("Difference in price")
    expect(verdict).to_contain_text("One approval")
    assert accessible(agent) == []
    for width in (1100, 360, 1440):
        agent.set_viewport_size({"width": width, "height": 900})
        picture(agent, f"exchange-form-{width}")
        assert sticks_out(agent) == []
    agent.emulate_media(color_scheme="dark")
    picture(agent, "exchange-form-dark")
    assert accessible(agent) == []
    agent.emulate_media(color_scheme="light")
    agent.get_by_role("button", name="Ask for approval").click()
    expect(agent.locator("#progress")).to_contain_text("Awaiting approval")

    supervisor = enter(browser, live_server, sam)
    supervisor.goto(agent.url)
    supervisor.locator("[name=password]").first.fill(PASSWORD)
    supervisor.get_by_role("button", name="Approve").click()
    expect(supervisor.locator("#progress")).to_contain_text("Queued")
    action = elsewhere(lambda: Action.objects.get(order_ref=sold.ref))
    assert elsewhere(lambda: run_due(action_id=action.pk))
    expect(supervisor.locator("#progress")).to_contain_text("Done in Odoo")

    agent.reload()
    documents = agent.locator("#documents")
    expect(documents).to_contain_text("New order")
    expect(documents).to_contain_text("The warehouse awaits the goods, and packs and sends the new ones.")
    expect(agent.locator("main")).to_contain_text("For the customer")
    assert accessible(agent) == []
    picture(agent, "exchange-done-1440")
    agent.set_viewport_size({"width": 360, "height": 800})
    picture(agent, "exchange-done-360")
    assert sticks_out(agent) == []
