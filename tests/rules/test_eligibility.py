"""What may still come back, until when, and if not, why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cases.eligibility import DEFAULT_POLICY, Outcome, ReturnPolicy, ReturnVerdict, return_verdicts
from tests.rules.recorded import record_of
from tests.rules.rows import Row, line, move, move_back, order, picking, product

LEFT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)  # when the pickings of ``rows`` are done
IN_TIME = LEFT + timedelta(days=10)


def verdict(row: Row, *, at: datetime = IN_TIME, policy: ReturnPolicy = DEFAULT_POLICY) -> ReturnVerdict:
    (found,) = return_verdicts(record_of(row, 18), policy=policy, at=at)
    return found


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
    stingy = ReturnPolicy(window_days=3)

    assert verdict(SHIPPED, policy=stingy, at=LEFT + timedelta(days=16)).allowed


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
    policy = ReturnPolicy(final_sale_skus=frozenset({"P5"}))

    found = verdict(SHIPPED, policy=policy)

    assert found.deciding.id == "final_sale"
    assert found.deciding.eligible_if


def test_what_is_left_after_a_partial_return_may_come_back() -> None:
    row = order(line(), picking_ids=[picking(move(3.0)), picking(move_back(1.0))])

    assert verdict(row).quantity == Decimal(2)


def test_a_verdict_carries_the_version_of_its_policy() -> None:
    assert {rule.version for rule in verdict(SHIPPED, policy=ReturnPolicy(version=7)).rules} == {7}


def test_a_section_has_no_verdict() -> None:
    row = order(line(display_type="line_section", product_id=False))

    assert return_verdicts(record_of(row, 18), policy=DEFAULT_POLICY, at=IN_TIME) == ()
