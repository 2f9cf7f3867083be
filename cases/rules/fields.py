"""What kinds of values rules are made of: how each is typed, checked, stored and read back.

Pure: no Django. A rule's fields name their kind as an annotation, so that forms, limits and stored values are one
definition. What is wrong with something typed is a code with words, put into a sentence where people are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

from cases.actions.hashing import plain

LONGEST_NUMBER = 20


class Wrong(Exception):
    """Something typed is no value of its kind."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class Unit(StrEnum):
    """What a number counts; the word beside its input."""

    DAYS = "days"
    HOURS = "hours"
    MONEY = "money"  # in the order's own currency
    PERCENT = "percent"
    PIECES = "pieces"
    TIMES = "times"


class Kind(Protocol):
    """One kind of a single value."""

    def parse(self, text: str) -> Any:
        """What was typed, or ``Wrong``."""

    def typed(self, value: Any) -> str:
        """The value as one would type it."""

    def plain(self, value: Any) -> Any:
        """The value as it is stored."""

    def read(self, stored: Any) -> Any:
        """A stored value, or ``ValueError``."""


@dataclass(frozen=True, slots=True)
class Whole:
    least: int
    most: int
    unit: Unit

    def parse(self, text: str) -> int:
        number = _number(text)
        if number != number.to_integral_value():
            raise Wrong("not_whole")
        _check_range(number, Decimal(self.least), Decimal(self.most))
        return int(number)

    def typed(self, value: int) -> str:
        return str(value)

    def plain(self, value: int) -> int:
        return value

    def read(self, stored: Any) -> int:
        return int(stored)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, a share or a quantity, with at most ``places`` digits behind the point."""

    least: Decimal
    most: Decimal
    unit: Unit
    places: int = 2

    def parse(self, text: str) -> Decimal:
        number = _number(text)
        _check_range(number, self.least, self.most)
        if -int(number.normalize().as_tuple().exponent) > self.places:
            raise Wrong("too_fine", places=str(self.places))
        return Decimal(plain(number))

    def typed(self, value: Decimal) -> str:
        return plain(value)

    def plain(self, value: Decimal) -> str:
        return plain(value)

    def read(self, stored: Any) -> Decimal:
        try:
            return Decimal(str(stored))
        except InvalidOperation:
            raise ValueError("no number") from None


@dataclass(frozen=True, slots=True)
class Flag:
    def parse(self, text: str) -> bool:
        return bool(text)

    def typed(self, value: bool) -> str:
        return "1" if value else ""

    def plain(self, value: bool) -> bool:
        return value

    def read(self, stored: Any) -> bool:
        return bool(stored)


@dataclass(frozen=True, slots=True)
class Choice:
    of: type[StrEnum]

    def parse(self, text: str) -> StrEnum:
        if text not in set(self.of):
            raise Wrong("unknown_choice")
        return self.of(text)

    def typed(self, value: StrEnum) -> str:
        return value.value

    def plain(self, value: StrEnum) -> str:
        return value.value

    def read(self, stored: Any) -> StrEnum:
        return self.of(stored)


@dataclass(frozen=True, slots=True)
class Text:
    """A short text; ``pattern`` where not everything goes, empty only where ``optional``."""

    longest: int
    optional: bool = True
    pattern: str = ""

    def parse(self, text: str) -> str:
        cleaned = " ".join(text.split())
        if not cleaned and not self.optional:
            raise Wrong("missing")
        if len(cleaned) > self.longest:
            raise Wrong("too_long", most=str(self.longest))
        if cleaned and self.pattern and not re.fullmatch(self.pattern, cleaned):
            raise Wrong("wrong_form")
        return cleaned

    def typed(self, value: str) -> str:
        return value

    def plain(self, value: str) -> str:
        return value

    def read(self, stored: Any) -> str:
        return str(stored)


@dataclass(frozen=True, slots=True)
class Names:
    """A list of short names, typed with commas or line ends between them."""

    longest: int = 100
    most: int = 500
    upper: bool = False
    pattern: str = ""

    def parse(self, text: str) -> tuple[str, ...]:
        found = dict.fromkeys(
            " ".join(name.split()) for name in re.split(r"[,;\n]", text.upper() if self.upper else text)
        )
        names = tuple(name for name in found if name)
        if len(names) > self.most:
            raise Wrong("too_many", most=str(self.most))
        for name in names:
            if len(name) > self.longest:
                raise Wrong("too_long", most=str(self.longest))
            if self.pattern and not re.fullmatch(self.pattern, name):
                raise Wrong("wrong_name", name=name)
        return names

    def typed(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)

    def plain(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    def read(self, stored: Any) -> tuple[str, ...]:
        return tuple(str(name) for name in stored)


@dataclass(frozen=True, slots=True)
class PerKey:
    """One value for each of some keys, such as a limit per role; a key without a value has none."""

    keys: tuple[str, ...]
    of: Whole | Amount | Choice


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: each row is a record of its own whose fields have kinds. ``once`` names what no two rows share."""

    of: type
    most: int = 60
    once: tuple[str, ...] = field(default=())


AnyKind = Whole | Amount | Flag | Choice | Text | Names | PerKey | Rows


def _number(text: str) -> Decimal:
    cleaned = re.sub(r"[\s\u00a0\u202f']", "", text)
    if not cleaned:
        raise Wrong("missing")
    if len(cleaned) > LONGEST_NUMBER:
        raise Wrong("not_a_number")
    if "," in cleaned and "." in cleaned:  # the last of the two is the decimal one
        thousands = "," if cleaned.rindex(".") > cleaned.rindex(",") else "."
        cleaned = cleaned.replace(thousands, "")
    cleaned = cleaned.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cleaned):
        raise Wrong("not_a_number")
    return Decimal(cleaned)


def _check_range(number: Decimal, least: Decimal, most: Decimal) -> None:
    if number < least:
        raise Wrong("too_small", least=plain(least))
    if number > most:
        raise Wrong("too_large", most=plain(most))
