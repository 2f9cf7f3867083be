"""Lets a page with a list say what will probably be opened next."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cases.orders.preloading import MOST, preload_orders
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number


@require_POST
@viewer_required
async def preload(request: ViewerRequest) -> HttpResponse:
    """The first cases of a queue. Says the same whatever they are and whoever asks."""
    typed = request.POST.getlist("case")[:MOST]
    numbers = [number for number in map(row_number, typed) if number is not None]
    await preload_orders(request.viewer, numbers, correlation_id=request.id)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
