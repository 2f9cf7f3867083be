"""Which of the small forms about holds a viewer is given beside a customer."""

from __future__ import annotations

from typing import Any

from cases.holds.placing import may_lift, may_place
from cases.models import HoldKind
from cases.orders.workspace import OpenedOrder
from cases.people.viewer import Viewer


def hold_forms(viewer: Viewer, opened: OpenedOrder) -> dict[str, Any]:
    liftable = {hold.id.value for hold in opened.holds if may_lift(viewer, owner_id=hold.owner_id.value)}
    return {
        "liftable_holds": liftable,
        "may_place_hold": opened.record.customer is not None and may_place(viewer),
        "hold_kinds": HoldKind.choices,
    }
