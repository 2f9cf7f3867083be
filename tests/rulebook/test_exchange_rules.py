"""What only an exchange asks: its own time, the price of the new goods, and the rules of both halves at once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cases.actions.verdicts import Outcome, Verdict
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from cases.rules.exchange import BACK, SENT
from cases.rules.final_sale import FinalSale
from cases.rules.judges import judge_stored
from cases.rules.matter import Remedy
from cases.rules.statutory import Statutory
from cases.rules.warranty import Cover, Warranty
from cases.rules.windows import Window, Windows
from tests.rulebook.back import back_line
from tests.rulebook.requests import about, days_ago, facts, line
from tests.rulebook.test_replacement_rules import again

BOOK = RuleBook()


def judged(
    book: RuleBook = BOOK,
    *,
    price: dict[str, Any] | None = None,
    of_return: dict[str, Any] | None = None,
    total: str = "60",
    **known: Any,
) -> Verdict:
    asked = {
        "kind": "exchange",
        "order": {"ref": "S00007"},
        "returns": [{"warehouse": "Main"}],
        "lines": [],
        "total": total,
        "currency": "EUR",
        "reason": "other",
    }
    told = {
        **facts(about=about(line(goods_back=False))),
        "problem": "",
        "lines": [again()],
        "source": {"name": "Salem", "is_enough": True},
        "others": [],
        "price": {"is_known": True, "back": "60", "new": "60", "difference": "0", **(price or {})},
        "of_return": {
            "deliveries": ["WH/OUT/0007"],
            "problem": "",
            "problem_about": "",
            "problem_left": "",
            "place_problem": "",
            "lines": [back_line()],
            **(of_return or {}),
        },
        **known,
    }
    return judge_stored(asked, told, book)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {rule.id: rule.outcome.value for rule in verdict.rules if rule.outcome is not Outcome.PASSED}


def test_an_ordinary_exchange_passes_every_rule_and_needs_one_person() -> None:
    verdict = judged()
    assert outcomes(verdict) == {}
    ids = [rule.id for rule in verdict.rules]
    assert ids == [rule.__name__ for rule in (*BACK, *SENT)]
    assert len(set(ids)) == len(ids), "an approval rests on every rule by its name"
    assert verdict.needs_approval == 1


@pytest.mark.parametrize(
    ("of_return", "known", "rule"),
    [
        ({"problem": "not_delivered"}, {}, "delivered"),
        ({"problem": "kit", "problem_about": "Set"}, {}, "can_come_back"),
        ({"problem": "nothing_left", "problem_about": "Lamp"}, {}, "within_returnable"),
        ({"place_problem": "destination_wrong"}, {}, "destination"),
        ({}, {"order_state": "cancel"}, "order_confirmed"),
        ({}, {"problem": "no_such_product"}, "sendable"),
        ({}, {"lines": [again(asked="3")]}, "quantity"),
        ({}, {"source": {"name": "Salem", "is_enough": False}}, "stock"),
    ],
)
def test_either_half_alone_can_refuse_it(of_return: dict[str, Any], known: dict[str, Any], rule: str) -> None:
    verdict = judged(of_return=of_return, **known)
    assert outcomes(verdict) == {rule: "failed"}
    assert not verdict.allowed


def of_days(number: int) -> RuleBook:
    """A window for exchanges alone, from the shipment, without more of law and warranty than there has to be."""
    rows = (
        Window(remedy=Remedy.EXCHANGE, days=number),
        *(row for row in Windows().rows if row.remedy is not Remedy.EXCHANGE),
    )
    return replace(
        BOOK,
        windows=Windows(rows=rows),
        warranty=Warranty(rows=(Cover(days=0),)),
        statutory=Statutory(),
    )


@pytest.mark.parametrize(("days", "outcome"), [(20, {}), (19, {"window": "failed"})])
def test_it_has_a_window_of_its_own(days: int, outcome: dict[str, str]) -> None:
    assert outcomes(judged(of_days(days))) == outcome


def test_nobody_knowing_since_when_needs_a_second_person() -> None:
    unknown: dict[str, Any] = {"shipped_at": "", "placed_at": ""}
    verdict = judged(
        of_days(30), of_return={"lines": [back_line(left_at="")]}, **unknown, about=about(line(left_at=""))
    )
    assert outcomes(verdict) == {"window": "raised"}
    assert verdict.needs_approval == 2


def test_what_is_sold_as_final_is_not_exchanged() -> None:
    book = replace(BOOK, final_sale=FinalSale(skus=("LAMP",)))
    assert outcomes(judged(book)) == {"final_sale": "failed"}


@pytest.mark.parametrize(
    ("difference", "words"),
    [("0", "what the old ones did"), ("12.5", "%(difference)s more"), ("-12.5", "%(difference)s less")],
)
def test_the_difference_is_told_and_refuses_nothing(difference: str, words: str) -> None:
    verdict = judged(price={"difference": difference})
    (told,) = (rule for rule in verdict.rules if rule.id == "price_difference")
    assert told.outcome is Outcome.PASSED
    assert words in told.explanation
    assert difference == "0" or told.words["difference"] == "12.50 EUR"


def test_a_price_nobody_knows_needs_a_second_person() -> None:
    verdict = judged(price={"is_known": False})
    assert outcomes(verdict) == {"price_difference": "raised"}
    assert verdict.needs_approval == 2


def test_the_worth_of_the_new_goods_counts_in_limits() -> None:
    book = replace(BOOK, thresholds=Thresholds(second_approval_above=Decimal(59)))
    assert outcomes(judged(book)) == {"second_approval": "raised"}
    assert outcomes(judged(BOOK, total="60", agent_before="1499")) == {"agent_day": "failed"}


def test_a_line_is_late_by_its_own_shipment() -> None:
    late = back_line(left_at=days_ago(40), sku="OLD")
    verdict = judged(of_days(30), of_return={"lines": [back_line(), late]})
    (told,) = (rule for rule in verdict.rules if rule.id == "window")
    assert (told.outcome, told.words["product"]) == (Outcome.FAILED, "OLD")
