"""A caller, from the phone number to a case that is put aside, in a real browser, as every role there is.

Where a role may not go on, the page says so or leaves the way out, and nothing of the customer is in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cases.masking.roles import Role
from tests.search.test_journey import (
    Shops,
    browser,
    look_for,
    picture,
    require_accessible,
    settle,
    shops,
    sign_in,
)

__all__ = ["browser", "shops"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.django_db]
expect.set_options(timeout=60_000)  # a busy machine draws late

WAIT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sees:
    names: str  # whole, part or none
    reveals: bool
    works: bool


EXPECTED = {
    Role.AGENT: Sees(names="part", reveals=True, works=True),
    Role.SENIOR_AGENT: Sees(names="whole", reveals=False, works=True),
    Role.SUPERVISOR: Sees(names="whole", reveals=False, works=True),
    Role.FINANCE: Sees(names="part", reveals=True, works=True),
    Role.AUDITOR: Sees(names="part", reveals=True, works=False),
    Role.ADMIN: Sees(names="none", reveals=False, works=False),
}


@pytest.fixture(scope="module")
def caller(shops: Shops) -> dict[str, Any]:
    found = shops.caller()
    (partner,) = shops.main.call("res.partner", "read", [found["id"]], ["email"])
    return {**found, "email": partner["email"]}


@pytest.mark.parametrize("role", list(Role))
def test_from_a_phone_number_to_a_case_put_aside(
    browser: Browser, shops: Shops, caller: dict[str, Any], role: Role
) -> None:
    sees, page = EXPECTED[role], sign_in(browser, shops, role.value)
    _choose_between_two(page, caller, sees)
    _look_at_the_order(page, caller, sees)
    if sees.reveals:
        _reveal_the_address(page, caller)
    elif sees.names == "none":
        page.locator("#panel-customer a.masked, [data-panel=customer] a.masked").first.click()
        dialog = page.locator("#field-dialog")
        expect(dialog).to_contain_text("nothing of it", timeout=WAIT_MS)
        expect(dialog.locator("[name=reason]")).to_have_count(0)
        page.keyboard.press("Escape")
    if not sees.works:
        expect(page.get_by_text("Open a case")).to_have_count(0)
        return
    number = _open_a_case(page)
    _reveal_what_the_customer_said(page, sees)
    _put_aside(page)
    _find_again(page, shops, number, caller, sees)
    picture(page, f"journey-{role.value}")


def _choose_between_two(page: Page, caller: dict[str, Any], sees: Sees) -> None:
    look_for(page, re.sub(r"\D", " ", caller["phone"]).strip())
    settle(page)
    expect(page.locator("h1")).to_have_text("Which one is meant?")
    expect(page.locator(".candidate .chip", has_text="phone number")).not_to_have_count(0)
    assert (caller["name"] in page.content()) == (sees.names == "whole")
    candidate = page.locator("#found-north .candidate", has_text=caller["order"]).first
    candidate.get_by_role("button").click()
    page.wait_for_url(f"**/orders/north/{caller['order']}/**")


def _look_at_the_order(page: Page, caller: dict[str, Any], sees: Sees) -> None:
    expect(page.locator("#order-header h1")).to_have_text(re.compile(caller["order"]), timeout=WAIT_MS)
    settle(page)
    assert (caller["email"] in page.content()) == (sees.names == "whole")
    require_accessible(page)


def _give_a_reason(page: Page) -> None:
    dialog = page.locator("#field-dialog")
    dialog.locator("[name=reason]").select_option("contact_customer")
    dialog.locator("[name=reason_text]").fill("Has to be called back before five")
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible(timeout=WAIT_MS)


def _reveal_the_address(page: Page, caller: dict[str, Any]) -> None:
    page.locator("a.masked[href*='field=customer.email']").first.click()
    _give_a_reason(page)
    expect(page.locator(".revealed")).to_contain_text(caller["email"])


def _open_a_case(page: Page) -> str:
    page.locator(".case-opening > summary").click()
    page.fill(".case-opening [name=subject]", "Wants to be called on +49 151 6149760")
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    number = page.locator("#case-header .case-ref").first.inner_text().strip()
    assert re.match(r"C-\d{6}", number)
    page.keyboard.press("n")
    page.select_option("#note-kind", "heard")
    page.fill("#note-body", "Please call me on +49 151 6149760 about the lamp")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#case-entries")).to_contain_text("about the lamp", timeout=WAIT_MS)
    return number[:8]


def _reveal_what_the_customer_said(page: Page, sees: Sees) -> None:
    entry = page.locator("#case-entries .entry", has_text="about the lamp")
    if not sees.reveals:
        expect(entry).to_contain_text("6149760")
        expect(entry.locator(".entry-body a.masked")).to_have_count(0)
        return
    assert "6149760" not in page.content()
    require_accessible(page)
    entry.locator(".entry-body a.masked").click()
    _give_a_reason(page)
    expect(entry.locator(".revealed")).to_contain_text("+49 151 6149760")
    require_accessible(page)


def _put_aside(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("z")
    page.get_by_role("button", name="1 hour").click()
    expect(page.locator("#case-header .chip").first).to_contain_text("Snoozed", timeout=WAIT_MS)


def _find_again(page: Page, shops: Shops, number: str, caller: dict[str, Any], sees: Sees) -> None:
    """By its number at once; by the customer's address among what else there is."""
    page.keyboard.press("Control+k")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    expect(page.locator("#case-header .case-ref").first).to_contain_text(number)
    look_for(page, caller["email"])
    settle(page)
    expect(page.locator(".case-ref", has_text=number)).to_have_count(1)
    require_accessible(page)
