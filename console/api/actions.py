"""Actions as JSON: ask, look, decide, repair; with the same rights, hashes and masking as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import approvals, casework
from cases.actions.drafting import keep_draft, submit_draft
from cases.actions.hashing import sha256_text
from cases.actions.parked import parked_actions
from cases.actions.proposing import (
    propose_action,
)
from cases.actions.records import masked_actions, masked_trial
from cases.approvals.inbox import actions_of_case, waiting_actions
from cases.models import Action
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.action_forms import form_of_body
from console.api.action_problems import PROBLEMS as _PROBLEMS
from console.api.action_problems import action_json, action_problems
from console.api.action_schemas import (
    ActionListShape,
    ActionShape,
    NewAction,
)
from console.api.orders import _request_id, _viewer
from console.api.problems import Problem
from console.api.records import record_json
from console.api.rendering import to_json

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text of up to 200 characters, new for every request; not needed for a dry run.",
)
_CURSOR = OpenApiParameter("cursor", str)


class CaseActionsView(APIView):
    @extend_schema(operation_id="case_actions", responses={200: ActionListShape, **_PROBLEMS})
    def get(self, request: Request, case_id: int) -> Response:
        """What was asked for in a case, the newest first."""
        viewer = _viewer(request, TokenScope.ACTIONS_READ)
        with action_problems(viewer, case_id=case_id):
            return Response(_list_json(actions_of_case(viewer, case_id), viewer, None))

    @extend_schema(
        operation_id="propose_action",
        parameters=[_KEY],
        request=NewAction,
        responses={200: ActionShape, 201: ActionShape, **_PROBLEMS},
    )
    def post(self, request: Request, case_id: int) -> Response:
        """Ask for an action. 201 a new one, 200 the same one for the same key and body, 422 where the rules say no.

        ``dry_run`` judges and previews with facts read now, and stores nothing.
        """
        viewer = _viewer(request, TokenScope.ACTIONS_WRITE)
        with action_problems(viewer, case_id=case_id):
            casework.require_worker(viewer, case_id)  # what is not there says so before the body is looked at
            body = NewAction(data=request.data)
            body.is_valid(raise_exception=True)
            given: dict[str, Any] = body.validated_data
            asked: dict[str, Any] = {
                "viewer": viewer,
                "case_id": case_id,
                "form": form_of_body(given),
                "key": _key(request, given),
                "body_hash": sha256_text(to_json({"case": case_id, "body": request.data}).decode()),
                "correlation_id": _request_id(request),
                "at": timezone.now(),
            }
            if given["draft"] and not given["dry_run"]:
                proposed = async_to_sync(keep_draft)(**asked)
            else:
                proposed = async_to_sync(propose_action)(**asked, dry_run=given["dry_run"])
            if proposed.action is None and proposed.judged is not None:
                trial = masked_trial(proposed.judged, viewer)
                return Response({**record_json(trial), "masked": list(trial.masked_paths)})
            if proposed.action is None:
                raise AssertionError("a request without a trial has an action")
            status = 201 if proposed.is_new else 200
            return Response(action_json(proposed.action, viewer), status=status)


class ActionView(APIView):
    @extend_schema(operation_id="action", responses={200: ActionShape, **_PROBLEMS})
    def get(self, request: Request, action_id: UUID) -> Response:
        """One action, whole, with its journal."""
        viewer = _viewer(request, TokenScope.ACTIONS_READ)
        with action_problems(viewer):
            return Response(action_json(approvals.find_action(viewer, action_id), viewer))


class SubmitView(APIView):
    @extend_schema(operation_id="submit", request=None, responses={200: ActionShape, **_PROBLEMS})
    def post(self, request: Request, action_id: UUID) -> Response:
        """Ask with a draft of the caller's own: it is judged by what Odoo says now; 422 leaves it a draft."""
        viewer = _viewer(request, TokenScope.ACTIONS_WRITE)
        with action_problems(viewer):
            proposed = async_to_sync(submit_draft)(
                viewer=viewer,
                action_id=action_id,
                correlation_id=_request_id(request),
                at=timezone.now(),
            )
            if proposed.action is None:
                raise AssertionError("a draft that was asked with is an action")
            return Response(action_json(proposed.action, viewer))


class ApprovalsView(APIView):
    @extend_schema(
        operation_id="approvals", parameters=[_CURSOR], responses={200: ActionListShape, **_PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """What waits for a decision within the token's scope, the oldest first."""
        viewer = _viewer(request, TokenScope.ACTIONS_READ)
        rows, following = waiting_actions(viewer, after=_after(request))
        return Response(_list_json(rows, viewer, following))


class ParkedView(APIView):
    @extend_schema(operation_id="parked", responses={200: ActionListShape, **_PROBLEMS})
    def get(self, request: Request) -> Response:
        """What could not be carried out and waits for a person."""
        viewer = _viewer(request, TokenScope.ACTIONS_READ)
        return Response(_list_json(parked_actions(viewer), viewer, None))


def _key(request: Request, given: dict[str, Any]) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if given["dry_run"]:
        return ""
    if not 0 < len(key) <= 200:
        raise Problem(400, "idempotency_key_missing", "Send an Idempotency-Key of up to 200 characters.")
    return key


def _after(request: Request) -> UUID | None:
    cursor = request.query_params.get("cursor", "")
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        raise Problem(400, "invalid", "That is no cursor of ours.") from None


def _list_json(rows: list[Action], viewer: Viewer, following: UUID | None) -> dict[str, Any]:
    return {
        "results": [record_json(record) for record in masked_actions(rows, viewer)],
        "next_cursor": str(following) if following else None,
    }
