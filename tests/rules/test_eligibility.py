"""What may still come back, until when, and if not, why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cases.actions.verdicts import Outcome
from cases.orders.eligibility import LineVerdict, line_verdicts
from cases.rules.book import RuleBook
from cases.rules.final_sale import FinalSale
from cases.rules.matter import Remedy
from cases.rules.replacement_stock import ReplacementStock
from cases.rules.restocking import Fee, Restocking
from cases.rules.returnable import Returnable
from cases.rules.statutory import Statutory
from cases.rules.warranty import Cover, Warranty
from cases.rules.windows import Window, Windows
from tests.rules.recorded import record_of
from tests.rules.rows import Row, line, move, move_back, order, picking, product

LEFT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # when the pickings of ``rows`` are done
IN_TIME = LEFT + timedelta(days=10)


BOOK = RuleBook()


def verdict(
    row: Row,
    *,
    at: datetime = IN_TIME,
    book: RuleBook = BOOK,
    remedy: Remedy = Remedy.RETURN,
    free: Decimal | None = Decimal(5),
) -> LineVerdict:
    record = record_of(row, 18)
    lines = tuple(replace(line, available=free) for line in record.order.lines)
    record = replace(record, order=replace(record.order, lines=lines))
    found = line_verdicts(record, book=book, at=at)
    assert [verdict.remedy for verdict in found] == [Remedy.RETURN, Remedy.REPLACE, Remedy.EXCHANGE]
    return next(verdict for verdict in found if verdict.remedy is remedy)


def granting(days: int) -> RuleBook:
    return replace(BOOK, windows=Windows(rows=tuple(Window(remedy=remedy, days=days) for remedy in Remedy)))


SHIPPED = order(line(), picking_ids=[picking(move(3.0))])


def test_shipped_goods_may_come_back_until_the_window_ends() -> None:
    found = verdict(SHIPPED)

    assert found.allowed
    assert found.quantity == Decimal(3)
    assert found.until == LEFT + timedelta(days=30)


def test_the_last_moment_of_the_window_is_still_in_time() -> None:
    end = LEFT + timedelta(days=30)

    assert verdict(SHIPPED, at=end).allowed
    assert not verdict(SHIPPED, at=end + timedelta(seconds=1)).allowed


def test_no_shop_can_undercut_the_statutory_days() -> None:
    stingy = granting(3)

    assert verdict(SHIPPED, book=stingy, at=LEFT + timedelta(days=17)).allowed
    assert not verdict(SHIPPED, book=stingy, at=LEFT + timedelta(days=17, seconds=1)).allowed
    exchange = verdict(SHIPPED, book=stingy, at=LEFT + timedelta(days=4), remedy=Remedy.EXCHANGE)
    assert exchange.deciding.id == "window", "the law gives money back, no other goods"


def test_a_later_part_shipment_starts_the_window_anew() -> None:
    late = picking(move(1.0), date_done="2026-11-20 10:00:00")
    row = order(line(), picking_ids=[picking(move(2.0)), late])

    assert verdict(row).until == datetime(2026, 11, 20, 10, 0, tzinfo=UTC) + timedelta(days=30)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        pytest.param(order(line(of=product(9, type="service"))), "goods", id="a service"),
        pytest.param(order(line(is_delivery=True)), "goods", id="the shipping charge"),
        pytest.param(order(line()), "shipped", id="nothing shipped"),
        pytest.param(
            order(line(), picking_ids=[picking(move(3.0)), picking(move_back(3.0))]),
            "quantity",
            id="all back",
        ),
        pytest.param(
            order(
                line(),
                picking_ids=[picking(move(3.0)), picking(move_back(3.0, state="assigned"), state="assigned")],
            ),
            "quantity",
            id="all announced",
        ),
        pytest.param(
            order(line(), picking_ids=[picking(move(3.0), date_done=False)]),
            "window",
            id="no day of shipping",
        ),
    ],
)
def test_a_refusal_names_its_rule(row: Row, rule: str) -> None:
    found = verdict(row)

    assert not found.allowed
    assert found.quantity == 0
    assert found.deciding.id == rule
    assert found.deciding.outcome is Outcome.FAILED


def test_a_final_sale_is_refused_with_what_would_make_it_eligible() -> None:
    book = replace(
        BOOK, final_sale=FinalSale(skus=("P5",)), statutory=Statutory(rows=(), counter_teams=("",))
    )

    found = verdict(SHIPPED, book=book)

    assert found.deciding.id == "final_sale"
    assert found.deciding.eligible_if
    assert verdict(SHIPPED, book=book, remedy=Remedy.REPLACE).allowed, "what is faulty is replaced"
    hard = replace(book, final_sale=FinalSale(skus=("P5",), unless_faulty=False))
    assert verdict(SHIPPED, book=hard, remedy=Remedy.REPLACE).deciding.id == "final_sale"
    assert verdict(SHIPPED, book=hard).deciding.eligible_if is None


def test_what_never_comes_back_may_be_replaced() -> None:
    book = replace(BOOK, returnable=Returnable(never_skus=("P5",)))
    assert verdict(SHIPPED, book=book).deciding.id == "returnable"
    assert verdict(SHIPPED, book=book).until is None
    assert verdict(SHIPPED, book=book, remedy=Remedy.EXCHANGE).deciding.id == "returnable"
    assert verdict(SHIPPED, book=book, remedy=Remedy.REPLACE).allowed


@pytest.mark.parametrize("remedy", [Remedy.REPLACE, Remedy.EXCHANGE])
def test_another_one_has_to_be_in_stock(remedy: Remedy) -> None:
    def stock(rule: ReplacementStock, free: Decimal | None = Decimal(5)) -> str:
        book = replace(BOOK, replacement_stock=rule)
        return verdict(SHIPPED, book=book, remedy=remedy, free=free).deciding.id

    assert verdict(SHIPPED, remedy=remedy).allowed
    assert stock(ReplacementStock(kept_back=Decimal(4))) == "window", "one of five is free"
    assert stock(ReplacementStock(kept_back=Decimal("4.5"))) == "stock"
    assert stock(ReplacementStock(), None) == "stock"
    assert stock(ReplacementStock(must_be_in_stock=False), None) == "window"


def test_a_fault_is_said_beside_a_window_that_ended() -> None:
    late = LEFT + timedelta(days=31)
    found = verdict(SHIPPED, at=late).deciding
    assert found.words["warranty"] == (LEFT + timedelta(days=730)).date()
    none = replace(BOOK, warranty=Warranty(rows=(Cover(days=30),)))
    assert "warranty" not in verdict(SHIPPED, at=late, book=none).deciding.words


def test_a_fee_is_said_where_one_would_be_kept() -> None:
    book = replace(BOOK, restocking=Restocking(rows=(Fee(percent=Decimal(15)),)))
    late = verdict(SHIPPED, at=LEFT + timedelta(days=20), book=book).deciding
    assert late.words["fee"] == "15"
    assert "%(fee)s" in late.explanation
    assert "fee" not in verdict(SHIPPED, at=LEFT + timedelta(days=10), book=book).deciding.words, "the law"
    assert "fee" not in verdict(SHIPPED, at=late_day(), book=book, remedy=Remedy.EXCHANGE).deciding.words


def late_day() -> datetime:
    return LEFT + timedelta(days=20)


def test_what_is_left_after_a_partial_return_may_come_back() -> None:
    row = order(line(), picking_ids=[picking(move(3.0)), picking(move_back(1.0))])

    assert verdict(row).quantity == Decimal(2)


def test_a_verdict_carries_the_version_of_its_policy() -> None:
    assert {rule.version for rule in verdict(SHIPPED, book=RuleBook(version=7)).rules} == {7}


def test_a_section_has_no_verdict() -> None:
    row = order(line(display_type="line_section", product_id=False))

    assert line_verdicts(record_of(row, 18), book=BOOK, at=IN_TIME) == ()
