"""The open holds on the customer of an order, as the viewer of that order may see them.

A hold belongs to an account of one company: who may see that company is told that there is one, on every order of
the account. What it is for is personal, so it is masked like any other text about a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from django.db.models import Q, QuerySet

from cases.masking import MaskedRecord, mask_items
from cases.models.holds import Hold, HoldKind
from cases.viewer import Viewer
from integrations.canonical import PERSONAL, PUBLIC, OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHold:
    """One open hold, as it stands beside the customer."""

    id: Annotated[int, PUBLIC]
    kind: Annotated[HoldKind, PUBLIC]
    owner_id: Annotated[int, PUBLIC]
    owner: Annotated[str, PUBLIC]  # a colleague's name
    placed_at: Annotated[datetime, PUBLIC]
    until: Annotated[datetime | None, PUBLIC]
    reason: Annotated[str, PERSONAL]  # typed freely about a person


async def holds_on(record: OrderRecord, viewer: Viewer, *, at: datetime) -> tuple[MaskedRecord, ...]:
    """The open holds on an order's customer, the oldest first."""
    customer = record.customer
    if customer is None:
        return ()
    found = _open(at).filter(
        connection=record.order.connection,
        customer_id=customer.account_id,
        company_id__in=viewer.companies_in(record.order.connection),
    )
    holds = [_told(hold) async for hold in found.select_related("owner").order_by("placed_at", "pk")]
    return _masked(holds, viewer)


def _open(at: datetime) -> QuerySet[Hold]:
    return Hold.objects.filter(Q(until__isnull=True) | Q(until__gt=at), lifted_at__isnull=True)


def _told(hold: Hold) -> CustomerHold:
    return CustomerHold(
        id=hold.pk,
        kind=HoldKind(hold.kind),
        owner_id=hold.owner_id,
        owner=hold.owner.get_full_name() or hold.owner.get_username(),
        placed_at=hold.placed_at,
        until=hold.until,
        reason=hold.reason,
    )


def _masked(holds: Sequence[CustomerHold], viewer: Viewer) -> tuple[MaskedRecord, ...]:
    """Without the places where a masked value is asked for: no reading of Odoo holds it, its owner can be asked."""
    return tuple(
        MaskedRecord(
            {name: replace(cell, place="", revealable=False) for name, cell in record.items()},
            record.masked_paths,
        )
        for record in mask_items(holds, viewer.matrix, path="customer.holds")
    )
