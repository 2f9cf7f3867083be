"""Actions as JSON: the contract's calls and codes, and nobody gets a right by accident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.models import Action, Approval, AuditEntry, User
from cases.models.casework import Case
from cases.people.tokens import TokenScope, issue_token
from integrations.canonical import DocumentState
from tests.actions.fake_odoo import ORDER_REF, SHOE, FakeOdoo
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

Api = Callable[..., Any]


@pytest.fixture
def api() -> Callable[[User], Api]:
    """``api(sam)("post", "/api/v1/...", {...}, key="k")`` with all scopes of one token."""

    def of(user: User, *scopes: TokenScope) -> Api:
        now = timezone.now()
        token = issue_token(
            user=user,
            name="test",
            scopes=scopes or list(TokenScope),
            expires_at=now + timedelta(days=1),
            issued_by="test",
            at=now,
        )

        def call(method: str, path: str, body: Any = None, *, key: str = "") -> Any:
            headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
            client = Client(headers=headers)
            if method == "get":
                return client.get(path, body or {})
            return client.post(path, body, content_type="application/json")

        return call

    return of


BODY = {
    "kind": "refund",
    "order": {"connection": "main", "ref": ORDER_REF},
    "lines": [{"line_id": SHOE, "quantity": "1", "reason": "damaged", "goods_back": True}],
    "note": "Sole came off",
}


@pytest.fixture
def asked(odoo: FakeOdoo, switched_on: None, case: Case, amy: User, api: Any) -> dict[str, Any]:
    answer = api(amy)("post", f"/api/v1/cases/{case.pk}/actions", BODY, key="k1")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_request_has_the_shape_of_the_contract(asked: dict[str, Any]) -> None:
    assert asked["reference"].startswith("R-")
    assert (asked["kind"], asked["state"], asked["amount"]) == (
        "refund",
        "awaiting_approval",
        {"amount": "60.00", "currency": "EUR"},
    )
    assert asked["verdict"]["allowed"] is True
    assert asked["verdict"]["needs_approval"] == 1
    assert {"id", "version", "outcome", "explanation", "eligible_if"} == set(asked["verdict"]["rules"][0])
    assert asked["preview"][0] == {
        "code": "credit_note",
        "what": "Draft credit note for INV/2026/00500",
        "before": None,
        "after": "60.00 EUR",
    }
    assert (asked["steps"], asked["effects"]) == ([], [])
    assert asked["note"] is None, "agents see what is typed about people only for a reason"
    assert "action.note" in asked["masked"]


def test_the_same_key_is_the_same_action_and_another_body_a_conflict(
    asked: dict[str, Any], case: Case, amy: User, api: Any
) -> None:
    path = f"/api/v1/cases/{case.pk}/actions"
    again = api(amy)("post", path, BODY, key="k1")
    assert (again.status_code, again.json()["id"]) == (200, asked["id"])
    other = api(amy)("post", path, {**BODY, "note": "x"}, key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_used")
    second = api(amy)("post", path, BODY, key="k2")
    assert (second.status_code, second.json()["code"], second.json()["reference"]) == (
        409,
        "already_open",
        asked["reference"],
    )
    missing = api(amy)("post", path, BODY)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")


def test_a_dry_run_stores_nothing(odoo: FakeOdoo, switched_on: None, case: Case, amy: User, api: Any) -> None:
    answer = api(amy)("post", f"/api/v1/cases/{case.pk}/actions", {**BODY, "dry_run": True})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["verdict"]["allowed"]) == (None, True)
    assert Action.objects.count() == 0


def test_a_refusal_says_which_rule_and_what_would_have_helped(
    odoo: FakeOdoo, switched_on: None, case: Case, amy: User, api: Any
) -> None:
    odoo.add_foreign_note("10.00", DocumentState.DRAFT)
    answer = api(amy)("post", f"/api/v1/cases/{case.pk}/actions", BODY, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "refused")
    rule = next(rule for rule in answer.json()["verdict"]["rules"] if rule["id"] == "no_draft")
    assert rule["outcome"] == "failed"
    assert "10.00 EUR" in rule["explanation"]
    assert rule["eligible_if"]


def test_approving_needs_the_password_again_and_the_hash_that_was_shown(
    asked: dict[str, Any], sam: User, api: Any, odoo: FakeOdoo
) -> None:
    call = api(sam)
    path = f"/api/v1/actions/{asked['id']}/approve"
    right = {"content_hash": asked["content_hash"]}

    first = call("post", path, right)
    assert (first.status_code, first.json()["code"]) == (403, "step_up_required")
    wrong = call("post", "/api/v1/step-up", {"password": "guess"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert call("post", "/api/v1/step-up", {"password": PASSWORD}).status_code == 200
    stale = call("post", path, {"content_hash": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "content_changed")
    assert call("post", path, {}).status_code == 400
    done = call("post", path, right)
    assert (done.status_code, done.json()["state"]) == (200, "queued")
    assert call("post", path, right).json()["code"] == "already_decided"
    other_token = api(sam)("post", path, right)
    assert other_token.status_code == 403, "a step-up is good for its own token"

    assert run_due()
    after = call("get", f"/api/v1/actions/{asked['id']}").json()
    assert after["state"] == "succeeded"
    assert after["effects"][0]["model"] == "account.move"
    assert after["steps"][0]["state"] == "done"
    assert len(odoo.notes) == 1


def test_nobody_approves_their_own_request_here_either(
    odoo: FakeOdoo, switched_on: None, case: Case, sam: User, api: Any
) -> None:
    call = api(sam)
    asked = call("post", f"/api/v1/cases/{case.pk}/actions", BODY, key="k").json()
    call("post", "/api/v1/step-up", {"password": PASSWORD})
    answer = call("post", f"/api/v1/actions/{asked['id']}/approve", {"content_hash": asked["content_hash"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "own_request")


def test_the_order_changed_meanwhile_is_a_conflict_that_shows_the_new_content(
    asked: dict[str, Any], sam: User, api: Any, odoo: FakeOdoo
) -> None:
    call = api(sam)
    call("post", "/api/v1/step-up", {"password": PASSWORD})
    odoo.add_foreign_note("10.00")
    answer = call("post", f"/api/v1/actions/{asked['id']}/approve", {"content_hash": asked["content_hash"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "order_changed")
    assert answer.json()["content_hash"] not in ("", asked["content_hash"])
    assert Approval.objects.count() == 0


def test_what_waits_is_listed_within_scope_and_can_be_rejected_or_withdrawn(
    asked: dict[str, Any], sam: User, eve: User, amy: User, api: Any
) -> None:
    assert [row["id"] for row in api(sam)("get", "/api/v1/approvals").json()["results"]] == [asked["id"]]
    assert api(eve)("get", "/api/v1/approvals").json() == {"results": [], "next_cursor": None}
    missing, far = (api(eve)("get", f"/api/v1/actions/{number}") for number in (uuid4(), asked["id"]))
    assert (missing.status_code, far.status_code) == (404, 404)
    for verb, body in (("approve", {}), ("reject", {}), ("cancel", None), ("replay", None)):
        assert api(eve)("post", f"/api/v1/actions/{asked['id']}/{verb}", body).status_code == 404
    assert api(amy)("post", f"/api/v1/actions/{asked['id']}/reject", {"reason": "x"}).status_code == 403
    rejected = api(sam)("post", f"/api/v1/actions/{asked['id']}/reject", {"reason": "Photo missing"})
    assert (rejected.status_code, rejected.json()["state"]) == (200, "rejected")
    assert rejected.json()["approvals"][0]["reason"] == "Photo missing"
    late = api(amy)("post", f"/api/v1/actions/{asked['id']}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")


@pytest.fixture
def parked(asked: dict[str, Any], sam: User) -> Action:
    from tests.actions.rows import approve, move

    action = Action.objects.get()
    approve(action, sam)
    for state in (ActionState.APPROVED, ActionState.QUEUED, ActionState.RUNNING, ActionState.PARKED):
        move(action, state)
    action.refresh_from_db()
    return action


def test_a_parked_action_takes_two_people(
    parked: Action, odoo: FakeOdoo, sam: User, fin: User, amy: User, api: Any
) -> None:
    first, second, path = api(sam), api(fin), f"/api/v1/actions/{parked.pk}/replay"
    assert [row["id"] for row in first("get", "/api/v1/parked").json()["results"]] == [str(parked.pk)]
    assert api(amy)("post", path).json()["code"] == "no_right"
    assert first("post", path).json()["code"] == "step_up_required"
    for call in (first, second):
        call("post", "/api/v1/step-up", {"password": PASSWORD})
    said = first("post", path).json()
    assert (said["state"], said["fix"], said["fix_by"]) == ("parked", "replay", "sam")
    assert first("post", path).json()["state"] == "parked", "the same person again is not a second one"
    assert second("post", path).json()["state"] == "queued"
    assert run_due()
    parked.refresh_from_db()
    assert parked.state == ActionState.SUCCEEDED
    assert len(odoo.notes) == 1


def test_a_note_of_finance_is_adopted_only_with_the_very_amount_and_the_key_dies(
    parked: Action, odoo: FakeOdoo, sam: User, fin: User, api: Any
) -> None:
    first, second, path = api(sam), api(fin), f"/api/v1/actions/{parked.pk}/adopt"
    for call in (first, second):
        call("post", "/api/v1/step-up", {"password": PASSWORD})
    odoo.add_foreign_note("50.00")
    odoo.add_foreign_note("60.00")
    for document, code in ((9000, "amount_differs"), (1, "no_such_document")):
        first("post", path, {"document": document})
        answer = second("post", path, {"document": document})
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    first("post", path, {"document": 9001})
    done = second("post", path, {"document": 9001})
    assert (done.json()["state"], done.json()["cause"]) == ("succeeded", "adopted")
    assert odoo.revoked == {f"{parked.pk}:note_1"}


def test_what_came_through_is_not_given_up(
    parked: Action, odoo: FakeOdoo, sam: User, fin: User, api: Any
) -> None:
    from decimal import Decimal

    from tests.actions.fake_odoo import Made

    note = odoo._note(700, Decimal(60))
    odoo.notes.append(note)
    odoo.ledger[f"{parked.pk}:note_1"] = Made(payload="x", note=note)
    first, second = api(sam), api(fin)
    for call in (first, second):
        call("post", "/api/v1/step-up", {"password": PASSWORD})
    for verb in ("cancel", "mark-done"):
        shown = {"evidence": "finance says so"} if verb == "mark-done" else {}
        first("post", f"/api/v1/actions/{parked.pk}/{verb}", shown)
        answer = second("post", f"/api/v1/actions/{parked.pk}/{verb}", shown)
        assert (answer.status_code, answer.json()["code"]) == (409, "came_through")
    parked.refresh_from_db()
    assert parked.state == ActionState.PARKED


def test_the_trail_of_a_case_is_for_those_who_look_after_it(
    asked: dict[str, Any], case: Case, sam: User, amy: User, eve: User, api: Any
) -> None:
    page = api(sam)("get", "/api/v1/audit", {"case": case.pk}).json()
    assert page["results"][0]["action"] == "action_proposed"
    assert page["results"][0]["who"] == "amy"
    assert api(amy)("get", "/api/v1/audit", {"case": case.pk}).status_code == 403
    assert api(eve)("get", "/api/v1/audit", {"case": case.pk}).status_code == 404
    for odd in ({}, {"case": "x"}, {"case": case.pk, "cursor": "x"}):
        assert api(sam)("get", "/api/v1/audit", odd).status_code == 400
    assert AuditEntry.objects.filter(action="case_not_visible").count() == 1


@pytest.mark.parametrize(
    ("scopes", "method", "path"),
    [
        ((TokenScope.ACTIONS_READ,), "post", "/api/v1/step-up"),
        ((TokenScope.ACTIONS_APPROVE,), "get", "/api/v1/approvals"),
        ((TokenScope.ACTIONS_READ,), "get", "/api/v1/audit"),
        ((TokenScope.CASES_WRITE,), "post", "/api/v1/cases/1/actions"),
    ],
)
def test_a_token_needs_the_scope_of_what_it_does(
    sam: User, api: Any, scopes: tuple[TokenScope, ...], method: str, path: str
) -> None:
    answer = api(sam, *scopes)(method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
