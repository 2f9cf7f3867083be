"""The sandbox holds an order that shows each contradiction and one that only looks like it, through every layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from cases.contradictions import RULES
from cases.masking.roles import Role
from cases.orders.workspace import open_order
from tests.gateway.conftest import Connect, viewer
from tests.sandbox.process import Sandbox

CODES = [rule.code for rule in RULES]
# Odoo 19 has no return authorizations yet, and a transfer of Odoo's own is never refused.
NOT_IN_19 = {"refunded_but_refused"}
EVERYWHERE = viewer(Role.SUPERVISOR, companies=frozenset({1, 2}))


async def codes_of(ref: str) -> set[str]:
    opened = await open_order(
        viewer=EVERYWHERE, connection="main", ref=ref, company=None, correlation_id="r-1"
    )
    return {found.code.value for found in opened.contradictions}


@pytest.mark.parametrize("serie", [18, 19])
async def test_every_contradiction_has_its_order_and_its_near_miss(
    connect: Connect, sandboxes: Callable[[int], Sandbox], serie: int
) -> None:
    sandbox = sandboxes(serie)
    await connect(sandbox)
    find = partial(str.format, "contradiction.{}{}")
    missing = {code for code in CODES if find(code, "") not in sandbox.story}
    assert missing == (NOT_IN_19 if serie == 19 else set())

    wrong = {}
    for code in sorted(set(CODES) - missing):
        fires = await codes_of(sandbox.order_name(find(code, "")))
        near_miss = await codes_of(sandbox.order_name(find(code, ".near_miss")))
        if code not in fires or code in near_miss:
            wrong[code] = (fires, near_miss)
    assert wrong == {}


# What goes well, or only looks odd: none of these may raise a flag that an agent has to explain away.
QUIET = (
    *("delivered_and_paid", "three_step_delivery", "ready_to_ship", "several_pickings_tracked", "kit"),
    *("comma_joined_tracking", "drop_ship", "service_line", "lots_and_serials", "dozen_and_units"),
    *("archived_product", "return_waiting", "return_received_and_refunded", "exchange", "cancelled"),
    *("quotation", "other_currency", "slash_in_name", "replaced", "replacement_order"),
    *("negative_reward_line", "unicode_names", "invoice_reversed", "transaction_pending", "credit_note_cancelled"),
)  # fmt: skip


@pytest.mark.parametrize("serie", [18, 19])
async def test_what_only_looks_odd_raises_nothing(
    connect: Connect, sandboxes: Callable[[int], Sandbox], serie: int
) -> None:
    sandbox = sandboxes(serie)
    await connect(sandbox)

    found = {key: await codes_of(sandbox.order_name(key)) for key in QUIET}
    assert {key: codes for key, codes in found.items() if codes} == {}
