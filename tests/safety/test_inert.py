"""Hostile texts in Odoo stay texts: looked at by a real browser, which would run whatever is not."""

from __future__ import annotations

import re
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.safety.canary_odoo import CanaryOdoo
from tests.safety.house import House

HOSTILE = (
    "<script>window.owned=1</script>",
    "\"><img src=x onerror='window.owned=1'>",
    "'><svg onload=window.owned=1>",
    "javascript:window.owned=1//",
    "{{ 7|add:7 }}{% debug %}",
    "</title></textarea><iframe srcdoc='<script>parent.owned=1</script>'>",
    '" autofocus onfocus="window.owned=1" hx-on:click="window.owned=1" hx-get="https://evil.example/" x="',
)
NAME = "S00666"
# What the mapping reads as text. States, dates and numbers are judged by it and cannot hold any.
TEXTS = {
    *("display_name", "name", "street", "street2", "zip", "city", "email", "phone", "mobile", "vat", "lang"),
    *(
        "sale_warn_msg",
        "ref",
        "reference",
        "provider_reference",
        "provider_code",
        "code",
        "point_name",
        "body",
    ),
    *("client_order_ref", "origin", "default_code", "journal_name", "payment_method_name"),
}


def poison(value: Any, name: str = "", parent: str = "") -> Any:
    """The row with hostile words instead of its texts, each field with the same ones in every run."""
    if isinstance(value, dict):
        return {
            key: inner if parent == "currency_id" else poison(inner, key, name)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [poison(inner, name, parent) for inner in value]
    if isinstance(value, str) and name in TEXTS:
        hostile = HOSTILE[crc32(f"{parent}.{name}".encode()) % len(HOSTILE)]
        # In HTML fields both as markup and as text that looks like markup.
        return f"{hostile}&lt;script&gt;window.owned=1&lt;/script&gt;" if name == "body" else hostile
    return value


@pytest.fixture(scope="module")
def hostile_order(house: House) -> str:
    odoo: CanaryOdoo = house.odoos["main"]
    row = odoo.add(NAME, 1)
    poisoned = poison(row)
    for picking in poisoned["picking_ids"]:
        picking["carrier_tracking_ref"] = HOSTILE[6]
        picking["carrier_tracking_url"] = "javascript:window.owned=1"
    odoo.orders[-1] = {
        **poisoned,
        "name": NAME,
        "currency_id": row["currency_id"],
        "company_id": row["company_id"],
    }
    odoo.cards[NAME] = [{**poison(card), "id": card["id"]} for card in odoo.cards[NAME]]
    return f"{house.url}/orders/main/{NAME}/"


@pytest.mark.browser
def test_hostile_texts_are_shown_and_do_nothing(house: House, hostile_order: str, chromium_path: str) -> None:
    cookies = house.browser("finance").cookies, house.browser("supervisor").cookies
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        for jar in cookies:
            context = browser.new_context()
            context.add_cookies([{"name": "deskglass", "value": jar["deskglass"], "url": house.url}])
            page = context.new_page()
            page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
            page.on("pageerror", lambda error: complaints.append(f"error {error}"))
            page.on("console", lambda said: complaints.extend([said.text] if said.type == "error" else []))
            page.on("request", lambda r: complaints.extend([] if r.url.startswith(house.url) else [r.url]))
            _look_at(page, hostile_order)
            context.close()
        browser.close()

    assert complaints == []


def _look_at(page: Page, address: str) -> None:
    page.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation',"
        " event => window.violations.push(event.violatedDirective + ' ' + event.blockedURI))"
    )
    page.goto(address)
    page.wait_for_selector("#panel-customer .customer")
    page.locator(".panes details").evaluate_all("all => all.forEach(one => one.open = true)")
    for panel in ("customer", "shipments", "timeline", "invoices", "payments", "returns", "lines"):
        with page.expect_response(re.compile(f"panel={panel}")):
            page.dispatch_event(f"#panel-{panel}-refresh", "click")
    page.wait_for_load_state("networkidle")
    text = page.inner_text("body")
    assert len([hostile for hostile in HOSTILE if hostile in text]) > 3
    assert page.evaluate("window.owned === undefined && window.violations.length === 0"), page.evaluate(
        "window.violations"
    )
    for selector in (
        "script:not([src])",
        "iframe",
        "img[src='x']",
        "svg[onload]",
        "[onerror], [onfocus], [onclick]",
        "[hx-get^='http'], [hx-on\\:click]",
        "a[href^='javascript']",
    ):
        assert page.locator(selector).count() == 0, selector


def test_hostile_texts_leave_the_api_as_they_are(house: House, hostile_order: str) -> None:
    """There they are data; the answer's type keeps a browser from reading them as a page."""
    with house.api("supervisor") as api:
        answer = api.get(f"/api/v1/orders/main/{NAME}")

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["customer"]["name"] in HOSTILE
    assert not [shipment for shipment in answer.json()["shipments"] if shipment["tracking_url"]]
