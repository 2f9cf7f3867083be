"""An exchange by the API: the same verdict, hash and masking as the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Action, User
from cases.people.tokens import TokenScope, issue_token
from tests.exchanges.conftest import House
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def odoo(odoo18: Sandbox) -> Sandbox:
    return odoo18


def test_it_is_tried_asked_for_and_put_down(house: House, amy: User) -> None:
    sold = house.sold()
    other = house.other(sold)
    case = house.case(sold.ref).pk
    scopes = [TokenScope.ACTIONS_READ, TokenScope.ACTIONS_WRITE]
    now = timezone.now()
    token = issue_token(
        user=amy, name="test", scopes=scopes, expires_at=now + timedelta(hours=1), issued_by="test", at=now
    )
    browser = Client(headers={"authorization": f"Bearer {token}"})
    line = {"line_id": sold.line.id, "quantity": "1", "reason": "damaged"}

    def ask(key: str = "", **more: Any) -> Any:
        body = {
            "kind": "exchange",
            "order": {"connection": "main", "ref": sold.ref, "company": 1},
            "lines": [{**line, "product_code": other.code}],
            "warehouse": sold.warehouse,
            **more,
        }
        headers = {"idempotency-key": key} if key else {}
        return browser.post(
            f"/api/v1/cases/{case}/actions", body, content_type="application/json", headers=headers
        )

    tried = ask(dry_run=True)
    assert tried.status_code == 200, tried.content
    shown = tried.json()
    assert (shown["kind"], shown["verdict"]["allowed"], shown["id"]) == ("exchange", True, None)
    assert shown["goods"][0]["quantity"] == "1"
    assert (shown["stock"][0]["needed"], shown["stock"][0]["cost"]) == ("1", None)
    assert any(path.endswith("cost") for path in shown["masked"])
    assert {"exchanged_worth", "price_difference"} <= {told["code"] for told in shown["preview"]}
    by_number = ask(dry_run=True, lines=[line], exchange_product=other.id).json()
    assert by_number["content_hash"] == shown["content_hash"]

    assert ask("one", lines=[{**line, "quantity": None}]).status_code == 400
    assert ask("two", lines=[{**line, "line_id": None}]).status_code == 400
    assert ask("three", lines=[]).status_code in (400, 422)
    nobody = ask("four", lines=[{**line, "product_code": "no-such-code"}])
    assert nobody.status_code == 422
    assert [rule["id"] for rule in nobody.json()["verdict"]["rules"] if rule["outcome"] == "failed"] == [
        "sendable"
    ]

    draft = ask("five", draft=True)
    assert (draft.status_code, draft.json()["state"]) == (201, "draft")
    kept = Action.objects.get(pk=draft.json()["id"])
    assert kept.payload["wish"]["lines"][0]["product_code"] == other.code
    made = browser.post(f"/api/v1/actions/{kept.pk}/submit", {}, content_type="application/json")
    assert made.status_code == 200, made.content
    assert (made.json()["reference"][:2], made.json()["state"]) == ("X-", "awaiting_approval")
