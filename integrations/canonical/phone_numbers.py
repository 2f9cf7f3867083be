"""Tells whether two phone numbers are the same one, in whatever notation each was written.

Exact: every digit of the subscriber's number counts. What may differ is what notations differ in: separators,
``+`` or ``00``, a missing country, the zero that is dialled inside a country only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

FEWEST_DIGITS, MOST_DIGITS = 7, 15
_WRITTEN = re.compile(r"\+?[\d\s().\-/\u00a0\u2010-\u2015]+")
_DIGIT = re.compile(r"[0-9]")

_NORTH_AMERICA = "1"

# Calling codes are prefix-free: one digit for these, two for those listed, three for all others.
_ONE_DIGIT = frozenset("17")
_TWO_DIGITS = frozenset(
    f"{tens}{ones}"
    for tens, all_ones in {
        "2": "07",
        "3": "0123469",
        "4": "013456789",
        "5": "12345678",
        "6": "0123456",
        "8": "1246",
        "9": "0123458",
    }.items()
    for ones in all_ones
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """``country`` is the calling code, empty where the notation does not say it; ``subscriber`` has no dialled zero."""

    country: str
    subscriber: str = field(repr=False)
    dialled: str = field(repr=False)  # all digits, as they were written

    @property
    def shortest(self) -> str:
        """The digits that every notation of this number contains; in North America a 1 may be dialled before it."""
        with_one = not self.country and self.dialled.startswith("1") and len(self.dialled) == 11
        return self.subscriber[1:] if with_one else self.subscriber

    def is_same_as(self, other: PhoneNumber) -> bool:
        if self.country and other.country:
            return (self.country, self.subscriber) == (other.country, other.subscriber)
        if self.subscriber == other.subscriber:
            return True
        if {self.country, other.country} <= {"", _NORTH_AMERICA} and self.shortest == other.shortest:
            return True
        # Somebody left the + away.
        return f"{self.country}{self.subscriber}" == f"{other.country}{other.subscriber}"

    @property
    def kept_names(self) -> frozenset[str]:
        """What an index keeps this number under, so that ``asked_names`` of the same number meet one of them."""
        names = {
            f"whole:{self.country}{self.subscriber}",
            f"{'rest' if self.country else 'bare'}:{self.subscriber}",
        }
        return frozenset(names | self._north_american)

    @property
    def asked_names(self) -> frozenset[str]:
        """What an index is asked for; meets the names that are kept exactly where ``is_same_as`` holds."""
        names = {f"whole:{self.country}{self.subscriber}", f"bare:{self.subscriber}"}
        if not self.country:
            names.add(f"rest:{self.subscriber}")
        return frozenset(names | self._north_american)

    @property
    def _north_american(self) -> set[str]:
        return {f"one:{self.shortest}"} if self.country in ("", _NORTH_AMERICA) else set()


def parse_phone(written: str) -> PhoneNumber | None:
    """None for what is no phone number: letters, too few digits or too many."""
    text = written.strip()
    if not _WRITTEN.fullmatch(text):
        return None
    international = text.startswith(("+", "00"))
    if international:
        text = text.replace("(0)", "")
    digits = "".join(_DIGIT.findall(text))
    if text.startswith("00"):
        digits = digits[2:]
    if not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return None
    country = _country_of(digits) if international else ""
    subscriber = digits[len(country) :].lstrip("0")
    if len(subscriber) < FEWEST_DIGITS - 1:
        return None
    return PhoneNumber(country=country, subscriber=subscriber, dialled=digits)


def _country_of(digits: str) -> str:
    if digits[0] in _ONE_DIGIT:
        return digits[0]
    return digits[:2] if digits[:2] in _TWO_DIGITS else digits[:3]
