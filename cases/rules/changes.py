"""What differs between two versions of the rules, rule by rule and brand by brand.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cases.rules.book import PARTS, RuleBook
from cases.rules.parts import Difference, differences, kinds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value of one rule; ``brand`` empty: for all brands."""

    rule: str
    brand: str
    difference: Difference
    # A brand began to do it differently, or stopped doing so: the other side is what holds for all.
    begins: bool = False
    ends: bool = False

    def __str__(self) -> str:
        where = f"{self.rule}.{self.difference.field}"
        named = f"{where}.{self.difference.key}" if self.difference.key else where
        of_brand = f" ({self.brand})" if self.brand else ""
        before, after = spelled(self.difference.before), spelled(self.difference.after)
        return f"{named}{of_brand}: {before} -> {after}"


def changes(before: RuleBook, after: RuleBook) -> tuple[Change, ...]:
    return tuple(_changes(before, after))


def _changes(before: RuleBook, after: RuleBook) -> Iterator[Change]:
    for rule in PARTS:
        for difference in differences(before.part(rule), after.part(rule)):
            yield Change(rule=rule, brand="", difference=difference)
        for brand in sorted({*before.brands, *after.brands}):
            had, has = rule in before.brands.get(brand, {}), rule in after.brands.get(brand, {})
            if not (had or has):
                continue
            for difference in differences(before.part(rule, brand), after.part(rule, brand)):
                yield Change(
                    rule=rule,
                    brand=brand,
                    difference=difference,
                    begins=has and not had,
                    ends=had and not has,
                )


def spelled(value: Any) -> str:
    """A value on one line, for the trail; people get words."""
    kinds = kinds_of(type(value)) if hasattr(type(value), "__dataclass_fields__") else {}
    if kinds:
        return ", ".join(f"{name}={spelled(getattr(value, name))}" for name in kinds)
    if isinstance(value, tuple):
        return "[" + " ".join(map(spelled, value)) + "]"
    return "-" if value is None else str(value)
