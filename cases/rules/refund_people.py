"""What people and earlier requests allow: holds, limits, and by how many somebody has to be backed.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked import Asked
from cases.rules.holds import HoldEffect
from cases.rules.outcomes import failed, passed, raised
from cases.sentences import gettext_noop


def no_hold(asked: Asked) -> RuleResult:
    effect = asked.book.holds.effect(list(asked.facts["holds"]))
    if effect is HoldEffect.NOTHING:
        return passed("no_hold", gettext_noop("Nothing is held against the customer."))
    if effect is HoldEffect.SECOND:
        return raised(
            "no_hold",
            gettext_noop("There is a hold on the customer."),
            gettext_noop("A second person decides."),
        )
    return failed(
        "no_hold",
        gettext_noop("There is a hold on the customer."),
        gettext_noop("Possible once whoever placed the hold lifts it."),
    )


def agent_day(asked: Asked) -> RuleResult:
    limit = asked.book.agent_day.limit(asked.facts["roles"])
    sum_asked = Decimal(asked.facts["agent_before"]) + asked.total
    words = {"asked": asked.money(sum_asked), "limit": asked.money(limit)}
    if sum_asked <= limit:
        return passed("agent_day", gettext_noop("%(asked)s of %(limit)s within a day."), **words)
    return failed(
        "agent_day",
        gettext_noop("That would be %(asked)s within a day, more than your limit of %(limit)s."),
        gettext_noop("Possible for a colleague, or for you later."),
        **words,
    )


def customer_limit(asked: Asked) -> RuleResult:
    rule = asked.book.customer_limit
    had = asked.customer_before + asked.total
    words = {"had": asked.money(had), "limit": asked.money(rule.up_to), "days": str(rule.days)}
    if had <= rule.up_to:
        return passed(
            "customer_limit", gettext_noop("%(had)s for this customer within %(days)s days."), **words
        )
    return raised(
        "customer_limit",
        gettext_noop("%(had)s for this customer within %(days)s days, more than %(limit)s."),
        gettext_noop("A second person decides."),
        **words,
    )


def split_refund(asked: Asked) -> RuleResult:
    rule, parts = asked.book.split, asked.parts_before + 1
    words = {"parts": str(parts), "days": str(rule.days), "limit": str(rule.most_parts)}
    if parts <= rule.most_parts:
        return passed(
            "split_refund", gettext_noop("Request %(parts)s for this order within %(days)s days."), **words
        )
    return raised(
        "split_refund",
        gettext_noop("Request %(parts)s for this order within %(days)s days, more than %(limit)s."),
        gettext_noop("A second person decides."),
        **words,
    )


def second_approval(asked: Asked) -> RuleResult:
    limit = asked.book.thresholds.second_approval_above
    words = {"exposure": asked.money(asked.exposure), "limit": asked.money(limit)}
    if asked.exposure <= limit:
        return passed(
            "second_approval",
            gettext_noop("%(exposure)s, with what this order had in the last days."),
            **words,
        )
    return raised(
        "second_approval",
        gettext_noop("%(exposure)s with what this order had in the last days is more than %(limit)s."),
        gettext_noop("A second person decides."),
        **words,
    )
