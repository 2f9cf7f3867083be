"""Values that no Odoo should send, anywhere in an order: understood, or named as garbled, never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Garbled
from tests.rules.recorded import record_of
from tests.rules.rows import (
    EUR,
    Row,
    document_line,
    invoice,
    line,
    move,
    move_back,
    note,
    order,
    paid,
    picking,
    product,
    rma,
)

FULL_TEXT = json.dumps(order(
    line(of=product(stock_quant_ids=[{"id": 1, "quantity": 5.0, "reserved_quantity": 1.0,
         "location_id": {"id": 8, "usage": "internal", "warehouse_id": {"id": 1, "display_name": "W"}}}])),
    line(2, of=product(20)),
    picking_ids=[picking(move(3.0), move(2.0, line=2, of=21)), picking(move_back(1.0))],
    invoice_ids=[paid(invoice(document_line(30.0, 1)), 30.0), note(document_line(10.0, 1))],
    rma_ids=[rma("received", refund_id={"id": 5, "state": "posted"})],
    transaction_ids=[{"id": 3, "state": "done", "amount": 1.0, "currency_id": EUR}],
    message_ids=[{"id": 9, "date": "2026-11-06 10:00:00", "body": "<p>x</p>", "message_type": "email"}],
))  # fmt: skip
FULL: Row = json.loads(FULL_TEXT)  # through text, so that no two places share one object
ODD: list[Any] = [
    False, None, "", "x", "2026-99-99", 0, -1, 1e300, -1e300, 1e-300, float("nan"), float("inf"), True, [], {}, 7, "7",
    [7, "seven"], {"id": 7}, "💥💥", "DE89", "\x00",
]  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        return [found for key, entry in value.items() for found in leaves(entry, (*path, key))]
    if isinstance(value, list) and value:
        return [found for key, entry in enumerate(value) for found in leaves(entry, (*path, key))]
    return [path]


# Every answer of Odoo has an id on each record: that much structure is checked before the mapping starts.
LEAVES = [path for path in leaves(FULL) if path[-1] != "id"]


def with_changes(changes: list[tuple[tuple[Any, ...], Any]]) -> Row:
    row: Row = json.loads(FULL_TEXT)
    for path, value in changes:
        target: Any = row
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
    return row


def survives(changes: list[tuple[tuple[Any, ...], Any]], version: int) -> bool:
    try:
        return record_of(with_changes(changes), version).order.id == 10
    except Garbled:
        return True


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_one_odd_value_anywhere_is_understood_or_garbled_and_nothing_else(value: Any) -> None:
    assert all(survives([(path, value)], 18) for path in LEAVES)


# Distinct places: two changes of one place could want a way through what the first has put there.
several = st.dictionaries(st.sampled_from(LEAVES), st.sampled_from(ODD), min_size=2, max_size=5)


@given(several, st.sampled_from([17, 19]))
def test_several_odd_values_are_understood_or_garbled_and_nothing_else(
    changes: dict[tuple[Any, ...], Any], version: int
) -> None:
    assert survives(list(changes.items()), version)


NAMED = [path for path in LEAVES if isinstance(path[-1], str)]


@given(st.sets(st.sampled_from(NAMED), max_size=12))
def test_a_field_that_was_not_read_is_missing_from_the_record_only(absent: set[tuple[Any, ...]]) -> None:
    row = json.loads(FULL_TEXT)
    for path in absent:
        target: Any = row
        for key in path[:-1]:
            target = target[key]
        del target[path[-1]]
    assert record_of(row, 18).order.id == FULL["id"]
