"""Holds on customers: who may place, see and lift them, and that their reason leaves through no other door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, LiteralString

import httpx
import psycopg
import pytest
from django.conf import settings

from cases.models import AuditEntry, Hold, User
from tests.conftest import _address
from tests.safety.conftest import ORDER
from tests.safety.expected import ROLES
from tests.safety.house import House, dump_database, post_form
from tests.safety.tokens import Mint, find_pieces, pieces

PAGE = f"/orders/main/{ORDER}/"
PLACING = ("supervisor", "finance")
LIFTING = ("supervisor",)  # and whoever placed it
# By hand, as for the fields of Odoo: the reason is personal, all else is public to whoever sees the order.
READS_REASON = ("senior_agent", "supervisor")
STRANGERS = ("outsider", "scope_without_role", "other_company")


@pytest.fixture(autouse=True)
def no_holds_left(house: House) -> Iterator[None]:
    yield
    run_sql("DELETE FROM cases_hold")


def run_sql(statement: LiteralString) -> None:
    """Outside the test's transaction, for the console is another process."""
    with psycopg.connect(_address(settings.OWNER_DATABASE)) as owner:
        owner.execute(statement)


def place(house: House, who: str, reason: str = "Asked for it", **more: Any) -> httpx.Response:
    form = {"connection": "main", "ref": ORDER, "company": "1", "kind": "fraud", "reason": reason, **more}
    return post_form(house.browser(who), "/holds/place/", **form)


def lift(house: House, who: str, hold: int, reason: str = "Settled") -> httpx.Response:
    form = {"connection": "main", "ref": ORDER, "company": "1", "reason": reason}
    return post_form(house.browser(who), f"/holds/{hold}/lift/", **form)


def panel(house: House, who: str, name: str = "customer") -> httpx.Response:
    return house.browser(who).get(PAGE, params={"panel": name, "again": "1"})


@pytest.mark.parametrize("who", [*ROLES, *STRANGERS])
def test_only_those_who_may_place_a_hold(house: House, who: str) -> None:
    answer = place(house, who)
    expected = 302 if who in PLACING else 404 if who == "other_company" else 403

    assert answer.status_code == expected
    assert Hold.objects.count() == (who in PLACING)
    if who in PLACING:
        assert answer.headers["Location"] == f"{PAGE}?company=1"


@pytest.mark.parametrize("who", [*ROLES, *STRANGERS])
def test_only_the_owner_or_a_supervisor_of_that_company_lifts_a_hold(house: House, who: str) -> None:
    place(house, "supervisor")
    hold = Hold.objects.get()
    answer = lift(house, who, hold.pk)
    hold.refresh_from_db()
    expected = 302 if who in LIFTING else 404 if who in STRANGERS else 403

    assert answer.status_code == expected
    assert (hold.lifted_at is not None) == (who in LIFTING)


def test_who_placed_a_hold_lifts_it_without_being_a_supervisor(house: House) -> None:
    place(house, "finance")
    hold = Hold.objects.get()

    assert 'action="/holds/' in panel(house, "finance").text.replace("/holds/place/", "")
    assert lift(house, "finance", hold.pk).status_code == 302
    hold.refresh_from_db()
    assert (hold.lift_reason, hold.lifted_by_id) == ("Settled", hold.owner_id)


def test_a_hold_stands_on_the_order_with_its_reason_for_those_who_may_read_it(house: House) -> None:
    reason = Mint(seed=311).text()
    place(house, "supervisor", reason)
    owner = User.objects.get(username=house.people["supervisor"].username).get_full_name()

    for who in ROLES:
        page = panel(house, who, "header").text
        assert "Fraud hold" in page
        assert owner in page
        assert bool(find_pieces(page) & pieces(reason)) == (who in READS_REASON)
        with house.api(who) as api:
            body = api.get(f"/api/v1/orders/main/{ORDER}").json()
        (told,) = body["customer"]["holds"]
        assert (told["kind"], told["owner"]) == ("fraud", owner)
        assert told["reason"] == (reason if who in READS_REASON else None)
        assert ("customer.holds.reason" in body["masked"]) == (who not in READS_REASON)


def test_the_reason_is_in_no_log_no_figure_and_no_other_table(house: House) -> None:
    mint = Mint(seed=312)
    reason, lifted = mint.text(), mint.text()
    place(house, "supervisor", reason)
    lift(house, "supervisor", Hold.objects.get().pk, lifted)
    figures = httpx.get(
        f"{house.url}/metrics",
        headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"},
        trust_env=False,
    ).text
    secret = pieces(reason) | pieces(lifted)

    assert not find_pieces(house.log_text()) & secret
    assert not find_pieces(figures) & secret
    tables = dump_database()
    assert {name for name, rows in tables.items() if find_pieces(rows) & secret} == {"public.cases_hold"}


def test_the_trail_tells_who_held_and_lifted_whom_and_of_which_kind(house: House) -> None:
    last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    place(house, "supervisor", kind="legal")
    hold = Hold.objects.get()
    lift(house, "supervisor", hold.pk)
    entries = AuditEntry.objects.filter(pk__gt=last, object_kind="hold").order_by("pk")

    assert [(e.action, e.object_ref, e.company_id) for e in entries] == [
        ("hold_placed", str(hold.pk), 1),
        ("hold_lifted", str(hold.pk), 1),
    ]
    for entry in entries:
        assert entry.details["kind"] == "legal"
        assert entry.details["customer"] == hold.customer_id


def test_one_kind_is_held_once_and_says_so(house: House) -> None:
    place(house, "supervisor")
    place(house, "finance")
    page = house.browser("finance").get(PAGE).text

    assert Hold.objects.count() == 1
    assert "on hold for that already" in page
    place(house, "finance", kind="payment")
    assert Hold.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "grudge"}, {"reason": "  "}, {"reason": "x" * 501}, {"until": "2020-01-01"}, {"until": "soon"}],
    ids=lambda wrong: "-".join(wrong),
)
def test_what_makes_no_sense_is_refused_with_a_sentence(house: House, wrong: dict[str, str]) -> None:
    answer = place(house, "supervisor", **{"reason": "Asked for it", **wrong})

    assert answer.status_code == 302
    assert Hold.objects.count() == 0
    assert 'class="notice' in house.browser("supervisor").get(PAGE).text


def test_a_hold_of_a_company_is_unknown_to_those_who_may_not_see_it(house: House) -> None:
    """The supervisor sees both companies; a hold of the other one shows to nobody else."""
    place(house, "supervisor")
    run_sql("UPDATE cases_hold SET company_id = 2")

    assert "Fraud hold" in panel(house, "supervisor", "header").text
    for who in ("senior_agent", "finance", "auditor"):
        assert "Fraud hold" not in panel(house, who, "header").text
    assert lift(house, "finance", Hold.objects.get().pk).status_code == 404


def test_without_the_forms_token_nothing_is_placed(house: House) -> None:
    browser = house.browser("supervisor")
    form = {"connection": "main", "ref": ORDER, "kind": "fraud", "reason": "Asked for it"}

    assert browser.post("/holds/place/", data=form).status_code == 403
    assert Hold.objects.count() == 0


def test_forms_are_drawn_for_those_only_whom_they_would_serve(house: House) -> None:
    place(house, "supervisor")
    for who in ROLES:
        forms = set(re.findall(r'action="/holds/([a-z0-9]+)/', panel(house, who).text))
        assert ("place" in forms) == (who in PLACING)
        assert bool(forms - {"place"}) == (who in LIFTING)
