"""No address names a person: what people type travels in bodies, and addresses are what gets logged and shared."""

from __future__ import annotations

import re

import pytest

from tests.safety.conftest import ORDER, TWICE
from tests.safety.expected import ROLES
from tests.safety.house import House, post_form, settled, token_of
from tests.safety.tokens import find_pieces

EMAIL = "ana.bergstrom+vip@example.com"
_LINKS = re.compile(r'(?:href|src|action|hx-get|hx-post|formaction)="([^"]*)"')


def test_a_search_by_e_mail_stays_out_of_addresses(house: House) -> None:
    browser = house.browser("finance")
    answer = post_form(browser, "/search/", q=EMAIL)

    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "bergstrom" not in str(answer.url)
    assert not [link for link in _LINKS.findall(answer.text) if "bergstrom" in link]


def test_searching_by_address_is_not_possible(house: House) -> None:
    page = house.browser("finance").get("/search/", params={"q": EMAIL})

    assert (page.status_code, page.headers["Location"]) == (302, "/")
    assert house.api("finance").get("/api/v1/search", params={"q": EMAIL}).status_code == 405


def test_every_form_that_carries_what_people_type_is_a_post(house: House) -> None:
    browser = house.browser("finance")
    for path in ("/", f"/orders/main/{ORDER}/", "/orders/main/S99999/"):
        forms = re.findall(r"<form[^>]*>", settled(browser, path).text)
        assert forms
        assert not [form for form in forms if 'method="post"' not in form and 'method="dialog"' not in form]


def test_a_found_order_is_led_to_by_number_and_company_only(house: House) -> None:
    browser = house.browser("agent")
    answer = post_form(browser, "/search/", q=f"SHOP-{TWICE}")
    links = [link for link in _LINKS.findall(answer.text) if link.startswith("/orders/")]

    assert set(links) >= {f"/orders/main/{TWICE}/?company=1", f"/orders/north/{TWICE}/?company=1"}


@pytest.mark.parametrize("who", ROLES)
def test_no_link_on_a_page_holds_a_sensitive_value(house: House, who: str) -> None:
    known = set().union(*(odoo.all_pieces() for odoo in house.odoos.values()))
    links = _LINKS.findall(settled(house.browser(who), f"/orders/main/{ORDER}/").text)

    assert len(links) > 20
    assert not find_pieces("\n".join(links)) & known


def test_links_to_carriers_do_not_tell_them_where_we_were(house: House) -> None:
    page = settled(house.browser("finance"), f"/orders/main/{ORDER}/").text
    outside = re.findall(r'<a [^>]*href="https?://[^>]*>', page)

    assert outside
    assert all('rel="noopener noreferrer"' in link for link in outside)


def test_the_way_back_after_signing_in_is_the_address_that_was_asked_for(house: House) -> None:
    with house.client() as client:
        answer = client.get(f"/orders/main/{ORDER}/", params={"company": 1})
        from_elsewhere = client.get(
            "/orders/main/S1/?panel=lines",
            headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/orders/main/S1/"},
        )

    assert answer.headers["Location"] == f"/sign-in/?next=%2Forders%2Fmain%2F{ORDER}%2F%3Fcompany%3D1"
    assert from_elsewhere.headers["HX-Redirect"] == "/sign-in/?next=%2F"


def test_a_change_of_preferences_leads_back_to_the_page_and_from_a_form_s_answer_home(house: House) -> None:
    browser = house.browser("agent")
    order = browser.get(f"/orders/main/{ORDER}/", params={"company": 1}).text
    found = post_form(browser, "/search/", q=f"SHOP-{TWICE}").text

    assert f'name="next" value="/orders/main/{ORDER}/?company=1"' in order
    assert 'name="next" value="/"' in found


def test_a_search_that_needs_signing_in_first_keeps_nothing_of_it(house: House) -> None:
    with house.client() as client:
        page = client.get("/sign-in/").text
        token = re.search(r'"X-CSRFToken": "([^"]+)"', page)
        assert token
        answer = client.post("/search/", data={"q": EMAIL}, headers={"X-CSRFToken": token[1]})

    assert answer.status_code == 302
    assert "bergstrom" not in answer.headers["Location"] + answer.text


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("{house}/cases/1/?tab=notes", "%2Fcases%2F1%2F%3Ftab%3Dnotes"),
        ("https://evil.example/cases/1/", "%2F"),
        ("//evil.example/", "%2F"),
        ("", "%2F"),
    ],
)
def test_a_form_that_needs_signing_in_first_leads_back_to_its_page(
    house: House, page: str, back: str
) -> None:
    with house.client() as client:
        headers = {"X-CSRFToken": token_of(client), "Referer": page.format(house=house.url)}
        answer = client.post("/cases/1/change/", data={"do": "take"}, headers=headers)

    assert answer.headers["Location"] == f"/sign-in/?next={back}"
