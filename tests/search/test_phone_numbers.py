"""One phone number in every notation people write it in, and no other number."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical import parse_phone


def same(one: str, other: str) -> bool:
    first, second = parse_phone(one), parse_phone(other)
    return bool(first and second and first.is_same_as(second) and second.is_same_as(first))


GERMAN = [
    "+49 151 6149760",
    "0049 151 6149760",
    "+49 (0)151/614 97 60",
    "0151-6149760",
    "(0151) 614.9760",
]
AMERICAN = ["+1 503 555 2753", "(503) 555-2753", "503.555.2753", "1-503-555-2753"]
FRENCH = ["+33 6 39 98 15 38", "06 39 98 15 38", "0033639981538"]


@pytest.mark.parametrize("notations", [GERMAN, AMERICAN, FRENCH])
def test_every_notation_is_the_same_number(notations: list[str]) -> None:
    for one, other in product(notations, notations):
        assert same(one, other), (one, other)


def test_a_forgotten_plus_is_forgiven() -> None:
    assert same("49 151 6149760", "+49 151 6149760")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6149760", "+49 151 6149760"),
        ("51 6149760", "+49 151 6149760"),
        ("555-2753", "(503) 555-2753"),
        ("+49 151 6149761", "+49 151 6149760"),
        ("+43 151 6149760", "+49 151 6149760"),
        ("+41 55 55 10 57", "555 10 57"),
        ("1 511 234 5678", "+49 511 234 5678"),
    ],
)
def test_a_part_of_a_number_is_another_number(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    "typed", ["", "12345", "+1%", "_______", "%%%%%%%", "call me", "1" * 16, "0000000", "+", "555-CALL"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert parse_phone(typed) is None


@given(st.from_regex(r"\+[1-9][0-9]{8,13}", fullmatch=True), st.integers(min_value=1, max_value=5))
def test_no_ending_of_a_number_is_the_number(number: str, cut: int) -> None:
    whole = parse_phone(number)
    ending = parse_phone(number[1 + cut :])
    if whole is None or ending is None:
        return
    if whole.is_same_as(ending):
        # Only what a notation may leave out was cut: the country, and the zeros dialled before the number.
        assert number[1 + cut :].lstrip("0") in (
            whole.subscriber,
            whole.country + whole.subscriber,
            f"1{whole.subscriber}",
        )


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_not(typed: str) -> None:
    found = parse_phone(typed)
    assert found is None or (found.is_same_as(found) and found.subscriber.isdecimal())


digits = st.text(alphabet="0123456789", min_size=5, max_size=6)
notation = st.builds(
    lambda before, middle, rest: f"{before}{middle}{rest}",
    st.sampled_from(["", "0", "1", "+1", "+49", "0049", "49", "+1 ", "01", "001"]),
    st.sampled_from(["", "1", "415", "49", "0151"]),
    digits,
)


@given(one=notation, same_rest=st.booleans(), other=notation)
def test_an_index_finds_a_number_exactly_where_comparing_two_would(
    one: str, same_rest: bool, other: str
) -> None:
    """Hashes can only be equal or not: the names they are made of have to carry the whole rule."""
    first = parse_phone(one)
    second = parse_phone(other[: len(other) - 5] + one[-5:] if same_rest else other)
    if first is None or second is None:
        return
    assert bool(first.asked_names & second.kept_names) == first.is_same_as(second)


@pytest.mark.parametrize("notations", [GERMAN, AMERICAN, FRENCH])
def test_an_index_knows_every_notation_of_a_number(notations: list[str]) -> None:
    for one, other in product(notations, notations):
        asked, kept = parse_phone(one), parse_phone(other)
        assert asked is not None
        assert kept is not None
        assert asked.asked_names & kept.kept_names
