"""A broken lamp in a real browser: replaced from the other warehouse, approved by somebody else, and followed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cases.actions.running import run_due
from cases.models import Action, User
from tests.browsing import accessible, browser, chromium, elsewhere, enter, sticks_out
from tests.conftest import PASSWORD
from tests.replacements.conftest import House, Sold
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
    assert sticks_out(agent) == []
    agent.goto(f"/cases/{case}/?tab=timeline")
    expect(agent.locator("main")).to_contain_text(f"replaced {sold.ref} by")
