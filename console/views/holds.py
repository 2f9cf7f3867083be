"""The small forms beside a customer: place a hold, lift one, and back to the order."""

from __future__ import annotations

from datetime import date, datetime, time
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import audit
from cases.failures import OdooFailure
from cases.holds.placing import IllegalHold, NotPermitted, lift_hold, place_hold
from cases.orders.workspace import AmbiguousOrder, NotVisible
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number
from console.views.order_context import explain, order_url, state_of


@require_POST
@viewer_required
async def place(request: ViewerRequest) -> HttpResponse:
    """Hold the customer of the order that the form names."""
    form = request.POST
    connection, ref = form.get("connection", ""), form.get("ref", "")
    try:
        await place_hold(
            viewer=request.viewer,
            connection=connection,
            ref=ref,
            company=company_number(form.get("company", "")),
            kind=form.get("kind", ""),
            reason=form.get("reason", ""),
            until=_end_of(form.get("until", "")),
            correlation_id=request.id,
            at=timezone.now(),
        )
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except NotVisible:
        return await sync_to_async(_not_found)(request, connection, ref)
    except AmbiguousOrder:
        pass  # the order's page asks which one is meant
    except IllegalHold as refused:
        messages.error(request, tell_refusal(refused.reason))
    except OdooFailure as failure:
        messages.error(request, explain(state_of(failure.reason)))
    else:
        messages.success(request, _("The customer is on hold."))
    return _back(form)


@require_POST
@viewer_required
def lift(request: ViewerRequest, hold_id: int) -> HttpResponse:
    try:
        lift_hold(
            viewer=request.viewer,
            hold_id=hold_id,
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except NotVisible:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except IllegalHold as refused:
        messages.error(request, tell_refusal(refused.reason))
    else:
        messages.success(request, _("The hold is lifted."))
    return _back(request.POST)


def tell_refusal(reason: str) -> str:
    """Why a hold cannot be placed or lifted as asked."""
    sentences = {
        "kind": _("Choose what kind of hold it is."),
        "reason": _("A hold needs a reason: a few words, at most 500 letters."),
        "until": _("A hold ends in the future, or stays until somebody lifts it."),
        "already_held": _("The customer is on hold for that already."),
        "no_customer": _("The customer of this order could not be read, so there is nobody to hold."),
        "not_held": _("That hold is over already."),
    }
    return sentences.get(reason) or _("That cannot be done with this hold.")


def _end_of(typed: str) -> datetime | None:
    """The end of the day that was typed, in the viewer's time; none: until somebody lifts it."""
    if not typed.strip():
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(typed.strip()), time(23, 59, 59)))
    except (ValueError, OverflowError):
        return timezone.now()  # no day at all: refused like one that is past


def _not_found(request: ViewerRequest, connection: str, ref: str) -> HttpResponse:
    audit.record_alone(**audit.order_not_visible(request.viewer, connection_slug=connection, typed=ref))
    return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)


def _back(form: QueryDict) -> HttpResponse:
    """To the order that the form stood on. The address is built from our own map, wherever the form came from."""
    try:
        address = order_url(
            form.get("connection", ""), form.get("ref", ""), company_number(form.get("company", ""))
        )
    except NoReverseMatch:
        address = reverse("home")
    return HttpResponseRedirect(address)
