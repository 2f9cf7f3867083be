"""The start page: a place to search, what one opened lately, and how the connections are."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.connections import connection_label, connection_labels
from cases.recent import recent_orders
from console.security import ViewerRequest, viewer_required
from console.views.order_context import order_url


@require_safe
@viewer_required
async def home(request: ViewerRequest) -> HttpResponse:
    return await sync_to_async(_home)(request)


def _home(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    recent = [
        {
            "ref": opened.ref,
            "company": opened.company,
            "connection": connection_label(opened.connection).name,
            "opened_at": opened.at,
            "url": order_url(opened.connection, opened.ref, opened.company_id),
        }
        for opened in recent_orders(viewer)
    ]
    context = {
        "connections": [label for slug, label in connection_labels().items() if slug in viewer.connections],
        "recent": recent,
        "has_scope": bool(viewer.connections),
    }
    return render(request, "home.html", context)
