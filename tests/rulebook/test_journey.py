"""A policy changed by two people in a real Chromium: written by one, refused to them, published by another."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cases.actions.policies import newest_rules
from cases.models import User
from tests.browsing import accessible, browser, chromium, sticks_out
from tests.conftest import PASSWORD

__all__ = ["browser", "chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def sign_in(browser: Browser, live_server: LiveServer, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-GB").new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    return page


def is_fine(page: Page) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 1000})
        assert accessible(page) == [], page.url
        assert sticks_out(page) == [], page.url


def test_a_policy_changed_by_two_people(
    browser: Browser, live_server: LiveServer, ada: User, sam: User
) -> None:
    author, publisher = (sign_in(browser, live_server, name) for name in ("ada", "sam"))
    author.goto(f"{live_server.url}/settings/policies/")
    is_fine(author)
    author.set_viewport_size({"width": 1280, "height": 1000})
    author.get_by_label("Why you change it").fill("Lamps may come back for sixty days")
    author.get_by_role("button", name="Start a draft").click()
    author.wait_for_url("**/drafts/*/")
    draft = author.url

    # By keys alone into a rule; a wrong number keeps everything that was typed.
    author.get_by_role("link", name="Time windows").focus()
    author.keyboard.press("Enter")
    author.wait_for_url("**/rules/windows/")
    author.get_by_role("button", name="Add a row").click()
    row = author.locator("tbody tr").nth(4)
    row.get_by_label("For", exact=True).select_option("return")
    row.get_by_label("Category (empty: all)").fill("Lamps")
    row.get_by_label("Days", exact=True).fill("sixty")
    author.keyboard.press("Enter")
    expect(author.get_by_text("This is not a number.")).to_be_visible()
    is_fine(author)
    expect(row.get_by_label("Category (empty: all)")).to_have_value("Lamps")
    row.get_by_label("Days", exact=True).fill("60")
    author.keyboard.press("Enter")
    author.wait_for_url(draft)
    expect(author.get_by_text("Return · Lamps · Counted from: the shipment · 60 days")).to_be_visible()
    author.get_by_role("button", name="Try it on the last 90 days").click()
    expect(author.get_by_text("0 decisions tried.")).to_be_visible()
    expect(author.get_by_text("You wrote it: somebody else publishes it.")).to_be_visible()
    is_fine(author)

    publisher.goto(draft)
    is_fine(publisher)
    publisher.get_by_label("Your password, because money depends on it").fill(PASSWORD)
    publisher.get_by_role("button", name="Put version 1 in force").click()
    publisher.wait_for_url("**/settings/policies/")
    expect(publisher.get_by_text("written by ada, published by sam")).to_be_visible()
    is_fine(publisher)
    assert [row.category for row in newest_rules().windows.rows] == ["", "", "", "", "Lamps"]

    for page in ("versions/0/", "versions/1/"):
        author.goto(f"{live_server.url}/settings/policies/{page}")
        is_fine(author)
    author.get_by_role("button", name="Start a draft like this").click()
    author.wait_for_url("**/drafts/*/")
    for rule in ("reasons", "holds", "statutory"):
        author.goto(f"{author.url.partition('rules/')[0]}rules/{rule}/")
        is_fine(author)
