"""The console in other tools' pages, in a real browser on two sites: entered, used and guarded without a cookie."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect, sync_playwright
from pytest_django import Settings

from cases.models import AuditEntry, FrameBearer, User
from cases.models.casework import Case
from cases.people.access import viewer_for
from console.runtime.chromium import find_chromium
from integrations.models import TicketingConnection
from tests.browsing import PATIENCE_MS, elsewhere, picture
from tests.conftest import PASSWORD
from tests.embed.places import make_place
from tests.embed.signing import AUDIENCE, Token, public_pem
from tests.embed.sites import CHATWOOT, ZENDESK, Certificate, ToolSite, tool_site
from tests.returns.conftest import House, Order, settled
from tests.safety.house import running_console
from tests.sandbox.process import Sandbox
from tests.ticketing.chatwoot_stand_in import ChatwootStandIn
from tests.ticketing.conftest import _store
from tests.ticketing.stand_in import StandIn, running
from tests.transport.conftest import limits_are_far_away

__all__ = ["limits_are_far_away"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.made(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def tool(certificate: Certificate) -> Iterator[ToolSite]:
    with tool_site(certificate) as site:
        yield site


@pytest.fixture(scope="module")
def two_sites(certificate: Certificate) -> Iterator[Browser]:
    """A Chromium to which the names of both sites are this machine, and our one key is believed."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = os.environ.get("CHROMIUM") or find_chromium()
    assert program, "no Chromium: run the tests with make test, which finds or installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(program),
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.test 127.0.0.1",
                f"--ignore-certificate-errors-spki-list={certificate.pin}",
                "--test-third-party-cookie-phaseout",
            ],
        )
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Desk:
    """A console with TLS, two tools whose tickets it reads, and an order that one of the tickets is about."""

    url: str
    tool: ToolSite
    chat: StandIn
    order: Order
    house: House

    def page(
        self, slug: str, *, width: int = 400, first: int = 42, site: str = CHATWOOT, token: str = ""
    ) -> str:
        address = f"{self.url}/embed/{slug}/"
        body = site.format(address=address, width=width, first=first, origin=self.tool.url, token=token)
        self.tool.pages[f"/{slug}-{width}"] = body
        return f"{self.tool.url}/{slug}-{width}"


@pytest.fixture
def desk(
    transactional_db: None,
    odoo18: Sandbox,
    settings: Settings,
    tool: ToolSite,
    certificate: Certificate,
    two_sites: Browser,
    amy: User,
    sam: User,
    tmp_path: Path,
) -> Iterator[Desk]:
    with ExitStack() as stack:
        house = elsewhere(lambda: settled(odoo18, settings, viewer_for(amy), viewer_for(sam)))
        order = elsewhere(house.order)
        elsewhere(lambda: Case.objects.all().delete())
        chat = stack.enter_context(running(ChatwootStandIn))
        chat.add_ticket(42, order_ref=order.ref)
        chat.add_ticket(43)
        made = TicketingConnection.objects.create(
            slug="chatwoot", name="Chat", vendor="chatwoot", url=chat.url, account="3"
        )
        _store(chat, {})
        make_place("chat", "chatwoot", tool.url, ticketing=made)
        make_place("acme", "zendesk", tool.url, key=public_pem(), audience=AUDIENCE, ticketing=made)
        tls = ("--ssl-certfile", str(certificate.file), "--ssl-keyfile", str(certificate.key))
        url = stack.enter_context(running_console(tmp_path, *tls, ODOO_WRITES="1", SECURE_COOKIES="1"))
        yield Desk(url.replace("127.0.0.1", "desk.example"), tool, chat, order, house)
        for context in two_sites.contexts:
            context.close()


def new_context(browser: Browser, **more: Any) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1000, "height": 1000}, reduced_motion="reduce", **more)
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in(page: Page, frame: FrameLocator) -> None:
    """By keys alone: the button in the frame, the window beside it, and back."""
    frame.get_by_role("button", name="Sign in").focus()
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    window = opened.value
    window.get_by_label("User name").fill("amy")
    window.get_by_label("Password").fill(PASSWORD)
    window.keyboard.press("Enter")
    window.get_by_role("button", name="Go on").and_(window.locator(":enabled")).focus()
    with window.expect_event("close"):
        window.keyboard.press("Enter")


def judge(page: Page, name: str) -> list[str]:
    """What axe has against the frame alone: the tool's page around it is no concern of ours."""
    picture(page, name)
    frame = page.frames[1]
    found = Axe().run(frame).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def unfold(page: Page) -> None:
    page.frames[1].evaluate(
        "document.querySelectorAll('details.embed-part').forEach(part => part.open = true)"
    )


def sticks_out(page: Page) -> list[str]:
    return list(
        page.frames[1].evaluate(
            "document.documentElement.scrollWidth <= innerWidth ? [] : "
            "[...document.querySelectorAll('main *, dialog *')]"
            ".filter(one => one.getBoundingClientRect().right > innerWidth).slice(0, 6)"
            ".map(one => `${one.tagName}.${one.className}`).concat('the page')"
        )
    )


def test_a_ticket_in_a_chat_becomes_a_request_without_a_cookie(two_sites: Browser, desk: Desk) -> None:
    context = new_context(two_sites)
    page = context.new_page()
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if "/embed/chat/" in request.url else None)
    page.goto(desk.page("chat", width=420))
    frame = page.frame_locator("#frame")
    expect(frame.get_by_role("button", name="Sign in")).to_be_visible()
    assert judge(page, "embed-signed-out-420") == []

    sign_in(page, frame)
    expect(frame.get_by_role("heading", name=desk.order.ref)).to_be_visible()
    unfold(page)
    assert judge(page, "embed-order-420") == []
    page.emulate_media(color_scheme="dark")
    assert judge(page, "embed-order-420-dark") == []
    assert sticks_out(page) == []
    page.emulate_media(color_scheme="light")
    # The window has a session by now, and no request of the frame carries it; nothing lies in storage or addresses.
    assert [cookie["name"] for cookie in context.cookies(desk.url)] == ["deskglass"]
    assert len(sent) >= 3
    assert not [request.url for request in sent if "cookie" in request.all_headers()]
    assert page.frames[1].evaluate("document.cookie") == ""
    storage = "() => { try { return localStorage.length } catch (refused) { return refused.name } }"
    assert page.frames[1].evaluate(storage) == "SecurityError", (
        "this browser lets no third party store anything"
    )
    assert not [request.url for request in sent if "?" in request.url]

    # An action in a sheet, asked for in the frame.
    frame.get_by_role("link", name="Return", exact=True).press("Enter")
    quantity = frame.locator("#drawer [name^=quantity_]").first
    expect(quantity).to_be_visible()
    quantity.fill("1")
    frame.locator("#drawer [name=reason]").select_option("unwanted")
    expect(frame.locator("#drawer #verdict")).to_contain_text("One approval")
    assert judge(page, "embed-drawer-420") == []
    assert sticks_out(page) == []

    # Another ticket is opened meanwhile: the draft is not lost without a question.
    page.get_by_role("button", name="Next conversation").click()
    expect(frame.locator("#drawer-switched")).to_be_visible()
    frame.locator("#drawer-switched").get_by_role("button", name="Go on with it").click()
    frame.get_by_role("button", name="Ask for approval").press("Enter")
    expect(frame.locator("#drawer #progress")).to_contain_text("Awaiting approval")
    # Nobody decides in a frame.
    expect(frame.locator("#drawer [name=password]")).to_have_count(0)

    frame.get_by_role("button", name="Close").press("Enter")
    expect(frame.get_by_role("heading", name="This ticket names no known order")).to_be_visible()
    assert judge(page, "embed-no-match-420") == []
    assert "deskglass" not in (page.locator("#heard").text_content() or "")

    # Signed out elsewhere: the frame is empty at its next question.
    other = context.new_page()
    other.goto(desk.url)
    other.locator("#user-menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    frame.get_by_label("Order, invoice").fill(desk.order.ref)
    frame.get_by_role("button", name="Search").press("Enter")
    expect(frame.get_by_role("button", name="Sign in")).to_be_visible()
    expect(frame.locator("#view")).to_be_empty()
    assert FrameBearer.objects.filter(ended_at=None, expires_at__gt=timezone.now()).count() == 0


def test_a_signed_launch_tells_its_height_and_stands_in_no_other_page(two_sites: Browser, desk: Desk) -> None:
    token = Token(now=timezone.now()).text()
    page = new_context(two_sites).new_page()
    page.goto(desk.page("acme", width=320, site=ZENDESK, token=token))
    frame = page.frame_locator("#frame")
    sign_in(page, frame)
    expect(frame.get_by_role("heading", name=desk.order.ref)).to_be_visible()
    unfold(page)
    assert judge(page, "embed-order-320") == []
    assert sticks_out(page) == []
    expect(page.locator("#heard")).to_contain_text('"resize"')
    page.wait_for_function(
        "() => Math.abs(document.getElementById('frame').height - 900) > 50", timeout=PATIENCE_MS
    )
    # The same proof again, from a page that was saved.
    page.reload()
    expect(frame.get_by_role("heading", name="Deskglass was not opened here")).to_be_visible()
    assert judge(page, "embed-refused-320") == []
    assert AuditEntry.objects.filter(action="frame_refused", reason="replayed").count() == 1

    # In a page of another site the browser shows nothing of it.
    desk.page("chat")
    page.goto(f"{desk.tool.evil_url}/chat-420")
    page.wait_for_function("() => document.getElementById('frame')")
    blocked = [frame for frame in page.frames if frame.url.startswith("chrome-error:")]
    assert blocked or page.frame_locator("#frame").locator("main").count() == 0
