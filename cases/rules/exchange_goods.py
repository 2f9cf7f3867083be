"""What only an exchange asks of its goods: their time to be exchanged, and whether the new ones cost the same.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal

from cases.actions.verdicts import RuleResult
from cases.rules.asked import Asked
from cases.rules.asked_back import AskedBack
from cases.rules.goods_time import latest_of
from cases.rules.matter import Remedy
from cases.rules.outcomes import failed, passed, raised
from cases.sentences import gettext_noop


def window(asked: AskedBack) -> RuleResult:
    """Of several goods the one whose time ends first decides."""
    ends = [
        (latest_of(asked.book, line.item, line.matter, Remedy.EXCHANGE), line.item.sku or line.name)
        for line in asked.back
    ]
    known = [(end, product) for end, product in ends if end is not None]
    if len(known) < len(ends):
        return raised(
            "window",
            gettext_noop("Nobody knows since when the time for an exchange runs."),
            gettext_noop("A second person decides."),
        )
    if not known:
        return passed("window", gettext_noop("Nothing comes back that has a time."))
    until, product = min(known)
    words = {"until": until.date().isoformat(), "product": product}
    if asked.matter.at <= until:
        return passed("window", gettext_noop("In time: exchanges are possible until %(until)s."), **words)
    return failed(
        "window",
        gettext_noop("Too late: %(product)s could be exchanged until %(until)s."),
        gettext_noop("Possible if the goods had left later, or for a fault within its warranty."),
        **words,
    )


def price_difference(asked: Asked) -> RuleResult:
    """It is told, never collected or paid here."""
    price = asked.facts["price"]
    if not price["is_known"]:
        return raised(
            "price_difference",
            gettext_noop("Nobody knows what the new goods cost in the order’s currency."),
            gettext_noop("A second person decides."),
        )
    difference = Decimal(price["difference"])
    words = {"difference": asked.money(abs(difference))}
    if difference == 0:
        return passed("price_difference", gettext_noop("The new goods cost what the old ones did."))
    if difference > 0:
        return passed(
            "price_difference",
            gettext_noop("The new goods cost %(difference)s more: finance collects it, nothing here does."),
            **words,
        )
    return passed(
        "price_difference",
        gettext_noop("The new goods cost %(difference)s less: finance gives it back, nothing here does."),
        **words,
    )
