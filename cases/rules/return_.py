"""Decides whether goods may be asked back, and how many people have to agree.

Pure: no Django. Only what was stored goes in, so that the same verdict can be worked out again years later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cases.actions.verdicts import Outcome, RuleResult, Verdict
from cases.rules import return_documents as documents
from cases.rules import return_goods as goods
from cases.rules.asked_back import AskedBack
from cases.rules.book import RuleBook
from cases.rules.refund_people import no_hold

RULES: tuple[Callable[[AskedBack], RuleResult], ...] = (
    documents.order_confirmed,
    documents.delivered,
    documents.can_come_back,
    documents.within_returnable,
    documents.destination,
    goods.window,
    goods.final_sale,
    goods.returnable,
    no_hold,
    goods.restocking_fee,
    goods.second_approval,
)


def judge_return(payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> Verdict:
    """The verdict on a wish by facts as they were stored; all rules speak, also after one has failed."""
    asked = AskedBack(payload, facts, book)
    rules = tuple(replace(rule(asked), version=book.version) for rule in RULES)
    raised = any(rule.outcome is Outcome.RAISED for rule in rules)
    no_approval = asked.total <= asked.book.thresholds.no_approval_up_to
    return Verdict(needs_approval=2 if raised else 0 if no_approval else 1, rules=rules)
