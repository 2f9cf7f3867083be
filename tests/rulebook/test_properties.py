"""Whatever the rules and whatever the order: what is allowed is never more than there is, and the law always holds."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.verdicts import Outcome
from cases.rules.approval import Thresholds
from cases.rules.book import PARTS, RuleBook, rulebook_of
from cases.rules.changes import changes
from cases.rules.fields import Amount, Choice, Flag, Names, PerKey, Text, Whole
from cases.rules.matter import Item, Matter
from cases.rules.parts import Unclear, kinds_of, parse_part, typed_part
from cases.rules.refund import judge_refund
from cases.rules.statutory import BY_LAW
from tests.rulebook.requests import AT, about, days_ago, facts, line, payload

EASY = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
SKUS = st.sampled_from(["LAMP", "CHAIR", "BULB"])
CATEGORIES = st.sampled_from(["All / Home / Lamps", "All / Home", "All / Garden", ""])
NAMES = st.sampled_from(["Lamps", "Home", "Garden", "LAMP", "CHAIR"])
CENTS = st.integers(0, 200_00).map(lambda cents: Decimal(cents) / 100)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value that a form would take."""
    if isinstance(kind, Whole):
        return st.integers(kind.least, min(kind.most, kind.least + 400))
    if isinstance(kind, Amount):
        most = min(kind.most, kind.least + 300)
        return st.integers(0, int((most - kind.least) * 100)).map(lambda c: kind.least + Decimal(c) / 100)
    if isinstance(kind, Flag):
        return st.booleans()
    if isinstance(kind, Choice):
        return st.sampled_from(list(kind.of))
    if isinstance(kind, Names):
        some = st.sampled_from(["AT", "US"]) if kind.upper else NAMES
        return st.lists(some, max_size=2, unique=True).map(tuple)
    if isinstance(kind, PerKey):
        return st.fixed_dictionaries({key: values(kind.of) for key in kind.keys})
    if isinstance(kind, Text):
        return st.sampled_from(["abc"]) if kind.pattern else NAMES
    return st.lists(parts(kind.of), max_size=3).map(tuple)


def parts(of: type) -> st.SearchStrategy[Any]:
    return st.builds(of, **{name: values(kind) for name, kind in kinds_of(of).items()})


RULES = [name for name in PARTS if name != "reasons"]
BOOKS = st.builds(
    lambda made, brands: replace(RuleBook(version=3), **made, brands=brands),
    st.fixed_dictionaries({name: parts(PARTS[name]) for name in RULES}),
    st.dictionaries(
        st.just("Lumo"),
        st.fixed_dictionaries({}, optional={n: parts(PARTS[n]) for n in ("windows", "thresholds")}),
    ),
)
LINES = st.builds(
    lambda sku, category, days, total, back: line(
        sku=sku, category=category, left_at=days_ago(days), total=str(total), goods_back=back
    ),
    SKUS, CATEGORIES, st.integers(0, 400), CENTS, st.booleans(),
)  # fmt: skip
ORDERS = st.fixed_dictionaries(
    {
        "lines": st.lists(LINES, min_size=1, max_size=3),
        "left": CENTS,
        "country": st.sampled_from(["AT", "US", ""]),
        "is_consumer": st.sampled_from([True, False, None]),
        "brand": st.sampled_from(["", "Lumo"]),
        "reason": st.sampled_from(["damaged", "changed_mind", "other"]),
        "holds": st.lists(st.sampled_from(["fraud", "other"]), max_size=2),
        "roles": st.lists(st.sampled_from(["agent", "finance"]), max_size=2),
        "agent_before": CENTS,
    }
)


def request(order: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    total = sum((Decimal(found["total"]) for found in order["lines"]), Decimal(0))
    told = facts(
        holds=order["holds"],
        roles=order["roles"],
        agent_before=str(order["agent_before"]),
        about=about(
            *order["lines"],
            country=order["country"],
            is_consumer=order["is_consumer"],
            brand=order["brand"],
        ),
    )
    told["invoices"][0]["refundable"] = str(order["left"])
    return payload(str(total), reason=order["reason"]), told


@EASY
@given(BOOKS, ORDERS)
def test_what_is_allowed_is_never_more_than_is_left_and_within_the_persons_day(
    book: RuleBook, order: dict[str, Any]
) -> None:
    asked, told = request(order)
    verdict = judge_refund(asked, told, book)
    total = Decimal(asked["total"])
    if verdict.allowed:
        assert Decimal(0) < total <= order["left"]
        assert order["agent_before"] + total <= book.agent_day.limit(order["roles"])
        assert not any(
            found["goods_back"]
            and book.for_brand(order["brand"]).returnable.never(
                Item(sku=found["sku"], category=found["category"])
            )
            for found in order["lines"]
        )
    if verdict.needs_approval == 0:
        assert total <= book.for_brand(order["brand"]).thresholds.no_approval_up_to
    assert verdict.needs_approval == 2 or all(rule.outcome is not Outcome.RAISED for rule in verdict.rules)


@EASY
@given(BOOKS, ORDERS)
def test_no_rule_of_a_shop_undercuts_the_law(book: RuleBook, order: dict[str, Any]) -> None:
    asked, told = request(order)
    verdict = {rule.id: rule.outcome for rule in judge_refund(asked, told, book).rules}
    covered = order["is_consumer"] is not False and order["country"] in {*BY_LAW, ""}
    statutory = book.statutory
    excepted = any(
        statutory.until(
            Item(sku=found["sku"], category=found["category"], left_at=AT),
            Matter(at=AT, country=order["country"]),
        )
        is None
        for found in order["lines"]
    )
    in_time = all(found["left_at"] >= days_ago(14) for found in order["lines"])
    if covered and in_time and not excepted and "Web" not in statutory.counter_teams:
        assert verdict["window"] is Outcome.PASSED
        assert verdict["final_sale"] is Outcome.PASSED
        assert verdict["restocking_fee"] is Outcome.PASSED


@EASY
@given(BOOKS, ORDERS)
def test_what_was_stored_is_judged_the_same_for_ever(book: RuleBook, order: dict[str, Any]) -> None:
    """The rules come back from the table as they went in, and the verdict with them."""
    again = rulebook_of(book.version, book.as_json())
    assert again.as_json() == book.as_json()
    assert changes(book, again) == ()
    asked, told = request(order)
    assert judge_refund(asked, told, again).as_json() == judge_refund(asked, told, book).as_json()


@EASY
@given(BOOKS)
def test_what_a_form_shows_is_what_it_takes(book: RuleBook) -> None:
    for name in RULES:
        part = book.part(name)
        with suppress(Unclear):  # rows that are there twice, and what else no form would have taken
            assert parse_part(PARTS[name], typed_part(part)) == part


@EASY
@given(BOOKS, ORDERS, st.integers(0, 300))
def test_a_lower_threshold_never_needs_fewer_people(
    book: RuleBook, order: dict[str, Any], limit: int
) -> None:
    asked, told = request(order)
    at_limit = replace(book, brands={}, thresholds=Thresholds(second_approval_above=Decimal(limit)))
    above = replace(at_limit, thresholds=Thresholds(second_approval_above=Decimal(limit + 50)))
    lower, higher = judge_refund(asked, told, at_limit), judge_refund(asked, told, above)
    assert lower.needs_approval >= higher.needs_approval
    assert lower.allowed is higher.allowed


@EASY
@given(BOOKS, st.integers(0, 3000), st.sampled_from(["AT", "US"]))
def test_the_floor_is_never_below_what_the_law_says(book: RuleBook, days: int, country: str) -> None:
    statutory = replace(book.statutory, excepted_skus=(), excepted_categories=(), counter_teams=())
    matter = Matter(at=AT, country=country, is_consumer=True, shipped_at=AT - timedelta(days=days))
    until = statutory.until(Item(), matter)
    if country in BY_LAW:
        assert until is not None
        assert until >= AT - timedelta(days=days) + timedelta(days=14)
