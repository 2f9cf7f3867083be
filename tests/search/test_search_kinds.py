"""What a typed text can be, before anybody is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.search.kinds import LONGEST_QUERY, classify
from integrations.canonical import MatchReason
from integrations.odoo.find_question import escaped

R = MatchReason


@pytest.mark.parametrize(
    ("typed", "some", "none"),
    [
        ("S00010", {R.ORDER_NUMBER, R.TRACKING_NUMBER, R.SERIAL}, {R.NAME, R.EMAIL, R.PHONE}),
        ("INV/2026/00043", {R.INVOICE, R.CREDIT_NOTE}, {R.NAME, R.PHONE}),
        ("eBay 14-2973071", {R.CHANNEL_REFERENCE}, {R.NAME, R.PHONE}),
        ("(503) 555-2753", {R.PHONE, R.ORDER_NUMBER}, {R.NAME}),
        ("+49 (0)151 6149760", {R.PHONE}, {R.ORDER_NUMBER, R.NAME}),
        ("Anna Schmidt", {R.NAME, R.CHANNEL_REFERENCE}, {R.ORDER_NUMBER, R.PHONE}),
        ("Studio 54", {R.NAME, R.ORDER_NUMBER}, {R.PHONE}),
        ("ana@example.com", {R.EMAIL}, {R.NAME, R.CHANNEL_REFERENCE}),
    ],
)
def test_a_text_is_looked_for_as_what_it_can_be(
    typed: str, some: set[MatchReason], none: set[MatchReason]
) -> None:
    kinds = classify(typed).kinds
    assert some <= kinds
    assert not none & kinds


@pytest.mark.parametrize("typed", ["", "  ", "/", "%", "%%%%", "___", "a", "Li", "ab%", "\\\\\\", "S" * 101])
def test_what_says_too_little_or_too_much_is_not_looked_for(typed: str) -> None:
    assert classify(typed).kinds == frozenset()


def test_an_address_is_taken_out_of_what_a_mail_program_copies() -> None:
    for typed in (
        "Ana@Example.com",
        " Ana Berg <ana@example.com> ",
        "mailto:ana@example.com",
        "<ANA@EXAMPLE.COM>",
    ):
        assert classify(typed).text == "ana@example.com"


def test_invisible_characters_of_a_paste_do_not_count() -> None:
    assert classify("\u200bS000\u200d10\u00a0\n").text == "S00010"


def test_a_query_is_printed_without_its_text() -> None:
    assert "ana" not in repr(classify("ana@example.com"))


@given(st.text(max_size=LONGEST_QUERY * 2))
def test_any_text_is_classified_the_same_way_twice(typed: str) -> None:
    once = classify(typed)
    assert len(once.text) <= LONGEST_QUERY
    assert once.text == " ".join(once.text.split())
    again = classify(once.text)
    assert again.text == once.text
    if len(typed) <= LONGEST_QUERY:
        assert again.kinds == once.kinds


@given(st.text(max_size=LONGEST_QUERY))
def test_a_name_has_three_letters(typed: str) -> None:
    if R.NAME in classify(typed).kinds:
        assert sum(character.isalpha() for character in typed) >= 3


@given(st.text(alphabet=st.sampled_from("ab%_\\"), max_size=12))
def test_an_escaped_text_holds_no_wildcard(text: str) -> None:
    pattern, plain, position = escaped(text), [], 0
    while position < len(pattern):
        if pattern[position] == "\\":
            position += 1
        else:
            assert pattern[position] not in "%_"
        plain.append(pattern[position])
        position += 1
    assert "".join(plain) == text
