"""What the order and its goods allow to be sent once more: what it is, how many are left, their time, their stock.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked import Asked
from cases.rules.goods_time import latest_of
from cases.rules.matter import Remedy
from cases.rules.outcomes import failed, passed, raised
from cases.sentences import gettext_noop

_CONFIRMED = frozenset({"sale", "done"})


def order_confirmed(asked: Asked) -> RuleResult:
    if asked.facts["order_state"] in _CONFIRMED:
        return passed("order_confirmed", gettext_noop("The order was confirmed."))
    if asked.facts["order_state"] == "cancel":
        return failed(
            "order_confirmed",
            gettext_noop("The order was cancelled: nothing of it is sent again."),
            gettext_noop("Possible with a new order, or as a refund."),
        )
    return failed(
        "order_confirmed",
        gettext_noop("This is a quotation: nothing was sold yet."),
        gettext_noop("Possible once the order is confirmed and shipped."),
    )


_OBSTACLES = {
    "product_archived": (
        gettext_noop("The product is not sold any more: %(products)s."),
        gettext_noop("Possible as a refund, or with another product in its place."),
    ),
    "not_goods": (
        gettext_noop("This is not a thing that can be sent: %(products)s."),
        gettext_noop("Possible for goods; money can be given back for the rest."),
    ),
}
_PROBLEMS = {
    "not_of_order": gettext_noop("One of the lines is no goods of this order."),
    "no_such_product": gettext_noop("The product that is to be sent instead is not known in Odoo."),
}


def sendable(asked: Asked) -> RuleResult:
    problem = asked.facts["problem"]
    if problem in _PROBLEMS:
        return failed(
            "sendable",
            _PROBLEMS[problem],
            gettext_noop("Possible for goods of this order and for products there are."),
        )
    for obstacle, (explanation, eligible_if) in _OBSTACLES.items():
        stopped = [line["name"] for line in asked.facts["lines"] if line["obstacle"] == obstacle]
        if stopped:
            return failed("sendable", explanation, eligible_if, products=_named(stopped))
    return passed("sendable", gettext_noop("All of it can be sent."))


def quantity(asked: Asked) -> RuleResult:
    """Never more than left, less what was credited, sent again, or is being asked for."""
    over = [line for line in asked.facts["lines"] if Decimal(line["asked"]) > _left(line)]
    if not over:
        return passed("quantity", gettext_noop("Not more is sent than reached the customer."))
    line = over[0]
    words = {"product": line["name"], "asked": line["asked"], "left": format(_left(line).normalize(), "f")}
    if Decimal(line["kept"]) <= 0:
        return failed(
            "quantity",
            gettext_noop("Nothing of it is with the customer: %(product)s."),
            gettext_noop("Possible once it was shipped, and while it was not given back for money."),
            **words,
        )
    return failed(
        "quantity",
        gettext_noop(
            "%(asked)s of %(product)s are asked for, but only %(left)s can be sent again: the rest was "
            "refunded, sent again, or is asked for already."
        ),
        gettext_noop("Possible for at most %(left)s."),
        **words,
    )


def _left(line: dict[str, str]) -> Decimal:
    return min(Decimal(line["left"]), Decimal(line["ordered"]))


def window(asked: Asked) -> RuleResult:
    """Of several goods the one whose time ends first decides."""
    ends = [latest_of(asked.book, item, asked.matter, Remedy.REPLACE) for item in asked.items]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return raised(
            "window",
            gettext_noop("Nobody knows since when the time for a replacement runs."),
            gettext_noop("A second person decides."),
        )
    until = min(known)
    day = until.date().isoformat()
    if asked.matter.at <= until:
        return passed(
            "window", gettext_noop("In time: replacements are possible until %(until)s."), until=day
        )
    return failed(
        "window",
        gettext_noop("Too late: replacements were possible until %(until)s."),
        gettext_noop("Possible if the goods had left later, or where the fault is under warranty."),
        until=day,
    )


def stock(asked: Asked) -> RuleResult:
    """No figures here: who may not see them reads this, too."""
    source = asked.facts["source"]
    if asked.facts["problem"] in _PROBLEMS:
        return passed("stock", gettext_noop("No warehouse is looked into for what cannot be sent."))
    if source is None:
        return failed(
            "stock",
            gettext_noop("There is no such warehouse in this company."),
            gettext_noop("Possible from one of the company’s own warehouses."),
        )
    words = {"warehouse": source["name"]}
    if source["is_enough"]:
        return passed("stock", gettext_noop("%(warehouse)s has enough on its shelves."), **words)
    if not asked.book.replacement_stock.must_be_in_stock:
        return passed(
            "stock", gettext_noop("%(warehouse)s has not enough: the order waits for the goods."), **words
        )
    others = asked.facts["others"]
    return failed(
        "stock",
        gettext_noop("%(warehouse)s has not enough on its shelves."),
        gettext_noop("Possible from %(others)s.")
        if others
        else gettext_noop("Possible once a warehouse has it again, or as a refund."),
        **words,
        others=_named(others),
    )


def _named(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
