"""Days and moments as people of a language write them (CLDR): one rule for sentences of ours and for pages.

Django's own formats differ from it in every language, and a page that says "Nov. 10" beside "Nov 10" looks careless.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import DateTimePattern, parse_pattern
from django.utils import timezone
from django.utils.translation import get_language


def write_day(day: date) -> str:
    """A date in the viewer's language; of a moment, the date it has in their time zone."""
    here = timezone.localtime(day) if isinstance(day, datetime) else day
    return _write("day", here)


def write_moment(at: datetime) -> str:
    return _write("moment", timezone.localtime(at))


def _write(form: str, value: date) -> str:
    language = get_language() or "en"
    return date_patterns(language)[form].apply(value, find_locale(language))


@lru_cache(maxsize=64)
def find_locale(language: str) -> Locale:
    """The CLDR locale of a language tag, or English where there is none."""
    tag = language.replace("-", "_")
    for candidate in (tag, tag.split("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@lru_cache(maxsize=64)
def date_patterns(language: str) -> dict[str, DateTimePattern]:
    """Taken apart once per language: Babel does so for every date it writes."""
    locale = find_locale(language)
    day = locale.date_formats["medium"].pattern
    join = str(locale.datetime_formats["medium"])
    forms = {
        "day": day,
        "short": locale.datetime_skeletons["MMMd"].pattern,
        "clock": locale.time_formats["short"].pattern,
        "moment": join.replace("{1}", day).replace("{0}", locale.time_formats["short"].pattern),
        "exact": join.replace("{1}", locale.date_formats["full"].pattern).replace(
            "{0}", locale.time_formats["long"].pattern
        ),
    }
    return {name: parse_pattern(form) for name, form in forms.items()}
