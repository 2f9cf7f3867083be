"""A case keeps which of several matches a person said is meant, so that nobody has to find out twice."""

from __future__ import annotations

from datetime import datetime

from cases.casework.changing import record_change
from cases.models.casework import Case
from cases.orders.workspace import OrderIdentity
from cases.people.viewer import Viewer
from cases.search.identity import hand_over_choice


def take_over_choice(*, viewer: Viewer, case: Case, order: OrderIdentity, at: datetime) -> None:
    """Where the viewer came to this order by choosing it, the case and its history say so."""
    choice = hand_over_choice(
        viewer, case, connection=order.connection, company_id=order.company_id, order_ref=order.ref
    )
    if choice is not None:
        facts = {"candidates": choice.candidates}
        record_change(viewer=viewer, case=case, code="identified", at=at, facts=facts)
