"""Whether Odoo's deliveries let goods come back at all, and where to: these rules are nobody's choice.

Pure: no Django. ``problem`` is what the wish came to nothing for, in a word of ours or of the bridge.
"""

from __future__ import annotations

from cases.actions.verdicts import RuleResult
from cases.rules.asked_back import AskedBack
from cases.rules.outcomes import failed, passed
from cases.sentences import gettext_noop

# What was sent although the order was cancelled afterwards can come back, too.
_CONFIRMED = frozenset({"sale", "done", "cancel"})
_NOT_THERE = frozenset({"not_delivered", "not_to_customer"})


def order_confirmed(asked: AskedBack) -> RuleResult:
    if asked.facts["order_state"] in _CONFIRMED:
        return passed("order_confirmed", gettext_noop("The order was confirmed."))
    return failed(
        "order_confirmed",
        gettext_noop("This is a quotation: nothing was sold yet."),
        gettext_noop("Possible once the order is confirmed and its goods have left."),
    )


def delivered(asked: AskedBack) -> RuleResult:
    if asked.facts["problem"] in _NOT_THERE or not asked.facts["deliveries"]:
        return failed(
            "delivered",
            gettext_noop("It has not been delivered: %(about)s."),
            gettext_noop("Possible once the delivery is done in Odoo."),
            about=str(asked.facts["problem_about"] or asked.payload["order"]["ref"]),
        )
    named = ", ".join(asked.facts["deliveries"])
    return passed("delivered", gettext_noop("Delivered with %(deliveries)s."), deliveries=named)


_OBSTACLES = {
    "kit": (
        gettext_noop(
            "%(about)s was sold as a kit: Odoo moved its components and cannot take it back as one."
        ),
        gettext_noop("Possible in Odoo itself: the warehouse takes the components back."),
    ),
    "drop_shipped": (
        gettext_noop("%(about)s came from the supplier: there is no way back into a warehouse of ours."),
        gettext_noop("Possible with the supplier: ask purchasing."),
    ),
    "lot_needed": (
        gettext_noop("%(about)s has lot or serial numbers: which ones come back is not said."),
        gettext_noop("Possible with the numbers chosen."),
    ),
    "wrong_lot": (
        gettext_noop("A lot or serial number of %(about)s was not in that delivery, or came back already."),
        gettext_noop("Possible with numbers that are still with the customer."),
    ),
    "lots_differ": (
        gettext_noop("The numbers of %(about)s come to another quantity than is asked for."),
        gettext_noop("Possible with as many numbers as pieces."),
    ),
    "rma_lots": (
        gettext_noop("Return authorizations here cannot take lot or serial numbers back: %(about)s."),
        gettext_noop("Possible as a return transfer: an administrator chooses the way."),
    ),
    "unit": (
        gettext_noop("%(about)s was delivered in another unit than was ordered."),
        gettext_noop("Possible by the line of the delivery, in its unit."),
    ),
    "line_twice": (
        gettext_noop("The same line of a delivery is asked for twice."),
        gettext_noop("Possible with each line once."),
    ),
}


def can_come_back(asked: AskedBack) -> RuleResult:
    known = _OBSTACLES.get(str(asked.facts["problem"]))
    if known is None:
        return passed(
            "can_come_back", gettext_noop("A warehouse of ours sent it, piece by piece as ordered.")
        )
    return failed("can_come_back", known[0], known[1], about=str(asked.facts["problem_about"]))


def within_returnable(asked: AskedBack) -> RuleResult:
    """Less what came back or is announced, in Odoo by anybody or here by a request that is not in Odoo yet."""
    problem = str(asked.facts["problem"])
    if problem in ("quantity", "nothing_left") or any(line.quantity > line.returnable for line in asked.back):
        return failed(
            "within_returnable",
            gettext_noop("Nothing of %(about)s is left to come back.")
            if problem == "nothing_left"
            else gettext_noop("More of %(about)s is asked for than can still come back."),
            gettext_noop("Possible for at most what was shipped and is not coming back already: %(left)s."),
            about=str(asked.facts["problem_about"]),
            left=str(asked.facts["problem_left"] or "0"),
        )
    return passed("within_returnable", gettext_noop("Nothing more is asked for than can still come back."))


def destination(asked: AskedBack) -> RuleResult:
    named = ", ".join(dict.fromkeys(str(back["warehouse"]) for back in asked.payload["returns"]))
    problem = str(asked.facts["place_problem"])
    if not problem:
        return passed("destination", gettext_noop("It comes back to: %(places)s."), places=named)
    reasons = {
        "no_rma": (
            gettext_noop("This Odoo has no return authorizations, and goods are to come back with one here."),
            gettext_noop("Possible once an administrator chooses the other way."),
        ),
        "rma_operation": (
            gettext_noop("The chosen operation of return authorizations is gone, or does more by itself."),
            gettext_noop("Possible once an administrator chooses another one."),
        ),
    }
    default = (
        gettext_noop("The warehouse is not one of this company, or has no place to receive goods."),
        gettext_noop("Possible with another warehouse."),
    )
    return failed("destination", *reasons.get(problem, default))
