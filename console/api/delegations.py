"""Who decides in whose place, as JSON."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.approvals import StepUpRequired, delegations
from cases.approvals.delegations import Delegation
from cases.people.step_up import stepped_up_at
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.action_problems import PROBLEMS as _PROBLEMS
from console.api.orders import _viewer
from console.api.problems import Problem
from console.api.schemas import Shape


class DelegationShape(Shape):
    id = serializers.IntegerField()
    delegator = serializers.CharField(help_text="Whose right it is.")
    delegate = serializers.CharField(help_text="Who decides in their place.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="Where it was taken back before its time."
    )
    is_given = serializers.BooleanField(help_text="By the caller; otherwise to them.")
    state = serializers.ChoiceField(choices=["coming", "current", "over", "taken_back"])


class DelegationListShape(Shape):
    results = DelegationShape(many=True)


class NewDelegation(Shape):
    to = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Our number of the colleague.")
    starts_at = serializers.DateTimeField(required=False, help_text="From now on, if left out.")
    ends_at = serializers.DateTimeField()


class DelegationsView(APIView):
    @extend_schema(operation_id="delegations", responses={200: DelegationListShape, **_PROBLEMS})
    def get(self, request: Request) -> Response:
        """Delegations that the caller gave or got, the newest first."""
        return Response(_list_json(_viewer(request, TokenScope.ACTIONS_READ)))

    @extend_schema(
        operation_id="delegate",
        request=NewDelegation,
        responses={201: DelegationListShape, **_PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Let a colleague decide in the caller's place for a while; needs a fresh step-up, like an approval."""
        viewer = _viewer(request, TokenScope.ACTIONS_APPROVE)
        if not delegations.may_delegate(viewer):
            raise Problem(403, "no_right")
        body = NewDelegation(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = body.validated_data
        now = timezone.now()
        try:
            delegations.delegate(
                viewer=viewer,
                to_id=given["to"],
                starts_at=given.get("starts_at") or now,
                ends_at=given["ends_at"],
                stepped_up_at=stepped_up_at(viewer, at=now),
                at=now,
            )
        except delegations.Unsuitable as unsuitable:
            raise Problem(422, "refused", reason=unsuitable.reason) from None
        except StepUpRequired:
            raise Problem(
                403, "step_up_required", "Give the password again first: POST /api/v1/step-up."
            ) from None
        return Response(_list_json(viewer), status=201)


class DelegationEndView(APIView):
    @extend_schema(
        operation_id="end_delegation", request=None, responses={200: DelegationListShape, **_PROBLEMS}
    )
    def post(self, request: Request, delegation_id: int) -> Response:
        """Take a delegation back, or give it back; a second time changes nothing."""
        viewer = _viewer(request, TokenScope.ACTIONS_APPROVE)
        try:
            delegations.end_delegation(viewer=viewer, delegation_id=delegation_id, at=timezone.now())
        except delegations.NotPermitted:
            raise Problem(404, "not_found") from None
        return Response(_list_json(viewer))


def _list_json(viewer: Viewer) -> dict[str, Any]:
    return {"results": [_json(row) for row in delegations.delegations_of(viewer, at=timezone.now())]}


def _json(row: Delegation) -> dict[str, Any]:
    return {
        "id": row.id,
        "delegator": row.delegator,
        "delegate": row.delegate,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "ended_at": row.ended_at,
        "is_given": row.is_given,
        "state": row.state,
    }
