"""Every rule of a replacement alone: it fires, and just misses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.actions.verdicts import Outcome, Verdict
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from cases.rules.judges import judge_stored
from cases.rules.matter import Remedy
from cases.rules.replacement import RULES
from cases.rules.replacement_stock import ReplacementStock
from cases.rules.statutory import Statutory
from cases.rules.warranty import Cover, Warranty
from cases.rules.windows import Window, Windows
from tests.rulebook.requests import about, facts, line

BOOK = RuleBook()


def again(**more: Any) -> dict[str, Any]:
    """One of two lamps, both with the customer."""
    return {
        "line_id": 1, "name": "Lamp", "ordered": "2", "kept": "2", "claimed": "0", "left": "2", "asked": "1",
        "obstacle": "", **more,
    }  # fmt: skip


def judged(book: RuleBook = BOOK, *, total: str = "60", reason: str = "other", **known: Any) -> Verdict:
    asked = {
        "kind": "replacement",
        "lines": [],
        "total": total,
        "currency": "EUR",
        "reason": reason,
    }
    told: Mapping[str, Any] = {
        **facts(about=about(line(goods_back=False))),
        "problem": "",
        "lines": [again()],
        "source": {"name": "Salem", "is_enough": True},
        "others": [],
        **known,
    }
    return judge_stored(asked, told, book)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {rule.id: rule.outcome.value for rule in verdict.rules if rule.outcome is not Outcome.PASSED}


def window(days: int) -> Windows:
    rows = (Window(remedy=Remedy.REPLACE, days=days), *(r for r in Windows().rows if r.remedy != "replace"))
    return Windows(rows=rows)


def days(number: int, *, warranty: int = 0) -> RuleBook:
    """A window from the shipment, without more of the law than it has to be."""
    return replace(
        BOOK, windows=window(number), warranty=Warranty(rows=(Cover(days=warranty),)), statutory=Statutory()
    )


def second_above(limit: str) -> RuleBook:
    return replace(BOOK, thresholds=Thresholds(second_approval_above=Decimal(limit)))


def test_an_ordinary_replacement_passes_every_rule_and_needs_one_person() -> None:
    verdict = judged()
    assert outcomes(verdict) == {}
    assert [found.id for found in verdict.rules] == [made.__name__ for made, _ in RULES]
    assert verdict.needs_approval == 1


FIRES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("order_confirmed", "failed", {"order_state": "draft"}),
    ("order_confirmed", "failed", {"order_state": "cancel"}),
    ("sendable", "failed", {"problem": "not_of_order"}),
    ("sendable", "failed", {"lines": [again(obstacle="product_archived")]}),
    ("sendable", "failed", {"lines": [again(obstacle="not_goods")]}),
    ("quantity", "failed", {"lines": [again(left="1", claimed="1", asked="1.01")]}),
    ("quantity", "failed", {"lines": [again(kept="0", left="0")]}),
    ("quantity", "failed", {"lines": [again(ordered="2", left="3", asked="3")]}),
    ("window", "failed", {"book": days(19)}),
    ("stock", "failed", {"source": {"name": "Salem", "is_enough": False}}),
    ("stock", "failed", {"source": {"name": "Salem", "is_enough": False}, "others": ["Reno"]}),
    ("stock", "failed", {"source": None}),
    ("no_hold", "failed", {"holds": ["fraud"]}),
    ("agent_day", "failed", {"agent_before": "1440.01"}),
    ("customer_limit", "raised", {"past": {"customer": {"29": ["940.01", 1]}, "order": {}}}),
    ("second_approval", "raised", {"book": second_above("59.99")}),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "outcome", "known"), FIRES)
def test_each_rule_speaks_alone(rule: str, outcome: str, known: dict[str, Any]) -> None:
    verdict = judged(**known)
    assert outcomes(verdict) == {rule: outcome}
    found = next(one for one in verdict.rules if one.id == rule)
    assert found.explanation % found.words
    assert found.eligible_if, "whoever is refused learns what would change it"
    assert found.eligible_if % found.words
    assert verdict.allowed is (outcome == "raised")
    assert verdict.needs_approval == (2 if outcome == "raised" else 1)


@pytest.mark.parametrize(
    "known",
    [
        {"order_state": "done"},
        {"lines": [again(left="1", claimed="1", asked="1")]},
        {"lines": [again(ordered="2", left="2", asked="2")]},
        {"book": days(20)},
        {"book": days(1, warranty=20), "reason": "damaged"},
        {
            "source": {"name": "Salem", "is_enough": False},
            "book": replace(BOOK, replacement_stock=ReplacementStock(must_be_in_stock=False)),
        },
        {"agent_before": "1440.00"},
        {"past": {"customer": {"29": ["940.00", 1]}, "order": {}}},
        {"book": second_above("60")},
    ],
)
def test_what_just_misses_a_rule_passes(known: dict[str, Any]) -> None:
    assert outcomes(judged(**known)) == {}


def test_a_change_of_mind_is_not_under_warranty() -> None:
    assert outcomes(judged(days(1, warranty=20), reason="unwanted")) == {"window": "failed"}


def test_without_any_date_a_second_person_decides() -> None:
    told: dict[str, Any] = {"about": about(line(left_at="")), "placed_at": "", "shipped_at": ""}
    assert outcomes(judged(**told)) == {"window": "raised"}


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    asked=st.decimals("0.01", "9", places=2),
    left=st.decimals("0", "9", places=2),
    ordered=st.decimals("0", "9", places=2),
)
def test_what_is_permitted_is_never_more_than_is_left(
    asked: Decimal, left: Decimal, ordered: Decimal
) -> None:
    verdict = judged(lines=[again(asked=str(asked), left=str(left), ordered=str(ordered), kept="9")])
    assert verdict.allowed is (asked <= min(left, ordered))
