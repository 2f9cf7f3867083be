"""Many people at the same moment: one effect, one decision, one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from cases.actions.proposing import AlreadyOpen, Proposed
from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.approvals import Conflict, cancel
from cases.models import Action, Approval
from cases.people.viewer import Viewer
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(number: int, work: Callable[[int], str]) -> Counter[str]:
    def one(place: int) -> str:
        try:
            return work(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as threads:
        return Counter(threads.map(one, range(number)))


def test_fifty_approvals_at_once_are_one_decision_and_one_effect(
    odoo: FakeOdoo, propose: Propose, approve: Approve
) -> None:
    action = propose()

    def decide(_place: int) -> str:
        try:
            return str(approve(action).state)
        except Conflict as conflict:
            return conflict.reason

    told = at_once(50, decide)
    assert told["queued"] == 1
    assert sum(told.values()) == 50
    assert Approval.objects.count() == 1

    ran = at_once(10, lambda _place: str(run_due(action_id=action.pk)))
    assert ran["True"] == 1
    assert len(odoo.notes) == 1
    action.refresh_from_db()
    assert action.state == ActionState.SUCCEEDED


def test_approving_and_withdrawing_at_once_has_one_outcome(
    odoo: FakeOdoo, propose: Propose, approve: Approve, amy_viewer: Viewer
) -> None:
    from django.utils import timezone

    for _ in range(5):
        action = propose()

        def either(place: int, action: Action = action) -> str:
            try:
                if place % 2:
                    return str(approve(action).state)
                return str(cancel(viewer=amy_viewer, action_id=action.pk, at=timezone.now()).state)
            except Conflict as conflict:
                return conflict.reason

        at_once(6, either)
        run_due(action_id=action.pk)
        action.refresh_from_db()
        assert action.state in (ActionState.SUCCEEDED, ActionState.CANCELLED)
        assert len(odoo.notes) == (action.state == ActionState.SUCCEEDED)
        odoo.notes.clear()
        odoo.ledger.clear()


def test_two_refunds_of_one_order_at_once_are_one(odoo: FakeOdoo, ask: Callable[..., Proposed]) -> None:
    def once(place: int) -> str:
        try:
            ask(key=f"k{place}", body_hash="a")
        except AlreadyOpen:
            return "already_open"
        return "asked"

    assert at_once(8, once) == {"asked": 1, "already_open": 7}
    assert Action.objects.count() == 1


def test_a_double_click_is_one_request(odoo: FakeOdoo, ask: Callable[..., Proposed]) -> None:
    def once(_place: int) -> str:
        made: Any = ask(key="same", body_hash="a" * 64)
        return "new" if made.is_new else "the same"

    assert at_once(6, once) == {"new": 1, "the same": 5}
