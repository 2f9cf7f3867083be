"""What stands around the content of a page: the orders one opened lately, and how the connections are."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async

from cases.connections import (
    ConnectionLabel,
    connection_label,
    connection_labels,
    keep_connection_labels,
)
from cases.recent import RecentOrder, arecent_orders, recent_orders
from cases.reveal_review import count_open_notices
from cases.roles import Role
from cases.viewer import Viewer
from console.security import ViewerRequest
from console.views.order_context import order_url


def frame(viewer: Viewer) -> dict[str, Any]:
    return {"connections": viewer_connections(viewer), "recent": recent_entries(viewer)}


async def aframe(request: ViewerRequest) -> dict[str, Any]:
    """The same for a page that is drawn on the event loop: with what its menu would ask the database for."""
    viewer = request.viewer
    await keep_connection_labels()
    if Role.SUPERVISOR in viewer.roles:
        request.open_notices = await sync_to_async(count_open_notices)(viewer)
    recent = [_entry(opened) for opened in await arecent_orders(viewer)]
    return {"connections": viewer_connections(viewer), "recent": recent}


def viewer_connections(viewer: Viewer) -> list[ConnectionLabel]:
    return [label for slug, label in connection_labels().items() if slug in viewer.connections]


def recent_entries(viewer: Viewer) -> list[dict[str, Any]]:
    return [_entry(opened) for opened in recent_orders(viewer)]


def _entry(opened: RecentOrder) -> dict[str, Any]:
    return {
        "ref": opened.ref,
        "company": opened.company,
        "connection": connection_label(opened.connection).name,
        "opened_at": opened.at,
        "url": order_url(opened.connection, opened.ref, opened.company_id),
    }
