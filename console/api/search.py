"""Search as JSON: the same finding, quota, rights and masking as the search page."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import audit
from cases.casework import CaseType
from cases.masking import MaskedRecord
from cases.people.tokens import TokenScope
from cases.search.finding import Found, search_orders
from cases.search.in_cases import FoundCase
from cases.search.quota import SearchRefused
from console.api.orders import _request_id, _viewer
from console.api.problems import Problem
from console.api.records import record_json
from console.api.schemas import ProblemShape, SearchAnswer, SearchQuery
from console.search_words import WHY, question_sentence

_PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys((400, 401, 403, 429), ProblemShape)


class SearchView(APIView):
    @extend_schema(operation_id="search", request=SearchQuery, responses={200: SearchAnswer, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Orders and cases by whatever a customer can name, over all connections in scope.

        ``q`` is a number (order, channel reference, invoice, credit note, delivery, return, tracking, serial or lot,
        case, ticket), an e-mail address, a phone number in any notation, or at least three letters of a name; names
        find orders only. Several results are candidates: none of them is preferred. Orders come first.
        """
        viewer = _viewer(request, TokenScope.SEARCH_READ)
        query = SearchQuery(data=request.data)
        query.is_valid(raise_exception=True)
        text = query.validated_data["q"]
        try:
            found = async_to_sync(search_orders)(
                viewer=viewer, query=text, correlation_id=_request_id(request)
            )
        except SearchRefused as refused:
            raise _refused(refused) from None
        audit.record_alone(**audit.searched(viewer, kind=found.kind, text=text, hits=found.hits))
        return Response(_search_json(found))


def _search_json(found: Found) -> dict[str, Any]:
    return {
        "results": [*map(_result, found.matches), *map(_case_result, found.cases)],
        "ambiguous": found.is_ambiguous,
        "question": question_sentence(found.question) if found.question else None,
        "account_orders": [_result(order) for order in found.account_orders],
        "has_more": found.has_more,
        "silent": found.silent,
    }


def _result(match: MaskedRecord) -> dict[str, Any]:
    known = record_json(match)
    return {
        "kind": "order",
        "connection": match.connection.value,
        "company": match.company.id.value,
        "company_name": match.company.name.value,
        "ref": match.ref.value,
        "title": f"{match.ref.value} · {match.company.name.value}",
        "why": ", ".join(WHY[reason] for reason in match.why.value),
        "reasons": list(match.why.value),
        **{
            name: known[name]
            for name in ("channel_ref", "state", "placed_at", "total", "customer", "account")
        },
        "masked": list(match.masked_paths),
    }


def _case_result(found: FoundCase) -> dict[str, Any]:
    known = record_json(found.case)
    return {
        "kind": "case",
        "connection": known["connection"],
        "company": known["company"],
        "ref": known["reference"],
        "id": known["id"],
        "title": f"{known['reference']} · {CaseType(known['type']).label}",
        "why": ", ".join(WHY[reason] for reason in found.why),
        "reasons": [reason.value for reason in found.why],
        **{name: known[name] for name in ("type", "state", "subject", "customer", "ticket", "updated_at")},
        "masked": list(found.case.masked_paths),
    }


def _refused(refused: SearchRefused) -> Problem:
    wait = {"Retry-After": str(refused.retry_after_s)}
    return Problem(429, "search_paused", headers=wait, reason=refused.limit)
