"""Gathers what a verdict rests on beside the order's money: times, holds, roles and what was asked for before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases.actions import history
from cases.actions.judged import Surroundings
from cases.actions.on_order import requests_on_order
from cases.actions.refund.about import order_about
from cases.actions.returns.pending import pending_returns
from cases.models import Action, Hold
from cases.people.viewer import Viewer
from cases.rules.of_order import last_left_at
from cases.writing.return_routes import way_back
from integrations.canonical import OrderRecord


def surroundings_of(
    record: OrderRecord, viewer: Viewer, *, currency: str, at: datetime, but: Action | None = None
) -> Surroundings:
    """Of an order that was just opened by whoever asks; ``but`` is the draft they ask with."""
    order, customer = record.order, record.customer
    return _gathered(
        connection=order.connection,
        company_id=order.company.id,
        order_id=order.id,
        customer_id=customer.account_id if customer else None,
        requester_id=viewer.user_id,
        roles=[role.value for role in viewer.roles],
        currency=currency,
        placed_at=order.placed_at,
        shipped_at=last_left_at(record),
        about=order_about(record),
        at=at,
        but=but,
    )


def surroundings_again(action: Action) -> Surroundings:
    """Of an action that is judged anew: limits and holds as they are now, without counting itself."""
    placed, shipped = action.facts["placed_at"], action.facts["shipped_at"]
    return _gathered(
        connection=action.connection,
        company_id=action.company_id,
        order_id=action.order_id,
        customer_id=action.customer_id,
        requester_id=action.requester_id,
        roles=action.facts["roles"],
        currency=action.currency,
        placed_at=datetime.fromisoformat(placed) if placed else None,
        shipped_at=datetime.fromisoformat(shipped) if shipped else None,
        about=_asked_about(action),
        at=timezone.now(),
        but=action,
    )


def _gathered(
    *,
    connection: str,
    company_id: int,
    order_id: int,
    customer_id: int | None,
    requester_id: int,
    roles: Iterable[str],
    currency: str,
    placed_at: datetime | None,
    shipped_at: datetime | None,
    about: dict[str, Any],
    at: datetime,
    but: Action | None = None,
) -> Surroundings:
    return Surroundings(
        at=at,
        placed_at=placed_at,
        shipped_at=shipped_at,
        holds=_holds(connection, company_id, customer_id, at),
        roles=tuple(sorted(roles)),
        agent_before=history.asked_by(requester_id, currency, at=at, but=but),
        past={
            "customer": history.past_of_customer(connection, customer_id, currency, at=at, but=but),
            "order": history.past_of_order(connection, order_id, currency, at=at, but=but),
        },
        about=about,
        pending=pending_returns(connection, order_id, but=but),
        way=way_back(connection, company_id, brand=about["brand"], region=about["region"]),
        requests=requests_on_order(connection, order_id, but=but),
    )


def _asked_about(action: Action) -> dict[str, Any]:
    """Whose order it is was read when it was asked for."""
    kept = action.facts.get("about", {})
    nothing: dict[str, Any] = {
        "brand": action.brand,
        "region": action.region,
        "country": "",
        "team": "",
        "is_consumer": None,
        "is_counter_sale": False,
        "currency": action.currency,
        "products": {},
    }
    return nothing | {name: kept[name] for name in nothing if name in kept}


def _holds(connection: str, company_id: int, customer_id: int | None, at: datetime) -> tuple[str, ...]:
    if customer_id is None:
        return ()
    found = Hold.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at),
        connection=connection,
        company_id=company_id,
        customer_id=customer_id,
        lifted_at__isnull=True,
    )
    return tuple(sorted(set(found.values_list("kind", flat=True))))
