"""Finds card numbers and IBANs in what people typed, however they grouped them and whatever stands beside them.

Pure. A number is taken for a card only when a card scheme starts like that and the check digit fits, for an IBAN
only when its country's layout and both check digits fit: order, phone, tracking and article numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

Span = tuple[int, int]

_BETWEEN = r"[ \-–._/\u00a0\u202f]{0,2}"
_DIGIT_RUN = re.compile(rf"\d(?:{_BETWEEN}\d){{12,}}")
_DIGITS = re.compile(r"\d+")
_SHORTEST_CARD, _LONGEST_CARD = 13, 19
# Visa, Diners Club, American Express, JCB, Mastercard, Mir, Discover, Maestro, UnionPay, RuPay, Troy.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|3(?:0[0-5]|[689]\d)\d{11}|3[47]\d{13}|35\d{14}|5[1-5]\d{14}"
    r"|2(?:20[0-4]|22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|(?:5[0678]|6\d)\d{14,17}|8[12]\d{14}|9792\d{12}"
)

_IBAN_START = re.compile(r"[A-Za-z]{2}(?=[ \-.\u00a0\u202f]?\d)")
_IBAN_PIECE = re.compile(r"[ \-.\u00a0\u202f]{0,2}([A-Za-z0-9])")
# What follows the two check digits, per country: n digits, a letters, c either.
_LAYOUTS = """
AD8n12c AE19n AL8n16c AO21n AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CM23n
CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n DZ22n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n
GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IR22n IS22n IT1a10n12c JO4a4n18c
KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MA24n MC10n11c2n MD20c ME18n MK3n10c2n MN16n
MR23n MT4a5n18c MU4a19n3a MZ21n NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n
RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n
VG4a16n XK16n YE4a4n18c
"""
_PARTS = re.compile(r"(\d+)([nac])")
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def _layout(code: str) -> tuple[int, re.Pattern[str]]:
    """The length of a country's whole IBAN, and the pattern of what follows the country."""
    parts = [(int(count), kind) for count, kind in _PARTS.findall(code)]
    pattern = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in parts)
    return 4 + sum(count for count, _ in parts), re.compile(rf"[0-9]{{2}}{pattern}")


_IBANS = {code[:2]: _layout(code[2:]) for code in _LAYOUTS.split()}


def find_payment_numbers(text: str) -> list[Span]:
    """Where card numbers and IBANs stand, in order and without overlaps."""
    if len(text) < _SHORTEST_CARD or not _DIGITS.search(
        text
    ):  # the shortest IBAN is longer, and has digits too
        return []
    ibans = list(_ibans(text))
    cards = [card for card in _cards(text) if not any(_overlap(card, iban) for iban in ibans)]
    return sorted(ibans + cards)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _cards(text: str) -> Iterator[Span]:
    """A date or an order number may touch the card: each stretch of whole groups is tried, the longest first."""
    for run in _DIGIT_RUN.finditer(text):
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _DIGITS.finditer(run.group())]
        digits = "".join(text[start:end] for start, end in groups)
        counted = [0, *accumulate(end - start for start, end in groups)]
        first = 0
        while first < len(groups):
            last = _last_group(text, groups, digits, counted, first)
            if last is not None:
                yield groups[first][0], groups[last][1]
            first = (first if last is None else last) + 1


def _last_group(text: str, groups: list[Span], digits: str, counted: list[int], first: int) -> int | None:
    """Where a card number ends that starts with this group."""
    start = groups[first][0]
    if text[start - 1 : start] == "+":  # a phone number
        return None
    for last in range(min(len(groups), first + _LONGEST_CARD) - 1, first - 1, -1):
        length = counted[last + 1] - counted[first]
        if length < _SHORTEST_CARD:
            return None
        if length <= _LONGEST_CARD and _is_card(digits[counted[first] : counted[last + 1]]):
            return last
    return None


def _is_card(digits: str) -> bool:
    if not _CARD.fullmatch(digits):
        return False
    if len(digits) <= 14 and _is_article_number(digits):
        return False
    numbers = [int(digit) for digit in digits]
    doubled = sum(sum(divmod(2 * number, 10)) for number in numbers[-2::-2])
    return (sum(numbers[-1::-2]) + doubled) % 10 == 0


def _is_article_number(digits: str) -> bool:
    """EAN-13 and GTIN-14 are as long as the shortest cards and far more common in a shop."""
    numbers = [int(digit) for digit in digits]
    return (sum(numbers[-1::-2]) + 3 * sum(numbers[-2::-2])) % 10 == 0


def _ibans(text: str) -> Iterator[Span]:
    after = 0
    for match in _IBAN_START.finditer(text):
        found = _IBANS.get(match.group().upper())
        if found is None or match.start() < after:
            continue
        length, layout = found
        end, rest = match.end(), ""
        while len(rest) < length - 2 and (piece := _IBAN_PIECE.match(text, end)):
            rest += piece.group(1).upper()
            end = piece.end()
        if layout.fullmatch(rest) and _fits(rest[2:] + match.group().upper() + rest[:2]):
            yield match.start(), end
            after = end


def _fits(rearranged: str) -> bool:
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1
