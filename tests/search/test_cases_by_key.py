"""A case is found by what somebody can name exactly, within scope, and by nothing that people wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cases.casework import Ticket, merge, open_case
from cases.casework.keys import MOST_KEYS, keep_keys
from cases.casework.linking import link_identified
from cases.masking.roles import Role
from cases.models import CaseKey
from cases.models.casework import Case, CaseOrder
from cases.people.viewer import Viewer
from cases.search.in_cases import MOST_CASES, CaseReason, find_cases
from cases.search.kinds import classify
from tests.casework.conftest import AT, identity, make_case, make_viewer
from tests.gateway.conftest import viewer

__all__ = ["make_case", "make_viewer"]

pytestmark = pytest.mark.django_db

EMAIL, PHONE = "ana.bergstrom@mail.example", "+49 151 6149760"


def found(who: Viewer, typed: str) -> dict[str, tuple[str, ...]]:
    return {one.case.reference.value: one.why for one in find_cases(who, classify(typed))}


@pytest.fixture
def case_id(amy_viewer: Viewer) -> int:
    order = identity("S00042", emails=(EMAIL,), phones=(PHONE,))
    ticket = Ticket(
        source="zendesk", ref="35436", customer_name="Ana Bergström", customer_email="Ana@Work.example"
    )
    return open_case(viewer=amy_viewer, order=order, ticket=ticket, subject="Broken lamp from Ana", at=AT)


@pytest.mark.parametrize(("typed", "why"), [
    ("S00042", CaseReason.ORDER_NUMBER),
    ("s00042", CaseReason.ORDER_NUMBER),
    ("35436", CaseReason.TICKET_NUMBER),
    ("#35436", CaseReason.TICKET_NUMBER),
    (EMAIL, CaseReason.EMAIL),
    (EMAIL.upper(), CaseReason.EMAIL),
    ("ana@work.example", CaseReason.EMAIL),
    (PHONE, CaseReason.PHONE),
    ("0049 (0)151 / 614 97 60", CaseReason.PHONE),
    ("0151 6149760", CaseReason.PHONE),
])  # fmt: skip
def test_every_key_finds_the_case(case_id: int, amy_viewer: Viewer, typed: str, why: CaseReason) -> None:
    assert found(amy_viewer, typed) == {f"C-{case_id:06d}": (why,)}


def test_the_number_that_is_said_on_the_phone_finds_it(case_id: int, amy_viewer: Viewer) -> None:
    for typed in (f"C-{case_id:06d}", f"c-{case_id}", f"C{case_id:06d}", f" C - {case_id} "):
        assert found(amy_viewer, typed) == {f"C-{case_id:06d}": (CaseReason.CASE_NUMBER,)}, typed
    assert found(amy_viewer, f"C-{case_id + 1:06d}") == {}
    assert found(amy_viewer, "C-999999999999999999") == {}


@pytest.mark.parametrize("typed", [
    "lamp", "Broken lamp", "Bergström", "Ana Bergström", "ana.bergstrom", "mail.example", "%@mail.example",
    "_na.bergstrom@mail.example", "na.bergstrom@mail.example", "%", "151614976", "1516149761", "6149760", "3543",
    "35436%", "S0004", "S0004_",
])  # fmt: skip
def test_words_parts_and_patterns_find_nothing(case_id: int, amy_viewer: Viewer, typed: str) -> None:
    assert found(amy_viewer, typed) == {}


def test_what_is_kept_of_the_customer_is_not_readable(case_id: int) -> None:
    kept = str(list(CaseKey.objects.values()))
    assert CaseKey.objects.filter(case_id=case_id).count() >= 3
    for secret in ("ana", "bergstrom", "example", "6149760"):
        assert secret not in kept


@pytest.mark.parametrize("scope", [
    {"company_id": 2}, {"connection": "north"}, {"brand": "Lumen"}, {"region": "UK"},
])  # fmt: skip
def test_a_case_out_of_scope_is_found_by_no_key(
    case_id: int, make_viewer: Callable[..., Viewer], scope: dict[str, Any]
) -> None:
    other = make_viewer("bo", Role.SUPERVISOR, **scope)
    for typed in (f"C-{case_id:06d}", "35436", "S00042", EMAIL, PHONE):
        assert found(other, typed) == {}, typed


def test_nobody_without_a_grant_or_a_role_finds_one(case_id: int) -> None:
    nobody = viewer(companies=frozenset())
    assert found(nobody, EMAIL) == {}


def test_an_order_of_another_company_does_not_lead_to_a_case_here(
    amy_viewer: Viewer, make_case: Callable[..., Case]
) -> None:
    """Else its number would tell what the two have to do with each other."""
    case = make_case()
    CaseOrder.objects.create(case=case, connection="main", company_id=2, ref="S00777")
    assert found(amy_viewer, "S00777") == {}


def test_a_role_that_sees_no_address_finds_by_it_and_is_shown_none(
    case_id: int, make_viewer: Callable[..., Viewer]
) -> None:
    (one,) = find_cases(make_viewer("cy", Role.AGENT), classify(EMAIL))
    assert one.case.customer.masked
    assert "Bergström" not in str(one.case.customer)
    assert EMAIL not in str(dict(one.case))


def test_a_merged_case_leads_to_the_one_that_goes_on(case_id: int, amy_viewer: Viewer) -> None:
    second = open_case(
        viewer=amy_viewer, order=identity("S00043", emails=("new@mail.example",)), subject="Again"
    )
    merge(viewer=amy_viewer, case_id=case_id, into_id=second)
    for typed in (f"C-{case_id:06d}", EMAIL, PHONE, "new@mail.example", "S00042", "35436"):
        assert set(found(amy_viewer, typed)) == {f"C-{second:06d}"}, typed


def test_a_second_order_of_the_same_customer_brings_its_addresses(case_id: int, amy_viewer: Viewer) -> None:
    link_identified(
        viewer=amy_viewer, case_id=case_id, order=identity("S00050", emails=("second@mail.example",))
    )
    link_identified(
        viewer=amy_viewer,
        case_id=case_id,
        order=identity("S00051", customer_id=99, emails=("somebody.else@mail.example",)),
    )
    assert found(amy_viewer, "second@mail.example")
    assert not found(amy_viewer, "somebody.else@mail.example")


def test_keys_and_answers_have_an_end(amy_viewer: Viewer, make_case: Callable[..., Case]) -> None:
    for _ in range(MOST_CASES + 5):
        keep_keys(make_case(), emails=["many@mail.example"])
    assert len(found(amy_viewer, "many@mail.example")) == MOST_CASES
    case = make_case()
    keep_keys(case, emails=[f"{number}@mail.example" for number in range(200)])
    assert CaseKey.objects.filter(case=case).count() == MOST_KEYS
