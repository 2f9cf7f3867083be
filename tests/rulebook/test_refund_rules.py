"""Every rule of a refund alone, and every two of them together: each says its own word whatever the other says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from cases.actions.verdicts import Outcome, Verdict
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from cases.rules.final_sale import FinalSale
from cases.rules.holds import HoldEffect, Holds
from cases.rules.matter import Remedy
from cases.rules.refund import RULES, judge_refund
from cases.rules.restocking import Fee, Restocking
from cases.rules.returnable import Returnable
from cases.rules.warranty import Cover, Warranty
from cases.rules.windows import Start, Window, Windows
from tests.rulebook.requests import about, days_ago, facts, line, payload

BOOK = RuleBook()
REFUNDS = Windows().rows[1:]  # the windows of the other remedies


def windows(*rows: Window, **more: Any) -> Windows:
    return Windows(rows=(*rows, *REFUNDS), **more)


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {rule.id: rule.outcome.value for rule in verdict.rules if rule.outcome is not Outcome.PASSED}


def judged(book: RuleBook = BOOK, *, asked: dict[str, Any] | None = None, **known: Any) -> Verdict:
    return judge_refund(payload(**(asked or {})), facts(**known), book)


def rule(verdict: Verdict, name: str) -> Any:
    return next(found for found in verdict.rules if found.id == name)


def test_an_ordinary_request_passes_every_rule_and_needs_one_person() -> None:
    verdict = judged()
    assert outcomes(verdict) == {}
    assert [found.id for found in verdict.rules] == [made.__name__ for made, _ in RULES]
    assert verdict.needs_approval == 1
    assert all(found.eligible_if == "" and found.explanation for found in verdict.rules)


@dataclass(frozen=True)
class Trouble:
    """What makes one rule say something, and nothing else."""

    rule: str
    outcome: str
    change: Callable[[dict[str, Any], dict[str, Any], RuleBook], RuleBook]

    def __str__(self) -> str:
        return f"{self.rule} {self.outcome}"


def _facts(**known: Any) -> Callable[..., RuleBook]:
    def change(asked: dict[str, Any], told: dict[str, Any], book: RuleBook) -> RuleBook:
        for name, value in known.items():
            if name == "about":
                told["about"] = {**told["about"], **value}
            elif name == "past":
                told["past"] = {**told["past"], **value}
            else:
                told[name] = value
        return book

    return change


def _invoice(**known: Any) -> Callable[..., RuleBook]:
    def change(asked: dict[str, Any], told: dict[str, Any], book: RuleBook) -> RuleBook:
        told["invoices"][0].update(known)
        return book

    return change


def _book(**parts: Any) -> Callable[..., RuleBook]:
    return lambda asked, told, book: replace(book, **parts)


TROUBLES = (
    Trouble("order_confirmed", "failed", _facts(order_state="draft")),
    Trouble("no_draft", "failed", _invoice(drafts=[{"id": 1, "total": "1"}])),
    Trouble("within_refundable", "failed", _invoice(refundable="59.99")),
    Trouble("window", "failed", _book(windows=windows(Window(remedy=Remedy.REFUND, days=19)))),
    Trouble("final_sale", "failed", _book(final_sale=FinalSale(skus=("lamp",)))),
    Trouble("returnable", "failed", _book(returnable=Returnable(never_categories=("Home",)))),
    Trouble("no_hold", "failed", _facts(holds=["fraud"])),
    Trouble("goods_back", "raised", _facts(kept_goods="50.01")),
    Trouble("restocking_fee", "raised", _book(restocking=Restocking(rows=(Fee(),)))),
    Trouble("agent_day", "failed", _facts(agent_before="1440.01")),
    Trouble("customer_limit", "raised", _facts(past={"customer": {"29": ["940.01", 1]}})),
    Trouble("split_refund", "raised", _facts(past={"order": {"6": ["0.03", 3]}})),
    Trouble("second_approval", "raised", _book(thresholds=Thresholds(second_approval_above=Decimal("59.99")))),
)  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_each_rule_speaks_alone(trouble: Trouble) -> None:
    asked, told = payload(), facts()
    book = trouble.change(asked, told, BOOK)
    verdict = judge_refund(asked, told, book)
    assert outcomes(verdict) == {trouble.rule: trouble.outcome}
    found = rule(verdict, trouble.rule)
    assert found.eligible_if, "whoever is refused learns what would change it"
    assert found.explanation % found.words
    assert found.eligible_if % found.words
    assert verdict.allowed is (trouble.outcome == "raised")
    assert verdict.needs_approval == (2 if trouble.outcome == "raised" else 1)


@pytest.mark.parametrize("pair", list(combinations(TROUBLES, 2)), ids=lambda pair: f"{pair[0]} and {pair[1]}")
def test_every_two_rules_speak_together(pair: tuple[Trouble, Trouble]) -> None:
    asked, told, book = payload(), facts(), BOOK
    for trouble in pair:
        book = trouble.change(asked, told, book)
    verdict = judge_refund(asked, told, book)
    assert outcomes(verdict) == {trouble.rule: trouble.outcome for trouble in pair}


# --- documents


def test_without_an_invoice_it_is_said_whether_it_was_paid() -> None:
    for paid, part in ((True, "Ask finance"), (False, "once an invoice is posted")):
        found = rule(judged(invoices=[], paid=paid), "invoiced")
        assert found.outcome is Outcome.FAILED
        assert part in found.eligible_if
    draft = [{"id": 5, "ref": "", "state": "draft", "total": "1", "refundable": "0", "drafts": []}]
    assert rule(judged(invoices=draft), "invoiced").outcome is Outcome.FAILED


@pytest.mark.parametrize("state", ["sale", "done", "cancel"])
def test_what_was_confirmed_once_is_refunded(state: str) -> None:
    assert outcomes(judged(order_state=state)) == {}


def test_a_draft_on_another_invoice_is_in_nobodys_way() -> None:
    other = {
        "id": 6,
        "ref": "INV/6",
        "state": "posted",
        "total": "1",
        "refundable": "0",
        "drafts": [{"id": 1, "total": "1"}],
    }
    invoices = [*facts()["invoices"], other]
    assert outcomes(judged(invoices=invoices)) == {}
    assert "no_draft" in outcomes(judged(invoices=invoices, asked={"notes": []}))


def test_exactly_what_is_left_is_possible_and_nothing_is_nothing() -> None:
    assert "within_refundable" not in outcomes(judged(asked={"total": "120"}))
    assert "within_refundable" in outcomes(judged(asked={"total": "120.01"}))
    assert "within_refundable" in outcomes(judged(asked={"total": "0"}))
    assert "within_refundable" in outcomes(judged(asked={"notes": []}))


# --- windows and the law


def window(book: RuleBook = BOOK, *, left: float = 20, reason: str = "other", **known: Any) -> Outcome:
    told = facts(
        shipped_at=days_ago(left),
        placed_at=days_ago(left + 5),
        about=about(line(left_at=days_ago(left)), **known),
    )
    outcome: Outcome = rule(judge_refund(payload(reason=reason), told, book), "window").outcome
    return outcome


def shop(days: int, start: Start = Start.SHIPMENT, **more: str) -> RuleBook:
    row = Window(remedy=Remedy.REFUND, days=days, counted_from=start, **more)
    general = () if not more else (Window(remedy=Remedy.REFUND, days=365),)
    return replace(BOOK, windows=windows(row, *general))


def test_a_window_is_counted_from_what_it_says() -> None:
    assert window(shop(20)) is Outcome.PASSED
    assert window(shop(20), left=20.001) is Outcome.FAILED
    assert window(shop(24, Start.ORDER)) is Outcome.FAILED, "ordered five days before it left"
    assert window(shop(25, Start.ORDER)) is Outcome.PASSED
    assert window(shop(17, Start.DELIVERY)) is Outcome.PASSED, "three days on the way"
    assert window(shop(16, Start.DELIVERY), left=20) is Outcome.FAILED


def test_the_more_exact_row_counts() -> None:
    for more in ({"category": "Lamps"}, {"region": "at"}, {"category": "Home / Lamps", "region": "AT"}):
        assert window(shop(3, Start.SHIPMENT, **more)) is Outcome.FAILED, more
    for more in ({"category": "Chairs"}, {"region": "DE"}, {"category": "Lamp"}):
        assert window(shop(3, Start.SHIPMENT, **more)) is Outcome.PASSED, more
    rows = (
        Window(remedy=Remedy.REFUND, days=3),
        Window(remedy=Remedy.REFUND, days=4, category="Home"),
        Window(remedy=Remedy.REFUND, days=400, category="Home / Lamps"),
        Window(remedy=Remedy.REFUND, days=5, region="AT"),
    )
    assert window(replace(BOOK, windows=windows(*rows))) is Outcome.PASSED
    assert window(replace(BOOK, windows=windows(*rows[:2], rows[3]))) is Outcome.FAILED


def test_of_several_goods_the_one_whose_time_ends_first_decides() -> None:
    early, late = line(left_at=days_ago(30)), line(left_at=days_ago(1))
    told = facts(about=about(early, late))
    assert rule(judge_refund(payload(), told, shop(25)), "window").outcome is Outcome.FAILED
    assert (
        rule(judge_refund(payload(), facts(about=about(late)), shop(25)), "window").outcome is Outcome.PASSED
    )


def test_nobody_knows_since_when_asks_a_second_person() -> None:
    told = facts(placed_at="", shipped_at="", about=about(line(left_at="")))
    verdict = judge_refund(payload(), told, BOOK)
    assert outcomes(verdict) == {"window": "raised"}
    told = facts(placed_at=days_ago(400), shipped_at="", about=about(line(left_at="")))
    assert outcomes(judge_refund(payload(), told, BOOK)) == {"window": "failed"}, "the order's own day, then"


@pytest.mark.parametrize(
    ("known", "granted"),
    [
        ({}, True),
        ({"is_consumer": None}, True),
        ({"country": ""}, True),
        ({"is_consumer": False}, False),
        ({"is_counter_sale": True}, False),
    ],
)
def test_the_law_beats_the_shops_window(known: dict[str, Any], granted: bool) -> None:
    outcome = Outcome.PASSED if granted else Outcome.FAILED
    assert window(shop(1), left=17, **known) is outcome, "fourteen days and three on the way"
    assert window(shop(1), left=17.001, **known) is Outcome.FAILED


def test_outside_the_law_and_its_rows_nothing_is_granted() -> None:
    from cases.rules.statutory import Floor, Statutory

    none = replace(shop(1), statutory=Statutory(rows=()))
    assert window(none, left=10, country="US") is Outcome.FAILED
    assert window(none, left=10, country="DE") is Outcome.PASSED, "what the law says holds without a row"
    seven = replace(shop(1), statutory=Statutory(rows=(Floor(countries=("US",), days=7),), transit_days=0))
    assert window(seven, left=7, country="US") is Outcome.PASSED
    assert window(seven, left=7.001, country="US") is Outcome.FAILED
    assert window(seven, left=7, country="CA") is Outcome.FAILED
    longer = replace(shop(1), statutory=Statutory(rows=(Floor(region="AT", days=30),), transit_days=0))
    assert window(longer, left=30) is Outcome.PASSED
    assert window(longer, left=30, region="DE") is Outcome.FAILED
    everybody = replace(shop(1), statutory=Statutory(consumers_only=False))
    assert window(everybody, left=17, is_consumer=False) is Outcome.PASSED
    teams = replace(shop(1), statutory=Statutory(counter_teams=("web",)))
    assert window(teams, left=10) is Outcome.FAILED
    excepted = replace(shop(1), statutory=Statutory(excepted_categories=("Lamps",)))
    assert window(excepted, left=10) is Outcome.FAILED
    assert window(replace(shop(1), statutory=Statutory(excepted_skus=("lamp",))), left=10) is Outcome.FAILED


def test_a_fault_under_warranty_beats_the_window_and_a_whim_does_not() -> None:
    short = shop(1)
    assert window(short, left=730, reason="damaged") is Outcome.PASSED
    assert window(short, left=730.001, reason="damaged") is Outcome.FAILED
    assert window(short, left=100, reason="changed_mind") is Outcome.FAILED
    lamps = replace(short, warranty=Warranty(rows=(Cover(days=900), Cover(category="Lamps", days=50))))
    assert window(lamps, left=51, reason="damaged") is Outcome.FAILED
    assert window(replace(short, warranty=Warranty(rows=())), left=51, reason="damaged") is Outcome.FAILED


# --- goods


def test_final_sale_yields_to_faults_and_to_the_law() -> None:
    book = replace(BOOK, final_sale=FinalSale(categories=("Lamps",)))
    assert "final_sale" in outcomes(judged(book))
    assert rule(judged(book), "final_sale").words == {"products": "LAMP"}
    assert "final_sale" not in outcomes(judged(book, asked={"reason": "damaged"}))
    hard = replace(BOOK, final_sale=FinalSale(categories=("Lamps",), unless_faulty=False))
    assert "final_sale" in outcomes(judged(hard, asked={"reason": "damaged"}))
    early = about(line(left_at=days_ago(16)))
    assert "final_sale" not in outcomes(judged(hard, about=early))
    assert "final_sale" not in outcomes(judged(book, about=about(line(is_goods=False))))


def test_what_never_comes_back_is_refunded_without_a_return() -> None:
    book = replace(BOOK, returnable=Returnable(never_skus=("LAMP",)))
    assert outcomes(judged(book)) == {"returnable": "failed"}
    assert outcomes(judged(book, about=about(line(goods_back=False)))) == {}


@pytest.mark.parametrize(
    ("fee", "told"),
    [
        (Fee(percent=Decimal(10), at_most=Decimal(50)), "6.00 EUR"),
        (Fee(percent=Decimal(50), at_most=Decimal(5)), "5.00 EUR"),
        (Fee(percent=Decimal("0.01"), at_most=Decimal(5)), "0.01 EUR"),
        (Fee(category="Chairs"), ""),
        (Fee(percent=Decimal(0)), ""),
    ],
)
def test_a_fee_is_a_share_of_what_comes_back_with_an_end(fee: Fee, told: str) -> None:
    verdict = judged(replace(BOOK, restocking=Restocking(rows=(fee,))))
    assert rule(verdict, "restocking_fee").words.get("fee", "") == told


def test_no_fee_for_faults_for_what_the_law_covers_and_for_what_stays() -> None:
    book = replace(BOOK, restocking=Restocking(rows=(Fee(), Fee(category="Lamps", percent=Decimal(20)))))
    assert rule(judged(book), "restocking_fee").words == {"fee": "12.00 EUR", "rest": "48.00 EUR"}
    assert "restocking_fee" not in outcomes(judged(book, asked={"reason": "damaged"}))
    for other in (
        line(left_at=days_ago(16)),
        line(goods_back=False),
        line(quantity=None),
        line(is_goods=False),
    ):
        assert "restocking_fee" not in outcomes(judged(book, about=about(other)))


def withdrawal(**more: Any) -> Outcome:
    known = about(
        line(left_at=days_ago(5)),
        **{"is_everything": True, "shipping_left": "4.90", "shipping_asked": "0", **more},
    )
    verdict = judged(asked={"reason": more.get("reason", "changed_mind")}, about=known)
    outcome: Outcome = rule(verdict, "withdrawal_shipping").outcome
    return outcome


def test_who_sends_everything_back_in_time_gets_the_way_paid_back() -> None:
    assert withdrawal() is Outcome.FAILED
    assert withdrawal(shipping_asked="4.90") is Outcome.PASSED
    assert withdrawal(shipping_asked="4.89") is Outcome.FAILED
    assert withdrawal(is_everything=False) is Outcome.PASSED
    assert withdrawal(reason="damaged") is Outcome.PASSED
    assert withdrawal(shipping_left="100", shipping_asked="25") is Outcome.PASSED, "the standard way, no more"
    assert withdrawal(shipping_left="100", shipping_asked="24.99") is Outcome.FAILED
    assert withdrawal(is_consumer=False) is Outcome.PASSED
    assert withdrawal(lines=[line(left_at=days_ago(20))]) is Outcome.PASSED, "too late for the law"
    assert withdrawal(lines=[line(is_goods=False)]) is Outcome.PASSED


def test_goods_may_stay_up_to_a_worth() -> None:
    assert outcomes(judged(kept_goods="50")) == {}
    assert outcomes(judged(kept_goods="50.01")) == {"goods_back": "raised"}


# --- people


@pytest.mark.parametrize("effect", list(HoldEffect))
def test_a_hold_does_what_the_rule_says_and_the_hardest_counts(effect: HoldEffect) -> None:
    book = replace(BOOK, holds=Holds(effects={"fraud": effect, "other": HoldEffect.NOTHING}))
    said = {HoldEffect.STOP: "failed", HoldEffect.SECOND: "raised", HoldEffect.NOTHING: None}[effect]
    assert outcomes(judged(book, holds=["other", "fraud"])).get("no_hold") == said
    assert outcomes(judged(book, holds=["unheard"])) == {"no_hold": "failed"}


@pytest.mark.parametrize(
    ("roles", "before", "said"),
    [
        (["agent"], "1440", None),
        (["agent"], "1440.01", "failed"),
        (["agent", "senior_agent"], "2940", None),
        (["auditor"], "0", "failed"),
        ([], "0", "failed"),
    ],
)
def test_a_day_has_a_limit_and_the_highest_role_counts(
    roles: list[str], before: str, said: str | None
) -> None:
    assert outcomes(judged(roles=roles, agent_before=before)).get("agent_day") == said


def test_limits_look_back_exactly_as_far_as_they_say() -> None:
    assert outcomes(judged(past={"customer": {"29": ["940", 1]}, "order": {}})) == {}
    assert "customer_limit" in outcomes(
        judged(past={"customer": {"0": ["500", 2], "29": ["440.01", 1]}, "order": {}})
    )
    assert outcomes(judged(past={"customer": {"30": ["5000", 1]}, "order": {}})) == {}
    assert outcomes(judged(past={"customer": {}, "order": {"6": ["440", 1]}})) == {}
    assert outcomes(judged(past={"customer": {}, "order": {"6": ["440.01", 1]}})) == {
        "second_approval": "raised"
    }
    assert outcomes(judged(past={"customer": {}, "order": {"7": ["5000", 9]}})) == {}
    assert outcomes(judged(past={"customer": {}, "order": {"0": ["1", 2]}})) == {}
    assert outcomes(judged(past={"customer": {}, "order": {"0": ["1", 2], "5": ["1", 1]}})) == {
        "split_refund": "raised"
    }


def test_nobody_has_to_agree_to_little_unless_something_is_odd() -> None:
    book = replace(BOOK, thresholds=Thresholds(no_approval_up_to=Decimal(60)))
    assert judged(book).needs_approval == 0
    assert judged(book, past={"customer": {}, "order": {"1": ["0.01", 1]}}).needs_approval == 1
    assert judged(book, kept_goods="51").needs_approval == 2


# --- brands and older requests


def test_a_brand_is_judged_by_its_own_rules() -> None:
    book = replace(BOOK, brands={"Lumo": {"thresholds": Thresholds(second_approval_above=Decimal(5))}})
    assert outcomes(judged(book)) == {}
    assert outcomes(judged(book, about=about(brand="Lumo"))) == {"second_approval": "raised"}


def test_what_an_older_request_did_not_store_is_not_held_against_it() -> None:
    told = facts(customer_before="940.01", order_before="440.01", shipped_at=days_ago(400))
    del told["about"], told["past"]
    verdict = judge_refund(payload(reason="damaged"), told, BOOK)
    assert outcomes(verdict) == {"window": "failed", "customer_limit": "raised", "second_approval": "raised"}
    missing = {"final_sale", "returnable", "restocking_fee", "withdrawal_shipping", "split_refund"}
    assert not missing & {found.id for found in verdict.rules}
    assert {found.version for found in judge_refund(payload(), told, replace(BOOK, version=7)).rules} == {7}
