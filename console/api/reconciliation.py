"""What differs between Odoo and what was done here, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import reconciliation
from cases.people.tokens import TokenScope
from console.api.orders import _viewer
from console.api.problems import Problem
from console.api.records import record_json
from console.api.schemas import ProblemShape, Shape

_PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys((401, 403, 429), ProblemShape)


class ComparedShape(Shape):
    connection = serializers.CharField()
    differences = serializers.IntegerField(help_text="Open differences that nobody has accepted.")
    accepted = serializers.IntegerField()
    information = serializers.IntegerField(help_text="What others made in Odoo on orders of cases.")
    last_started_at = serializers.DateTimeField(allow_null=True)
    last_finished_at = serializers.DateTimeField(allow_null=True)
    under_way = serializers.BooleanField()


class ReconciliationShape(Shape):
    connections = ComparedShape(many=True)
    findings = serializers.ListField(child=serializers.DictField())
    has_more = serializers.BooleanField()


class ReconciliationView(APIView):
    @extend_schema(operation_id="reconciliation", responses={200: ReconciliationShape, **_PROBLEMS})
    def get(self, request: Request) -> Response:
        """Every open difference within the token's scope, and how each connection compares."""
        viewer = _viewer(request, TokenScope.AUDIT_READ)
        try:
            report = reconciliation.report_for(viewer)
        except reconciliation.NotPermitted:
            raise Problem(403, "permission_denied") from None
        return Response(
            {
                "connections": [_compared(tally) for tally in report.tallies],
                "findings": [record_json(row) for row in report.findings],
                "has_more": report.has_more,
            }
        )


def _compared(tally: reconciliation.Tally) -> dict[str, Any]:
    return {
        "connection": tally.connection,
        "differences": tally.errors,
        "accepted": tally.accepted,
        "information": tally.information,
        "last_started_at": tally.last.started_at if tally.last else None,
        "last_finished_at": tally.last.finished_at if tally.last else None,
        "under_way": tally.under_way is not None,
    }
