"""Names the kind of work a request is, so that Odoo's load can be told apart by it: a short list, never an address."""

from __future__ import annotations

from django.http import HttpRequest

from integrations.telemetry import Cause, cause

OTHER = "other_page"
_BY_ROUTE = {
    "case": "case_page",
    "search": "search",
    "search-more": "search",
    "search-choose": "search",
    "api-search": "api_search",
    "api-order": "api_order",
}


def workflow_of(request: HttpRequest) -> str:
    match = request.resolver_match
    name = match.url_name or "" if match else ""
    if name == "order":
        return "panel" if request.GET.get("panel") else "order_page"
    return _BY_ROUTE.get(name, "api" if name.startswith("api-") else OTHER)


def note_cause(request: HttpRequest) -> None:
    """What is asked of Odoo from here on is for this work and, where known already, this person."""
    viewer = getattr(request, "viewer", None)
    cause.set(Cause(workflow_of(request), viewer.user_id if viewer else 0))
