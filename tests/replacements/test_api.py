"""A replacement by the API: the same verdict, hash and masking as the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import User
from cases.people.tokens import TokenScope, issue_token
from tests.replacements.conftest import House
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def odoo(odoo18: Sandbox) -> Sandbox:
    return odoo18


def test_it_is_tried_and_asked_for_and_costs_stay_masked(house: House, amy: User) -> None:
    sold = house.sold()
    case = house.case(sold.ref).pk
    scopes = [TokenScope.ACTIONS_READ, TokenScope.ACTIONS_WRITE]
    now = timezone.now()
    token = issue_token(
        user=amy, name="test", scopes=scopes, expires_at=now + timedelta(hours=1), issued_by="test", at=now
    )
    browser = Client(headers={"authorization": f"Bearer {token}"})

    def ask(key: str = "", **more: Any) -> Any:
        body = {
            "kind": "replacement",
            "order": {"connection": "main", "ref": sold.ref, "company": 1},
            "lines": [{"line_id": sold.line.id, "quantity": "1", "reason": "damaged"}],
            "warehouse": sold.warehouse,
            **more,
        }
        headers = {"idempotency-key": key} if key else {}
        return browser.post(
            f"/api/v1/cases/{case}/actions", body, content_type="application/json", headers=headers
        )

    tried = ask(dry_run=True)
    assert tried.status_code == 200
    shown = tried.json()
    assert (shown["kind"], shown["verdict"]["allowed"], shown["id"]) == ("replacement", True, None)
    assert (shown["stock"][0]["needed"], shown["stock"][0]["cost"]) == ("1", None)
    assert any(path.endswith("cost") for path in shown["masked"])
    made = ask("one")
    assert made.status_code == 201
    assert made.json()["reference"].startswith("RP-")
    again = ask("one")
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    assert ask("two", lines=[{"line_id": sold.line.id, "reason": "damaged"}]).status_code == 400
    assert ask("three", lines=[]).status_code in (400, 422)
