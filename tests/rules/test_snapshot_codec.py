"""Records written out and read back: every shape there is, none that is not, and nothing of what must not be kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.snapshots.codec import Codec, UnknownShape, Unreadable
from cases.snapshots.sealing import (
    CannotOpen,
    NotKept,
    facts_of,
    seal,
    unseal,
)
from integrations.canonical import (
    INTERNAL,
    PAYMENT,
    PUBLIC,
    Branch,
    BranchProblem,
    Money,
    OrderReading,
    OrderRecord,
    Sensitivity,
)
from tests.rules.recorded import VERSIONS, _orders, loyalty_rows, record_of

NOW = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
RECORDED = [
    record_of(row, version, loyalty_rows(version), payment_details=True)
    for version in VERSIONS
    for row in _orders(version)["orders"]
]


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    tag: Annotated[str, PUBLIC]
    price: Annotated[Money | None, INTERNAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    number: Annotated[int, PUBLIC]
    yes: Annotated[bool, PUBLIC]
    text: Annotated[str | None, PUBLIC]
    figure: Annotated[Decimal, PUBLIC]
    at: Annotated[datetime | None, PUBLIC]
    on: Annotated[date, PUBLIC]
    mood: Annotated[Mood, PUBLIC]
    ids: Annotated[tuple[int, ...], PUBLIC]
    card: Annotated[str | None, PAYMENT]
    inner: Inner
    more: tuple[Inner, ...]


texts = st.text(st.characters(codec="utf-8"))
figures = st.decimals(allow_nan=False, allow_infinity=False)
inners = st.builds(
    Inner, tag=texts, price=st.none() | st.builds(Money, amount=figures, currency=st.just("EUR"))
)
times = st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=5, minutes=30))))
things = st.builds(
    Thing,
    number=st.integers(-(2**53), 2**53),
    yes=st.booleans(),
    text=st.none() | texts,
    figure=figures,
    at=st.none() | times,
    on=st.dates(),
    mood=st.sampled_from(Mood),
    ids=st.lists(st.integers(0, 2**40)).map(tuple),
    card=st.none() | texts,
    inner=inners,
    more=st.lists(inners, max_size=3).map(tuple),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def reading_of(*records: OrderRecord, **changes: Any) -> OrderReading:
    reading = OrderReading(
        records=records,
        problems={Branch.RMA: BranchProblem.NOT_INSTALLED},
        fetched_at=NOW,
        calls=2,
        slowest_call_ms=12.5,
    )
    return replace(reading, **changes)


@given(thing=things)
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_is_read_back_as_it_was(thing: Thing) -> None:
    codec: Codec[Thing] = Codec(Thing)
    assert codec.decode(orjson.loads(orjson.dumps(codec.encode(thing)))) == thing


@given(thing=things)
@settings(max_examples=100, deadline=None)
def test_omitted_classes_are_read_back_as_nothing(thing: Thing) -> None:
    codec: Codec[Thing] = Codec(Thing, omitted={Sensitivity.PAYMENT})
    assert codec.decode(codec.encode(thing)) == replace(thing, card=None)


@given(plain=json_values)
@settings(max_examples=300, deadline=None)
def test_values_of_any_other_shape_are_refused(plain: Any) -> None:
    with pytest.raises(Unreadable):
        Codec[Thing](Thing).decode(plain)


@pytest.mark.parametrize("bad", [
    {"number": True}, {"number": 1.0}, {"yes": 1}, {"text": b"x"}, {"figure": Decimal("NaN")}, {"figure": 1},
    {"at": datetime(2026, 1, 1)}, {"on": NOW}, {"mood": "good"}, {"ids": [1]}, {"inner": None}, {"more": (1,)},
])  # fmt: skip
def test_values_that_are_not_what_their_field_says_are_not_written(bad: dict[str, Any]) -> None:
    thing = Thing(
        number=1, yes=True, text="", figure=Decimal(1), at=None, on=date(2026, 1, 1), mood=Mood.GOOD,
        ids=(), card=None, inner=Inner(tag="", price=None), more=(),
    )  # fmt: skip
    with pytest.raises(UnknownShape):
        Codec[Thing](Thing).encode(replace(thing, **bad))


@pytest.mark.parametrize("kind", [
    Annotated[list[int], PUBLIC], Annotated[dict[str, int], PUBLIC], Annotated[int | str, PUBLIC],
    Annotated[tuple[int, int], PUBLIC], Annotated[object, PUBLIC], Annotated[Any, PUBLIC], int, tuple[str, ...],
])  # fmt: skip
def test_types_that_are_not_known_or_not_classed_have_no_codec(kind: Any) -> None:
    with pytest.raises(UnknownShape):
        Codec[Any](kind)


def test_a_field_that_is_never_kept_must_be_able_to_be_empty() -> None:
    @dataclass(frozen=True)
    class Card:
        number: Annotated[str, PAYMENT]

    with pytest.raises(UnknownShape):
        _Card = Codec[Card](Annotated[Card, PUBLIC], omitted={Sensitivity.PAYMENT})


def test_another_field_choice_or_class_is_another_version() -> None:
    @dataclass(frozen=True)
    class One:
        a: Annotated[int, PUBLIC]

    def changed(**hints: Any) -> str:
        kind = dataclasses.make_dataclass("One", hints.items(), frozen=True)
        return Codec[Any](kind).fingerprint

    same = changed(a=Annotated[int, PUBLIC])
    assert len({same, changed(b=Annotated[int, PUBLIC]), changed(a=Annotated[str, PUBLIC])}) == 3
    assert changed(a=Annotated[int | None, PUBLIC]) != same
    assert changed(a=Annotated[int, INTERNAL]) == same  # who may see it is decided when it is shown


@pytest.mark.parametrize("record", RECORDED, ids=lambda record: record.order.ref)
def test_real_orders_come_back_as_they_were_without_payment_details(record: OrderRecord) -> None:
    reading = reading_of(record)
    sealed = seal(reading, place="here")
    opened = unseal(sealed.content, key_id=sealed.key_id, place="here", fetched_at=NOW)
    assert opened.reading == replace(reading, records=(_without(record, PAYMENT),))
    assert opened.facts == sealed.facts == facts_of(reading)
    assert sealed.size == opened.size


def test_the_recorded_orders_have_payment_details_to_leave_out() -> None:
    assert sum(record != _without(record, PAYMENT) for record in RECORDED) >= 10
    assert {type(kind) for kind in _classes(OrderRecord)} == {Sensitivity}
    assert PAYMENT in _classes(OrderRecord)


def test_card_numbers_that_people_typed_are_not_kept_either() -> None:
    record = next(record for record in RECORDED if record.messages)
    typed = replace(record.messages[0], body="Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00")
    sealed = seal(reading_of(replace(record, messages=(typed,))), place="here")
    opened = unseal(sealed.content, key_id=sealed.key_id, place="here", fetched_at=NOW)
    body = opened.reading.records[0].messages[0].body
    assert body.startswith("Card ")
    assert "1111" not in body.replace(" ", "")
    assert "3704" not in body.replace(" ", "")


def test_facts_are_equal_exactly_for_readings_that_say_the_same() -> None:
    record = RECORDED[0]
    known = facts_of(reading_of(record))
    later = reading_of(record, fetched_at=NOW + timedelta(days=1), calls=9, slowest_call_ms=99.0)
    other = replace(record, order=replace(record.order, channel_ref="changed"))
    assert facts_of(later) == known
    assert len(known) == 32
    assert facts_of(reading_of(other)) != known
    assert facts_of(reading_of(record, problems={})) != known


def test_what_cannot_be_written_is_not_kept_and_its_content_not_told() -> None:
    record = RECORDED[0]
    odd = replace(record, order=replace(record.order, channel_ref="broken \ud800 secret"))
    with pytest.raises(NotKept) as refused:
        seal(reading_of(odd), place="here")
    assert "secret" not in str(refused.value)
    assert facts_of(reading_of(odd)) == ""


@pytest.mark.parametrize("place", ["there", "her", ""])
def test_content_in_another_row_does_not_open(place: str) -> None:
    sealed = seal(reading_of(RECORDED[0]), place="here")
    with pytest.raises(CannotOpen):
        unseal(sealed.content, key_id=sealed.key_id, place=place, fetched_at=NOW)


@given(where=st.integers(0, 2000), bit=st.integers(0, 7), cut=st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_damaged_content_does_not_open(where: int, bit: int, cut: int) -> None:
    sealed = seal(reading_of(RECORDED[0]), place="here")
    damaged = bytearray(sealed.content)
    damaged[where % len(damaged)] ^= 1 << bit
    for content in (bytes(damaged), sealed.content[:cut]):
        with pytest.raises(CannotOpen):
            unseal(content, key_id=sealed.key_id, place="here", fetched_at=NOW)


def _without(value: Any, sensitivity: Sensitivity) -> Any:
    """The record with every field of a class emptied, found by looking at the types."""
    if isinstance(value, tuple):
        return tuple(_without(item, sensitivity) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    hints = get_type_hints(type(value), include_extras=True)
    return replace(
        value,
        **{
            field.name: None
            if sensitivity in get_args(hints[field.name])[1:]
            else _without(getattr(value, field.name), sensitivity)
            for field in dataclasses.fields(value)
        },
    )


def _classes(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is Annotated:
        yield get_args(kind)[1]
    elif get_args(kind):
        for part in get_args(kind):
            if part not in (NoneType, Ellipsis):
                yield from _classes(part)
    elif dataclasses.is_dataclass(kind):
        for hint in get_type_hints(kind, include_extras=True).values():
            yield from _classes(hint)
