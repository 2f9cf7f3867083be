"""Facts of one order that cannot all be true, or that a person should not have to find out by asking.

Pure: an order record and the time go in, findings come out. Each rule is a small function in the file of its subject;
each finding has a sentence for the agent and one that is safe to tell the customer.
"""

from __future__ import annotations

from datetime import datetime

from cases.contradictions.finding import Finding, Severity
from cases.contradictions.goods import GOODS_RULES
from cases.contradictions.money import MONEY_RULES
from cases.contradictions.returning import RETURN_RULES
from integrations.canonical import Branch, OrderRecord

RULES = (*GOODS_RULES, *MONEY_RULES, *RETURN_RULES)

__all__ = ["RULES", "Finding", "Severity", "contradictions"]


def contradictions(record: OrderRecord, *, read: frozenset[Branch], at: datetime) -> tuple[Finding, ...]:
    """All findings, the most severe first.

    A rule runs only where every branch it rests on was read: a missing invoice is not an invoice that does not exist.
    """
    found = [finding for rule in RULES if rule.rests_on <= read for finding in rule.find(record, at)]
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), finding.code)))
