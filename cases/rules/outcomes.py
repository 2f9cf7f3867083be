"""Short ways to say what a rule came to; the version is put on by whoever keeps the rules.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import Outcome, RuleResult


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


def money(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"
