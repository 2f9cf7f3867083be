"""The start page: a place to search, what one opened lately, and how the connections are."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.security import ViewerRequest, viewer_required
from console.views.frame import frame


@require_safe
@viewer_required
async def home(request: ViewerRequest) -> HttpResponse:
    return await sync_to_async(_home)(request)


def _home(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    context = {**frame(viewer), "has_scope": bool(viewer.connections)}
    return render(request, "home.html", context)
