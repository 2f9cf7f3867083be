"""Decides what a typed text can be, so that Odoo is asked nothing that cannot have an answer.

Pure. A text may be several things at once: ten digits are an order number, a parcel's number and a phone number.
"""

from __future__ import annotations

import re
import unicodedata

from integrations.canonical import MatchReason, OrderQuery, parse_phone

LONGEST_QUERY = 100
SHORTEST_NUMBER = 2  # letters and digits together, at least one of them a digit
SHORTEST_TRACKING = 6
SHORTEST_NAME = 3  # letters

_EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]{2,}")
_ADDRESSED = re.compile(rf"(?:mailto:|[^<>@]*<)?\s*({_EMAIL.pattern})\s*>?", re.IGNORECASE)

_NUMBERS = frozenset(
    {
        MatchReason.ORDER_NUMBER,
        MatchReason.CHANNEL_REFERENCE,
        MatchReason.INVOICE,
        MatchReason.CREDIT_NOTE,
        MatchReason.DELIVERY,
        MatchReason.RETURN,
        MatchReason.SERIAL,
    }
)


def classify(typed: str) -> OrderQuery:
    """The text as it is looked for, and its kinds; no kinds for what is too short, too long or no text at all."""
    text = normalise(typed)
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdecimal() for character in text)
    if not text or len(text) > LONGEST_QUERY or letters + digits < SHORTEST_NUMBER:
        return OrderQuery(text=text[:LONGEST_QUERY], kinds=frozenset())
    if address := _ADDRESSED.fullmatch(text):
        return OrderQuery(text=address[1].lower(), kinds=frozenset({MatchReason.EMAIL}))
    kinds: set[MatchReason] = set()
    if parse_phone(text):
        kinds.add(MatchReason.PHONE)
    if digits and not (kinds and text.startswith("+")):
        kinds |= _NUMBERS
        if letters + digits >= SHORTEST_TRACKING:
            kinds.add(MatchReason.TRACKING_NUMBER)
    if _may_be_a_name(text, letters, digits):
        kinds |= {MatchReason.NAME, MatchReason.CHANNEL_REFERENCE}
    return OrderQuery(text=text, kinds=frozenset(kinds))


def normalise(typed: str) -> str:
    """One line of visible characters with single spaces; what was pasted often brings others along."""
    visible = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp") else character
        for character in unicodedata.normalize("NFC", typed)
        if unicodedata.category(character) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(visible.split())


def _may_be_a_name(text: str, letters: int, digits: int) -> bool:
    """Three letters; with digits only as one word among others, as in the name of a shop."""
    if letters < SHORTEST_NAME or "@" in text:
        return False
    return not digits or (" " in text and letters > digits)
