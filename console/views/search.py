"""The search page: each connection's part appears when it answers; candidates are told apart, not ranked."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases import audit
from cases.connections import connection_label
from cases.search.finding import ConnectionAnswer, Found, continue_search, search_orders
from cases.search.identity import NoSuchCandidate, offer, read_offer, remember_identity
from cases.search.in_cases import FoundCase
from cases.search.quota import SearchRefused
from console.search_words import (
    case_reason_label,
    question_notes,
    question_sentence,
    reason_label,
    refusal_sentence,
)
from console.security import ViewerRequest, viewer_required
from console.views.case_context import case_url
from console.views.order_context import explain, order_url, state_of

# How long the page waits before it is sent with the slower connections still loading by themselves.
PATIENCE_S = 0.7

_BY_PERSON = frozenset({"email", "phone", "name", "account"})


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
async def search(request: ViewerRequest) -> HttpResponse:
    """What was typed travels in the body only: people search for e-mail addresses, and addresses are logged."""
    if request.method != "POST":  # the way back from signing in or from a reloaded page, with nothing typed
        return HttpResponseRedirect(reverse("home"))
    query = request.POST.get("q", "")
    try:
        found = await search_orders(
            viewer=request.viewer, query=query, correlation_id=request.id, patience_s=PATIENCE_S
        )
    except SearchRefused as refused:
        return await sync_to_async(_refused)(request, query, refused)
    return await sync_to_async(_answer)(request, query, found)


@require_POST
@viewer_required
async def search_more(request: ViewerRequest, connection: str) -> HttpResponse:
    """One connection's part of a page that is already shown; the form on the page carries the text back."""
    query, search_id = request.POST.get("q", ""), _uuid(request.POST.get("search", ""))
    found = search_id and await continue_search(
        viewer=request.viewer,
        search_id=search_id,
        query=query,
        connection=connection,
        correlation_id=request.id,
    )
    if not found:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return await sync_to_async(_part)(request, query, connection, found)


@require_POST
@viewer_required
async def choose(request: ViewerRequest) -> HttpResponse:
    """Remember which candidate is meant, and open its order."""
    return await sync_to_async(_choose)(request)


def _choose(request: ViewerRequest) -> HttpResponse:
    try:
        candidate = read_offer(request.viewer, request.POST.get("candidate", ""))
        remember_identity(viewer=request.viewer, candidate=candidate)
    except NoSuchCandidate:
        return render(request, "orders/not_found.html", status=HTTPStatus.NOT_FOUND)
    return HttpResponseRedirect(order_url(candidate.connection, candidate.order_ref, candidate.company_id))


def _answer(request: ViewerRequest, query: str, found: Found) -> HttpResponse:
    audit.record_alone(**audit.searched(request.viewer, kind=found.kind, text=query, hits=found.hits))
    if match := _only_one(found):
        return HttpResponseRedirect(_address(match))
    if case := _only_case(found):
        return HttpResponseRedirect(case_url(case.case.id.value))
    return render(request, "search/results.html", _context(request, query, found))


def _part(request: ViewerRequest, query: str, connection: str, found: Found) -> HttpResponse:
    (answer,) = (answer for answer in found.answers if answer.connection == connection)
    audit.record_alone(
        **audit.searched(request.viewer, kind=found.kind, text=query, hits=len(answer.matches))
    )
    context = _context(request, query, found)
    (context["block"],) = (block for block in context["blocks"] if block["slug"] == connection)
    return render(request, "search/_part.html", context)


def _refused(request: ViewerRequest, query: str, refused: SearchRefused) -> HttpResponse:
    minutes = max(1, round(refused.retry_after_s / 60))
    context = {"sentence": refusal_sentence(refused.limit), "minutes": minutes}
    response = render(request, "search/refused.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(refused.retry_after_s)
    return response


def _only_one(found: Found) -> Any:
    """The match to open at once: the only one, from all connections, and not one of an account's several orders."""
    if len(found.matches) != 1 or found.silent or found.waiting or found.has_more:
        return None
    (match,) = found.matches
    by_person_only = set(match.why.value) <= _BY_PERSON
    return None if by_person_only and found.account_orders else match


def _only_case(found: Found) -> FoundCase | None:
    """The case to open at once: the only thing found, with no answer outstanding."""
    if len(found.cases) != 1 or found.matches or found.silent or found.waiting:
        return None
    return found.cases[0]


def _context(request: ViewerRequest, query: str, found: Found) -> dict[str, Any]:
    question = found.question
    return {
        "query": query,
        "search_id": found.search_id,
        "blocks": [_block(request, found, answer) for answer in found.answers],
        "cases": [
            {
                "case": one.case,
                "reasons": [case_reason_label(reason) for reason in one.why],
                "url": case_url(one.case.id.value),
            }
            for one in found.cases
        ],
        "count": len(found.matches),
        "account_count": len(found.account_orders),
        "is_waiting": bool(found.waiting),
        # With an answer outstanding what stands alone now may soon be one of several.
        "is_choosable": found.is_ambiguous or bool(found.waiting),
        "has_more": found.has_more,
        "name_refused": found.name_refused,
        "asks_nothing": found.kind == "nothing",
        "question": question_sentence(question) if question else "",
        "question_notes": question_notes(question) if question else [],
        "silent": [
            {"connection": connection_label(slug).name, "explanation": explain(state_of(reason))}
            for slug, reason in found.silent.items()
        ],
    }


def _block(request: ViewerRequest, found: Found, answer: ConnectionAnswer) -> dict[str, Any]:
    return {
        "slug": answer.connection,
        "name": connection_label(answer.connection).name,
        "progress": answer.progress.value,
        "explanation": explain(state_of(answer.problem)) if answer.problem else "",
        "matches": [_candidate(request, found, match) for match in answer.matches],
        "account_orders": [_candidate(request, found, order) for order in answer.account_orders],
        "has_more": answer.has_more,
        "unsearched": [reason_label(kind) for kind in answer.unsearched],
    }


def _candidate(request: ViewerRequest, found: Found, match: Any) -> dict[str, Any]:
    token = offer(request.viewer, found.search_id, match, candidates=len(found.matches))
    return {
        "match": match,
        "reasons": [reason_label(reason) for reason in match.why.value],
        "url": _address(match),
        "token": token,
    }


def _address(match: Any) -> str:
    return order_url(match.connection.value, match.ref.value, match.company.id.value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
