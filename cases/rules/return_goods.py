"""What the goods that come back allow: their time, their kind, and what a return of them costs.

Pure: no Django. Every line is judged by the reason it comes back for: the law beats the shop's window, final sale and
fee, a fault under warranty beats window and fee.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked_back import AskedBack, BackOf
from cases.rules.goods_time import latest_of
from cases.rules.matter import Remedy
from cases.rules.outcomes import failed, passed, raised
from cases.sentences import gettext_noop


def window(asked: AskedBack) -> RuleResult:
    """Of several goods the one whose time ends first decides."""
    ends = [(latest_of(asked.book, line.item, line.matter, Remedy.RETURN), line) for line in asked.back]
    known = [(end, line) for end, line in ends if end is not None]
    if len(known) < len(ends):
        return raised(
            "window",
            gettext_noop("Nobody knows since when the time for a return runs."),
            gettext_noop("A second person decides."),
        )
    if not known:
        return passed("window", gettext_noop("Nothing comes back that has a time."))
    until, first = min(known, key=lambda found: found[0])
    words = {"until": until.date().isoformat(), "product": first.item.sku or first.name}
    if asked.matter.at <= until:
        return passed("window", gettext_noop("In time: returns are possible until %(until)s."), **words)
    return failed(
        "window",
        gettext_noop("Too late: %(product)s could come back until %(until)s."),
        gettext_noop("Possible if the goods had left later, or for a fault within its warranty."),
        **words,
    )


def final_sale(asked: AskedBack) -> RuleResult:
    rule = asked.book.final_sale
    stopped = [line for line in asked.back if rule.stops(line.item, line.matter, asked.book.statutory)]
    if not stopped:
        return passed("final_sale", gettext_noop("Nothing of it is sold as final."))
    return failed(
        "final_sale",
        gettext_noop("Sold as final: %(products)s."),
        gettext_noop("Possible when it is faulty."),
        products=_named(stopped),
    )


def returnable(asked: AskedBack) -> RuleResult:
    never = [line for line in asked.back if asked.book.returnable.never(line.item)]
    if not never:
        return passed("returnable", gettext_noop("Nothing comes back that may not."))
    return failed(
        "returnable",
        gettext_noop("This never comes back: %(products)s."),
        gettext_noop("Possible without a return: the goods stay with the customer."),
        products=_named(never),
    )


def restocking_fee(asked: AskedBack) -> RuleResult:
    """Told before the goods are on their way: it is kept, or forgone, when the money goes back."""
    book = asked.book
    fee = sum(
        (book.restocking.fee(line.item, line.worth, line.matter, book.statutory) for line in asked.back),
        Decimal(0),
    )
    if fee <= 0:
        return passed("restocking_fee", gettext_noop("No restocking fee is due."))
    return passed(
        "restocking_fee",
        gettext_noop("A restocking fee of %(fee)s will be due when the money goes back: tell the customer."),
        fee=asked.money(fee),
    )


def second_approval(asked: AskedBack) -> RuleResult:
    limit = asked.book.thresholds.second_approval_above
    words = {"worth": asked.money(asked.total), "limit": asked.money(limit)}
    if asked.total <= limit:
        return passed("second_approval", gettext_noop("Goods worth %(worth)s come back."), **words)
    return raised(
        "second_approval",
        gettext_noop("Goods worth %(worth)s come back, more than %(limit)s."),
        gettext_noop("A second person decides."),
        **words,
    )


def _named(lines: list[BackOf]) -> str:
    return ", ".join(dict.fromkeys(line.item.sku or line.name for line in lines))
