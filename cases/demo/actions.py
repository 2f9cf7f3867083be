"""Lets the demo's companies ask for what there is: a kind still has to be turned on where writes are allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product

from cases.actions.kinds import carried_out
from cases.models import ActionSwitch


def switch_on_actions(companies: Mapping[str, Sequence[tuple[int, str]]], *, at: datetime) -> None:
    """For every company that has no switch of its own yet; what somebody turned off stays off."""
    for slug, found in companies.items():
        for (number, _name), kind in product(found, carried_out()):
            ActionSwitch.objects.get_or_create(
                connection=slug,
                kind=kind,
                company_id=number,
                brand="",
                defaults={"is_on": True, "reason": "demo", "changed_at": at},
            )
