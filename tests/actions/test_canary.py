"""Every sensitive field of an action holds a token; no page and no answer shows one to a role that may not see it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.proposing import note_place
from cases.actions.record_shapes import ActionRecord
from cases.actions.sealing import seal
from cases.approvals import reason_place
from cases.masking import Mode, leaves_of
from cases.masking.roles import Role
from cases.models import Action, Approval, Decision, User
from cases.models.casework import Case
from cases.people.access import viewer_for
from integrations.canonical import Sensitivity
from tests.actions.fake_odoo import ORDER_REF, FakeOdoo
from tests.actions.rows import make_action
from tests.actions.test_rights import browser_of, program_of
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db

# By path in the record: what stands there, as a page and as a program would write it.
TOKENS: dict[str, tuple[Sensitivity, tuple[str, ...]]] = {
    "amount": (Sensitivity.FINANCIAL, ("7431.97", "7,431.97")),
    "verdict.rules.explanation": (Sensitivity.FINANCIAL, ("canary-explanation-5d1f",)),
    "verdict.rules.eligible_if": (Sensitivity.FINANCIAL, ("canary-eligible-9c2a",)),
    "preview.before": (Sensitivity.FINANCIAL, ("canary-before-77e0",)),
    "preview.after": (Sensitivity.FINANCIAL, ("canary-after-31bb",)),
    "stock.cost": (Sensitivity.INTERNAL, ("3175.29", "3,175.29")),
    "stock.free_before": (Sensitivity.INTERNAL, ("5821.5", "5,821.5")),
    "stock.free_after": (Sensitivity.INTERNAL, ("5721.25", "5,721.25")),
    "effects.total": (Sensitivity.FINANCIAL, ("8652.13", "8,652.13")),
    "note": (Sensitivity.PERSONAL, ("canary-note-e4f8",)),
    "approvals.reason": (Sensitivity.PERSONAL, ("canary-reason-0a6d",)),
}


@pytest.fixture
def actions(amy: User, sam: User, case: Case) -> list[Action]:
    """One that waits and one that was rejected, as both are drawn differently."""
    waiting, decided = (_full_of_tokens(amy, case, order_id=number) for number in (901, 902))
    reason, key = seal(_token("approvals.reason"), place=reason_place(decided.pk, sam.pk))
    Approval.objects.create(
        action=decided,
        approver=sam,
        decision=Decision.REJECTED,
        content_hash=decided.content_hash,
        reason=reason,
        reason_key_id=key,
        at=timezone.now(),
    )
    Action.objects.filter(pk=decided.pk).update(state="rejected", finished_at=timezone.now())
    return [waiting, decided]


def _full_of_tokens(amy: User, case: Case, *, order_id: int) -> Action:
    action = make_action(
        amy,
        case=case,
        order_id=order_id,
        order_ref=ORDER_REF,
        business_key=f"order/{order_id}",
        amount=Decimal("7431.97"),
        expires_at=timezone.now() + timedelta(days=1),
        payload={"refund_to": "card", "notes": []},
        facts={
            "stock": [
                {
                    "product": "Lamp",
                    "warehouse": "Reno",
                    "needed": "100.25",
                    "free": _token("stock.free_before"),
                    "cost": _token("stock.cost"),
                    "currency": "EUR",
                }
            ]
        },
        verdict={
            "needs_approval": 1,
            "rules": [
                {
                    "id": "window",
                    "version": 1,
                    "outcome": "raised",
                    "explanation": "%(said)s",
                    "eligible_if": "%(if)s",
                    "words": {
                        "said": _token("verdict.rules.explanation"),
                        "if": _token("verdict.rules.eligible_if"),
                    },
                }
            ],
        },
        preview=[
            {
                "what": "refundable",
                "before": _token("preview.before"),
                "after": _token("preview.after"),
                "words": {"invoice": "INV/1"},
            }
        ],
        effects=[
            {"connection": "main", "model": "account.move", "id": 5, "total": "8652.13", "currency": "EUR"}
        ],
    )
    note, key = seal(_token("note"), place=note_place(action.pk))
    Action.objects.filter(pk=action.pk).update(note=note, note_key_id=key)
    return action


def _token(path: str) -> str:
    return TOKENS[path][1][0]


def test_every_sensitive_field_has_a_token() -> None:
    sensitive = {
        path: sensitivity
        for path, sensitivity, _ in leaves_of(ActionRecord)
        if sensitivity is not Sensitivity.PUBLIC
    }
    assert sensitive == {path: sensitivity for path, (sensitivity, _) in TOKENS.items()}


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_shown_what_their_role_may_not_see(
    role: Role,
    odoo: FakeOdoo,
    switched_on: None,
    actions: list[Action],
    case: Case,
    make_person: PersonMaker,
) -> None:
    person = make_person(f"reader {role.value}", role, main=[1])
    matrix = viewer_for(person).matrix
    seen = _seen_by(browser_of(person), program_of(person), actions, case)
    for path, (sensitivity, spellings) in TOKENS.items():
        is_seen = any(spelling in seen for spelling in spellings)
        assert is_seen is (matrix[sensitivity] is Mode.SHOW), (role, path)


def _seen_by(browser: Client, program: Client, actions: list[Action], case: Case) -> str:
    pages = ["/approvals/", "/parked/", f"/cases/{case.pk}/"]
    answers = ["/api/v1/approvals", "/api/v1/parked", f"/api/v1/cases/{case.pk}/actions"]
    for action in actions:
        pages += [
            f"/actions/{action.pk}/",
            f"/actions/{action.pk}/progress/",
            f"/actions/{action.pk}/documents/",
        ]
        answers.append(f"/api/v1/actions/{action.pk}")
    found = [browser.get(page) for page in pages] + [program.get(answer) for answer in answers]
    return " ".join(answer.content.decode() for answer in found)
