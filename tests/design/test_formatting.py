"""Figures and times are written as CLDR says, held against Babel's own writing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from console.formatting import Writer, find_locale, format_age

LANGUAGES = ["en", "en-gb", "de", "de-ch", "fr", "es", "it", "nl", "pt-br", "pl", "hi"]
PARIS = ZoneInfo("Europe/Paris")
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@given(
    amount=amounts,
    language=st.sampled_from(LANGUAGES),
    currency=st.sampled_from(["EUR", "USD", "GBP", "CHF"]),
)
def test_money_is_written_as_babel_writes_it(amount: Decimal, language: str, currency: str) -> None:
    ours = Writer(language, UTC).money(amount, currency)
    theirs = format_currency(amount, currency, locale=find_locale(language))

    # Letters and digits are kept apart, as CLDR asks and Babel does not.
    assert ours.replace("\u00a0", "") == theirs.replace("\u00a0", "")
    assert len(ours) - len(theirs) in {0, 1}


@given(value=st.decimals(min_value=-(10**9), max_value=10**9, places=3), language=st.sampled_from(LANGUAGES))
def test_quantity_is_written_as_babel_writes_it(value: Decimal, language: str) -> None:
    assert Writer(language, UTC).quantity(value) == format_decimal(value, locale=find_locale(language))


@given(
    at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2080, 1, 1)),
    language=st.sampled_from(LANGUAGES),
)
def test_moment_is_written_as_babel_writes_it(at: datetime, language: str) -> None:
    at = at.replace(tzinfo=UTC)
    locale = find_locale(language)
    writer = Writer(language, PARIS)

    assert writer.day(at.date()) == format_date(at.date(), "medium", locale=locale)
    assert writer.day(at) == format_date(at.astimezone(PARIS), "medium", locale=locale)
    assert writer.clock(at) in writer.moment(at)
    assert format_datetime(at, "short", tzinfo=PARIS, locale=locale).endswith(writer.clock(at))


def test_money_of_a_currency_without_decimals() -> None:
    assert get_currency_precision("JPY") == 0
    assert Writer("en", UTC).money(Decimal("1200.00"), "JPY") == "¥1,200"


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0.0375", "€0.0375"), ("29.4", "€29.40"), ("-0.5", "-€0.50"), ("12.500000", "€12.50")],
)
def test_unit_price_is_never_rounded_away(amount: str, written: str) -> None:
    assert Writer("en", UTC).money(Decimal(amount), "EUR") == written


@pytest.mark.parametrize(
    ("value", "written"), [("3.000", "3"), ("2.50", "2.5"), ("1E+3", "1,000"), ("-0.125", "-0.125")]
)
def test_quantity_has_no_trailing_zeros(value: str, written: str) -> None:
    assert Writer("en", UTC).quantity(Decimal(value)) == written


def test_time_is_written_in_the_viewers_zone() -> None:
    late = datetime(2025, 11, 21, 23, 30, tzinfo=UTC)

    assert Writer("de", PARIS).moment(late) == "22.11.2025, 00:30"
    assert Writer("de", UTC).day(late) == "21.11.2025"
    assert Writer("de", PARIS).day(date(2025, 11, 21)) == "21.11.2025"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-3, "0 s ago"),
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7300, "2 h ago"),
        (200000, "2 d ago"),
    ],
)
def test_age_keeps_its_unit_until_the_next_is_full(seconds: int, written: str) -> None:
    assert format_age(seconds) == written


def test_unknown_language_is_written_as_english() -> None:
    assert Writer("tlh", UTC).money(Decimal("1234.5"), "EUR") == "€1,234.50"
