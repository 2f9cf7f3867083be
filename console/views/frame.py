"""What stands around the content of a page: the orders one opened lately, and how the connections are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asgiref.sync import sync_to_async

from cases.connections import ConnectionLabel, Labels, connection_labels, label_of
from cases.menu_counts import count_for_menu, has_counts
from cases.orders.recent import RecentOrder, arecent_orders, recent_orders
from cases.people.viewer import Viewer
from console.security import ViewerRequest
from console.views.order_context import order_url


def frame(viewer: Viewer) -> dict[str, Any]:
    """Without the recent orders: the page fetches them where somebody opens their list."""
    return {"connections": viewer_connections(viewer), "recent": None}


async def aframe(request: ViewerRequest, labels: Labels) -> dict[str, Any]:
    """For a page that is drawn on the event loop: with what its menu would ask the database for."""
    viewer = request.viewer
    if has_counts(viewer):
        request.menu_counts = await sync_to_async(count_for_menu)(viewer)
    recent = _entries(await arecent_orders(viewer), labels)
    return {"connections": _visible(viewer, labels), "recent": recent}


def viewer_connections(viewer: Viewer) -> list[ConnectionLabel]:
    return _visible(viewer, connection_labels())


def recent_entries(viewer: Viewer) -> list[dict[str, Any]]:
    return _entries(recent_orders(viewer), connection_labels())


def _visible(viewer: Viewer, labels: Labels) -> list[ConnectionLabel]:
    return [label for slug, label in labels.items() if slug in viewer.connections]


def _entries(recent: Iterable[RecentOrder], labels: Labels) -> list[dict[str, Any]]:
    return [_entry(opened, labels) for opened in recent]


def _entry(opened: RecentOrder, labels: Labels) -> dict[str, Any]:
    return {
        "ref": opened.ref,
        "company": opened.company,
        "connection": label_of(opened.connection, labels).name,
        "opened_at": opened.at,
        "url": order_url(opened.connection, opened.ref, opened.company_id),
    }
