"""Decisions about actions as JSON: approve, reject, withdraw, repair; and the password once more before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from cases import approvals
from cases.actions import desk
from cases.models import Action
from cases.people.step_up import WrongPassword, step_up, stepped_up_at
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.action_problems import PROBLEMS as _PROBLEMS
from console.api.action_problems import action_json, action_problems
from console.api.action_schemas import (
    ActionShape,
    AdoptBody,
    ApproveBody,
    MarkDoneBody,
    RejectBody,
    ReplayBody,
    StepUpAnswer,
    StepUpBody,
)
from console.api.orders import _request_id, _viewer
from console.api.problems import Problem


class ApproveView(APIView):
    @extend_schema(operation_id="approve", request=ApproveBody, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Approve exactly the content with this hash; the order is read again first."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            approvals.find_action(viewer, action_id)
            body = ApproveBody(data=request.data)
            body.is_valid(raise_exception=True)
            return async_to_sync(approvals.approve)(
                viewer=viewer,
                action_id=action_id,
                content_hash=body.validated_data["content_hash"],
                stepped_up_at=stepped_up_at(viewer, at=at),
                correlation_id=_request_id(request),
                at=at,
            )

        return _decided(request, decide)


class RejectView(APIView):
    @extend_schema(operation_id="reject", request=RejectBody, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Say no, and why."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            approvals.find_action(viewer, action_id)
            body = RejectBody(data=request.data)
            body.is_valid(raise_exception=True)
            return approvals.reject(
                viewer=viewer, action_id=action_id, reason=body.validated_data["reason"], at=at
            )

        return _decided(request, decide)


class CancelView(APIView):
    @extend_schema(operation_id="cancel", request=None, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Withdraw a request before anything was sent; what is parked is given up by two people."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            if approvals.find_action(viewer, action_id).state == "parked":
                return _fixed(viewer, action_id, desk.Fix.CANCEL, at)
            return approvals.cancel(viewer=viewer, action_id=action_id, at=at)

        return _decided(request, decide, scope=TokenScope.ACTIONS_WRITE)


class ReplayView(APIView):
    @extend_schema(operation_id="replay", request=ReplayBody, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Send a parked action again; the second person who says so does it."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            approvals.find_action(viewer, action_id)
            given = _body(ReplayBody, request)
            return _fixed(viewer, action_id, desk.Fix.REPLAY, at, from_step=given.get("from_step"))

        return _decided(request, decide)


class AdoptView(APIView):
    @extend_schema(operation_id="adopt", request=AdoptBody, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Take a credit note that exists in Odoo for the effect of a parked action, by two people."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            approvals.find_action(viewer, action_id)
            given = _body(AdoptBody, request)
            return _fixed(viewer, action_id, desk.Fix.ADOPT, at, document_id=given["document"])

        return _decided(request, decide)


class MarkDoneView(APIView):
    @extend_schema(operation_id="mark_done", request=MarkDoneBody, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Call a parked action done by other means, by two people; its key never has an effect then."""

        def decide(viewer: Viewer, at: datetime) -> Action:
            approvals.find_action(viewer, action_id)
            given = _body(MarkDoneBody, request)
            return _fixed(viewer, action_id, desk.Fix.MARK_DONE, at, evidence=given.get("evidence", ""))

        return _decided(request, decide)


class StepUpView(APIView):
    @extend_schema(operation_id="step_up", request=StepUpBody, responses={200: StepUpAnswer, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Give the password of the token's person again: good for ten minutes, on this token."""
        viewer = _viewer(request, TokenScope.ACTIONS_APPROVE)
        body = StepUpBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            until = step_up(
                viewer=viewer,
                password=body.validated_data["password"],
                request=request._request,
                at=timezone.now(),
            )
        except WrongPassword:
            raise Problem(403, "wrong_password") from None
        return Response({"until": until})


def _body(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    given: dict[str, Any] = body.validated_data
    return given


def _fixed(viewer: Viewer, action_id: UUID, verb: desk.Fix, at: datetime, **more: Any) -> Action:
    return desk.fix(
        viewer=viewer,
        action_id=action_id,
        verb=verb,
        stepped_up_at=stepped_up_at(viewer, at=at),
        at=at,
        **more,
    )


def _decided(
    request: Request,
    decide: Callable[[Viewer, datetime], Action],
    *,
    scope: TokenScope = TokenScope.ACTIONS_APPROVE,
) -> Response:
    viewer = _viewer(request, scope)
    with action_problems(viewer):
        return Response(action_json(decide(viewer, timezone.now()), viewer))
