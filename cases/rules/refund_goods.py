"""What the goods behind a refund allow: their time, their kind, and whether they come back.

Pure: no Django. The law beats the shop's window, final sale and fee; a fault under warranty beats window and fee.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked import Asked, AskedLine
from cases.rules.goods_time import latest_of
from cases.rules.matter import Remedy
from cases.rules.outcomes import failed, passed, raised
from cases.sentences import gettext_noop


def window(asked: Asked) -> RuleResult:
    """Of several goods the one whose time ends first decides."""
    ends = [latest_of(asked.book, item, asked.matter, Remedy.REFUND) for item in asked.items]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return raised(
            "window",
            gettext_noop("Nobody knows since when the time for a refund runs."),
            gettext_noop("A second person decides."),
        )
    until = min(known)
    day = until.date().isoformat()
    if asked.matter.at <= until:
        return passed("window", gettext_noop("In time: refunds are possible until %(until)s."), until=day)
    return failed(
        "window",
        gettext_noop("Too late: refunds were possible until %(until)s."),
        gettext_noop("Possible if the goods had left later, or by a decision of finance outside this desk."),
        until=day,
    )


def final_sale(asked: Asked) -> RuleResult:
    rule, stopped = asked.book.final_sale, _goods(asked)
    stopped = [line for line in stopped if rule.stops(line.item, asked.matter, asked.book.statutory)]
    if not stopped:
        return passed("final_sale", gettext_noop("Nothing of it is sold as final."))
    return failed(
        "final_sale",
        gettext_noop("Sold as final: %(products)s."),
        gettext_noop("Possible when it is faulty."),
        products=_named(stopped),
    )


def returnable(asked: Asked) -> RuleResult:
    rule = asked.book.returnable
    never = [line for line in _goods(asked) if line.goods_back and rule.never(line.item)]
    if not never:
        return passed("returnable", gettext_noop("Nothing comes back that may not."))
    return failed(
        "returnable",
        gettext_noop("This never comes back: %(products)s."),
        gettext_noop("Possible without a return: the goods stay with the customer."),
        products=_named(never),
    )


def goods_back(asked: Asked) -> RuleResult:
    kept, limit = Decimal(asked.facts["kept_goods"]), asked.book.keep_item.up_to
    words = {"kept": asked.money(kept), "limit": asked.money(limit)}
    if kept <= limit:
        return passed(
            "goods_back",
            gettext_noop("Goods worth %(kept)s stay with the customer, up to %(limit)s are fine."),
            **words,
        )
    return raised(
        "goods_back",
        gettext_noop("Goods worth %(kept)s stay with the customer, more than %(limit)s."),
        gettext_noop("One approval is enough if the goods come back."),
        **words,
    )


def restocking_fee(asked: Asked) -> RuleResult:
    """The credit note gives the whole price of goods that come back: somebody has to forgo the fee."""
    book = asked.book
    fee = sum(
        (
            book.restocking.fee(line.item, line.total, asked.matter, book.statutory)
            for line in _goods(asked)
            if line.goods_back and line.quantity is not None
        ),
        Decimal(0),
    )
    if fee <= 0:
        return passed("restocking_fee", gettext_noop("No restocking fee is due."))
    return raised(
        "restocking_fee",
        gettext_noop("A restocking fee of %(fee)s is due, and the whole price is asked for."),
        gettext_noop("A second person forgoes the fee, or %(rest)s is asked for as an amount."),
        fee=asked.money(fee),
        rest=asked.money(asked.total - fee),
    )


def withdrawal_shipping(asked: Asked) -> RuleResult:
    """Who sends everything back in time by law gets the standard way to them paid back, too."""
    statutory, about = asked.book.statutory, asked.about
    goods = [line.item for line in _goods(asked)]
    applies = (
        bool(goods)
        and bool(about.get("is_everything"))
        and all(statutory.is_withdrawal(item, asked.matter) for item in goods)
    )
    due = statutory.shipping_due(Decimal(about.get("shipping_left", "0"))) if applies else Decimal(0)
    asked_for = Decimal(about.get("shipping_asked", "0"))
    if asked_for >= due:
        return passed(
            "withdrawal_shipping",
            gettext_noop("Nothing of the delivery charge is kept that the law gives back."),
        )
    return failed(
        "withdrawal_shipping",
        gettext_noop(
            "Everything is sent back in time: %(due)s of the delivery charge has to come back, too."
        ),
        gettext_noop("Possible with the delivery charge in the request."),
        due=asked.money(due),
    )


def _goods(asked: Asked) -> list[AskedLine]:
    return [line for line in asked.lines if line.is_goods]


def _named(lines: list[AskedLine]) -> str:
    return ", ".join(dict.fromkeys(line.item.sku or line.name for line in lines))
