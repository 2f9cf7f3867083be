"""The trail of a case as JSON, newest first."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import casework
from cases.audit.export import MalformedCursor, NotPermitted, entry_json, trail_of_case
from cases.casework import CaseNotVisible
from cases.people.tokens import TokenScope
from console.api.action_schemas import AuditPageShape
from console.api.orders import _viewer
from console.api.problems import Problem
from console.api.schemas import ProblemShape

_PARAMETERS = [OpenApiParameter("case", int, required=True), OpenApiParameter("cursor", str)]
_PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys((400, 401, 403, 404, 429), ProblemShape)


class AuditView(APIView):
    @extend_schema(operation_id="audit", parameters=_PARAMETERS, responses={200: AuditPageShape, **_PROBLEMS})
    def get(self, request: Request) -> Response:
        """What was done about a case and its actions, each entry with its place in the chain."""
        viewer = _viewer(request, TokenScope.AUDIT_READ)
        case_id = _case(request)
        try:
            page = trail_of_case(
                viewer, case_id, cursor=request.query_params.get("cursor", ""), at=timezone.now()
            )
        except CaseNotVisible:
            casework.record_not_visible(viewer, case_id)
            raise Problem(404, "not_found") from None
        except NotPermitted:
            raise Problem(403, "permission_denied") from None
        except MalformedCursor:
            raise Problem(400, "invalid", "That is no cursor of ours.") from None
        results: list[dict[str, Any]] = [
            {**entry_json(entry), "who": page.names.get(entry.actor)} for entry in page.entries
        ]
        return Response({"results": results, "next_cursor": page.next_cursor or None})


def _case(request: Request) -> int:
    typed = request.query_params.get("case", "")
    if not typed.isdecimal() or len(typed) > 18:
        raise Problem(400, "invalid", "case is the number of a case.")
    return int(typed)
