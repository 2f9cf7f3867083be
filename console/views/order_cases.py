"""What an order's page says of our own cases: the one being worked on, and those before it."""

from __future__ import annotations

from typing import Any

from cases.approvals.inbox import actions_of_order
from cases.casework import CaseType, cases_about, may_work
from cases.orders.workspace import OpenedOrder
from cases.people.viewer import Viewer
from console.views.approvals import entries_of


def order_cases(viewer: Viewer, opened: OpenedOrder) -> dict[str, Any]:
    record = opened.record
    customer = record.customer.id.value if record.customer is not None else None
    connection, ref = record.order.connection.value, opened.ref
    cases = cases_about(viewer, connection, opened.company_id, ref, customer)
    here = (connection, opened.company_id, ref)
    current = next(
        (
            case
            for case in cases
            if case.state.value in ("open", "snoozed")
            and any((o.connection.value, o.company.value, o.ref.value) == here for o in case.orders)
        ),
        None,
    )
    return {
        "cases": cases,
        "order_actions": entries_of(actions_of_order(viewer, connection, opened.company_id, ref), viewer),
        "current_case": current,
        "cases_read": True,
        "may_work_cases": may_work(viewer),
        "case_types": CaseType.choices,
        "case_ref": ref,
    }
