"""The pages in a real browser: within the policy, without axe violations, without sideways scrolling, by keyboard."""

from __future__ import annotations

import mimetypes
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cases.masking.roles import DEFAULT_MATRIX, Role
from console.runtime.chromium import find_chromium
from tests.design import specimen
from tests.design.drawings import AGENT, ORDER_PARTS, all_pages, draw_order

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1100, 360)
PANEL = "/orders/main/S00042/?panel=shipments&again=1"


class _Pages(BaseHTTPRequestHandler):
    drawn: dict[str, str] = {}
    seen: list[str] = []

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.seen.append(self.path)
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            self._answer(Path(str(found)).read_bytes(), mimetypes.guess_type(path)[0] or "text/plain")
        elif self.path in self.drawn:
            self._answer(self.drawn[self.path].encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.seen.append(f"POST {self.path}")
        self.send_response(204)
        self.end_headers()

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY_HEADER)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    from django.test import override_settings
    from django.utils import timezone

    with override_settings(ROOT_URLCONF="tests.design.urls"), timezone.override("Europe/Paris"):
        _Pages.drawn = {f"/{name.replace(' ', '-')}": html for name, html in all_pages().items()}
        _Pages.drawn |= {
            f"/order-{theme}-{density}": draw_order(chrome=specimen.chrome(theme=theme, density=density))
            for theme in ("light", "dark")
            for density in ("compact", "comfortable")
        }
        _Pages.drawn[PANEL] = draw_order(
            DEFAULT_MATRIX[Role.SUPERVISOR], "orders/_shipments.html",
            panels={"shipments": specimen.panel("shipments", age_s=0)},
        )  # fmt: skip
        _Pages.drawn["/long"] = _draw_long()
        for part in ORDER_PARTS:
            _Pages.drawn[f"/orders/main/S00042/?panel={part}"] = draw_order(template=f"orders/_{part}.html")
        _Pages.drawn["/orders/main/S00042/?panel=cases"] = render_to_string(
            "orders/_cases.html", {"cases_read": True}
        )
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


def _draw_long() -> str:
    from django.template.loader import render_to_string

    return render_to_string("orders/order.html", specimen.order_context(specimen.long_order(), AGENT))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or find_chromium()
    assert program, "no Chromium: run the tests with make test, which finds or installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A waiting page asks for panels that this server does not have; everything else is ours.
    assert [text for text in complaints if "404" not in text] == []


def _violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(page: Page, served: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for name in [drawn for drawn in _Pages.drawn if "?" not in drawn]:
        page.goto(f"{served}{name}")
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert (name, fits) == (name, True)


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("order-light-compact", 1440),
        ("order-dark-comfortable", 1100),
        ("order-for-an-agent", 360),
        ("order-in-trouble", 1100),
    ],
)
def test_order_has_no_axe_violation(page: Page, served: str, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{served}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true })")

    assert _violations(page) == []


def test_other_pages_have_no_axe_violation(page: Page, served: str) -> None:
    names = (
        "home",
        "home-of-an-outsider",
        "waiting",
        "choose",
        "not-found",
        "unavailable",
        "sign-in-refused",
        "locked-out",
        "404",
        "500",
    )
    for name in names:
        page.goto(f"{served}/{name}")
        assert (name, _violations(page)) == (name, [])


@pytest.mark.parametrize("width", [1440, 1100])
def test_table_of_lines_shows_every_column(page: Page, served: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{served}/long")

    assert page.evaluate(
        "(t => t.scrollWidth <= t.parentElement.clientWidth)(document.querySelector('.lines'))"
    )


def test_warehouses_open_over_the_table_and_close_on_escape(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")
    summary = page.locator(".line-stock summary").last
    summary.click()

    sheet = page.locator(".line-stock[open] .line-sheet")
    assert "Rotterdam, three steps" in sheet.inner_text()
    assert page.evaluate(
        "(t => t.scrollWidth <= t.parentElement.clientWidth)(document.querySelector('.lines'))"
    )
    on_top = "([x, y]) => document.elementFromPoint(x, y)?.closest('.line-sheet') !== null"
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box
    assert page.evaluate(on_top, [box["x"] + 20, box["y"] + box["height"] - 8])

    page.keyboard.press("Escape")
    assert page.locator(".line-stock[open]").count() == 0
    assert page.evaluate("document.activeElement.closest('.line-stock') !== null")


def test_head_of_a_long_table_stays_in_view(page: Page, served: str) -> None:
    page.goto(f"{served}/long")
    page.evaluate("window.scrollTo(0, 2500)")

    head = page.locator(".lines > thead > tr:last-child > th").nth(1).bounding_box()
    assert head
    assert 40 <= head["y"] <= 60


def test_refreshing_a_panel_replaces_it_alone_keeps_the_focus_and_says_so(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")
    page.evaluate("document.querySelector('#panel-lines').dataset.same = 'yes'")
    refresh = page.locator("#panel-shipments-refresh")
    refresh.focus()

    with page.expect_response(lambda response: "panel=shipments" in response.url):
        page.keyboard.press("Enter")
    expect(page.locator("#status")).not_to_be_empty()

    assert page.locator("#status").text_content() == "Shipments updated"
    assert page.evaluate("document.activeElement.id") == "panel-shipments-refresh"
    assert page.evaluate("document.querySelector('#panel-lines').dataset.same") == "yes"


def test_waiting_page_fills_itself(page: Page, served: str) -> None:
    page.goto(f"{served}/waiting")
    expect(page.locator(".skeleton, .metrics-waiting")).to_have_count(0)

    assert page.locator("#order-header h1").inner_text().startswith("S00042")
    assert page.locator("#panel-customer .customer-name").inner_text() == "Ana Bertrand"
    assert page.locator(".panel[data-failed]").count() == 0


def test_panel_that_gets_no_answer_says_so_and_keeps_what_it_had(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")
    page.route("**/*panel=customer*", lambda route: route.fulfill(status=404))

    page.locator("#panel-customer-refresh").click()
    page.wait_for_selector("#panel-customer[data-failed]")

    assert page.locator("#panel-customer .panel-failed").is_visible()
    assert page.locator("#panel-customer .customer-name").is_visible()
    assert page.locator("#status").text_content() == "Odoo did not answer. Try again."


def test_age_keeps_ticking_and_turns_stale_in_words(page: Page, served: str) -> None:
    page.clock.install()
    page.goto(f"{served}/order-light-compact")
    age = page.locator("#panel-customer .age")
    assert age.locator("time").inner_text() == "14 s ago"

    page.clock.run_for(60_000)
    assert age.get_attribute("data-state") == "aging"
    assert age.locator(".age-stale").is_hidden()
    page.clock.run_for(240_000)

    assert age.get_attribute("data-state") == "stale"
    assert age.locator("time").inner_text() == "5 min ago"
    assert age.locator(".age-stale").is_visible()


def test_keys_move_about_the_page(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")

    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.id") == "panel-timeline"
    page.keyboard.press("o")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "panel-lines"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_keys_rest_while_typing_and_when_switched_off(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")
    page.keyboard.press("/")
    page.keyboard.type("t?")
    assert page.input_value("#q") == "t?"

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#shortcuts-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("t")

    assert page.evaluate("document.activeElement.id") != "panel-timeline"


def test_copy_button_copies_and_says_so(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")

    page.locator("h1 .copy").click()
    expect(page.locator("#status")).not_to_be_empty()

    assert page.evaluate("navigator.clipboard.readText()") == "S00042"
    assert page.locator("#status").text_content() == "Copied: S00042"


def test_theme_changes_at_once_and_is_saved(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")
    before = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    page.locator("#user-menu summary").click()

    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("radio", name="Dark").check(force=True)

    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != before
    assert "POST /preferences" in _Pages.seen


def test_page_works_without_scripts(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/order-light-compact")

    assert page.locator(".copy").first.is_hidden()
    assert (
        page.locator("#panel-shipments-refresh").get_attribute("href")
        == "/orders/main/S00042/#panel-shipments"
    )
    page.locator("#user-menu summary").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    context.close()


def test_targets_are_large_enough(page: Page, served: str) -> None:
    page.goto(f"{served}/order-light-compact")

    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, .icon-button, input')]
             .filter(found => found.checkVisibility() && found.type !== 'hidden')
             .map(found => [found.className, found.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"""
    )

    assert small == []
