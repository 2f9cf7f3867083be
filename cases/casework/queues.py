"""The queues: which cases wait for whom, in which order, a page at a time, and how many there are.

Every queue is walked along an index and cut after a page, so that its cost does not grow with the number of cases.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q

from cases.casework.reading import summaries
from cases.casework.visible import CaseQuerySet, covers, visible_cases
from cases.masking import MaskedRecord
from cases.models.casework import Case, CaseState, CaseType
from cases.people.viewer import Viewer

PAGE = 40
LARGEST_PAGE = 100


class Queue(StrEnum):
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Order(StrEnum):
    UPDATED = "updated"  # the latest change first
    OLDEST = "oldest"
    PRIORITY = "priority"


_ORDERING = {
    Order.UPDATED: ("-updated_at", "-pk"),
    Order.OLDEST: ("opened_at", "pk"),
    Order.PRIORITY: ("priority", "opened_at", "pk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """What somebody wants to see of the cases; what makes no sense becomes the default."""

    queue: Queue = Queue.OPEN
    type: CaseType | None = None
    order: Order = Order.UPDATED
    cursor: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> QueueQuery:
        return cls(
            queue=_member(Queue, given.get("queue")) or Queue.OPEN,
            type=_member(CaseType, given.get("type")),
            order=_member(Order, given.get("sort")) or Order.UPDATED,
            cursor=str(given.get("cursor") or "")[:200],
        )

    @property
    def filters(self) -> dict[str, str]:
        """Without the place in the list: what a saved view keeps."""
        kept = {"queue": self.queue.value}
        if self.type:
            kept["type"] = self.type.value
        if self.order is not Order.UPDATED:
            kept["sort"] = self.order.value
        return kept

    def address(self, **changes: Any) -> str:
        """The query string of this choice with something changed; back to the first page unless a cursor is given."""
        changed = replace(self, **{"cursor": "", **changes})
        return "?" + urlencode({**changed.filters, **({"cursor": changed.cursor} if changed.cursor else {})})


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    query: QueueQuery
    rows: tuple[MaskedRecord, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounts:
    queues: dict[Queue, int]
    types: dict[CaseType, int]  # of the open ones


def read_queue(viewer: Viewer, query: QueueQuery, *, size: int = PAGE) -> QueuePage:
    """Two queries: a page of cases, and their orders."""
    found = _chosen(visible_cases(viewer), viewer, query)
    after = _after(query)
    if after is not None:
        found = found.filter(after)
    size = max(1, min(size, LARGEST_PAGE))
    cases = list(found.select_related("assignee").order_by(*_ORDERING[query.order])[: size + 1])
    cursor = _cursor(query.order, cases[size - 1]) if len(cases) > size else ""
    rows = summaries(viewer, [case for case in cases[:size] if covers(viewer, case)])
    return QueuePage(query=query, rows=rows, next_cursor=cursor)


def count_queues(viewer: Viewer) -> QueueCounts:
    """One query over what is open or put aside; closed cases are not counted, there is no end to them."""
    is_open = Q(state=CaseState.OPEN)
    counted = visible_cases(viewer).filter(state__in=[CaseState.OPEN, CaseState.SNOOZED]).aggregate(
        mine=Count("pk", filter=is_open & Q(assignee_id=viewer.user_id)),
        unassigned=Count("pk", filter=is_open & Q(assignee_id=None)),
        open=Count("pk", filter=is_open),
        snoozed=Count("pk", filter=Q(state=CaseState.SNOOZED)),
        **{f"type_{kind.value}": Count("pk", filter=is_open & Q(type=kind)) for kind in CaseType},
    )  # fmt: skip
    return QueueCounts(
        queues={queue: counted[queue.value] for queue in Queue if queue is not Queue.CLOSED},
        types={kind: counted[f"type_{kind.value}"] for kind in CaseType},
    )


def _chosen(cases: CaseQuerySet, viewer: Viewer, query: QueueQuery) -> CaseQuerySet:
    if query.type:
        cases = cases.filter(type=query.type)
    match query.queue:
        case Queue.MINE:
            return cases.filter(state=CaseState.OPEN, assignee_id=viewer.user_id)
        case Queue.UNASSIGNED:
            return cases.filter(state=CaseState.OPEN, assignee_id=None)
        case Queue.SNOOZED:
            return cases.filter(state=CaseState.SNOOZED)
        case Queue.CLOSED:
            return cases.filter(state=CaseState.CLOSED)
    return cases.filter(state=CaseState.OPEN)


def _cursor(order: Order, case: Case) -> str:
    at = case.updated_at if order is Order.UPDATED else case.opened_at
    place = [order.value, at.isoformat(), case.pk, case.priority]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(query: QueueQuery) -> Q | None:
    """What comes after the cursor; one that was made up, or for another order, is the first page."""
    if not query.cursor:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        order, at_text, pk, priority = json.loads(base64.urlsafe_b64decode(padded))
        at, pk, priority = datetime.fromisoformat(at_text), int(pk), int(priority)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        return None
    if order != query.order.value or at.tzinfo is None or not (0 < pk < 2**63 and 0 <= priority < 2**15):
        return None
    match query.order:
        case Order.UPDATED:
            return Q(updated_at__lte=at) & (Q(updated_at__lt=at) | Q(pk__lt=pk))
        case Order.OLDEST:
            return Q(opened_at__gte=at) & (Q(opened_at__gt=at) | Q(pk__gt=pk))
    later = Q(opened_at__gt=at) | Q(opened_at=at, pk__gt=pk)
    return Q(priority__gte=priority) & (Q(priority__gt=priority) | later)


def _member(kind: Any, value: Any) -> Any:
    try:
        return kind(value) if value else None
    except ValueError:
        return None
