"""How sensitive a fact is, and how much of it remains for whoever may not see all of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Sensitivity(StrEnum):
    PUBLIC = "public"  # what the customer's own paperwork shows
    INTERNAL = "internal"  # cost, margin, stock figures
    PERSONAL = "personal"  # who the customer is, and anything people typed freely
    FINANCIAL = "financial"  # invoice totals, residuals, credit
    PAYMENT = "payment"  # payment references, bank, card tails
    SECRET = "secret"  # noqa: S105 - the name of a class of data, not a password


class Partial(StrEnum):
    """How much of a value remains when only a part of it may be seen."""

    NAME = "name"  # Ana B••••
    EMAIL = "email"  # a••••@example.com
    PHONE = "phone"  # •••• 57
    LAST_FOUR = "last_four"  # •••• 4821
    BAND = "band"  # none, few, plenty
    PLACE = "place"  # kept for city and country only
    TALK = "talk"  # what was said, without e-mail addresses, phone numbers and other long numbers


PUBLIC, INTERNAL, PERSONAL = Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.PERSONAL
FINANCIAL, PAYMENT = Sensitivity.FINANCIAL, Sensitivity.PAYMENT


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str
