"""Two agents at one case in a real Chromium: they see each other, and who comes second is told so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cases import casework
from cases.casework import CaseScope
from cases.models import User
from cases.models.casework import Case, CaseEntry
from cases.people.access import viewer_for
from tests.browsing import accessible, browser, chromium, sticks_out
from tests.casework.conftest import ticket
from tests.conftest import PASSWORD

__all__ = ["browser", "chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HEARTBEAT_MS = 60_000


def sign_in(browser: Browser, live_server: LiveServer, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB").new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    return page


def test_two_agents_at_one_case(browser: Browser, live_server: LiveServer, amy: User, sam: User) -> None:
    case_id = casework.open_case(
        viewer=viewer_for(amy),
        scope=CaseScope(connection="main", company_id=1),
        ticket=ticket(),
        subject="Where is my parcel?",
    )
    first, second = (sign_in(browser, live_server, name) for name in ("amy", "sam"))

    # By keys alone from the queue into the case, which the first of them takes.
    first.keyboard.press("Escape")
    first.evaluate("document.activeElement.blur()")
    first.keyboard.press("j")
    first.keyboard.press("Enter")
    first.wait_for_url(f"{live_server.url}/cases/{case_id}/**")
    first.keyboard.press("a")
    expect(first.locator(".order-facts")).to_contain_text("amy")
    assert Case.objects.get(pk=case_id).assignee == amy

    # They see each other.
    second.goto(f"{live_server.url}/cases/{case_id}/")
    expect(second.locator(".case-present")).to_contain_text("amy has this case open, too.")
    expect(first.locator(".case-present")).to_contain_text("sam", timeout=HEARTBEAT_MS)

    # A note appears at the other one's without a reload, and does not disturb what they are about to decide.
    second.keyboard.press("n")
    second.keyboard.type("Carrier lost it, a search is under way.")
    second.keyboard.press("Control+Enter")
    expect(second.locator("#case-entries")).to_contain_text("Carrier lost it")
    expect(first.locator("#case-entries")).to_contain_text("Carrier lost it", timeout=HEARTBEAT_MS)
    assert CaseEntry.objects.filter(kind="note").count() == 1

    # One snoozes; the other, who decides by what they saw before, is told and changes nothing.
    first.keyboard.press("Escape")
    first.evaluate("document.activeElement.blur()")
    first.keyboard.press("z")
    first.get_by_role("button", name="1 hour").click()
    expect(first.locator("#case-header .chip").first).to_contain_text("Snoozed")
    second.get_by_role("button", name="Close case").click()
    expect(second.locator(".notice")).to_contain_text("amy changed this case")
    assert Case.objects.get(pk=case_id).state == "snoozed"

    # Looking again, they close it, and take that back.
    second.get_by_role("button", name="Close case").click()
    second.get_by_role("button", name="Undo").click()
    expect(second.locator("#case-header .chip").first).to_contain_text("Open")
    assert Case.objects.get(pk=case_id).state == "open"


@pytest.mark.parametrize("width", [1440, 1100, 360])
def test_queue_and_case_fit_and_are_accessible(
    browser: Browser, live_server: LiveServer, amy: User, width: int
) -> None:
    case_id = casework.open_case(
        viewer=viewer_for(amy),
        scope=CaseScope(connection="main", company_id=1),
        ticket=ticket(),
        subject="Charged twice",
        type=casework.CaseType.BILLING_DISPUTE,
    )
    casework.note(viewer=viewer_for(amy), case_id=case_id, body="Two payments, one matches nothing.")
    page = sign_in(browser, live_server, "amy")
    page.set_viewport_size({"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for path in (
            "/",
            *(f"/cases/{case_id}/?tab={tab}" for tab in ("thread", "timeline", "notes", "trail")),
        ):
            page.goto(live_server.url + path)
            page.wait_for_load_state("networkidle")
            assert accessible(page) == []
            assert sticks_out(page) == []
    assert complaints == []
