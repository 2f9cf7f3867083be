"""The case of a ticket in a connected tool, as the API makes or finds it: the ticket is read there, not sent along."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

from asgiref.sync import async_to_sync

from cases import casework
from cases.failures import OdooFailure
from cases.people.viewer import Viewer
from cases.tickets import NoSuchTicketing, Outcome, TicketCase, TicketFailure, case_for_ticket, choose_order
from cases.tickets.records import OrderNamed
from cases.tickets.shown import tickets_of
from console.api.problems import Problem


def case_of_ticket(
    viewer: Viewer, ticket: Mapping[str, str], order: Mapping[str, Any] | None, request_id: str
) -> int:
    """The number of the case; ``order`` is what somebody says the ticket is about."""
    if not casework.may_work(viewer):
        raise casework.NotPermitted
    asked: dict[str, Any] = {
        "viewer": viewer,
        "connection_slug": ticket["connection"],
        "ticket_id": ticket["id"],
        "correlation_id": request_id,
    }
    try:
        if order is None:
            found = async_to_sync(case_for_ticket)(**asked)
        else:
            named = OrderNamed(connection=order["connection"], company_id=order["company"], ref=order["ref"])
            found = async_to_sync(choose_order)(**asked, order=named)
    except NoSuchTicketing:
        raise Problem(404, "not_found") from None
    except TicketFailure as failure:
        raise _silent("ticketing_unavailable", failure) from None
    return found.case_id or _refuse(found)


def tickets_json(case_id: int) -> list[dict[str, Any]]:
    """The tickets of a case that the viewer may see: numbers and states."""
    return [
        {
            "connection": ticket.connection,
            "id": ticket.id,
            "number": ticket.number,
            "url": ticket.url or None,
            "state": ticket.state,
            "read_at": ticket.read_at,
        }
        for ticket in tickets_of(case_id)
    ]


def _refuse(found: TicketCase) -> NoReturn:
    if found.outcome is Outcome.NO_ACCESS:
        raise Problem(404, "not_found")
    if found.outcome is Outcome.ODOO_SILENT:
        raise Problem(503, "odoo_unavailable", headers={"Retry-After": "5"}, reason="unavailable")
    if found.outcome is Outcome.NO_MATCH:
        raise Problem(422, "no_order", "The ticket names no known order: send one along.")
    candidates = [
        {
            "connection": candidate.match.connection.value,
            "company": candidate.match.company.id.value,
            "company_name": candidate.match.company.name.value,
            "ref": candidate.match.ref.value,
            "placed_at": candidate.match.placed_at.value,
            "found_in": [place.value for place in candidate.found_in],
        }
        for candidate in found.candidates
    ]
    raise Problem(300, "several_orders", candidates=candidates)


def _silent(code: str, failure: OdooFailure) -> Problem:
    """404 where the tool has no such ticket; everything else is the tool's to put right."""
    if failure.reason == "missing":
        return Problem(404, "not_found")
    wait_s = math.ceil(failure.retry_after_s) if failure.retry_after_s else 5
    return Problem(503, code, headers={"Retry-After": str(wait_s)}, reason=failure.reason)
