"""Why money is given back, as a code; the words beside it stand on the document in Odoo.

Pure: no Django.
"""

from __future__ import annotations

from enum import StrEnum

from cases.sentences import gettext_noop


class RefundReason(StrEnum):
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    LATE = "late"
    NOT_AS_DESCRIBED = "not_as_described"
    CHANGED_MIND = "changed_mind"
    PRICE = "price"
    PAID_TWICE = "paid_twice"
    GOODWILL = "goodwill"
    OTHER = "other"


REASON_WORDS = {
    RefundReason.DAMAGED: gettext_noop("Damaged"),
    RefundReason.WRONG_ITEM: gettext_noop("Wrong item"),
    RefundReason.MISSING: gettext_noop("Something is missing"),
    RefundReason.LATE: gettext_noop("Too late"),
    RefundReason.NOT_AS_DESCRIBED: gettext_noop("Not as described"),
    RefundReason.CHANGED_MIND: gettext_noop("No longer wanted"),
    RefundReason.PRICE: gettext_noop("Price corrected"),
    RefundReason.PAID_TWICE: gettext_noop("Paid twice"),
    RefundReason.GOODWILL: gettext_noop("Goodwill"),
    RefundReason.OTHER: gettext_noop("Other"),
}


class RefundWay(StrEnum):
    """How the money goes back; finance sends it, never this desk."""

    ORIGINAL = "original"  # the way it came
    CARD = "card"
    BANK = "bank"
    STORE_CREDIT = "store_credit"


WAY_WORDS = {
    RefundWay.ORIGINAL: gettext_noop("the way it came"),
    RefundWay.CARD: gettext_noop("to the card it came from"),
    RefundWay.BANK: gettext_noop("to the bank account"),
    RefundWay.STORE_CREDIT: gettext_noop("as store credit"),
}
