"""From the order to the refund's form in one click: the case is found or opened, and a new one can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from cases import casework
from cases.casework import IllegalChange, NotPermitted, for_refund
from cases.masking.roles import Role
from cases.models import User
from cases.models.casework import Case, CaseOrder, CaseState, CaseType
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from tests.actions.rows import make_action
from tests.casework.conftest import identity
from tests.casework.test_identified import choose
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_order(monkeypatch: pytest.MonkeyPatch) -> None:
    async def identify(**asked: Any) -> Any:
        return identity(asked["ref"])

    monkeypatch.setattr(for_refund, "identify_order", identify)


def case_for(viewer: Viewer, ref: str = "S00042") -> casework.CaseForRefund:
    return async_to_sync(casework.case_for_refund)(
        viewer=viewer,
        connection="main",
        ref=ref,
        company=1,
        subject=f"Refund of {ref}",
        correlation_id="test",
        at=timezone.now(),
    )


def test_without_a_case_one_is_opened_with_the_order_in_it(amy_viewer: Viewer) -> None:
    found = case_for(amy_viewer)
    case = Case.objects.get(pk=found.case_id)
    assert (found.is_new, case.type, case.subject) == (True, CaseType.RETURN, "Refund of S00042")
    assert list(CaseOrder.objects.filter(case=case).values_list("ref", flat=True)) == ["S00042"]


def test_a_second_click_finds_the_same_case(amy_viewer: Viewer, sam_viewer: Viewer) -> None:
    first, second = case_for(amy_viewer), case_for(sam_viewer)
    assert (second.case_id, second.is_new) == (first.case_id, False)


def test_a_case_that_is_over_is_not_begun_again(amy_viewer: Viewer) -> None:
    first = case_for(amy_viewer)
    casework.close(viewer=amy_viewer, case_id=first.case_id)
    assert case_for(amy_viewer).case_id != first.case_id


def test_whoever_only_looks_on_opens_nothing(make_person: PersonMaker) -> None:
    looker = viewer_for(make_person("aud", Role.AUDITOR, main=[1]))
    with pytest.raises(NotPermitted):
        case_for(looker)
    assert not Case.objects.exists()


def test_what_was_opened_by_mistake_is_undone(amy_viewer: Viewer) -> None:
    found = case_for(amy_viewer)
    casework.undo_opening(viewer=amy_viewer, case_id=found.case_id, at=timezone.now())
    assert Case.objects.get(pk=found.case_id).state == CaseState.CLOSED


def test_a_customer_who_was_chosen_on_the_way_is_no_use_of_the_case(amy_viewer: Viewer) -> None:
    choose(amy_viewer)
    found = case_for(amy_viewer)
    casework.undo_opening(viewer=amy_viewer, case_id=found.case_id, at=timezone.now())
    assert Case.objects.get(pk=found.case_id).state == CaseState.CLOSED


def test_nothing_is_undone_once_the_case_is_in_use(amy: User, amy_viewer: Viewer, sam_viewer: Viewer) -> None:
    now = timezone.now()
    found = case_for(amy_viewer)
    for viewer, at in ((sam_viewer, now), (amy_viewer, now + timedelta(hours=1))):
        with pytest.raises(IllegalChange):
            casework.undo_opening(viewer=viewer, case_id=found.case_id, at=at)
    casework.note(viewer=amy_viewer, case_id=found.case_id, body="Called back")
    with pytest.raises(IllegalChange):
        casework.undo_opening(viewer=amy_viewer, case_id=found.case_id, at=now)
    other = case_for(amy_viewer, "S00043")
    make_action(amy, case_id=other.case_id)
    with pytest.raises(IllegalChange):
        casework.undo_opening(viewer=amy_viewer, case_id=other.case_id, at=now)


def test_the_button_leads_to_the_form_and_undo_back_to_the_order(amy: User) -> None:
    browser = Client()
    browser.force_login(amy)
    order = {"connection": "main", "company": "1", "ref": "S00042"}
    led = browser.post("/cases/refund/", order)
    case = Case.objects.get()
    assert led["Location"] == f"/cases/{case.pk}/refund/?connection=main&company=1&ref=S00042&opened=1"
    back = browser.post(f"/cases/{case.pk}/refund/undo/", order)
    assert back["Location"] == "/orders/main/S00042/?company=1"
    assert Case.objects.get().state == CaseState.CLOSED
    assert browser.post(f"/cases/{case.pk}/refund/undo/", order)["Location"] == f"/cases/{case.pk}/"
