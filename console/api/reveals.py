"""One masked value for a stated reason, for programs: the same right, quota and trail as on the pages."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.casework.orders_of_case import orders_of_case
from cases.casework.visible import CaseNotVisible
from cases.disclosure.revealable import is_of_case
from cases.disclosure.reveals import NotRevealable, QuotaUsed, UnclearReason, Wish, reveal_field
from cases.failures import OdooFailure
from cases.models.reveals import RevealReason
from cases.orders.workspace import AmbiguousOrder, NotVisible
from cases.people.tokens import TokenScope
from cases.people.viewer import Viewer
from console.api.orders import _candidates, _request_id, _unavailable, _viewer
from console.api.problems import Problem, too_many_requests
from console.api.records import cell_json
from console.api.schemas import ProblemShape, Shape


class RevealOrder(Shape):
    connection = serializers.CharField(max_length=50)
    ref = serializers.CharField(max_length=100)
    company = serializers.IntegerField(required=False, allow_null=True)


class RevealWish(Shape):
    order = RevealOrder(required=False)
    case = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Instead of an order: for case.subject, case.customer, entries[12].body and entries[12].customer; "
        "for other fields the one order that the case is about.",
    )
    field = serializers.CharField(
        max_length=200,
        help_text="A path as listed under masked; items of lists by their id: messages[12].body.",
    )
    reason = serializers.CharField(max_length=500, help_text="In words, at least ten characters.")
    reason_code = serializers.ChoiceField(choices=RevealReason.choices, default=RevealReason.OTHER)


class RevealAnswer(Shape):
    value = serializers.JSONField(allow_null=True)
    until = serializers.DateTimeField()


class RevealView(APIView):
    @extend_schema(
        operation_id="reveal",
        request=RevealWish,
        responses={200: RevealAnswer, **dict.fromkeys((400, 401, 403, 404, 429, 503), ProblemShape)},
    )
    def post(self, request: Request) -> Response:
        """The whole value of one field, once; afterwards it is masked as before."""
        viewer = _viewer(request, TokenScope.REVEAL)
        asked = RevealWish(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            wish = _wish(viewer, asked.validated_data)
            found = async_to_sync(reveal_field)(
                viewer=viewer, wish=wish, correlation_id=_request_id(request), at=timezone.now()
            )
        except UnclearReason:
            raise Problem(400, "unclear_reason", "Say in at least ten characters what it is about.") from None
        except NotRevealable:
            raise Problem(403, "not_revealable") from None
        except QuotaUsed as used:
            raise too_many_requests(used.retry_after_s) from None
        except (NotVisible, CaseNotVisible):
            raise Problem(404, "not_found") from None
        except AmbiguousOrder as several:
            raise Problem(300, "several_orders", candidates=_candidates(several)) from None
        except OdooFailure as failure:
            raise _unavailable(failure) from None
        return Response({"value": cell_json(found.cell), "until": found.until})


def _wish(viewer: Viewer, asked: dict[str, Any]) -> Wish:
    if ("order" in asked) == ("case" in asked):
        raise Problem(400, "invalid", "Name either an order or a case.")
    why = {"place": asked["field"], "reason": asked["reason_code"], "reason_text": asked["reason"]}
    if "case" in asked and is_of_case(asked["field"]):
        return Wish(case_id=asked["case"], **why)
    order = asked.get("order") or _order_of_case(viewer, asked["case"])
    return Wish(connection=order["connection"], ref=order["ref"], company=order.get("company"), **why)


def _order_of_case(viewer: Viewer, case_id: int) -> dict[str, Any]:
    orders = orders_of_case(viewer, case_id)
    if len(orders) != 1:
        raise Problem(409, "not_one_order", "The case is not about exactly one order: name the order.")
    connection, company, ref = orders[0]
    return {"connection": connection, "company": company, "ref": ref}
