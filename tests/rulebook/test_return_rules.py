"""Each rule of returns alone: what makes it fire, and what only just does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cases.actions.verdicts import Outcome, Verdict
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from cases.rules.final_sale import FinalSale
from cases.rules.judges import judge_stored
from cases.rules.restocking import Fee, Restocking
from cases.rules.return_ import RULES, judge_return
from cases.rules.returnable import Returnable
from cases.rules.statutory import Statutory
from cases.rules.warranty import Cover, Warranty
from tests.rulebook.back import back_facts, back_line, back_payload
from tests.rulebook.requests import days_ago

BOOK = RuleBook(version=3)


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    return {rule.id: rule.outcome for rule in verdict.rules}


def judged(book: RuleBook = BOOK, *, payload: dict[str, Any] | None = None, **facts: Any) -> Verdict:
    lines = facts.pop("lines", ())
    return judge_return(payload or back_payload(), back_facts(*lines, **facts), book)


def test_an_ordinary_return_passes_every_rule_and_needs_one_person() -> None:
    verdict = judged()
    assert set(outcomes(verdict).values()) == {Outcome.PASSED}
    assert (verdict.allowed, verdict.needs_approval, len(verdict.rules)) == (True, 1, len(RULES))
    assert {rule.version for rule in verdict.rules} == {3}
    assert judge_stored(back_payload(), back_facts(), BOOK) == verdict


def only(rule: str, outcome: Outcome, verdict: Verdict) -> None:
    """This rule says so, and no other has anything against it."""
    found = {name: said for name, said in outcomes(verdict).items() if said is not Outcome.PASSED}
    assert found == {rule: outcome}
    said = next(one for one in verdict.rules if one.id == rule)
    assert said.explanation % said.words
    assert said.eligible_if % said.words


@pytest.mark.parametrize("state", ["draft", "sent"])
def test_a_quotation_has_nothing_to_come_back(state: str) -> None:
    only("order_confirmed", Outcome.FAILED, judged(order_state=state))


@pytest.mark.parametrize("state", ["sale", "done", "cancel"])
def test_what_was_sent_can_come_back_also_when_it_was_cancelled_since(state: str) -> None:
    assert judged(order_state=state).allowed


@pytest.mark.parametrize("facts", [{"problem": "not_delivered"}, {"deliveries": []}])
def test_what_was_not_delivered_does_not_come_back(facts: dict[str, Any]) -> None:
    only("delivered", Outcome.FAILED, judged(**facts))


@pytest.mark.parametrize(
    "problem",
    ["kit", "drop_shipped", "lot_needed", "wrong_lot", "lots_differ", "rma_lots", "unit", "line_twice"],
)
def test_an_obstacle_is_named_with_what_would_help(problem: str) -> None:
    verdict = judged(problem=problem, problem_about="Lamp")
    only("can_come_back", Outcome.FAILED, verdict)


def test_all_that_is_left_may_come_back_and_not_one_more() -> None:
    assert judged(lines=[back_line(quantity="3", returnable="3")]).allowed
    only("within_returnable", Outcome.FAILED, judged(lines=[back_line(quantity="3.00001", returnable="3")]))
    only("within_returnable", Outcome.FAILED, judged(problem="quantity", problem_left="3 Units"))
    only("within_returnable", Outcome.FAILED, judged(problem="nothing_left"))


@pytest.mark.parametrize("problem", ["no_rma", "rma_operation", "destination_wrong"])
def test_there_has_to_be_a_place_for_it(problem: str) -> None:
    only("destination", Outcome.FAILED, judged(place_problem=problem))


def test_the_window_ends_with_its_last_day() -> None:
    assert judged(lines=[back_line(left_at=days_ago(30))]).allowed
    only("window", Outcome.FAILED, judged(lines=[back_line(left_at=days_ago(30.001))]))


def test_every_line_has_the_time_of_its_own_reason() -> None:
    old = days_ago(300)
    only("window", Outcome.FAILED, judged(lines=[back_line(left_at=old, reason="unwanted")]))
    faulty = back_line(left_at=old, reason="defective")
    assert judged(lines=[back_line(reason="unwanted"), faulty]).allowed, "the fault is under warranty"
    mixed = [back_line(left_at=old, reason="unwanted"), faulty]
    only("window", Outcome.FAILED, judged(lines=mixed))
    short = replace(BOOK, warranty=Warranty(rows=(Cover(days=100),)))
    only("window", Outcome.FAILED, judged(short, lines=[faulty]))


def test_the_law_beats_a_shorter_window_and_only_where_it_holds() -> None:
    rows = tuple(replace(row, days=0) for row in BOOK.windows.rows)
    strict = replace(BOOK, windows=replace(BOOK.windows, rows=rows))
    assert judged(strict, lines=[back_line(left_at=days_ago(17))]).allowed
    only("window", Outcome.FAILED, judged(strict, lines=[back_line(left_at=days_ago(17.001))]))
    company = {"is_consumer": False}
    only("window", Outcome.FAILED, judged(strict, lines=[back_line(left_at=days_ago(10))], about=company))


def test_nobody_knows_since_when() -> None:
    verdict = judged(lines=[back_line(left_at="")], shipped_at="", placed_at="")
    only("window", Outcome.RAISED, verdict)
    assert verdict.needs_approval == 2


def test_final_sale_stops_unless_it_is_faulty_or_the_law_says_otherwise() -> None:
    final = replace(BOOK, final_sale=FinalSale(skus=("LAMP",)))
    only("final_sale", Outcome.FAILED, judged(final))
    assert judged(final, lines=[back_line(reason="defective")]).allowed
    assert judged(final, lines=[back_line(left_at=days_ago(10))]).allowed
    assert judged(final, lines=[back_line(sku="CHAIR")]).allowed


def test_what_never_comes_back() -> None:
    never = replace(BOOK, returnable=Returnable(never_categories=("Lamps",)))
    only("returnable", Outcome.FAILED, judged(never))
    assert judged(never, lines=[back_line(category="All / Garden")]).allowed


def test_a_hold_stops_or_asks_for_a_second_person() -> None:
    only("no_hold", Outcome.FAILED, judged(holds=["fraud"]))
    assert judged(holds=["other"]).allowed


def test_a_restocking_fee_is_told_and_stops_nothing() -> None:
    book = replace(BOOK, restocking=Restocking(rows=(Fee(percent=Decimal(10), at_most=Decimal(50)),)))
    verdict = judged(book)
    fee = next(rule for rule in verdict.rules if rule.id == "restocking_fee")
    assert (fee.outcome, fee.words.get("fee")) == (Outcome.PASSED, "6.00 EUR")
    lawful = judged(book, lines=[back_line(left_at=days_ago(10))])
    assert next(rule for rule in lawful.rules if rule.id == "restocking_fee").words == {}


def test_worth_above_the_threshold_needs_two_and_at_it_one() -> None:
    book = replace(BOOK, thresholds=Thresholds(second_approval_above=Decimal(60)))
    assert judged(book).needs_approval == 1
    verdict = judged(book, payload=back_payload("60.01"))
    only("second_approval", Outcome.RAISED, verdict)
    assert verdict.needs_approval == 2


def test_small_worth_may_go_without_anybody_where_a_policy_says_so() -> None:
    book = replace(BOOK, thresholds=Thresholds(no_approval_up_to=Decimal(60)))
    assert judged(book).needs_approval == 0
    assert judged(book, payload=back_payload("60.01")).needs_approval == 1


def test_a_brand_has_rules_of_its_own() -> None:
    own = BOOK.changed("returnable", Returnable(never_skus=("LAMP",)), brand="Lumo")
    assert judged(own).allowed
    only("returnable", Outcome.FAILED, judged(own, about={"brand": "Lumo"}))
    assert not judged(replace(BOOK, statutory=Statutory()), holds=["legal"]).allowed
