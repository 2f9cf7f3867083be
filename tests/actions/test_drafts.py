"""What is wanted while Odoo is away: put down without a verdict, and judged by what Odoo says once it is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from cases import approvals
from cases.actions import drafting, proposing
from cases.actions.drafting import form_of, keep_draft, submit_draft
from cases.actions.proposing import AlreadyOpen, Refused, propose_action
from cases.actions.states import ActionState
from cases.approvals import Conflict, NotPermitted
from cases.approvals.inbox import waiting_actions
from cases.models import Action, AuditEntry, User
from cases.models.casework import Case
from cases.people.viewer import Viewer
from integrations.canonical import DocumentState
from integrations.errors import Unreachable
from tests.actions.conftest import Approve, form
from tests.actions.fake_odoo import ORDER_REF, SHOE, FakeOdoo

pytestmark = pytest.mark.django_db

PutDown = Callable[..., Action]


@pytest.fixture
def known_order(odoo: FakeOdoo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the order from before, which needs no Odoo."""
    monkeypatch.setattr(drafting, "read_visible", vars(proposing)["read_visible"])


@pytest.fixture
def put_down(known_order: None, switched_on: None, case: Case, amy_viewer: Viewer) -> PutDown:
    def put(*, viewer: Viewer = amy_viewer, **more: Any) -> Action:
        kept = async_to_sync(keep_draft)(
            viewer=viewer,
            case_id=case.pk,
            form=form(note="Sole came off", **more),
            correlation_id="test",
            at=timezone.now(),
        )
        assert kept.action is not None
        return kept.action

    return put


def ask_with(viewer: Viewer, draft: Action) -> Action:
    asked = async_to_sync(submit_draft)(
        viewer=viewer, action_id=draft.pk, correlation_id="test", at=timezone.now()
    ).action
    assert asked is not None
    return asked


def test_a_draft_has_no_verdict_and_nobody_can_approve_it(
    put_down: PutDown, odoo: FakeOdoo, sam_viewer: Viewer, approve: Approve
) -> None:
    draft = put_down()
    assert (draft.state, draft.verdict, draft.amount, odoo.calls) == (ActionState.DRAFT, {}, 0, [])
    assert waiting_actions(sam_viewer)[0] == []
    with pytest.raises(Conflict, match="already_decided"):
        approve(draft)
    assert AuditEntry.objects.get(action="action_drafted").object_ref == draft.reference
    assert form_of(draft) == form(note="Sole came off", company=1)


def test_asked_with_it_is_judged_by_what_odoo_says_now(
    put_down: PutDown, odoo: FakeOdoo, amy_viewer: Viewer, approve: Approve
) -> None:
    draft = put_down()
    odoo.shoe_price = "70.00"
    asked = ask_with(amy_viewer, draft)
    assert (asked.pk, asked.state, f"{asked.amount:.2f}") == (
        draft.pk,
        ActionState.AWAITING_APPROVAL,
        "70.00",
    )
    assert asked.content_hash != draft.content_hash
    approve(asked)
    assert Action.objects.get(pk=draft.pk).state == ActionState.QUEUED
    assert AuditEntry.objects.filter(action="action_proposed").count() == 1


def test_while_odoo_is_away_it_stays_a_draft(put_down: PutDown, odoo: FakeOdoo, amy_viewer: Viewer) -> None:
    def away() -> None:
        raise Unreachable("down")

    draft = put_down()
    odoo.on_read = away
    with pytest.raises(Unreachable):
        ask_with(amy_viewer, draft)
    assert Action.objects.get(pk=draft.pk).state == ActionState.DRAFT


def test_what_the_rules_refuse_stays_a_draft(put_down: PutDown, odoo: FakeOdoo, amy_viewer: Viewer) -> None:
    draft = put_down()
    odoo.add_foreign_note("10.00", DocumentState.DRAFT)
    with pytest.raises(Refused):
        ask_with(amy_viewer, draft)
    assert Action.objects.get(pk=draft.pk).state == ActionState.DRAFT
    assert AuditEntry.objects.filter(action="action_refused").count() == 1


def test_only_whoever_put_it_down_asks_with_it_and_once(
    put_down: PutDown, amy_viewer: Viewer, sam_viewer: Viewer
) -> None:
    draft = put_down()
    with pytest.raises(NotPermitted, match="not_yours"):
        ask_with(sam_viewer, draft)
    ask_with(amy_viewer, draft)
    with pytest.raises(Conflict, match="no_draft"):
        ask_with(amy_viewer, draft)


def test_two_people_do_not_prepare_the_same(put_down: PutDown, sam_viewer: Viewer) -> None:
    draft = put_down()
    with pytest.raises(AlreadyOpen) as already:
        put_down(viewer=sam_viewer)
    assert already.value.reference == draft.reference


def test_a_changed_draft_gives_way_to_the_request_made_from_it(
    put_down: PutDown, amy_viewer: Viewer, case: Case, odoo: FakeOdoo
) -> None:
    draft = put_down()

    def ask_instead() -> Any:
        return async_to_sync(propose_action)(
            viewer=amy_viewer,
            case_id=case.pk,
            form=form(),
            instead_of=draft.pk,
            correlation_id="test",
            at=timezone.now(),
        )

    odoo.add_foreign_note("10.00", DocumentState.DRAFT)
    with pytest.raises(Refused):
        ask_instead()
    assert Action.objects.get(pk=draft.pk).state == ActionState.DRAFT, "what is refused replaces nothing"
    odoo.notes.clear()
    assert ask_instead().action.state == ActionState.AWAITING_APPROVAL
    ended = Action.objects.get(pk=draft.pk)
    assert (ended.state, ended.cause) == (ActionState.CANCELLED, "replaced")


def test_a_draft_is_withdrawn_like_any_request(put_down: PutDown, amy_viewer: Viewer) -> None:
    draft = put_down()
    approvals.cancel(viewer=amy_viewer, action_id=draft.pk, at=timezone.now())
    assert Action.objects.get(pk=draft.pk).state == ActionState.CANCELLED


def test_the_page_puts_down_shows_and_asks(
    known_order: None, switched_on: None, odoo: FakeOdoo, case: Case, amy: User, sam: User
) -> None:
    browser, other = Client(), Client()
    browser.force_login(amy)
    other.force_login(sam)
    filled = {
        "connection": "main",
        "company": "1",
        "ref": ORDER_REF,
        f"quantity_{SHOE}": "1",
        "reason": "damaged",
        "key": "k1",
        "do": "draft",
    }
    led = browser.post(f"/cases/{case.pk}/refund/ask/", filled)
    draft = Action.objects.get()
    assert (led.status_code, led["Location"]) == (302, f"/actions/{draft.pk}/")
    assert browser.post(f"/cases/{case.pk}/refund/ask/", filled)["Location"] == led["Location"]
    page = browser.get(f"/actions/{draft.pk}/").content.decode()
    assert "Ask with it now" in page
    assert "Change it" in page
    assert "Ask with it now" not in other.get(f"/actions/{draft.pk}/").content.decode()
    odoo.add_foreign_note("10.00", DocumentState.DRAFT)
    again = browser.post(f"/actions/{draft.pk}/submit/")
    assert (again.status_code, "It stays a draft" in again.content.decode()) == (422, True)
    odoo.notes.clear()
    browser.post(f"/actions/{draft.pk}/submit/")
    assert Action.objects.get().state == ActionState.AWAITING_APPROVAL
