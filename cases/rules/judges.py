"""Finds the rules that judge a request as it was stored, by its kind.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.actions.verdicts import Verdict
from cases.rules.book import RuleBook
from cases.rules.exchange import judge_exchange
from cases.rules.refund import judge_refund
from cases.rules.replacement import judge_replacement
from cases.rules.return_ import judge_return

_JUDGES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], RuleBook], Verdict]] = {
    "refund": judge_refund,
    "return": judge_return,
    "replacement": judge_replacement,
    "exchange": judge_exchange,
}


def judge_stored(payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> Verdict:
    """``KeyError`` for a kind without rules."""
    return _JUDGES[str(payload.get("kind", "refund"))](payload, facts, book)
