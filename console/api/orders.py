"""Orders as JSON: the same opening, rights and masking as the pages."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any, cast

from asgiref.sync import async_to_sync
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases import audit
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible, OpenedOrder, StillReading, open_order
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.authentication import require_scope
from console.api.problems import Problem
from console.api.records import order_json
from console.api.schemas import OrderRecordShape, ProblemShape
from console.typed_numbers import company_number

_COMPANY = OpenApiParameter(
    "company", int, description="Odoo's company id, where one number exists in several."
)
# The reference holds slashes, and the framework would guess a plain text without them.
_REF = OpenApiParameter(
    "ref", OpenApiTypes.STR, OpenApiParameter.PATH, description="The order's number, slashes included."
)
_AGAIN = OpenApiParameter(
    "again", bool, description="Ask Odoo in any case, also where facts of the last seconds are known."
)
# A program looks once: it gets what Odoo says now, and what is known where that takes longer.
PATIENCE_S = 0.7
_PROBLEMS: dict[int, type[ProblemShape]] = dict.fromkeys((300, 401, 403, 404, 429, 503), ProblemShape)


class OrderView(APIView):
    @extend_schema(
        operation_id="order",
        parameters=[_REF, _COMPANY, _AGAIN],
        responses={200: OrderRecordShape, **_PROBLEMS},
    )
    def get(self, request: Request, connection: str, ref: str) -> Response:
        """One order, whole, as the token's person may see it.

        ``freshness`` says whether this is what Odoo said now or what was known, of when, and why.
        """
        viewer = _viewer(request, TokenScope.ORDERS_READ)
        try:
            opened = async_to_sync(_open)(
                viewer=viewer,
                connection=connection,
                ref=ref,
                company=_company(request),
                correlation_id=_request_id(request),
                accept_recent=True,
                anew=request.query_params.get("again") in ("1", "true"),
            )
        except NotVisible:
            audit.record_alone(**audit.order_not_visible(viewer, connection_slug=connection, typed=ref))
            raise Problem(404, "not_found") from None
        except AmbiguousOrder as found:
            raise Problem(300, "several_orders", candidates=_candidates(found)) from None
        except OdooFailure as failure:
            raise _unavailable(failure) from None
        audit.record_alone(
            **audit.order_opened(
                viewer, connection_slug=connection, company_id=opened.company_id, ref=opened.ref
            )
        )
        return Response(
            order_json(opened, at=timezone.now()), headers={"Server-Timing": opened.server_timing}
        )


async def _open(**asked: Any) -> OpenedOrder:
    with suppress(StillReading):
        return await open_order(**asked, patience_s=PATIENCE_S)
    return await open_order(**asked)  # nothing is known: the same reading, until it ends


def _viewer(request: Request, scope: TokenScope) -> Viewer:
    viewer = cast("Viewer", request.auth)  # set by BearerAuthentication
    require_scope(viewer, scope)
    return viewer


def _request_id(request: Request) -> str:
    return str(getattr(request._request, "id", ""))


def _company(request: Request) -> int | None:
    typed = request.query_params.get("company")
    if typed is None:
        return None
    number = company_number(typed)
    if number is None:
        raise Problem(400, "invalid", "company is a number: Odoo's id of the company.")
    return number


def _candidates(found: AmbiguousOrder) -> list[dict[str, Any]]:
    return [
        {
            "connection": candidate.connection,
            "company": candidate.company_id,
            "company_name": candidate.company,
            "ref": candidate.ref,
            "placed_at": candidate.placed_at,
        }
        for candidate in found.candidates
    ]


def _unavailable(failure: OdooFailure) -> Problem:
    wait_s = math.ceil(failure.retry_after_s) if failure.retry_after_s else 5
    return Problem(503, "odoo_unavailable", headers={"Retry-After": str(wait_s)}, reason=failure.reason)
