"""Whatever was delivered, came back and is asked for: what is permitted is never more than is left of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.judged import Surroundings
from cases.actions.returns.form import ReturnForm, WishedBack, WishedLot, wish_json, wish_of
from cases.actions.returns.judging import judge
from cases.actions.returns.lines import returnable_of
from cases.rules.book import RuleBook
from integrations.canonical import (
    Company,
    DeliveredLine,
    DeliveredLot,
    Delivery,
    Destination,
    ReturnFacts,
    ShipmentState,
)

AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
EASY = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
SIZES = st.sampled_from([Decimal(1), Decimal(12)])


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[tuple[Delivery, ...], dict[int, Decimal]]:
    """Up to three deliveries of up to two lines of an order, some of it on its way back or asked back already."""
    move, found, pending = 100, [], {}
    left: dict[int, Decimal] = {}
    for number in range(1, draw(st.integers(1, 3)) + 1):
        lines = []
        for line_id in draw(st.lists(st.sampled_from([71, 72]), min_size=1, max_size=2, unique=True)):
            move += 1
            done = Decimal(draw(st.integers(0, 6)))
            back = Decimal(draw(st.integers(0, int(done))))
            size = draw(SIZES)
            is_tracked = draw(st.booleans())
            pending[move] = Decimal(draw(st.integers(0, 2)))
            left[line_id] = left.get(line_id, Decimal(0)) + (done - back) * size
            lots = tuple(
                DeliveredLot(id=move * 10 + at, name=f"L{at}", quantity=Decimal(1), left=Decimal(1))
                for at in range(int(done - back))
            )
            lines.append(
                DeliveredLine(
                    move_id=move,
                    order_line_id=line_id,
                    product_id=line_id,
                    name=f"line {line_id}",
                    unit="Dozens" if size == 12 else "Units",
                    unit_size=size,
                    done=done,
                    returned=back,
                    announced=Decimal(0),
                    left_of_line=Decimal(0),
                    is_tracked=is_tracked,
                    lots=lots if is_tracked else (),
                    obstacle=None,
                )
            )
        found.append((number, lines))
    # Somebody may have taken back more of the order's line than names a delivery.
    lost = {line: Decimal(draw(st.integers(0, 3))) for line in left}
    made = tuple(
        Delivery(
            id=number,
            ref=f"WH/OUT/{number}",
            state=ShipmentState.DONE,
            done_at=AT,
            warehouse_id=1,
            lines=tuple(
                replace(
                    line,
                    left_of_line=max(
                        Decimal(0), left[line.order_line_id or 0] - lost[line.order_line_id or 0]
                    )
                    / line.unit_size,
                )
                for line in lines
            ),
        )
        for number, lines in found
    )
    return made, pending


def facts_of(made: tuple[Delivery, ...]) -> ReturnFacts:
    return ReturnFacts(
        connection="main",
        company=Company(id=1, name="One"),
        order_id=7,
        order_ref="S00007",
        order_state="sale",
        odoo_version=18,
        delivered=(),
        deliveries=made,
        returns=(),
        authorizations=(),
        destinations=(
            Destination(
                warehouse_id=1, name="Main", location_id=8, operation_type_id=3, rma_location_id=None
            ),
        ),
        has_rma=False,
        rma_operations=(),
        fetched_at=AT,
    )


def around(pending: dict[int, Decimal]) -> Surroundings:
    product = {"sku": "", "category": "", "left_at": AT.isoformat(), "unit": "Units"}
    products = {str(line): {**product, "ordered": "10", "shipped": "10", "worth": "100"} for line in (71, 72)}
    about: dict[str, Any] = {
        "brand": "",
        "region": "",
        "country": "AT",
        "team": "",
        "is_consumer": True,
        "is_counter_sale": False,
        "currency": "EUR",
        "products": products,
    }
    return Surroundings(
        at=AT,
        placed_at=AT,
        shipped_at=AT,
        holds=(),
        roles=("agent",),
        agent_before=Decimal(0),
        past={"customer": {}, "order": {}},
        about=about,
        pending=pending,
        way={"by": "picking", "warehouse": None, "operation": None},
    )


@st.composite
def wishes(draw: st.DrawFn, made: tuple[Delivery, ...]) -> tuple[WishedBack, ...]:
    lines = [line for delivery in made for line in delivery.lines]
    found = []
    for line in draw(
        st.lists(st.sampled_from(lines), min_size=1, max_size=3, unique_by=lambda one: one.move_id)
    ):
        by_line = draw(st.booleans())
        numbers = [lot.id for one in lines if one.order_line_id == line.order_line_id for lot in one.lots]
        some = draw(st.lists(st.sampled_from(numbers), max_size=4, unique=True)) if numbers else []
        quantity = draw(st.one_of(st.none(), st.integers(1, 9).map(Decimal)))
        found.append(
            WishedBack(
                line_id=line.order_line_id if by_line else None,
                move_id=None if by_line else line.move_id,
                quantity=None if some else quantity,
                reason="defective",
                lots=tuple(WishedLot(id=number) for number in some),
            )
        )
    return tuple({(one.line_id, one.move_id): one for one in found}.values())


@EASY
@given(st.data())
def test_what_is_permitted_is_never_more_than_can_come_back(data: st.DataObject) -> None:
    made, pending = data.draw(deliveries())
    wish = data.draw(wishes(made))
    facts = facts_of(made)
    form = ReturnForm(connection="main", ref="S00007", company=1, lines=wish)
    judged = judge(form, facts, around(pending), RuleBook(version=3), currency="EUR")
    assert wish_of(wish_json(wish)) == wish
    if not judged.verdict.allowed:
        return
    left = returnable_of(facts, pending)
    lines = {line.move_id: line for delivery in made for line in delivery.lines}
    asked = [line for back in judged.payload["returns"] for line in back["lines"]]
    assert asked
    assert len({line["move_id"] for line in asked}) == len(asked)
    of_line: dict[int, Decimal] = {}
    for line in asked:
        of, much = lines[line["move_id"]], Decimal(line["quantity"])
        assert Decimal(0) < much <= left[line["move_id"]]
        assert much <= of.done - of.returned - of.announced - pending[of.move_id]
        of_line[of.order_line_id or 0] = of_line.get(of.order_line_id or 0, Decimal(0)) + much * of.unit_size
        numbers = [number for number, _, _ in line["lots"]]
        assert bool(numbers) is of.is_tracked
        assert set(numbers) <= {lot.id for lot in of.lots}
        assert not numbers or sum(Decimal(each) for _, _, each in line["lots"]) == much
    for number, taken in of_line.items():
        whole = min(
            line.left_of_line * line.unit_size for line in lines.values() if line.order_line_id == number
        )
        spoken_for = sum(
            pending[line.move_id] * line.unit_size for line in lines.values() if line.order_line_id == number
        )
        assert taken <= whole - spoken_for
