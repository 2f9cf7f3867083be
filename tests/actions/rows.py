"""Rows of actions as tests need them: made through the front door of the table, walked to a state by legal moves."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import F

from cases.actions.identifiers import speakable
from cases.actions.states import FINAL, LEGAL_MOVES, ActionState
from cases.models import Action, Approval, Decision, User

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HASH = "a" * 64
_numbers = count(1)


def make_action(requester: User, **fields: Any) -> Action:
    """A refund of 24.90 that waits for one approval, on an order of its own unless said otherwise."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "reference": speakable("R"),
        "kind": "refund",
        "state": ActionState.AWAITING_APPROVAL.value,
        "connection": "main",
        "company_id": 1,
        "order_id": number,
        "order_ref": f"S{number:05d}",
        "business_key": f"{number}",
        "payload": {"amount": "24.90"},
        "payload_hash": HASH,
        "content_hash": HASH,
        "amount": Decimal("24.90"),
        "currency": "EUR",
        "reason": "damaged",
        "requester": requester,
        "requested_at": AT,
        "expires_at": AT + timedelta(days=3),
        **fields,
    }
    return Action.objects.create(**given)


def approve(action: Action, approver: User) -> Approval:
    return Approval.objects.create(
        action=action,
        approver=approver,
        decision=Decision.APPROVED,
        content_hash=action.content_hash,
        at=AT,
    )


def columns_for(state: ActionState) -> dict[str, Any]:
    """What else changes with a move, so that only the move itself can be refused."""
    columns: dict[str, Any] = {
        "state": state.value,
        "finished_at": AT if state in FINAL else None,
        "lease_holder": "",
        "lease_until": None,
        "next_try_at": AT,
        "cause": "test" if state is ActionState.PARKED else "",
    }
    if state is ActionState.RUNNING:
        columns |= {
            "lease_holder": "test",
            "lease_until": AT,
            "fence": F("fence") + 1,
            "attempts": F("attempts") + 1,
        }
    return columns


def move(action: Action, state: ActionState) -> None:
    Action.objects.filter(pk=action.pk).update(**columns_for(state))


def way_to(state: ActionState) -> list[ActionState]:
    """The moves from the beginning to a state, the first of which is where a row may begin."""
    if state is ActionState.DRAFT:
        return [state]
    start = ActionState.AWAITING_APPROVAL
    ways: deque[list[ActionState]] = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] is state:
            return way
        for after in sorted(LEGAL_MOVES[way[-1]] - seen):
            seen.add(after)
            ways.append([*way, after])
    raise AssertionError(f"no way leads to {state}")


def action_in(state: ActionState, requester: User, approver: User, **fields: Any) -> Action:
    """An action that got to a state by legal moves, approved where that is needed."""
    way = way_to(state)
    action = make_action(requester, state=way[0].value, **fields)
    if way[0] is ActionState.AWAITING_APPROVAL:
        approve(action, approver)
    for after in way[1:]:
        move(action, after)
    action.refresh_from_db()
    return action


def finish(action: Action, *, by: User) -> None:
    """Approved by two people, carried out, done."""
    approve(action, by)
    approve(action, User.objects.create_user(username=f"second {action.pk}"))
    for state in (ActionState.APPROVED, ActionState.QUEUED, ActionState.RUNNING, ActionState.SUCCEEDED):
        move(action, state)
