"""A token opens what its person may see, within its scopes and its time, and nothing after its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.audit import Action
from cases.masking.roles import Role
from cases.models import ApiToken, AuditEntry, User
from cases.people.tokens import TokenRefused, TokenScope, issue_token, revoke_token, viewer_of_token
from cases.people.viewer import Viewer
from console.api.authentication import token_required
from console.api.problems import Problem
from console.api.rate_limit import RateLimit
from console.api.rendering import json_response
from console.urls import urlpatterns as real_urlpatterns
from tests.conftest import PersonMaker

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@token_required(TokenScope.ORDERS_READ)
async def plain(request: HttpRequest) -> HttpResponse:
    return json_response({"actor": request.viewer.actor})  # type: ignore[attr-defined]


@token_required(TokenScope.ORDERS_READ)
async def refusing(request: HttpRequest) -> HttpResponse:
    raise Problem(409, "order_changed", "The order changed meanwhile.", order="S00010")


class Framework(APIView):
    def get(self, request: Request) -> Response:
        if "broken" in request.query_params:
            raise ValueError("Ana Berger lives here")
        if "wrong" in request.query_params:
            raise ParseError("Ana Berger cannot be parsed")
        return Response({"actor": cast("Viewer", request.auth).actor})


urlpatterns = [
    *real_urlpatterns,
    path("api/plain", plain),
    path("api/refusing", refusing),
    path("api/framework", Framework.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def make_token(user: User, *scopes: TokenScope, days: int = 30, at: datetime | None = None) -> str:
    issued_at = at or timezone.now()
    return issue_token(
        user=user,
        name="test",
        scopes=scopes or [TokenScope.ORDERS_READ],
        expires_at=issued_at + timedelta(days=days),
        issued_by="user:1",
        at=issued_at,
    )


def bearer(text: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {text}"}}


def test_the_text_of_a_token_is_kept_nowhere(amy: User) -> None:
    text = make_token(amy)
    secret = text.split("_", 2)[2]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_apitoken::text, (SELECT string_agg(e::text, '') FROM cases_auditentry e) FROM cases_apitoken"
        )
        (row,) = cursor.fetchall()
    assert secret not in "".join(row)
    assert secret.encode().hex() not in "".join(row)
    assert len(secret) >= 43  # 256 bits


def test_a_token_speaks_for_its_person_and_carries_its_scopes(amy: User) -> None:
    viewer = viewer_of_token(make_token(amy, TokenScope.SEARCH_READ, at=AT), at=AT)

    assert viewer.user_id == amy.pk
    assert viewer.companies_in("main") == {1}
    assert viewer.token_scopes == {"search:read"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
        lambda text: text.replace("dgl_", "abc_"),
        lambda text: text[:17],
        lambda text: "",
        lambda text: "dgl_000000000000_" + "x" * 43,
        lambda text: text + "x",
    ],
)
def test_a_token_that_is_not_exactly_right_is_refused(amy: User, change: Any) -> None:
    with pytest.raises(TokenRefused):
        viewer_of_token(change(make_token(amy, at=AT)), at=AT)


def test_a_token_ends_when_it_expires(amy: User) -> None:
    text = make_token(amy, days=1, at=AT)

    viewer_of_token(text, at=AT + timedelta(hours=23))
    with pytest.raises(TokenRefused):
        viewer_of_token(text, at=AT + timedelta(days=1))


def test_a_token_ends_when_it_is_revoked(amy: User) -> None:
    text = make_token(amy, at=AT)
    token = ApiToken.objects.get()

    revoke_token(token=token, revoked_by="user:2", at=AT)
    revoke_token(token=token, revoked_by="user:2", at=AT)

    with pytest.raises(TokenRefused):
        viewer_of_token(text, at=AT)
    assert AuditEntry.objects.filter(action=Action.TOKEN_REVOKED).count() == 1


def test_a_token_ends_with_its_persons_right_to_sign_in(amy: User) -> None:
    text = make_token(amy, at=AT)
    User.objects.update(is_active=False)

    with pytest.raises(TokenRefused):
        viewer_of_token(text, at=AT)


def test_a_token_needs_an_end_and_a_scope(amy: User) -> None:
    for values in ({"expires_at": None, "scopes": ["x"]}, {"expires_at": AT, "scopes": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.create(
                user=amy, name="x", prefix="x", digest=b"x", created_at=AT - timedelta(days=1), **values
            )


def test_the_first_use_is_audited_and_later_ones_are_noted_coarsely(amy: User) -> None:
    text = make_token(amy, at=AT)

    for minutes in (0, 1, 4, 6):
        viewer_of_token(text, at=AT + timedelta(minutes=minutes))

    assert AuditEntry.objects.filter(action=Action.TOKEN_FIRST_USED).count() == 1
    assert ApiToken.objects.get().last_used_at == AT + timedelta(minutes=6)


def test_a_known_token_costs_two_queries(amy: User, django_assert_num_queries: Any) -> None:
    text = make_token(amy, at=AT)
    viewer_of_token(text, at=AT)

    with django_assert_num_queries(2):
        viewer_of_token(text, at=AT + timedelta(seconds=1))


@pytest.mark.parametrize("address", ["/api/plain", "/api/framework"])
def test_both_kinds_of_view_know_the_viewer(client: Client, amy: User, address: str) -> None:
    response = client.get(address, **bearer(make_token(amy)))

    assert response.json() == {"actor": f"user:{amy.pk}"}


@pytest.mark.parametrize("address", ["/api/plain", "/api/framework", "/api/v1/orders/main/S1"])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic YTpi", "Token x", "Bearer \u00e4"])
def test_without_a_valid_token_the_answer_is_a_problem(
    client: Client, address: str, header: str | None
) -> None:
    response = client.get(address, headers={"Authorization": header} if header else {})

    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert (body["status"], body["code"], body["request_id"]) == (
        401,
        "unauthenticated",
        response["X-Request-Id"],
    )


def test_a_token_without_the_scope_is_refused(client: Client, amy: User) -> None:
    response = client.get("/api/plain", **bearer(make_token(amy, TokenScope.SEARCH_READ)))

    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")


def test_a_problem_says_what_the_view_said(client: Client, amy: User) -> None:
    response = client.post("/api/refusing", **bearer(make_token(amy)))

    body = response.json()
    assert response.status_code == 409
    assert (body["code"], body["detail"], body["order"]) == (
        "order_changed",
        "The order changed meanwhile.",
        "S00010",
    )


@pytest.mark.parametrize(("query", "status"), [("broken", 500), ("wrong", 400)])
def test_an_error_nobody_expected_is_described_to_nobody(
    client: Client, amy: User, query: str, status: int
) -> None:
    response = client.get(f"/api/framework?{query}", **bearer(make_token(amy)))

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert b"Berger" not in response.content


def test_a_token_that_calls_too_often_is_told_when_to_come_back(
    client: Client, amy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.api.authentication._limit", RateLimit(per_second=0.1, burst=2))
    text = make_token(amy)

    statuses = [client.get("/api/plain", **bearer(text)).status_code for _ in range(3)]
    last = client.get("/api/plain", **bearer(text))

    assert statuses == [200, 200, 429]
    assert 1 <= int(last["Retry-After"]) <= 10
    assert client.get("/api/plain", **bearer(make_token(amy))).status_code == 200


def test_a_bucket_refills_steadily_and_never_beyond_its_size() -> None:
    limit = RateLimit(per_second=2, burst=2)

    assert [limit.wait_s(1, now_s=0.0) for _ in range(3)] == [0.0, 0.0, 0.5]
    assert limit.wait_s(1, now_s=0.5) == 0.0
    assert [limit.wait_s(1, now_s=100.0) == 0 for _ in range(3)] == [True, True, False]
    assert limit.wait_s(2, now_s=100.0) == 0.0


def test_buckets_do_not_pile_up() -> None:
    limit = RateLimit(per_second=1, burst=1, max_buckets=3)

    for token_id in range(10):
        limit.wait_s(token_id, now_s=float(token_id))

    assert len(limit._buckets) == 3


def test_the_commands_issue_and_revoke(make_person: PersonMaker) -> None:
    make_person("amy", Role.AGENT, main=[1])
    said = StringIO()

    call_command(
        "issue_token", "amy", "--name", "robot", "--days", "7", "--scope", "orders:read", stdout=said
    )
    text = said.getvalue().strip()
    found = re.fullmatch(r"dgl_([0-9a-f]{12})_[\w-]{43}", text)
    assert found is not None
    assert viewer_of_token(text, at=timezone.now()).token_scopes == {"orders:read"}

    call_command("revoke_token", found[1])
    with pytest.raises(TokenRefused):
        viewer_of_token(text, at=timezone.now())


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody", "--name", "x"],
        ["amy", "--name", "x", "--days", "0"],
        ["amy", "--name", "x", "--days", "9999"],
    ],
)
def test_a_token_for_nobody_or_for_ever_is_not_issued(amy: User, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("issue_token", *arguments)

    assert ApiToken.objects.count() == 0
