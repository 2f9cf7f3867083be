"""The case of a ticket over the API: named by the tool's connection and its id, and read there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cases.models import User
from cases.people.tokens import TokenScope
from tests.casework.test_api import token_of
from tests.ticketing.stand_in import StandIn
from tests.tickets.conftest import Look, Orders

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_case_of_a_ticket_is_made_or_found(
    rt: StandIn, orders: Orders, look: Look, amy: User, eve: User
) -> None:
    orders.add("S00042")
    orders.add("S00077")
    rt.add_ticket(42, order_ref="S00042")
    rt.add_ticket(43)
    rt.tickets[43].subject = "S00042 or S00077"
    rt.add_ticket(44)

    def post(ticket: Any, user: User = amy, **more: Any) -> Any:
        token = token_of(user, TokenScope.CASES_READ, TokenScope.CASES_WRITE)
        return Client(headers={"Authorization": f"Bearer {token}"}).post(
            "/api/v1/cases", {"ticket": ticket, **more}, content_type="application/json"
        )

    def named(number: str) -> dict[str, str]:
        return {"connection": "request_tracker", "id": number}

    made = post(named("42"))
    assert made.status_code == 201
    body = made.json()
    assert [order["ref"] for order in body["orders"]] == ["S00042"]
    assert [(one["connection"], one["id"], one["state"]) for one in body["tickets"]] == [
        ("request_tracker", "42", "open")
    ]
    assert post(named("42")).json()["id"] == body["id"]
    assert post(named("42"), eve).status_code == 403

    several = post(named("43"))
    assert several.status_code == 300
    assert [(one["ref"], one["found_in"]) for one in several.json()["candidates"]] == [
        ("S00042", ["subject"]),
        ("S00077", ["subject"]),
    ]
    chosen = post(named("43"), order={"connection": "main", "ref": "S00077", "company": 1})
    assert (chosen.status_code, chosen.json()["orders"][0]["ref"]) == (201, "S00077")

    nothing = post(named("44"))
    assert (nothing.status_code, nothing.json()["code"]) == (422, "no_order")
    assert post(named("4711")).status_code == 404
    assert post({"connection": "no-such-tool", "id": "42"}).status_code == 404
    assert post({"connection": "request_tracker"}).status_code == 400
    assert post({**named("42"), "source": "zendesk", "ref": "1"}).status_code == 400
    rt.refuse(503, when=lambda asked: True, times=100)
    assert (post(named("42")).status_code, post(named("42")).json()["code"]) == (503, "ticketing_unavailable")
