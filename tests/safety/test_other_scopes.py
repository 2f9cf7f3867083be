"""What is of another brand, region, company or connection is not there, whichever way somebody asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from django.db import connection

from cases.models import AuditEntry, ScopeRule
from tests.safety.conftest import ORDER
from tests.safety.house import House, post_form, settled
from tests.safety.people import BRAND, CALLER, OWN, PLACED, REGION
from tests.safety.test_authorization import _comparable

THEIRS, *ELSEWHERE = PLACED
MISSING = 424399


def _without(answer: httpx.Response, number: int) -> tuple[int, str, frozenset[str]]:
    status, text, headers = _comparable(answer)
    return status, text.replace(str(number), "NUMBER"), headers


Ask = Callable[[httpx.Client, int], httpx.Response]

WHY = {"reason": "contact_customer", "reason_text": "Has to be called back today"}
MORE: dict[str, dict[str, str]] = {
    "merge": {"into": str(THEIRS)},
    "link": {"connection": "main", "ref": "S1"},
}


def _tab(name: str) -> Ask:
    return lambda who, number: who.get(f"/cases/{number}/?tab={name}")


def _change(do: str) -> Ask:
    return lambda who, number: post_form(who, f"/cases/{number}/change/", do=do, **MORE.get(do, {}))


PAGES: list[Ask] = [
    *map(_tab, ("thread", "timeline", "notes", "trail")),
    lambda who, number: who.get(f"/cases/{number}/live/?seen=0&version=1"),
    lambda who, number: post_form(who, f"/cases/{number}/notes/", body="seen?"),
    *map(_change, ("close", "take", "merge", "link", "snooze")),
    lambda who, number: post_form(who, "/reveal/", case=str(number), field="case.subject", **WHY),
]
CALLS: list[Ask] = [
    lambda api, number: api.get(f"/api/v1/cases/{number}"),
    lambda api, number: api.patch(f"/api/v1/cases/{number}", json={"state": "closed"}),
    lambda api, number: api.post(f"/api/v1/cases/{number}/notes", json={"body": "seen?"}),
    lambda api, number: api.post(
        "/api/v1/reveal", json={"case": number, "field": "case.subject", "reason": WHY["reason_text"]}
    ),
]


@pytest.mark.parametrize("number", ELSEWHERE)
def test_what_lies_elsewhere_answers_like_what_does_not_exist(house: House, number: int) -> None:
    browser = house.browser("one_brand")
    for ask in PAGES:
        there, missing = ask(browser, number), ask(browser, MISSING)
        assert there.status_code == 404, there.url
        assert _without(there, number) == _without(missing, MISSING)
    with house.api("one_brand") as api:
        for ask in CALLS:
            there, missing = ask(api, number), ask(api, MISSING)
            assert there.status_code == 404, there.url
            assert _without(there, number) == _without(missing, MISSING)


def test_nothing_is_merged_into_a_case_elsewhere(house: House) -> None:
    browser = house.browser("one_brand")
    for number in (*ELSEWHERE, MISSING):
        answer = post_form(browser, f"/cases/{THEIRS}/change/", do="merge", into=str(number))
        assert answer.status_code in (302, 404)
        page = browser.get(f"/cases/{THEIRS}/")
        assert page.status_code == 200
        assert f"Placed {number}" not in page.text


def test_lists_and_searches_hold_ones_own_only(house: House) -> None:
    browser = house.browser("one_brand")
    listed = browser.get("/").text
    assert f"Placed {THEIRS}" in listed
    assert not [number for number in ELSEWHERE if f"Placed {number}" in listed]
    with house.api("one_brand") as api:
        assert {row["id"] for row in api.get("/api/v1/cases").json()["results"]} == {THEIRS}
        for typed in (CALLER, "S00777"):
            found = api.post("/api/v1/search", json={"q": typed}).json()["results"]
            assert {row["id"] for row in found if row["kind"] == "case"} == {THEIRS}, typed
        for number in ELSEWHERE:
            for typed in (f"C-{number}", f"T{number}"):
                found = api.post("/api/v1/search", json={"q": typed}).json()
                assert [row for row in found["results"] if row["kind"] == "case"] == [], typed


def test_who_sees_the_company_sees_every_brand_of_it_there(house: House) -> None:
    with house.api("agent") as api:
        found = api.post("/api/v1/search", json={"q": CALLER}).json()["results"]
    assert {row["id"] for row in found if row["kind"] == "case"} == {
        number for number, place in PLACED.items() if "company_id" not in place
    }


def test_a_refused_look_is_told_without_the_place(house: House) -> None:
    house.browser("one_brand").get(f"/cases/{ELSEWHERE[0]}/")
    told = AuditEntry.objects.filter(action="case_not_visible", object_ref=str(ELSEWHERE[0]))
    assert {(entry.connection, entry.company_id) for entry in told} == {("", None)}


RULES_KEPT_S = 3.5  # how long a process goes on with the rules it knows


@contextmanager
def orders_being(brand: str, region: str) -> Iterator[None]:
    """Every order of the company is of this brand and region, in every process."""

    def put() -> None:
        ScopeRule.objects.create(connection="main", position=900, company_id=OWN, brand=brand, region=region)
        connection.close()

    def take_away() -> None:
        ScopeRule.objects.filter(connection="main", position=900).delete()
        connection.close()

    # In a thread, whose connection commits: the test's own is in a transaction that nobody else sees.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(put).result()
        time.sleep(RULES_KEPT_S)
        try:
            yield
        finally:
            beside.submit(take_away).result()
            time.sleep(RULES_KEPT_S)


@pytest.mark.parametrize(("brand", "region"), [("Home", REGION), (BRAND, "FR"), ("", REGION), (BRAND, "")])
def test_an_order_of_another_brand_or_region_answers_like_one_that_does_not_exist(
    house: House, brand: str, region: str
) -> None:
    with orders_being(brand, region), house.api("one_brand") as api:
        browser = house.browser("one_brand")
        for query in ("", "?company=1", "?panel=lines", "?panel=customer"):
            there, missing = (browser.get(f"/orders/main/{name}/{query}") for name in (ORDER, "S99999"))
            assert there.status_code == 404
            assert _comparable(there)[1].replace(ORDER, "") == _comparable(missing)[1].replace("S99999", "")
        assert api.get(f"/api/v1/orders/main/{ORDER}").status_code == 404
        assert api.post("/api/v1/search", json={"q": ORDER}).json()["results"] == []
        with house.api("agent") as wide:
            assert wide.get(f"/api/v1/orders/main/{ORDER}").status_code == 200


def test_an_order_of_ones_own_brand_and_region_is_there(house: House) -> None:
    with orders_being(BRAND, REGION), house.api("one_brand") as api:
        found = api.get(f"/api/v1/orders/main/{ORDER}")
        assert found.status_code == 200
        assert (found.json()["order"]["brand"], found.json()["order"]["region"]) == (BRAND, REGION)
        assert settled(house.browser("one_brand"), f"/orders/main/{ORDER}/").status_code == 200
