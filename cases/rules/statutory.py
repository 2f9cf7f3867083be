"""What the law gives consumers who bought at a distance: no window, final sale or fee of a shop undercuts it.

Pure: no Django. The law counts from receipt, which nobody knows: days for the way are granted on top. In the countries
named below a consumer has fourteen days whatever is written here; an unknown country or customer counts as one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated

from cases.rules.fields import Amount, Flag, Names, Rows, Text, Unit, Whole, Wrong
from cases.rules.matter import Item, Matter, Nature, is_named

BY_LAW_DAYS = 14
# Directive 2011/83/EU in the European Economic Area, the Consumer Contracts Regulations 2013 in the United Kingdom.
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
BY_LAW = frozenset(f"{_UNION} IS LI NO GB".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    region: Annotated[str, Text(100)] = ""  # empty: all
    countries: Annotated[tuple[str, ...], Names(2, 60, upper=True, pattern="[A-Z]{2}")] = ()
    days: Annotated[int, Whole(0, 365, Unit.DAYS)] = BY_LAW_DAYS

    def fits(self, matter: Matter) -> bool:
        return (not self.region or self.region.casefold() == matter.region.casefold()) and (
            not self.countries or not matter.country or matter.country.upper() in self.countries
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statutory:
    rows: Annotated[tuple[Floor, ...], Rows(Floor, once=("region", "countries"))] = (Floor(),)
    transit_days: Annotated[int, Whole(0, 60, Unit.DAYS)] = 3
    consumers_only: Annotated[bool, Flag()] = True
    counter_teams: Annotated[tuple[str, ...], Names(100, 50)] = ()  # sold face to face: no right to withdraw
    excepted_skus: Annotated[tuple[str, ...], Names()] = ()  # made to measure, unsealed, perishable, ...
    excepted_categories: Annotated[tuple[str, ...], Names(120)] = ()
    # Of the way to the customer: what the cheapest standard delivery costs; nothing above it has to come back.
    standard_shipping: Annotated[Decimal, Amount(Decimal(0), Decimal(10_000), Unit.MONEY)] = Decimal(25)

    def objections(self) -> Mapping[str, Wrong]:
        for number, row in enumerate(self.rows):
            if row.days < BY_LAW_DAYS and BY_LAW & set(row.countries):
                return {f"rows.{number}.days": Wrong("below_law", days=str(BY_LAW_DAYS))}
        return {}

    def days(self, matter: Matter) -> int:
        """How many days after receipt; 0 where the law gives none."""
        if matter.is_counter_sale or matter.team.casefold() in {
            team.casefold() for team in self.counter_teams
        }:
            return 0
        if matter.is_consumer is False and self.consumers_only:
            return 0
        by_law = not matter.country or matter.country.upper() in BY_LAW
        granted = [row.days for row in self.rows if row.fits(matter)]
        return max([*granted, BY_LAW_DAYS if by_law else 0], default=0)

    def until(self, item: Item, matter: Matter) -> datetime | None:
        """The last moment the law grants for an item; None where it grants none, or nobody knows since when."""
        days = self.days(matter)
        if not days or is_named(item, skus=self.excepted_skus, categories=self.excepted_categories):
            return None
        since = matter.left_at(item) or matter.placed_at
        return since + timedelta(days=days + self.transit_days) if since else None

    def covers(self, item: Item, matter: Matter) -> bool:
        until = self.until(item, matter)
        return until is not None and matter.at <= until

    def shipping_due(self, charged: Decimal) -> Decimal:
        """What of the charge for the way to the customer comes back when everything does."""
        return min(charged, self.standard_shipping)

    def is_withdrawal(self, item: Item, matter: Matter) -> bool:
        return matter.nature is Nature.WITHDRAWAL and self.covers(item, matter)
