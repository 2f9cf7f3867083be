"""What remains of a value of which only a part may be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.masking import BULLETS, Mode, mask, partial_form
from integrations.canonical import Partial, Sensitivity
from tests.rules.seen import ALL, only, shown
from tests.rules.specimens import OneOfEach

FORMS = [
    (Partial.NAME, "Hugo Lindqvist", f"Hugo L{BULLETS}"),
    (Partial.NAME, "Ana Maria Bo", f"Ana B{BULLETS}"),
    (Partial.NAME, "Hugo", BULLETS),
    (Partial.NAME, "H Lindqvist", BULLETS),
    (Partial.NAME, "  ", BULLETS),
    (Partial.EMAIL, "hugo.lindqvist57@mail.example", f"h{BULLETS}@mail.example"),
    (Partial.EMAIL, "ab@mail.example", BULLETS),
    (Partial.EMAIL, "not an address", BULLETS),
    (Partial.EMAIL, "hugo@mail.example call +49 151 2349876", BULLETS),
    (Partial.EMAIL, "hugo@mail.example, hugo@home.example", BULLETS),
    (Partial.EMAIL, "Hugo <hugo@mail.example>", BULLETS),
    (Partial.PHONE, "+1 415 555 1057", f"{BULLETS} 57"),
    (Partial.PHONE, "110", BULLETS),
    (Partial.PHONE, "0171 2345678 (Frau Beck)", f"{BULLETS} 78"),
    (Partial.PHONE, "ask for Hugo Lindqvist", BULLETS),
    (Partial.LAST_FOUR, "PBNK1/2026/00004", f"{BULLETS} 0004"),
    (Partial.LAST_FOUR, "US123456789012", f"{BULLETS} 9012"),
    (Partial.LAST_FOUR, "DE12345678", BULLETS),
    (Partial.LAST_FOUR, "4821", BULLETS),
    (Partial.BAND, Decimal("-4"), "none"),
    (Partial.BAND, Decimal(0), "none"),
    (Partial.BAND, Decimal("0.5"), "few"),
    (Partial.BAND, Decimal("9.999"), "few"),
    (Partial.BAND, Decimal(10), "plenty"),
    (Partial.PLACE, "United States", "United States"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "value", "expected"), FORMS)
def test_what_remains_of_a_value(form: Partial, value: Any, expected: str) -> None:
    assert partial_form(value, form) == expected


@given(
    st.sampled_from([Partial.EMAIL, Partial.PHONE, Partial.LAST_FOUR]),
    st.text(min_size=3, max_size=40, alphabet="abcdefgh0123456789 .-/"),
)
def test_no_partial_form_is_the_value_or_tells_its_length(form: Partial, value: str) -> None:
    result = partial_form(value, form)
    assert result.count("•") == len(BULLETS)
    assert result != value
    assert len(result.replace(BULLETS, "").strip()) <= 4


def test_a_card_number_typed_as_a_name_shows_in_no_form() -> None:
    typed = OneOfEach(personal="4111111111111111 Markerson")
    for mode in Mode:
        assert "4111" not in shown(mask(typed, only(Sensitivity.PERSONAL, mode)))


def test_a_card_number_in_a_note_on_the_order_is_cut_and_its_number_is_not() -> None:
    assert (
        mask(OneOfEach(public="pay with 4111 1111 1111 1111 please"), ALL).public.value
        == "pay with [removed] please"
    )
    assert mask(OneOfEach(public="4111111111111111"), ALL).public.value == "4111111111111111"
