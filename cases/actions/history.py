"""What was asked for before: limits count what is open and what succeeded, of everybody who shares them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from cases.actions.refund_policy import RefundPolicy
from cases.actions.states import ActionState
from cases.models import Action

_UNMADE = [ActionState.CANCELLED.value, ActionState.REJECTED.value, ActionState.EXPIRED.value]


def hold_still(*, user_id: int, connection_slug: str, customer_id: int | None, order_id: int) -> None:
    """Let nobody else count the same limits until the transaction ends, always in the same order."""
    locks = [f"agent {user_id}", f"order {connection_slug} {order_id}"]
    if customer_id is not None:
        locks.insert(1, f"customer {connection_slug} {customer_id}")
    with connection.cursor() as cursor:
        for lock in locks:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.actions'), hashtext(%s))", [lock])


def asked_by(user_id: int, currency: str, *, at: datetime, but: Action | None = None) -> Decimal:
    """By one person within a day."""
    return _sum(Q(requester_id=user_id, requested_at__gt=at - timedelta(days=1)), currency, but)


def had_by_customer(
    connection_slug: str,
    customer_id: int | None,
    currency: str,
    *,
    policy: RefundPolicy,
    at: datetime,
    but: Action | None = None,
) -> Decimal:
    if customer_id is None:
        return Decimal(0)
    since = at - timedelta(days=policy.customer_window_days)
    of_customer = Q(connection=connection_slug, customer_id=customer_id, requested_at__gt=since)
    return _sum(of_customer, currency, but)


def had_by_order(
    connection_slug: str,
    order_id: int,
    currency: str,
    *,
    policy: RefundPolicy,
    at: datetime,
    but: Action | None = None,
) -> Decimal:
    since = at - timedelta(days=policy.split_window_days)
    return _sum(Q(connection=connection_slug, order_id=order_id, requested_at__gt=since), currency, but)


def _sum(which: Q, currency: str, but: Action | None) -> Decimal:
    found: QuerySet[Action] = Action.objects.filter(which, currency=currency).exclude(state__in=_UNMADE)
    if but is not None:
        found = found.exclude(pk=but.pk)
    total: Decimal | None = found.aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)
