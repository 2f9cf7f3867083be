"""How a decision by other rules is told apart from the one that was made."""

from __future__ import annotations

import pytest

from cases.actions.verdicts import Outcome, RuleResult, Verdict
from cases.rules.past import by_days_ago, spent, times
from cases.rules.trying import Standing, compare
from tests.rulebook.requests import AT


def verdict(needed: int, **outcomes: str) -> Verdict:
    rules = tuple(
        RuleResult(id=name, version=0, outcome=Outcome(outcome), explanation="x")
        for name, outcome in outcomes.items()
    )
    return Verdict(needs_approval=needed, rules=rules)


PASSED, RAISED, FAILED = verdict(1, a="passed"), verdict(2, a="raised"), verdict(1, a="failed")


@pytest.mark.parametrize(
    ("then", "now", "kind", "before", "after"),
    [
        (PASSED, FAILED, Standing.REFUSED, 1, None),
        (FAILED, PASSED, Standing.ALLOWED, None, 1),
        (PASSED, RAISED, Standing.MORE_PEOPLE, 1, 2),
        (RAISED, PASSED, Standing.FEWER_PEOPLE, 2, 1),
    ],
)
def test_what_differs_is_named(
    then: Verdict, now: Verdict, kind: Standing, before: int | None, after: int | None
) -> None:
    found = compare(then, now)
    assert found is not None
    assert (found.kind, found.before, found.after, found.because) == (kind, before, after, ("a",))


def test_what_nobody_would_notice_is_no_difference() -> None:
    assert compare(RAISED, verdict(2, b="raised")) is None
    assert compare(FAILED, verdict(2, b="failed")) is None


def test_a_rule_that_did_not_speak_then_passed() -> None:
    found = compare(PASSED, verdict(2, a="passed", b="raised", c="passed"))
    assert found is not None
    assert found.because == ("b",)


def test_days_ago_are_whole_days_and_a_clock_that_is_ahead_counts_as_now() -> None:
    from datetime import timedelta
    from decimal import Decimal

    moments = [(AT - timedelta(days=days), Decimal(10)) for days in (-0.01, 0, 0.99, 1, 6.99, 7)]
    past = by_days_ago(moments, at=AT)
    assert past == {"0": ["30", 3], "1": ["10", 1], "6": ["10", 1], "7": ["10", 1]}
    assert (spent(past, 7), times(past, 7)) == (Decimal(50), 5)
    assert (spent(past, 1), times(past, 1)) == (Decimal(30), 3)
