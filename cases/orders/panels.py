"""The parts of an order page, and why one of them has nothing or not everything to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from integrations.canonical import Branch, BranchProblem, OrderReading


class Panel(StrEnum):
    """The parts of an order page, each of which loads, fails and ages by itself."""

    LINES = "lines"
    STOCK = "stock"
    SHIPMENTS = "shipments"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    RETURNS = "returns"
    CUSTOMER = "customer"
    LOYALTY = "loyalty"
    TIMELINE = "timeline"


# The branch a panel cannot do without.
_RESTS_ON: dict[Panel, Branch] = {
    Panel.LINES: Branch.ORDER,
    Panel.STOCK: Branch.STOCK,
    Panel.SHIPMENTS: Branch.SHIPMENTS,
    Panel.INVOICES: Branch.INVOICES,
    Panel.PAYMENTS: Branch.INVOICES,
    Panel.RETURNS: Branch.SHIPMENTS,
    Panel.CUSTOMER: Branch.ORDER,
    Panel.LOYALTY: Branch.LOYALTY,
    Panel.TIMELINE: Branch.ORDER,
}

# The branch without which it shows less than there is.
_COMPLETED_BY: dict[Panel, Branch] = {
    Panel.LINES: Branch.SHIPMENTS,
    Panel.PAYMENTS: Branch.TRANSACTIONS,
    Panel.RETURNS: Branch.RMA,
    Panel.TIMELINE: Branch.MESSAGES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """``problem``: why there is nothing to show. ``incomplete``: why what is shown may not be all there is."""

    panel: Panel
    problem: BranchProblem | None
    incomplete: BranchProblem | None
    fetched_at: datetime


def panel_states(reading: OrderReading, *, lacks_payments: bool) -> dict[Panel, PanelState]:
    """``lacks_payments``: the viewer might see payment details, but the reading was kept without them."""
    states = {panel: _panel_state(panel, reading) for panel in Panel}
    payments = states[Panel.PAYMENTS]
    if lacks_payments and payments.problem is None:
        states[Panel.PAYMENTS] = replace(payments, incomplete=BranchProblem.NOT_KEPT)
    return states


def _panel_state(panel: Panel, reading: OrderReading) -> PanelState:
    problem = reading.problems.get(_RESTS_ON[panel])
    more = _COMPLETED_BY.get(panel)
    incomplete = reading.problems.get(more) if more else None
    if incomplete is BranchProblem.NOT_INSTALLED:
        incomplete = None  # a module this shop does not use hides nothing
    return PanelState(panel=panel, problem=problem, incomplete=incomplete, fetched_at=reading.fetched_at)
