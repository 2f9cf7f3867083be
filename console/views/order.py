"""The order page and its panels: the product."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import audit
from cases.casework import may_work
from cases.connections import aconnection_labels, connection_label, label_of
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible, OpenedOrder, Panel, StillReading, open_order
from console.kind_words import askable
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number
from console.views.frame import aframe
from console.views.hold_forms import hold_forms
from console.views.order_cases import order_cases
from console.views.order_context import (
    CASES,
    HEADER,
    explain,
    failed_panel,
    order_context,
    order_url,
    state_of,
)

Result = TypeVar("Result")

# In the trail: all parts of a page, read again behind it.
REFRESHED = "refresh"

# How long a page waits for Odoo before it is sent with its panels still waiting. Panels themselves wait on.
PATIENCE_S = 0.7

_PANELS = frozenset(panel.value for panel in Panel)


@require_safe
@viewer_required
async def order(request: ViewerRequest, connection: str, ref: str) -> HttpResponse:
    """One order, or one panel of it with ``?panel=``; ``?company=`` narrows.

    A page that was drawn from stale facts asks once with ``?refresh=`` and their mark: it gets all parts anew where
    they changed, else only its head, which is no look at anything new.
    """
    company = company_number(request.GET.get("company"))
    address = order_url(connection, ref, company)
    seen = request.GET.get("refresh")
    panel = HEADER if seen is not None else request.GET.get("panel", "")
    if panel and panel not in (HEADER, CASES) and panel not in _PANELS:
        return await _not_found(request, connection, ref)
    is_page = seen is not None or not panel
    async with _beside(_around(request, connection, is_page=is_page)) as around:
        try:
            opened = await open_order(
                viewer=request.viewer,
                connection=connection,
                ref=ref,
                company=company,
                correlation_id=request.id,
                patience_s=None if panel else PATIENCE_S,
                accept_recent=bool(panel),
                anew="again" in request.GET,
                tell_facts=seen is not None,
            )
        except NotVisible:
            return await _not_found(request, connection, ref)
        except AmbiguousOrder as found:
            return await sync_to_async(_choose)(request, found)
        except StillReading:
            return _waiting(request, ref, address, await around)
        except OdooFailure as failure:
            return _failed(request, address, panel, failure, await around)
        context = await around
    if seen is not None and seen == opened.facts:
        return _unchanged(request, address, opened, context)
    if seen is not None:
        panel = REFRESHED
    if panel == CASES:
        context |= await sync_to_async(order_cases)(request.viewer, opened)
    entry = audit.order_opened(
        request.viewer,
        connection_slug=connection,
        company_id=opened.company_id,
        ref=opened.ref,
        panel=panel,
        brand=opened.record.order.brand.value or "",
        region=opened.record.order.region.value or "",
    )
    async with audit.recorded_alone(**entry):
        context |= order_context(request, opened, address=address, at=timezone.now())
        context |= _what_may_be_done(request, opened)
        response = render(request, _template(panel), context)
    response["Server-Timing"] = opened.server_timing
    return response


def _what_may_be_done(request: ViewerRequest, opened: OpenedOrder) -> dict[str, Any]:
    """What whoever looks can begin here; the head of the page shows it however often it is drawn."""
    may_ask = may_work(request.viewer) and not _is_within_case(request)
    return hold_forms(request.viewer, opened) | {"askable": askable() if may_ask else []}


def _is_within_case(request: ViewerRequest) -> bool:
    """Whether a case asked for a part of the page; it has a button of its own, for the case."""
    try:
        return (request.htmx.current_url_abs_path or "").startswith(reverse("home") + "cases/")
    except ValueError:
        return False


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, Result]) -> AsyncIterator[asyncio.Task[Result]]:
    """What stands around the order is looked up while Odoo is asked, and not on when nobody needs it any more."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _around(request: ViewerRequest, connection: str, *, is_page: bool) -> dict[str, Any]:
    """What stands around the content of a page; a panel stands in one that is there already."""
    labels = await aconnection_labels()
    frame = await aframe(request, labels) if is_page else {}
    return frame | {"connection": label_of(connection, labels)}


def _unchanged(
    request: ViewerRequest, address: str, opened: OpenedOrder, around: dict[str, Any]
) -> HttpResponse:
    context = around | order_context(request, opened, address=address, at=timezone.now())
    # Once is enough: whoever wants to know more asks for the page again.
    context |= _what_may_be_done(request, opened) | {"refresh_url": ""}
    response = render(request, "orders/_unchanged.html", context)
    response["Server-Timing"] = opened.server_timing
    return response


def _template(panel: str) -> str:
    if panel in ("", REFRESHED):
        return "orders/order.html"
    # Availability is drawn inside the lines, not as a panel of its own.
    return f"orders/_{'lines' if panel == Panel.STOCK else panel}.html"


async def _not_found(request: ViewerRequest, connection: str, ref: str) -> HttpResponse:
    return await sync_to_async(_record_not_found)(request, connection, ref)


def _record_not_found(request: ViewerRequest, connection: str, ref: str) -> HttpResponse:
    audit.record_alone(**audit.order_not_visible(request.viewer, connection_slug=connection, typed=ref))
    return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)


def _choose(request: ViewerRequest, found: AmbiguousOrder) -> HttpResponse:
    candidates = [
        {
            "label": candidate.ref,
            "company": candidate.company,
            "connection": connection_label(candidate.connection).name,
            "placed_at": candidate.placed_at,
            "url": order_url(candidate.connection, candidate.ref, candidate.company_id),
        }
        for candidate in found.candidates
    ]
    context = {"candidates": candidates, "silent": []}
    return render(request, "orders/choose.html", context, status=HTTPStatus.MULTIPLE_CHOICES)


def _waiting(request: ViewerRequest, ref: str, address: str, around: dict[str, Any]) -> HttpResponse:
    """Sent before anything is known of the order: it repeats what was typed and nothing else."""
    context: dict[str, Any] = {
        "ref": ref,
        "order_url": address,
        "panels": {},
        "record": None,
        "timeline": (),
        "request_id": request.id,
    }
    return render(request, "orders/waiting.html", around | context)


def _failed(
    request: ViewerRequest, address: str, panel: str, failure: OdooFailure, around: dict[str, Any]
) -> HttpResponse:
    state = state_of(failure.reason)
    context: dict[str, Any] = around | {"order_url": address, "request_id": request.id}
    if panel in _PANELS:
        # htmx swaps only answers of the 200 family: the panel itself says what is wrong.
        context |= {
            "panels": {panel: failed_panel(Panel(panel), state, address)},
            "record": None,
            "timeline": (),
        }
        return render(request, _template(panel), context)
    retry_after = math.ceil(failure.retry_after_s) if failure.retry_after_s else None
    context |= {"state": state, "explanation": explain(state), "retry_after": retry_after}
    status = HTTPStatus.OK if panel else HTTPStatus.SERVICE_UNAVAILABLE
    template = "orders/_header_failed.html" if panel else "orders/unavailable.html"
    response = render(request, template, context, status=status)
    response["Retry-After"] = str(retry_after or 5)
    return response
