"""What somebody gets who wanted a case about an order where none could be opened: the same for every way there."""

from __future__ import annotations

from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from cases.casework import CaseNotVisible, NotPermitted
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible
from console.security import ViewerRequest
from console.views.order_context import explain, order_url, state_of

NO_CASE = (NotVisible, CaseNotVisible, NotPermitted, AmbiguousOrder, OdooFailure)


async def tell_no_case(
    request: ViewerRequest, why: Exception, *, connection: str, ref: str, company: int | None
) -> HttpResponse:
    """For one of ``NO_CASE``: back to the order where there is one, and with a sentence where that helps."""
    if isinstance(why, NotPermitted):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    if isinstance(why, AmbiguousOrder):
        return HttpResponseRedirect(order_url(connection, ref))
    if isinstance(why, OdooFailure):
        messages.error(request, explain(state_of(why.reason)))
        return HttpResponseRedirect(order_url(connection, ref, company))
    return await sync_to_async(render)(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)
