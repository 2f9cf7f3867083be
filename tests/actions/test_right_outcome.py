"""What goes wrong between people has the right outcome on the page too, not only for programs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cases import approvals
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.models import Action, Approval, User
from cases.models.casework import Case
from cases.people.viewer import Viewer
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import ORDER_REF, SHOE, FakeOdoo
from tests.actions.rows import finish
from tests.actions.test_api import Api, api
from tests.conftest import PASSWORD, PersonMaker

__all__ = ["api"]

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled(key: str, quantity: str = "1") -> dict[str, str]:
    return {
        "connection": "main",
        "ref": ORDER_REF,
        f"quantity_{SHOE}": quantity,
        "goods_back": "1",
        "reason": "damaged",
        "key": key,
    }


def approve_on_page(client: Client, action: Action, content_hash: str) -> str:
    form = {"content_hash": content_hash, "decision": "approve", "password": PASSWORD}
    return client.post(f"/actions/{action.pk}/decide/", form, follow=True).content.decode()


def test_two_clicks_on_one_page_are_one_request(
    odoo: FakeOdoo, switched_on: None, case: Case, amy: User
) -> None:
    client, path = browser_of(amy), f"/cases/{case.pk}/refund/ask/"
    first, second = (client.post(path, filled("one page")) for _click in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert Action.objects.count() == 1


def test_a_second_page_about_the_same_order_leads_to_the_request_that_is_there(
    odoo: FakeOdoo, switched_on: None, case: Case, amy: User
) -> None:
    client, path = browser_of(amy), f"/cases/{case.pk}/refund/ask/"
    client.post(path, filled("one page"))
    client.post(path, filled("another page"))
    assert Action.objects.count() == 1


def test_content_that_changed_since_it_was_shown_is_not_approved(
    odoo: FakeOdoo, propose: Propose, sam: User
) -> None:
    action = propose()
    page = approve_on_page(browser_of(sam), action, "0" * 64)
    assert "You approved it." not in page
    assert Approval.objects.count() == 0
    action.refresh_from_db()
    assert action.state == "awaiting_approval"


def test_what_was_withdrawn_is_not_approved_and_what_was_approved_not_withdrawn(
    odoo: FakeOdoo, propose: Propose, approve: Approve, amy_viewer: Viewer, amy: User, sam: User
) -> None:
    withdrawn = propose()
    approvals.cancel(viewer=amy_viewer, action_id=withdrawn.pk, at=timezone.now())
    assert "You approved it." not in approve_on_page(browser_of(sam), withdrawn, withdrawn.content_hash)
    withdrawn.refresh_from_db()
    assert withdrawn.state == "cancelled"

    running = propose()
    approve(running)
    Action.objects.filter(pk=running.pk).update(
        state="running", lease_holder="x", lease_until=timezone.now(), fence=1, attempts=1
    )
    browser_of(amy).post(f"/actions/{running.pk}/cancel/")
    running.refresh_from_db()
    assert running.state == "running"


def test_ones_own_request_is_not_approved_on_the_page_either(
    odoo: FakeOdoo, propose: Propose, sam_viewer: Viewer, sam: User
) -> None:
    own = propose(viewer=sam_viewer)
    approve_on_page(browser_of(sam), own, own.content_hash)
    own.refresh_from_db()
    assert (own.state, Approval.objects.count()) == ("awaiting_approval", 0)


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_refund_asked_for_in_parts_needs_as_many_people_as_the_whole(
    way: str,
    odoo: FakeOdoo,
    switched_on: None,
    propose: Propose,
    make_person: PersonMaker,
    case: Case,
    amy: User,
    sam: User,
    api: Callable[[User], Api],
) -> None:
    """The first part is paid; the second is small, and one approval is not enough for both together."""
    odoo.shoe_price = "400.00"
    finish(propose(RefundWish(lines=(WishedLine(line_id=SHOE),), amount=Decimal("300"))), by=sam)
    place = {"connection": "main", "ref": ORDER_REF}
    if way == "page":
        form = {**filled("second part"), "amount": "300.00"}
        browser_of(amy).post(f"/cases/{case.pk}/refund/ask/", form)
    else:
        body = {"kind": "refund", "order": place, "lines": [{"line_id": SHOE}], "amount": "300.00"}
        api(amy)("post", f"/api/v1/cases/{case.pk}/actions", {**body, "reason": "damaged"}, key="second")
    part = Action.objects.exclude(state="succeeded").get()
    assert part.approvals_needed == 2
    if way == "page":
        approve_on_page(browser_of(sam), part, part.content_hash)
    else:
        as_sam = api(sam)
        as_sam("post", "/api/v1/step-up", {"password": PASSWORD})
        as_sam("post", f"/api/v1/actions/{part.pk}/approve", {"content_hash": part.content_hash})
    part.refresh_from_db()
    assert (part.state, Approval.objects.filter(action=part).count()) == ("awaiting_approval", 1)
