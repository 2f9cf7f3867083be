"""Finds an order by its number: one match opens, several are shown, none says what to try."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from cases import audit
from cases.connections import connection_label
from cases.search import Found, search_orders
from console.security import ViewerRequest, viewer_required
from console.views.order_context import explain, order_url, state_of


@require_POST
@viewer_required
async def search(request: ViewerRequest) -> HttpResponse:
    """What was typed travels in the body only: people search for e-mail addresses, and addresses are logged."""
    query = request.POST.get("q", "")
    found = await search_orders(viewer=request.viewer, query=query, correlation_id=request.id)
    return await sync_to_async(_answer)(request, query, found)


def _answer(request: ViewerRequest, query: str, found: Found) -> HttpResponse:
    audit.record_alone(**audit.searched(request.viewer, kind="order", text=query, hits=len(found.matches)))
    if len(found.matches) == 1 and not found.silent:
        (match,) = found.matches
        return HttpResponseRedirect(_address(match))
    context: dict[str, Any] = {
        "candidates": [_candidate(match) for match in found.matches],
        "silent": [
            {"connection": connection_label(slug).name, "explanation": explain(state_of(reason))}
            for slug, reason in found.silent.items()
        ],
        "query": query,
    }
    return render(request, "orders/choose.html" if found.matches else "orders/not_found.html", context)


def _candidate(match: Any) -> dict[str, Any]:
    return {
        "label": match.ref.value,
        "company": match.company.name.value,
        "connection": connection_label(match.connection.value).name,
        "placed_at": match.placed_at,
        "total": match.total,
        "why": match.why,
        "url": _address(match),
    }


def _address(match: Any) -> str:
    return order_url(match.connection.value, match.ref.value, match.company.id.value)
