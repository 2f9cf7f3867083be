"""Numbers, money and times as the viewer's language writes them (CLDR), quick enough for a thousand cells a page.

Babel builds a number from its pattern each time, which costs more than the rest of a cell together. Here the pattern
is taken apart once per language (and currency); a test holds the result against Babel's own.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    get_minus_sign_symbol,
)
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from cases.written_dates import date_patterns, find_locale

__all__ = ["AGE_SENTENCES", "NBSP", "Writer", "current_writer", "find_locale", "format_age"]

NBSP = "\u00a0"
_MOST_DECIMALS = 6  # Odoo's finest precision; unit prices of screws need it

# The page hands the same four sentences to the browser, which keeps the ages ticking.
AGE_SENTENCES: tuple[tuple[str, int, str | Promise], ...] = (
    ("d", 86400, _("{n} d ago")),
    ("h", 3600, _("{n} h ago")),
    ("min", 60, _("{n} min ago")),
    ("s", 1, _("{n} s ago")),
)


class Writer:
    """Writes for one language and time zone; one exists per pair, found with ``current_writer``."""

    explain_url = (
        ""  # where a page's masked values lead: to why they are, and how to see them; empty: nowhere
    )

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self.quantity = _quantity_writer(language)
        self._locale = find_locale(language)
        self._patterns = date_patterns(language)
        with override(language):
            self._ages = [(size, str(text)) for _unit, size, text in AGE_SENTENCES]
        # Pages repeat a moment (headings, tooltips, lists by day), and Babel is slow at them.
        self.moment: Callable[[datetime], str] = lru_cache(maxsize=2048)(lambda at: self._apply("moment", at))
        self.clock: Callable[[datetime], str] = lru_cache(maxsize=2048)(lambda at: self._apply("clock", at))
        self.exact: Callable[[datetime], str] = lru_cache(maxsize=2048)(lambda at: self._apply("exact", at))
        self.short_day: Callable[[datetime], str] = lru_cache(maxsize=512)(
            lambda at: self._apply("short", at)
        )
        self.day: Callable[[date], str] = lru_cache(maxsize=2048)(self._day)

    def explaining(self, url: str) -> Writer:
        """The same writer for a page that can say why a value is masked; what it has kept is shared."""
        other = copy(self)
        other.explain_url = url
        return other

    def age(self, seconds: int) -> str:
        """How long ago: "14 s ago", "3 min ago"."""
        age = max(0, seconds)
        size, sentence = next(((size, text) for size, text in self._ages if age >= size), self._ages[-1])
        return sentence.replace("{n}", str(age // size))

    def money(self, amount: Decimal, currency: str) -> str:
        return _money_writer(self.language, currency)(amount)

    def _apply(self, form: str, at: datetime) -> str:
        return self._patterns[form].apply(at.astimezone(self.zone), self._locale)

    def _day(self, day: date) -> str:
        """A date, or the date that a moment has in the viewer's time zone."""
        if isinstance(day, datetime):
            return self._apply("day", day)
        return self._patterns["day"].apply(day, self._locale)


def current_writer() -> Writer:
    return _writer(get_language() or "en", timezone.get_current_timezone())


@lru_cache(maxsize=128)
def _writer(language: str, zone: tzinfo) -> Writer:
    return Writer(language, zone)


def format_age(seconds: int) -> str:
    """How long ago, in the language that is spoken."""
    return current_writer().age(seconds)


@lru_cache(maxsize=256)
def _money_writer(language: str, currency: str) -> Callable[[Decimal], str]:
    locale = find_locale(language)
    pattern = locale.currency_formats["standard"]
    if pattern.grouping != (3, 3):
        return lambda amount: format_currency(amount, currency, locale=locale)
    symbol = get_currency_symbol(currency, locale)
    digits = get_currency_precision(currency)
    affixes = [_affixes(pattern, negative, symbol, locale) for negative in (0, 1)]
    swap = str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})

    @lru_cache(maxsize=2048)
    def write(amount: Decimal) -> str:
        prefix, suffix = affixes[1 if amount < 0 else 0]
        return prefix + f"{abs(amount):,.{_decimals(amount, at_least=digits)}f}".translate(swap) + suffix

    return write


def _affixes(pattern: NumberPattern, negative: int, symbol: str, locale: Locale) -> tuple[str, str]:
    prefix = pattern.prefix[negative].replace("¤", symbol)
    suffix = pattern.suffix[negative].replace("¤", symbol)
    minus = get_minus_sign_symbol(locale)
    # CLDR's currency spacing: letters do not touch digits ("CHF 5.00"). Babel leaves it out.
    if prefix and prefix[-1].isalpha():
        prefix += NBSP
    return prefix.replace("-", minus), suffix.replace("-", minus)


def _decimals(amount: Decimal, *, at_least: int) -> int:
    """As many decimals as the currency has, more where the amount needs them: 0.0125 is not 0.01."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= at_least:
        return at_least
    needed = amount.normalize().as_tuple().exponent
    return min(max(at_least, -int(needed)), _MOST_DECIMALS)


@lru_cache(maxsize=64)
def _quantity_writer(language: str) -> Callable[[Decimal], str]:
    """Without trailing zeros: 3, 2.5, 1,200."""
    locale = find_locale(language)
    if locale.decimal_formats[None].grouping != (3, 3):
        return lambda value: format_decimal(value, locale=locale)
    swap = str.maketrans(
        {",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": get_minus_sign_symbol(locale)}
    )

    @lru_cache(maxsize=2048)
    def write(value: Decimal) -> str:
        return f"{value:,.{_decimals(value, at_least=0)}f}".translate(swap)

    return write
