"""Short ways to say what a rule came to; the version is put on by whoever keeps the rules.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from cases.actions.verdicts import Outcome, RuleResult, Verdict


def passed(rule: str, explanation: str, **words: str) -> RuleResult:
    return RuleResult(id=rule, version=0, outcome=Outcome.PASSED, explanation=explanation, words=words)


def raised(rule: str, explanation: str, eligible_if: str, **words: str) -> RuleResult:
    return RuleResult(
        id=rule,
        version=0,
        outcome=Outcome.RAISED,
        explanation=explanation,
        eligible_if=eligible_if,
        words=words,
    )


def failed(rule: str, explanation: str, eligible_if: str, **words: str) -> RuleResult:
    return RuleResult(
        id=rule,
        version=0,
        outcome=Outcome.FAILED,
        explanation=explanation,
        eligible_if=eligible_if,
        words=words,
    )


def verdict(results: Iterable[RuleResult], *, version: int, is_small: bool) -> Verdict:
    """All rules speak, also after one has failed; what is small and raises nothing needs nobody's approval."""
    rules = tuple(replace(result, version=version) for result in results)
    raised = any(rule.outcome is Outcome.RAISED for rule in rules)
    return Verdict(needs_approval=2 if raised else 0 if is_small else 1, rules=rules)


def money(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"
