"""Puts a rule's sentence into the reader's language, its dates as people there write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext

from cases.written_dates import write_day

_DAYS = ("until", "day")  # words that are dates, stored as ISO dates


def told(sentence: str, words: Mapping[str, str]) -> str:
    return gettext(sentence) % {name: _word(name, word) for name, word in words.items()}


def _word(name: str, word: str) -> str:
    if name not in _DAYS:
        return word
    try:
        return write_day(date.fromisoformat(word))
    except ValueError:
        return word
