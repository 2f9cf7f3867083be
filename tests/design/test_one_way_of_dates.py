"""A date in a sentence of ours is written as the same date in a column of the page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from cases.written_dates import write_day, write_moment
from console.formatting import current_writer

AT = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(("language", "day"), [
    ("en", "Nov 10, 2026"), ("de", "10.11.2026"), ("fr", "10 nov. 2026"), ("xx", "Nov 10, 2026"),
])  # fmt: skip
def test_sentences_and_pages_write_alike(language: str, day: str) -> None:
    with translation.override(language), timezone.override("Europe/Berlin"):
        writer = current_writer()
        assert write_day(AT) == writer.day(AT) == day
        assert write_day(date(2026, 11, 10)) == writer.day(date(2026, 11, 10)) == day
        assert write_moment(AT) == writer.moment(AT)
