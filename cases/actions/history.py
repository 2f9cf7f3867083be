"""What was asked for before: limits count what is open and what succeeded, of everybody who shares them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from cases.actions.states import ActionState
from cases.models import Action, ActionKind
from cases.rules.past import LONGEST_DAYS, by_days_ago

_UNMADE = [ActionState.CANCELLED.value, ActionState.REJECTED.value, ActionState.EXPIRED.value]
_WITHOUT_MONEY = [ActionKind.RETURN.value]  # goods come back, and money is asked for beside it


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
    of_agent = Q(requester_id=user_id, requested_at__gt=at - timedelta(days=1))
    total: Decimal | None = _counted(of_agent, currency, but).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def past_of_customer(
    connection_slug: str, customer_id: int | None, currency: str, *, at: datetime, but: Action | None = None
) -> dict[str, list[Any]]:
    if customer_id is None:
        return {}
    return _past(Q(connection=connection_slug, customer_id=customer_id), currency, at, but)


def past_of_order(
    connection_slug: str, order_id: int, currency: str, *, at: datetime, but: Action | None = None
) -> dict[str, list[Any]]:
    return _past(Q(connection=connection_slug, order_id=order_id), currency, at, but)


def _past(which: Q, currency: str, at: datetime, but: Action | None) -> dict[str, list[Any]]:
    since = Q(requested_at__gt=at - timedelta(days=LONGEST_DAYS))
    found = _counted(which & since, currency, but).values_list("requested_at", "amount")
    return by_days_ago(found, at=at)


def _counted(which: Q, currency: str, but: Action | None) -> QuerySet[Action]:
    found: QuerySet[Action] = (
        Action.objects.filter(which, currency=currency)
        .exclude(state__in=_UNMADE)
        .exclude(kind__in=_WITHOUT_MONEY)
    )
    return found if but is None else found.exclude(pk=but.pk)
