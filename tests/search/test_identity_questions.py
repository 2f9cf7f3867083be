"""The question that tells candidates apart: useful, and safe to show to whoever may not see the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from cases.masking.matrices import matrix_of
from cases.masking.roles import Role
from cases.search.identity_questions import Asked, question_for
from integrations.canonical import Company, MatchReason, Money, OrderMatch, OrderState

SEES, MASKED = matrix_of([Role.SUPERVISOR]), matrix_of([Role.AGENT])
ANNA = OrderMatch(
    connection="main",
    company=Company(id=1, name="Fjord"),
    id=1,
    ref="S1",
    channel_ref=None,
    state=OrderState.CONFIRMED,
    placed_at=datetime(2026, 10, 1, 9, tzinfo=UTC),
    total=Money(Decimal("10.00"), "EUR"),
    customer_id=7,
    customer="Anna Schmidt",
    account_id=7,
    account=None,
    city="Kiel",
    postcode="24103",
    why=(MatchReason.NAME,),
)
OTHER = replace(ANNA, id=2, ref="S2", customer_id=8, account_id=8)


def test_one_candidate_needs_no_question() -> None:
    assert question_for([], SEES) is None
    assert question_for([ANNA], SEES) is None


def test_who_sees_addresses_asks_for_the_postcode_that_differs() -> None:
    question = question_for([ANNA, replace(OTHER, postcode="20095", city="Hamburg")], SEES)
    assert question
    assert (question.asked, question.comparable, question.settles) == (Asked.POSTCODE, True, True)
    assert not question.same_account


def test_who_does_not_see_addresses_asks_for_what_they_see() -> None:
    later = replace(OTHER, postcode="20095", placed_at=datetime(2026, 10, 2, 9, tzinfo=UTC))
    question = question_for([ANNA, later], MASKED)
    assert question
    assert (question.asked, question.comparable) == (Asked.PLACED_ON, True)


def test_where_only_a_hidden_fact_differs_the_question_says_that_somebody_else_compares() -> None:
    question = question_for([ANNA, replace(OTHER, postcode="20095")], MASKED)
    assert question
    assert (question.asked, question.comparable) == (Asked.POSTCODE, False)


def test_one_account_is_asked_which_order_never_where_it_lives() -> None:
    question = question_for(
        [ANNA, replace(ANNA, id=2, ref="S2", postcode="1", total=Money(Decimal(9), "EUR"))], SEES
    )
    assert question
    assert question.same_account
    assert question.asked is Asked.TOTAL


def test_an_answer_that_leaves_several_is_not_called_settling() -> None:
    third = replace(OTHER, id=3, ref="S3", postcode="20095")
    question = question_for([ANNA, replace(OTHER, postcode="20095"), third], SEES)
    assert question
    assert not question.settles


def test_where_nothing_differs_the_order_number_is_asked_for() -> None:
    question = question_for([ANNA, OTHER], SEES)
    assert question
    assert question.asked is Asked.ORDER_NUMBER


def test_spelling_of_a_postcode_is_no_difference() -> None:
    question = question_for([replace(ANNA, postcode="SW1A 1AA"), replace(OTHER, postcode="sw1a1aa")], SEES)
    assert question
    assert question.asked is not Asked.POSTCODE
