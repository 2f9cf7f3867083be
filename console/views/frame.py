"""What stands around the content of a page: the orders one opened lately, and how the connections are."""

from __future__ import annotations

from typing import Any

from cases.connections import ConnectionLabel, connection_label, connection_labels
from cases.recent import recent_orders
from cases.viewer import Viewer
from console.views.order_context import order_url


def frame(viewer: Viewer) -> dict[str, Any]:
    return {"connections": viewer_connections(viewer), "recent": recent_entries(viewer)}


def viewer_connections(viewer: Viewer) -> list[ConnectionLabel]:
    return [label for slug, label in connection_labels().items() if slug in viewer.connections]


def recent_entries(viewer: Viewer) -> list[dict[str, Any]]:
    return [
        {
            "ref": opened.ref,
            "company": opened.company,
            "connection": connection_label(opened.connection).name,
            "opened_at": opened.at,
            "url": order_url(opened.connection, opened.ref, opened.company_id),
        }
        for opened in recent_orders(viewer)
    ]
