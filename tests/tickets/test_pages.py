"""The pages about tickets in a real Chromium: narrow and wide, light and dark, by keys alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from cases.masking.roles import Role
from cases.models import NoteState, TicketLink, TicketNote, User
from tests.actions.conftest import Propose, approve, ask, case, odoo, propose, switched_on
from tests.browsing import accessible, browser, chromium, elsewhere, enter, picture, sticks_out
from tests.conftest import PersonMaker
from tests.tickets.test_notes import link

__all__ = ["approve", "ask", "browser", "case", "chromium", "link", "odoo", "propose", "switched_on"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_nothing_is_out_of_reach(
    browser: Browser,
    live_server: LiveServer,
    link: TicketLink,
    propose: Propose,
    make_person: PersonMaker,
    amy: User,
) -> None:
    ada = make_person("ada", Role.ADMIN, main=[1])
    action = elsewhere(propose)
    TicketNote.objects.update(
        state=NoteState.FAILED, next_try_at=None, problem="missing", order_field="conflict"
    )
    TicketLink.objects.update(url="https://rt.example.com/Ticket/Display.html?id=42")
    tool = f"/settings/ticketing/tools/{link.ticketing.slug}/"
    pages = {
        "tools": (ada, "/settings/ticketing/"),
        "tool": (ada, tool),
        "operations": (ada, "/operations/"),
        "case": (amy, f"/cases/{link.case_id}/"),
        "action": (amy, f"/actions/{action.pk}/"),
    }
    for width, scheme in ((1440, "light"), (360, "dark")):
        for name, (person, address) in pages.items():
            page = enter(browser, live_server, person, width=width, color_scheme=scheme, locale="en-GB")
            page.goto(address)
            if name == "tool":
                page.get_by_role("button", name="Test connection").press("Enter")
                expect(page.get_by_text("to it we are Request Tracker")).to_be_visible()
            if name in ("case", "action"):
                expect(page.get_by_text("The ticket is gone.")).to_be_visible()
            assert accessible(page) == [], (name, width)
            assert sticks_out(page) == [], (name, width)
            picture(page, f"tickets-{name}-{width}")
            page.context.close()
