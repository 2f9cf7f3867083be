"""The database lets an action move only as it may, whatever the program tries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.states import AT_WORK, FINAL, LEGAL_MOVES, OPEN, ActionState, may_move
from cases.models import Action, ActionPolicy, ActionStep, Approval, User
from tests.actions.rows import AT, HASH, action_in, approve, columns_for, make_action, move
from tests.actions.walks import foretold, is_as_foretold, walked

pytestmark = pytest.mark.django_db

PAIRS = [(before, after) for before in ActionState for after in ActionState]


def tried(action: Action, after: ActionState) -> str:
    """The name of what refused the move; empty where it went through. Undone either way."""
    try:
        with transaction.atomic():
            move(action, after)
            transaction.set_rollback(True)
    except IntegrityError as refused:
        return str(refused).partition(":")[0]
    return ""


def test_every_illegal_move_is_refused_and_every_legal_one_is_not(amy: User, sam: User) -> None:
    wrong = {}
    for before in ActionState:
        action = action_in(before, amy, sam)
        if before is ActionState.DRAFT:  # what needs no approval may go on at once
            Action.objects.filter(pk=action.pk).update(approvals_needed=0)
        for after in ActionState:
            refused = tried(action, after)
            stays = before is after and before in OPEN
            if (refused == "") != (may_move(before, after) or stays):
                wrong[before, after] = refused
    assert wrong == {}


def test_the_database_and_the_program_know_the_same_moves() -> None:
    with connection.cursor() as cursor:
        for before, after in PAIRS:
            cursor.execute("SELECT action_may_move(%s, %s)", [before.value, after.value])
            stays = before is after and before in OPEN
            assert cursor.fetchone()[0] is (may_move(before, after) or stays), (before, after)


@settings(
    max_examples=1500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(walk=st.lists(st.sampled_from(list(ActionState)), min_size=1, max_size=12))
def test_no_walk_leads_where_none_of_its_steps_may_go(amy: User, sam: User, walk: list[ActionState]) -> None:
    """The model is the table of moves and the approvals that are there; the database has to agree at each step."""
    steps, expected, end = foretold(walk)
    with transaction.atomic():
        action = make_action(amy)
        for step, foreseen, said in zip(steps, expected, walked(action, sam, steps), strict=True):
            assert is_as_foretold(foreseen, said), (walk, step, foreseen, said)
        assert Action.objects.get(pk=action.pk).state == end.value
        transaction.set_rollback(True)


def test_final_states_are_final_and_everything_else_can_end() -> None:
    assert {state.value for state in FINAL} == {"succeeded", "cancelled", "rejected", "expired"}
    assert FINAL.isdisjoint(AT_WORK)
    ends = set(FINAL)
    while True:
        more = {state for state, moves in LEGAL_MOVES.items() if moves & ends} - ends
        if not more:
            break
        ends |= more
    assert ends == set(ActionState)


def refused_by(name: str, change: Any) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        change()


def test_nothing_runs_that_was_not_approved_by_another(amy: User, sam: User) -> None:
    action = make_action(amy)
    refused_by("action_is_approved", lambda: move(action, ActionState.APPROVED))
    refused_by("approval_by_another", lambda: approve(action, amy))
    approve(action, sam)
    refused_by("approval_once_per_person", lambda: approve(action, sam))
    move(action, ActionState.APPROVED)


def test_two_approvals_means_two_people(amy: User, sam: User, fin: User) -> None:
    action = make_action(amy, approvals_needed=2)
    approve(action, sam)
    refused_by("action_is_approved", lambda: move(action, ActionState.APPROVED))
    approve(action, fin)
    move(action, ActionState.APPROVED)


def test_an_approval_counts_for_its_content_only(amy: User, sam: User) -> None:
    action = make_action(amy)
    approve(action, sam)
    Action.objects.filter(pk=action.pk).update(content_hash="b" * 64)
    refused_by("action_is_approved", lambda: move(action, ActionState.APPROVED))
    Action.objects.filter(pk=action.pk).update(content_hash=HASH)
    move(action, ActionState.APPROVED)
    changed = Action.objects.filter(pk=action.pk)
    changes: list[dict[str, Any]] = [
        {"payload": {}}, {"amount": 1}, {"content_hash": "b" * 64}, {"approvals_needed": 0},
    ]  # fmt: skip
    for change in changes:
        refused_by("action_content_stays", lambda change=change: changed.update(**change))


def test_a_voided_approval_stops_what_is_queued(amy: User, sam: User) -> None:
    action = action_in(ActionState.QUEUED, amy, sam)
    Approval.objects.filter(action=action).update(voided_at=AT, void_cause="order_changed")
    refused_by("action_is_approved", lambda: move(action, ActionState.RUNNING))
    refused_by(
        "approval_stays",
        lambda: Approval.objects.filter(action=action).update(voided_at=None, void_cause=""),
    )


def test_an_approval_is_of_what_waits_and_never_changes(amy: User, sam: User, fin: User) -> None:
    action = make_action(amy)
    given_ = approve(action, sam)
    refused_by("approval_stays", lambda: Approval.objects.filter(pk=given_.pk).update(decision="rejected"))
    refused_by("permission denied", lambda: Approval.objects.filter(pk=given_.pk)._raw_delete("default"))
    move(action, ActionState.APPROVED)
    refused_by("approval_of_what_waits", lambda: approve(action, fin))


def test_who_asked_for_what_never_changes(amy: User, sam: User) -> None:
    action = make_action(amy)
    same = Action.objects.filter(pk=action.pk)
    for change in ({"requester": sam}, {"order_id": 99_999}, {"business_key": "x"}, {"reference": "R-OTHER"}):
        refused_by("action_identity_stays", lambda change=change: same.update(**change))
    refused_by("permission denied", lambda: same._raw_delete("default"))
    refused_by("action_begins_undecided", lambda: make_action(amy, state="queued", next_try_at=AT))


def test_a_claim_takes_the_next_fence_and_counts(amy: User, sam: User) -> None:
    action = action_in(ActionState.QUEUED, amy, sam)
    same = Action.objects.filter(pk=action.pk)
    running = {**columns_for(ActionState.RUNNING), "fence": 0, "attempts": 1}
    refused_by("action_claim_counts", lambda: same.update(**running))
    refused_by("action_claim_counts", lambda: same.update(**{**running, "fence": 1, "attempts": 0}))
    same.update(**{**running, "fence": 1})
    refused_by("action_fence_grows", lambda: same.update(fence=0))


def test_two_agents_cannot_raise_the_same_thing(amy: User, sam: User) -> None:
    first = make_action(amy, business_key="42/7")
    refused_by("action_open_once_per_matter", lambda: make_action(sam, business_key="42/7"))
    move(first, ActionState.CANCELLED)
    make_action(sam, business_key="42/7")


def test_one_action_at_a_time_works_on_an_order(amy: User, sam: User) -> None:
    action_in(ActionState.UNKNOWN, amy, sam, order_id=7, business_key="a")
    second = action_in(ActionState.QUEUED, amy, sam, order_id=7, business_key="b")
    refused_by("action_one_at_work_per_order", lambda: move(second, ActionState.RUNNING))
    action_in(ActionState.RUNNING, amy, sam, order_id=7, connection="north", business_key="b")


def test_a_journal_is_completed_once_and_never_rewritten(amy: User, sam: User) -> None:
    action = action_in(ActionState.RUNNING, amy, sam)
    journal = {
        "action": action,
        "number": 1,
        "name": "credit_note",
        "fence": 1,
        "key": "k",
        "request_hash": HASH,
    }
    refused_by(
        "action_step_begins_intended",
        lambda: ActionStep.objects.create(**journal, attempt=9, state="done", intended_at=AT, answered_at=AT),
    )
    step = ActionStep.objects.create(**journal, attempt=1, intended_at=AT)
    same = ActionStep.objects.filter(pk=step.pk)
    refused_by("action_step_stays", lambda: same.update(request_hash="b" * 64))
    refused_by("action_step_answer_has_time", lambda: same.update(state="done"))
    same.update(state="unknown", answered_at=AT)
    refused_by("action_step_stays", lambda: same.update(state="done"))
    refused_by("permission denied", lambda: same._raw_delete("default"))
    again = ActionStep.objects.create(**journal, attempt=2, intended_at=AT)
    ActionStep.objects.filter(pk=again.pk).update(state="done", answered_at=AT)
    third = ActionStep.objects.create(**journal, attempt=3, intended_at=AT)
    refused_by(
        "action_step_done_once",
        lambda: ActionStep.objects.filter(pk=third.pk).update(state="done", answered_at=AT),
    )


def test_a_policy_that_was_published_stays(amy: User, sam: User) -> None:
    policy = _published(amy, sam, version=1)
    refused_by(
        "permission denied", lambda: ActionPolicy.objects.filter(pk=policy.pk).update(rules={"window": 1})
    )
    refused_by("does not follow", lambda: _published(amy, sam, version=1))
    refused_by("does not follow", lambda: _published(amy, sam, version=3))


def test_nobody_publishes_rules_they_wrote(amy: User) -> None:
    refused_by("action_policy_by_two_people", lambda: _published(amy, amy, version=1))
    refused_by("action_policy_by_two_people", lambda: _published(None, amy, version=1))


def _published(author: User | None, publisher: User, *, version: int) -> ActionPolicy:
    return ActionPolicy.objects.create(
        version=version, rules={}, note="first", author=author, published_by=publisher, published_at=AT
    )


ROWS: list[tuple[str, dict[str, Any]]] = [
    ("action_kind_known", {"kind": "gift"}),
    ("action_company_positive", {"company_id": 0}),
    ("action_amount_not_negative", {"amount": -1}),
    ("action_hashes_are_sha256", {"content_hash": "x"}),
    ("action_final_has_end", {"finished_at": AT}),
    ("action_request_has_hash", {"idempotency_key": "k"}),
    ("action_fix_of_parked_has_person", {"fix": {"verb": "replay"}}),
]


@pytest.mark.parametrize(("name", "fields"), ROWS)
def test_an_action_that_makes_no_sense_is_refused(amy: User, name: str, fields: dict[str, Any]) -> None:
    refused_by(name, lambda: make_action(amy, **fields))
