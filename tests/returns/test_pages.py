"""The form, the page of a request and its JSON: what is asked for there is a return, and what comes of it is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.following import follow
from cases.models import Action, User
from cases.people.tokens import TokenScope, issue_token
from tests.returns.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(amy: User) -> Client:
    client = Client()
    client.force_login(amy)
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_form_shows_what_can_come_back_judges_it_and_asks(house: House, page: Client) -> None:
    order = house.order()
    line = order.line
    place = {"connection": "main", "company": "1", "ref": order.ref}
    shown = page.get(f"/cases/{order.case.pk}/return/", place)
    assert shown.status_code == 200
    assert f'name="quantity_m{line.move_id}"' in text(shown)
    filled = {**place, f"quantity_m{line.move_id}": "1", "reason": "defective", "key": "k"}
    tried = page.post(f"/cases/{order.case.pk}/return/try/", filled)
    assert "One approval" in text(tried)
    assert Action.objects.count() == 0
    asked = page.post(f"/cases/{order.case.pk}/return/ask/", filled)
    action = Action.objects.get()
    assert (asked.status_code, action.kind, action.reason) == (302, "return", "defective")
    assert asked["Location"] == f"/actions/{action.pk}/"
    assert page.post(f"/cases/{order.case.pk}/return/try/", {**place, "key": "x"}).status_code == 200


def test_the_page_tells_the_customer_what_to_write_on_the_parcel(house: House, page: Client) -> None:
    order = house.order()
    action = house.returned(order)
    ref = action.effects[0]["ref"]
    shown = text(page.get(f"/actions/{action.pk}/"))
    assert "For the customer" in shown
    assert f"Write on the parcel: {ref}" in shown
    assert action.reference in shown
    house.receive(action)
    assert follow(action, at=timezone.now())
    after = text(page.get(f"/actions/{action.pk}/"))
    assert "The warehouse has received it" in after
    assert "For the customer" not in after
    case = text(page.get(f"/cases/{order.case.pk}/?tab=timeline"))
    assert "received 1 back" in case


def test_json_asks_line_by_line_and_shows_the_goods(house: House, amy: User) -> None:
    order = house.order()
    line = order.line
    now = timezone.now()
    token = issue_token(
        user=amy,
        name="test",
        scopes=list(TokenScope),
        expires_at=now + timedelta(days=1),
        issued_by="test",
        at=now,
    )
    program = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"})
    body = {
        "kind": "return",
        "order": {"connection": "main", "ref": order.ref},
        "lines": [{"line_id": line.order_line_id, "quantity": "1", "reason": "defective"}],
    }
    answer = program.post(f"/api/v1/cases/{order.case.pk}/actions", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    asked = answer.json()
    (goods,) = asked["goods"]
    assert (goods["quantity"], goods["reason"], asked["kind"]) == ("1", "defective", "return")
    assert asked["reference"].startswith("B-")
    wrong = {**body, "lines": [{"quantity": "1", "reason": "defective"}], "dry_run": True}
    refused = program.post(f"/api/v1/cases/{order.case.pk}/actions", wrong, content_type="application/json")
    assert refused.status_code == 400, refused.content
