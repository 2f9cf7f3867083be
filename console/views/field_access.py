"""Why a value is masked, and how to see it for a few minutes: a dialog over order or case, a page without scripts."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.connections import connection_label
from cases.disclosure.field_rights import right_to
from cases.disclosure.revealable import is_of_case
from cases.disclosure.reveals import (
    NotRevealable,
    QuotaUsed,
    Revealed,
    UnclearReason,
    Wish,
    look_again,
    reveal_field,
)
from cases.failures import OdooFailure
from cases.masking import Mode
from cases.models.reveals import LONGEST_REASON, SHORTEST_REASON, RevealReason
from cases.orders.workspace import AmbiguousOrder, NotVisible
from console.field_names import field_name
from console.policy_words import role_name
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, row_number
from console.views.case_context import case_explain_url
from console.views.order_context import explain, explain_url, order_url, state_of


@require_safe
@viewer_required
async def why(request: ViewerRequest) -> HttpResponse:
    """The class of a field and who may see it. Looks at no order: the answer is the same whatever stands in it."""
    return await sync_to_async(_explain)(request, request.GET, status=HTTPStatus.OK)


def _explain(request: ViewerRequest, asked: Any, *, status: int, problem: str = "") -> HttpResponse:
    place = asked.get("field", "")
    right = right_to(place, request.viewer)
    if right is None:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    connection, ref, case_id = (
        asked.get("connection", ""),
        asked.get("ref", ""),
        row_number(asked.get("case")),
    )
    context = {
        "right": right,
        "field": field_name(right.path),
        "place": place,
        "roles": [role_name(role) for role in right.roles],
        "shown_to": [role_name(role) for role in right.shown_to],
        "revealed_to": [role_name(role) for role in right.revealed_to],
        "may_reveal": right.mode is Mode.REVEAL
        and bool(case_id if is_of_case(place) else connection and ref),
        "reasons": RevealReason.choices,
        "shortest": SHORTEST_REASON,
        "longest": LONGEST_REASON,
        "connection": connection,
        "company": asked.get("company", ""),
        "ref": ref,
        "case_id": case_id,
        "back": _case_address(case_id) if case_id else _order_address(asked),
        "reason": asked.get("reason", ""),
        "reason_text": asked.get("reason_text", ""),
        "problem": problem,
    }
    return render(request, _template(request, "why"), context, status=status)


def _template(request: ViewerRequest, name: str) -> str:
    return f"reveals/_{name}.html" if request.htmx else f"reveals/{name}.html"


def _case_address(case_id: int) -> str:
    return reverse("case", kwargs={"case_id": case_id})


def _order_address(asked: Any) -> str:
    connection, ref = asked.get("connection", ""), asked.get("ref", "")
    known = connection.replace("-", "").replace("_", "").isalnum() and connection.isascii() and ref
    return order_url(connection, ref, company_number(asked.get("company"))) if known else ""


@require_POST
@viewer_required
async def reveal(request: ViewerRequest) -> HttpResponse:
    """Show one field for a few minutes, for a reason."""
    form = request.POST
    wish = Wish(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company")),
        case_id=row_number(form.get("case")),
        place=form.get("field", ""),
        reason=form.get("reason", ""),
        reason_text=form.get("reason_text", ""),
    )
    try:
        found = await reveal_field(
            viewer=request.viewer, wish=wish, correlation_id=request.id, at=timezone.now()
        )
    except UnclearReason:
        problem = _("Choose a reason, and say in at least %(n)s characters what it is about.")
        return await _refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, problem % {"n": SHORTEST_REASON})
    except NotRevealable:
        return await _refuse(
            request, HTTPStatus.FORBIDDEN, _("Your role may not see this, not even for a reason.")
        )
    except QuotaUsed as used:
        response = await _refuse(
            request,
            HTTPStatus.TOO_MANY_REQUESTS,
            _("You have revealed as many values as one may within an hour. Ask a supervisor, or wait."),
        )
        response["Retry-After"] = str(math.ceil(used.retry_after_s))
        return response
    except (NotVisible, AmbiguousOrder):
        return await sync_to_async(render)(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except OdooFailure as failure:
        return await _refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, explain(state_of(failure.reason)))
    return await sync_to_async(_show)(request, found)


async def _refuse(request: ViewerRequest, status: HTTPStatus, problem: str) -> HttpResponse:
    return await sync_to_async(_explain)(request, request.POST, status=status, problem=problem)


@require_safe
@viewer_required
async def revealed(request: ViewerRequest, reveal_id: int) -> HttpResponse:
    """The value again while its time lasts; afterwards what it looked like before."""
    try:
        found = await look_again(
            viewer=request.viewer, reveal_id=reveal_id, correlation_id=request.id, at=timezone.now()
        )
    except (NotVisible, AmbiguousOrder):
        return await sync_to_async(render)(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except OdooFailure as failure:
        context = {"explanation": explain(state_of(failure.reason)), "state": state_of(failure.reason)}
        return await sync_to_async(render)(
            request, "orders/unavailable.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return await sync_to_async(_show)(request, found)


def _show(request: ViewerRequest, found: Revealed) -> HttpResponse:
    if found.case_id is None:
        address = order_url(found.connection, found.ref, found.company_id)
        explained_at = explain_url(found.connection, found.ref, found.company_id)
    else:
        address, explained_at = _case_address(found.case_id), case_explain_url(found.case_id)
    context = {
        "cell": found.cell,
        "field": field_name(found.cell.path),
        "reveal_id": found.reveal_id,
        "until": found.until,
        "left_s": max(1, math.ceil((found.until - timezone.now()).total_seconds())),
        "ref": found.ref,
        "case_id": found.case_id,
        "connection": connection_label(found.connection),
        "back": address,
        "explain_url": explained_at,
    }
    response = render(request, _template(request, "revealed"), context)
    if not request.htmx and not found.cell.masked:
        response["Refresh"] = f"{context['left_s']}; url={address}"
    return response
