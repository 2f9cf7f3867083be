"""Many moves of one action in one statement, so that thousands of walks can be tried, and what the model foretells."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from cases.actions.states import FINAL, OPEN, ActionState, may_move
from cases.models import Action, User
from tests.actions.rows import AT, HASH

APPROVE = "approve"
NOT_APPROVED, DONE = "action_is_approved", ""
REFUSED = "*"  # by whatever

# As ``move`` and ``approve`` of rows.py; each step is undone alone where the database refuses it.
_WALK = """
CREATE OR REPLACE FUNCTION pg_temp.walk(action uuid, person bigint, steps text[], final text[])
RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    step text;
    said text;
    outcomes text[] := '{}';
BEGIN
    FOREACH step IN ARRAY steps LOOP
        BEGIN
            IF step = 'approve' THEN
                INSERT INTO cases_approval
                    (action_id, approver_id, decision, content_hash, at, reason, reason_key_id, void_cause)
                VALUES (action, person, 'approved', %(hash)s, %(at)s, '', '', '');
            ELSE
                UPDATE cases_action SET
                    state = step,
                    finished_at = CASE WHEN step = ANY (final) THEN %(at)s::timestamptz END,
                    lease_holder = CASE WHEN step = 'running' THEN 'test' ELSE '' END,
                    lease_until = CASE WHEN step = 'running' THEN %(at)s::timestamptz END,
                    fence = fence + (step = 'running')::int,
                    attempts = attempts + (step = 'running')::int,
                    next_try_at = %(at)s::timestamptz,
                    cause = CASE WHEN step = 'parked' THEN 'test' ELSE '' END
                WHERE id = action;
            END IF;
            outcomes := outcomes || ''::text;
        EXCEPTION WHEN integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS said = MESSAGE_TEXT;
            outcomes := outcomes || split_part(said, ':', 1);
        END;
    END LOOP;
    RETURN outcomes;
END $$
"""


def foretold(walk: Sequence[ActionState]) -> tuple[list[str], list[str], ActionState]:
    """What is tried, one by one, what the model says of each, and where it ends.

    An approval is given when the lack of it was refused once.
    """
    steps, expected = list[str](), list[str]()
    here, approved = ActionState.AWAITING_APPROVAL, False
    for after in walk:
        if after is ActionState.APPROVED and here is ActionState.AWAITING_APPROVAL and not approved:
            steps += [after.value, APPROVE]
            expected += [NOT_APPROVED, DONE]
            approved = True
        possible = may_move(here, after) or (here is after and here in OPEN)
        steps.append(after.value)
        expected.append(DONE if possible else REFUSED)
        here = after if possible else here
    return steps, expected, here


def walked(action: Action, approver: User, steps: Sequence[str]) -> list[str]:
    """The name of what refused each step; empty where it went through."""
    final = [state.value for state in FINAL]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('pg_temp.walk')")
        if cursor.fetchone() == (None,):
            cursor.execute(_WALK, {"hash": HASH, "at": AT})
        cursor.execute("SELECT pg_temp.walk(%s, %s, %s, %s)", [action.pk, approver.pk, list(steps), final])
        outcomes: list[str] = cursor.fetchone()[0]
    return outcomes


def is_as_foretold(expected: str, said: str) -> bool:
    return said != DONE if expected == REFUSED else said == expected
