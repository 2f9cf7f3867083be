"""Every shape in which rules were ever stored stays readable, and version 0 stays what it was."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cases.audit.chain import canonical_json
from cases.rules.book import FOR_ALL_BRANDS, PARTS, RuleBook, rulebook_of
from cases.rules.changes import changes
from cases.rules.fields import Rows
from cases.rules.holds import HoldEffect
from cases.rules.keep_item import KeepItem
from cases.rules.matter import Remedy
from cases.rules.windows import Window

FLAT: dict[str, Any] = {
    "window_days": 5,
    "statutory_days": 20,
    "transit_days": 2,
    "second_approval_above": "10",
    "no_approval_up_to": "1",
    "keep_goods_up_to": "7.5",
    "agent_day": {"agent": "3"},
    "customer_window_days": 4,
    "customer_limit": "9",
    "split_window_days": 6,
    "approval_limit": {"finance": "8"},
    "expires_after_h": 11,
    "payout_days": {"card": 3, "original": 4},
}


def test_the_rules_in_the_code_are_version_0_for_ever() -> None:
    """Decisions were judged by them: other defaults need a published version, not another version 0."""
    digest = hashlib.sha256(canonical_json(RuleBook().as_json())).hexdigest()
    assert digest == "474ebc357857a7e395056b0ccb827ba9650380cd708a633accf9c2024e74024b"


def test_the_first_flat_shape_reads_as_it_was_meant() -> None:
    book = rulebook_of(2, FLAT)
    assert book.windows.rows[0] == Window(remedy=Remedy.REFUND, days=5)
    assert [row.days for row in book.windows.rows[1:]] == [30, 365, 30]
    assert (book.statutory.rows[0].days, book.statutory.transit_days) == (20, 2)
    assert book.thresholds.second_approval_above == Decimal(10)
    assert book.thresholds.no_approval_up_to == Decimal(1)
    assert book.keep_item.up_to == Decimal("7.5")
    assert dict(book.agent_day.limits) == {"agent": Decimal(3)}
    assert (book.customer_limit.days, book.customer_limit.up_to) == (4, Decimal(9))
    assert book.split.days == 6
    assert dict(book.approval_limits.limits) == {"finance": Decimal(8)}
    assert book.approval_limits.expires_after_h == 11
    assert dict(book.payout.days) == {"card": 3, "original": 4}
    assert book.version == 2


def test_what_a_version_does_not_know_has_its_default() -> None:
    assert rulebook_of(0, {}) == RuleBook()
    assert rulebook_of(0, {"rules": {"keep_item": {}, "unheard_of": {"x": 1}}}) == RuleBook()
    assert rulebook_of(1, {"rules": {}, "brands": {"Lumo": {"keep_item": {"up_to": "5"}}}}).brands == {
        "Lumo": {"keep_item": KeepItem(up_to=Decimal(5))}
    }


def test_a_brand_has_its_own_rules_and_the_others_of_all() -> None:
    book = RuleBook().changed("keep_item", KeepItem(up_to=Decimal(5)), "Lumo")
    assert book.for_brand("Lumo").keep_item.up_to == 5
    assert book.for_brand("Lumo").thresholds == book.thresholds
    assert book.for_brand("Other") is book
    assert book.part("keep_item", "Lumo").up_to == 5
    assert book.part("keep_item").up_to == book.part("keep_item", "Other").up_to == 50
    assert book.without("keep_item", "Lumo") == RuleBook()
    both = book.changed("split", book.split, "Lumo").without("keep_item", "Lumo")
    assert set(both.brands["Lumo"]) == {"split"}
    for rule in FOR_ALL_BRANDS:
        with pytest.raises(KeyError):
            book.changed(rule, book.part(rule), "Lumo")
    with pytest.raises(KeyError):
        book.changed("unheard_of", None)
    with pytest.raises(KeyError):
        book.part("unheard_of")


def test_changes_name_every_value_and_no_other() -> None:
    before = RuleBook()
    rows = (*before.windows.rows[:1], replace(before.windows.rows[1], days=9), *before.windows.rows[2:])
    lamps = Window(remedy=Remedy.RETURN, category="Lamps", days=60)
    after = replace(
        before.changed("keep_item", KeepItem(up_to=Decimal(5)), "Lumo"),
        windows=replace(before.windows, rows=(*rows, lamps)),
        holds=replace(before.holds, effects={**before.holds.effects, "other": HoldEffect.STOP}),
        final_sale=replace(before.final_sale, skus=("A", "B")),
    )
    found = changes(before, after)
    assert [str(change) for change in found] == [
        "windows.rows: remedy=return, category=, region=, counted_from=shipment, days=30"
        " -> remedy=return, category=, region=, counted_from=shipment, days=9",
        "windows.rows: - -> remedy=return, category=Lamps, region=, counted_from=shipment, days=60",
        "final_sale.skus: [] -> [A B]",
        "keep_item.up_to (Lumo): 50 -> 5",
        "holds.effects.other: nothing -> stop",
    ]
    assert [change.begins for change in found] == [False, False, False, True, False]
    assert [change.ends for change in changes(after, before)] == [False, False, False, True, False]
    assert changes(after, after) == ()


def test_every_rule_has_words() -> None:
    from cases.rules.parts import kinds_of
    from console.rules.names import field_label, rule_meaning, rule_name

    for rule, part in PARTS.items():
        assert rule_name(rule)
        assert rule_meaning(rule)
        for name, kind in kinds_of(part).items():
            assert field_label(rule, name)
            for column in kinds_of(kind.of) if isinstance(kind, Rows) else ():
                assert field_label(rule, name, column)
