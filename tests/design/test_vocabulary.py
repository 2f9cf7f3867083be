"""Every state a record can be in has a word, a tone and a drawing."""

from __future__ import annotations

import inspect
from enum import StrEnum

import pytest

from cases.contradictions import Severity
from cases.orders.timeline import EventKind
from console.glyphs import GLYPHS
from console.panels import PANELS
from console.vocabulary import BANDS, VOCABULARY, find_word
from integrations import canonical
from tests.design.specimen import PANEL_NAMES

# How much of a value remains, and what the engine is answered by Odoo's side: never shown as a state. What becomes of
# an answer is told in the words of ``console.action_words``.
NOT_STATES = {"Partial", "EffectState", "Guarantee", "Refusal", "AuthorizationState", "NotAssignable"}

ENUMS = [
    found
    for name, found in inspect.getmembers(canonical, inspect.isclass)
    if issubclass(found, StrEnum) and found is not StrEnum and name not in NOT_STATES
] + [EventKind, Severity]


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_member_has_an_entry_of_its_own(enum: type[StrEnum]) -> None:
    assert {member.value for member in enum} <= set(VOCABULARY[enum.__name__])


def test_every_entry_names_a_drawing_that_exists() -> None:
    words = [word for table in VOCABULARY.values() for word in table.values()] + list(BANDS.values())

    assert {word.glyph for word in words} <= set(GLYPHS)


def test_entries_of_one_table_differ_by_more_than_their_colour() -> None:
    for name, table in VOCABULARY.items():
        labels = [str(word.label) for key, word in table.items() if key != "garbled"]
        assert (name, sorted(labels)) == (name, sorted(set(labels)))


def test_unknown_value_is_still_readable() -> None:
    assert str(find_word("some_new_state", kind="OrderState").label) == "Some new state"


def test_every_panel_has_a_title_and_an_empty_sentence() -> None:
    assert set(PANELS) == set(PANEL_NAMES)
    assert all(words.title and words.empty for words in PANELS.values())
