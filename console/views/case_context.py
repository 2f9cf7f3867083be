"""What the templates of queues and cases are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cases.casework import (
    CaseType,
    OpenedCase,
    Order,
    Queue,
    QueueQuery,
    count_queues,
    read_queue,
    saved_views,
)
from cases.masking import MaskedRecord
from cases.people.viewer import Viewer
from console.views.order_context import order_url

UNDO_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of several links of which one is where the reader is."""

    label: str
    url: str
    is_here: bool
    count: int | None = None
    key: str = ""


def case_url(case_id: int, query: QueueQuery | None = None, **more: str) -> str:
    """The address of a case, with the queue it is looked at from."""
    address = reverse("case", kwargs={"case_id": case_id})
    given = (query or QueueQuery()).address()
    return address + given + "".join(f"&{name}={value}" for name, value in more.items())


def case_explain_url(case_id: int) -> str:
    """Where the case's masked values lead; the field's place is put behind it."""
    return f"{reverse('why')}?case={case_id}&field="


def queue_context(viewer: Viewer, query: QueueQuery, *, size: int) -> dict[str, Any]:
    """A page of the queue, its neighbours with their counts, and the saved views: four queries."""
    page, counts = read_queue(viewer, query, size=size), count_queues(viewer)
    start = reverse("home")
    names = {
        Queue.MINE: gettext("My open"),
        Queue.UNASSIGNED: gettext("Unassigned"),
        Queue.OPEN: gettext("All open"),
        Queue.SNOOZED: gettext("Snoozed"),
        Queue.CLOSED: gettext("Closed"),
    }
    sorts = {
        Order.UPDATED: gettext("Latest change"),
        Order.OLDEST: gettext("Oldest first"),
        Order.PRIORITY: gettext("Priority"),
    }
    return {
        "queue": page,
        "queue_name": names[query.queue],
        "queue_query": query.address(),
        "queues": [
            Tab(
                label=name,
                url=start + query.address(queue=queue),
                is_here=queue is query.queue,
                count=counts.queues.get(queue),
            )
            for queue, name in names.items()
        ],
        "types": [
            Tab(
                label=gettext("Every kind"), url=start + query.address(type=None), is_here=query.type is None
            ),
            *(
                Tab(
                    label=str(kind.label),
                    url=start + query.address(type=kind),
                    is_here=kind is query.type,
                    count=counts.types[kind] if query.queue is Queue.OPEN else None,
                )
                for kind in CaseType
            ),
        ],
        "sorts": [
            Tab(label=name, url=start + query.address(order=order), is_here=order is query.order)
            for order, name in sorts.items()
        ],
        "saved": [
            {
                "view": view,
                "url": start + view.query.address(),
                "is_here": view.query.filters == query.filters,
            }
            for view in saved_views(viewer)
        ],
        "next_url": start + query.address(cursor=page.next_cursor) if page.next_cursor else "",
        "first_url": start + query.address() if query.cursor else "",
    }


def case_tabs(opened: OpenedCase, query: QueueQuery, here: str) -> list[Tab]:
    entries = opened.record.entries
    kinds = [entry.kind.value for entry in entries]
    names = {
        "thread": (gettext("Thread"), len(kinds) - kinds.count("event"), ""),
        "timeline": (gettext("Timeline"), None, "t"),
        "notes": (gettext("Notes"), kinds.count("note"), ""),
        "trail": (gettext("Audit"), None, ""),
    }
    return [
        Tab(label=label, url=case_url(opened.id, query, tab=tab), is_here=tab == here, count=count, key=key)
        for tab, (label, count, key) in names.items()
    ]


def order_tabs(opened: OpenedCase, query: QueueQuery, here: int | None) -> list[dict[str, Any]]:
    """The orders of a case, of which one is shown beside it."""
    orders: list[MaskedRecord] = list(opened.record.case.orders)
    shown = next((order for order in orders if order.id.value == here), orders[0] if orders else None)
    return [
        {
            "id": order.id.value,
            "ref": order.ref.value,
            "connection": order.connection.value,
            "company": order.company.value,
            "order_url": order_url(order.connection.value, order.ref.value, order.company.value),
            "url": case_url(opened.id, query, order=str(order.id.value)),
            "is_here": order is shown,
        }
        for order in orders
    ]


def snooze_presets(now: datetime) -> list[dict[str, Any]]:
    """Times in the viewer's zone, as the form sends them back."""
    local = timezone.localtime(now)
    tomorrow = (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    monday = (local + timedelta(days=7 - local.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    return [
        {"label": gettext("1 hour"), "until": (local + timedelta(hours=1)).isoformat(timespec="seconds")},
        {"label": gettext("Tomorrow 9:00"), "until": tomorrow.isoformat(timespec="seconds")},
        {"label": gettext("Monday 9:00"), "until": monday.isoformat(timespec="seconds")},
    ]


def was_just_closed(opened: OpenedCase, now: datetime) -> bool:
    closed_at = opened.record.case.closed_at.value
    return bool(closed_at) and now - closed_at < timedelta(seconds=UNDO_S)
