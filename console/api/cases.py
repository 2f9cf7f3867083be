"""Cases as JSON: the same use cases, rights and masking as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import casework
from cases.casework import (
    AlreadyOpen,
    CaseChanged,
    CaseNotVisible,
    CasePriority,
    CaseScope,
    CaseState,
    CaseType,
    EntryFrom,
    IllegalChange,
    NotPermitted,
    OpenedCase,
    Order,
    Queue,
    QueueQuery,
    Ticket,
    TicketMessage,
)
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.case_schemas import CaseChange, CaseListShape, CaseShape, NewCase, NewNote
from console.api.orders import _candidates, _request_id, _unavailable, _viewer
from console.api.problems import Problem
from console.api.records import record_json
from console.api.schemas import ProblemShape
from console.api.ticket_cases import case_of_ticket, tickets_json

_PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), ProblemShape)
_FILTERS = [
    OpenApiParameter("queue", str, enum=[queue.value for queue in Queue]),
    OpenApiParameter("type", str, enum=list(CaseType.values)),
    OpenApiParameter("sort", str, enum=[order.value for order in Order]),
    OpenApiParameter("cursor", str),
]


class CasesView(APIView):
    @extend_schema(operation_id="cases", parameters=_FILTERS, responses={200: CaseListShape, **_PROBLEMS})
    def get(self, request: Request) -> Response:
        """A page of a queue; all open cases in scope where none is named."""
        viewer = _viewer(request, TokenScope.CASES_READ)
        page = casework.read_queue(viewer, QueueQuery.of(request.query_params))
        return Response(
            {"results": [record_json(row) for row in page.rows], "next_cursor": page.next_cursor or None}
        )

    @extend_schema(operation_id="open_case", request=NewCase, responses={201: CaseShape, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Open a case about an order, from a ticket, or both; of a ticket in a connected tool, make or find it."""
        viewer = _viewer(request, TokenScope.CASES_WRITE)
        given = _checked(NewCase(data=request.data))
        with _problems(viewer):
            case_id = _open(viewer, given, _request_id(request))
            opened = casework.read_case(viewer, case_id)
        return Response(_case_json(opened), status=201)


class CaseView(APIView):
    @extend_schema(operation_id="case", responses={200: CaseShape, **_PROBLEMS})
    def get(self, request: Request, case_id: int) -> Response:
        """One case, whole. The number of a merged case answers with the case that goes on."""
        viewer = _viewer(request, TokenScope.CASES_READ)
        with _problems(viewer, case_id):
            return Response(_case_json(casework.read_case(viewer, case_id)))

    @extend_schema(operation_id="change_case", request=CaseChange, responses={200: CaseShape, **_PROBLEMS})
    def patch(self, request: Request, case_id: int) -> Response:
        """Change several things at once, all of them or none."""
        viewer = _viewer(request, TokenScope.CASES_WRITE)
        with _problems(viewer, case_id):
            casework.require_worker(viewer, case_id)  # what is not there says so before the body is looked at
            given = _checked(CaseChange(data=request.data))
            with transaction.atomic():
                _change(viewer, case_id, given)
            return Response(_case_json(casework.read_case(viewer, case_id)))


class CaseNotesView(APIView):
    @extend_schema(operation_id="add_note", request=NewNote, responses={201: CaseShape, **_PROBLEMS})
    def post(self, request: Request, case_id: int) -> Response:
        """Keep an internal note."""
        viewer = _viewer(request, TokenScope.CASES_WRITE)
        with _problems(viewer, case_id):
            casework.require_worker(viewer, case_id)
            given = _checked(NewNote(data=request.data))
            casework.note(viewer=viewer, case_id=case_id, body=given["body"])
            return Response(_case_json(casework.read_case(viewer, case_id)), status=201)


def _checked(body: Any) -> dict[str, Any]:
    body.is_valid(raise_exception=True)
    given: dict[str, Any] = body.validated_data
    return given


def _open(viewer: Viewer, given: dict[str, Any], request_id: str) -> int:
    ticket, order = given.get("ticket"), given.get("order")
    if ticket is not None and "id" in ticket:
        return case_of_ticket(viewer, ticket, order, request_id)
    known: dict[str, Any] = {
        "viewer": viewer,
        "subject": given["subject"],
        "type": CaseType(given.get("type", CaseType.ORDER_INQUIRY)),
        "priority": CasePriority(int(given.get("priority", CasePriority.NORMAL))),
        "ticket": _ticket(ticket) if ticket else None,
    }
    if order is not None:
        return async_to_sync(casework.open_case_about)(
            **known,
            connection=order["connection"],
            ref=order["ref"],
            company=order.get("company"),
            correlation_id=request_id,
        )
    if "connection" not in given or "company" not in given:
        raise Problem(400, "invalid", "Name an order, or the connection and company the case belongs to.")
    scope = CaseScope(connection=given["connection"], company_id=given["company"])
    return casework.open_case(**known, scope=scope)


def _ticket(given: dict[str, Any]) -> Ticket:
    return Ticket(
        source=given["source"],
        ref=given["ref"],
        customer_name=given.get("customer_name", ""),
        customer_email=given.get("customer_email", ""),
        customer_phone=given.get("customer_phone", ""),
        messages=[
            TicketMessage(sender=EntryFrom(message["sender"]), at=message["at"], body=message["body"])
            for message in given.get("messages", [])
        ],
    )


def _change(viewer: Viewer, case_id: int, given: dict[str, Any]) -> None:
    """Every part by its own use case; the version is asked for once, before the first of them."""
    version = given.get("version")

    def known() -> dict[str, Any]:
        nonlocal version
        asked, version = version, None
        return {"viewer": viewer, "case_id": case_id, "version": asked}

    if "type" in given or "priority" in given:
        casework.sort_case(
            **known(),
            type=CaseType(given["type"]) if "type" in given else None,
            priority=CasePriority(int(given["priority"])) if "priority" in given else None,
        )
    if "assignee_id" in given:
        casework.assign(**known(), user_id=given["assignee_id"])
    if "state" in given:
        _set_state(viewer, case_id, given, known())
    elif "snoozed_until" in given:
        raise IllegalChange("until_without_state")
    if "merged_into" in given:
        casework.merge(**known(), into_id=given["merged_into"])


def _set_state(viewer: Viewer, case_id: int, given: dict[str, Any], known: dict[str, Any]) -> None:
    now, wanted = casework.state_of_case(viewer, case_id), given["state"]
    if wanted == CaseState.SNOOZED:
        if "snoozed_until" not in given:
            raise IllegalChange("until")
        casework.snooze(**known, until=given["snoozed_until"])
    elif wanted == CaseState.CLOSED:
        casework.close(**known)
    elif now == CaseState.SNOOZED:
        casework.wake(**known)
    else:
        casework.reopen(**known)


def _case_json(opened: OpenedCase) -> dict[str, Any]:
    record = record_json(opened.record)
    return {
        **record["case"],
        "tickets": tickets_json(opened.id),
        "entries": record["entries"],
        "checklist": record["checklist"],
        "masked": list(opened.record.masked_paths),
    }


@contextmanager
def _problems(viewer: Viewer, case_id: int | None = None) -> Iterator[None]:
    """What the use cases refuse, as answers."""
    try:
        yield
    except (CaseNotVisible, NotVisible):
        if case_id is not None:
            casework.record_not_visible(viewer, case_id)
        raise Problem(404, "not_found") from None
    except NotPermitted:
        raise Problem(403, "permission_denied") from None
    except AmbiguousOrder as found:
        raise Problem(300, "several_orders", candidates=_candidates(found)) from None
    except AlreadyOpen as found:
        raise Problem(409, "ticket_has_case", case=found.case_id) from None
    except CaseChanged as changed:
        raise Problem(409, "case_changed", by=changed.by, at=changed.at.isoformat()) from None
    except IllegalChange as refused:
        raise Problem(422, refused.reason) from None
    except OdooFailure as failure:
        raise _unavailable(failure) from None
