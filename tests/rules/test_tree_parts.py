"""When an order's tree is asked for in halves: where Odoo's own work takes the time, not the way there."""

from __future__ import annotations

from integrations.canonical import Branch
from integrations.odoo.tree_parts import READINGS_BEFORE, Pace, parts_of, whole_ms

ALL = (Branch.ORDER, Branch.SHIPMENTS, Branch.INVOICES, Branch.STOCK)


def pace_of(*, tree_ms: float, short_ms: float, readings: int = READINGS_BEFORE) -> Pace:
    pace = Pace()
    for _ in range(readings):
        pace.learn(tree_ms=tree_ms, short_ms=short_ms)
    return pace


def test_a_long_tree_beside_a_short_call_pays_in_halves() -> None:
    assert pace_of(tree_ms=140, short_ms=25).pays_in_halves


def test_a_long_way_to_the_server_does_not() -> None:
    assert not pace_of(tree_ms=190, short_ms=160).pays_in_halves
    assert not pace_of(tree_ms=600, short_ms=210).pays_in_halves


def test_what_nobody_would_notice_does_not() -> None:
    assert not pace_of(tree_ms=50, short_ms=5).pays_in_halves


def test_a_server_is_judged_after_a_few_readings_only() -> None:
    assert not pace_of(tree_ms=900, short_ms=20, readings=READINGS_BEFORE - 1).pays_in_halves


def test_a_server_that_became_quick_is_asked_whole_again() -> None:
    pace = pace_of(tree_ms=300, short_ms=20)
    for _ in range(20):
        pace.learn(tree_ms=45, short_ms=20)
    assert not pace.pays_in_halves


def test_halves_tell_what_the_whole_would_take() -> None:
    assert whole_ms([100.0], short_ms=20.0) == 100.0
    assert whole_ms([80.0, 60.0], short_ms=20.0) == 120.0
    assert whole_ms([80.0, 10.0], short_ms=20.0) == 80.0


def test_every_branch_is_asked_for_once() -> None:
    assert parts_of(ALL, in_halves=False) == [ALL]
    halves = parts_of(ALL, in_halves=True)
    assert halves == [(Branch.ORDER, Branch.STOCK), (Branch.SHIPMENTS, Branch.INVOICES)]
    assert parts_of((Branch.ORDER, Branch.STOCK), in_halves=True) == [(Branch.ORDER, Branch.STOCK)]
    assert parts_of((Branch.ORDER,), in_halves=True) == [(Branch.ORDER,)]
