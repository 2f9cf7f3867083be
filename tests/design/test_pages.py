"""What every page keeps to: no inline code, real addresses, states in words, panels that stand alone."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.design.drawings import ORDER_PARTS, all_pages, draw_order, draw_troubled, other_pages
from tests.design.specimen import panel


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.design.urls"):
        return all_pages()


def test_no_page_carries_inline_script_or_style(pages: dict[str, str]) -> None:
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
    )

    assert {name: inline.findall(html) for name, html in pages.items() if inline.search(html)} == {}


def test_ids_are_unique_on_every_page(pages: dict[str, str]) -> None:
    for name, html in pages.items():
        repeated = [
            found for found, times in Counter(re.findall(r'\sid="([^"]+)"', html)).items() if times > 1
        ]
        assert (name, repeated) == (name, [])


def test_whatever_htmx_fetches_on_a_click_also_has_an_address(pages: dict[str, str]) -> None:
    for html in pages.values():
        for tag in re.findall(r"<a\s[^>]*hx-get[^>]*>", html):
            assert 'href="/' in tag


def test_forms_that_write_carry_the_csrf_token(pages: dict[str, str]) -> None:
    for html in pages.values():
        for form in re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL):
            assert "csrfmiddlewaretoken" in form


def test_search_never_puts_what_was_typed_into_an_address(pages: dict[str, str]) -> None:
    for html in pages.values():
        for form in re.findall(r"<form[^>]*>(?=.*?</form>)", html, re.DOTALL):
            assert 'method="get"' not in form
            assert "method=" in form


@pytest.mark.parametrize("part", ORDER_PARTS)
def test_panel_returned_alone_is_the_same_as_in_the_page(part: str) -> None:
    alone = draw_order(template=f"orders/_{part}.html")

    assert alone.strip() in draw_order()


@pytest.mark.parametrize("part", ORDER_PARTS)
def test_panel_has_one_root_with_an_id(part: str) -> None:
    alone = draw_order(template=f"orders/_{part}.html").strip()

    assert re.match(r'<(section|header) id="(panel|order)-\w+"', alone)
    assert alone.endswith(("</section>", "</header>"))


def test_problem_is_named_in_its_panel_only() -> None:
    html = draw_troubled()

    invoices = _section(html, "invoices")
    assert "Odoo refuses access" in invoices
    assert "01JD8Q2W7K5V" in invoices
    assert "?panel=invoices" in invoices
    assert "INV/2025/00113</" not in invoices
    assert "Odoo refuses access" not in html.replace(invoices, "")


def test_missing_stock_is_told_inside_the_lines() -> None:
    lines = _section(draw_troubled(), "lines")

    assert "Availability" in lines
    assert "?panel=stock" in lines
    assert "Desk Combination, oak" in lines


def test_panel_that_lacks_a_part_shows_the_rest_and_says_so() -> None:
    payments = _section(draw_troubled(), "payments")

    assert "Not all of it" in payments
    assert "€1,274.62" in payments


def test_empty_panels_say_so_in_a_sentence() -> None:
    html = draw_troubled()

    assert "Nothing has been prepared for shipping." in _section(html, "shipments")
    assert "Nothing has been sent back or announced." in _section(html, "returns")
    assert "The order names no customer." in _section(html, "customer")


def test_waiting_page_lets_every_panel_load_itself() -> None:
    waiting = dict(other_pages())["waiting"]

    for name in ("lines", "shipments", "invoices", "payments", "returns", "customer", "loyalty", "timeline"):
        assert 'hx-trigger="load"' in _section(waiting, name)
        assert f"?panel={name}" in _section(waiting, name)
    assert "?panel=header" in waiting


def test_address_of_a_panel_keeps_the_company_of_the_order() -> None:
    html = draw_order(order_url="/orders/main/S00042/?company=2", panels={})

    assert "/orders/main/S00042/?company=2&amp;panel=lines" in html


@pytest.mark.parametrize(("age_s", "state"), [(14, "fresh"), (60, "aging"), (299, "aging"), (300, "stale")])
def test_age_of_a_panel_changes_its_state_and_never_only_its_colour(age_s: int, state: str) -> None:
    html = draw_order(template="orders/_customer.html", panels={"customer": panel("customer", age_s=age_s)})

    assert f'data-state="{state}"' in html
    assert "ago</time>" in html


def test_credit_note_that_odoo_does_not_list_is_marked() -> None:
    invoices = draw_order(template="orders/_invoices.html")

    assert invoices.count("not linked to the order") == 1


def test_only_web_addresses_become_links() -> None:
    html = draw_order(template="orders/_shipments.html")

    assert html.count("Follow the parcel") == 1
    assert "javascript:" not in html


def test_text_from_odoo_is_escaped() -> None:
    assert "Bertrand is &lt;important&gt;." in draw_order(template="orders/_customer.html")


def test_document_date_is_the_same_in_every_time_zone() -> None:
    from django.utils import timezone

    with timezone.override("America/Los_Angeles"):
        html = draw_order(template="orders/_timeline.html")

    day = html[: html.index("Credit note RINV/2025/00007")].rpartition('timeline-day">')[2]
    assert day.startswith("Nov 19, 2025")


def _section(html: str, name: str) -> str:
    start = html.index(f'<section id="panel-{name}"')
    return html[start : html.index("</section>", start)]


def test_contradiction_offers_a_sentence_for_the_customer() -> None:
    header = draw_order(template="orders/_header.html")

    assert "RINV/2025/00008 credits goods that have not come back." in header
    assert "Money at stake" in header
    assert 'data-copy="Your credit note is being checked."' in header


def test_line_says_whether_it_may_come_back() -> None:
    lines = draw_order(template="orders/_lines.html")

    assert lines.count('class="line-verdict"') >= 1
    assert "Return until" in lines or "Return possible" in lines or "No return" in lines
