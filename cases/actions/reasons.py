"""How money goes back; why it does is a code of the rules.

Pure: no Django.
"""

from __future__ import annotations

from enum import StrEnum

from cases.sentences import gettext_noop


class RefundWay(StrEnum):
    """Finance sends it, never this desk."""

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
