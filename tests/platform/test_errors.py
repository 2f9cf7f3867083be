"""Where no view answers, programs get a problem and people a page, and neither gets a traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from console.urls import urlpatterns as real_urlpatterns

FAILURES: dict[str, tuple[int, str, Exception]] = {
    "bad": (400, "bad_request", SuspiciousOperation("Ana Berger")),
    "denied": (403, "permission_denied", PermissionDenied("Ana Berger")),
    "gone": (404, "not_found", Http404("Ana Berger")),
    "broken": (500, "internal_error", ValueError("Ana Berger")),
    "away": (503, "database_away", OperationalError("Ana Berger")),
}


def failing(word: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise FAILURES[word][2]

    return view


urlpatterns = [
    *real_urlpatterns,
    *(path(f"api/{word}", failing(word)) for word in FAILURES),
    *(path(f"page/{word}", failing(word)) for word in FAILURES),
]
handler400 = "console.views.errors.bad_request"
handler403 = "console.views.errors.permission_denied"
handler404 = "console.views.errors.not_found"
handler500 = "console.views.errors.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize("word", FAILURES)
def test_programs_get_a_problem(word: str) -> None:
    status, code, _ = FAILURES[word]

    response = Client(raise_request_exception=False).get(f"/api/{word}")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (response.json()["code"], response.json()["request_id"]) == (code, response["X-Request-Id"])
    assert b"Berger" not in response.content


@pytest.mark.parametrize("word", FAILURES)
def test_people_get_a_page(word: str) -> None:
    response = Client(raise_request_exception=False).get(f"/page/{word}")

    assert response.status_code == FAILURES[word][0]
    assert response["Content-Type"].startswith("text/html")
    assert b"Berger" not in response.content


def test_an_address_of_the_api_that_does_not_exist_is_a_problem(client: Client) -> None:
    assert client.get("/api/v1/nowhere").json()["code"] == "not_found"


@pytest.mark.parametrize("kind", ["api", "page"])
def test_a_database_that_is_away_will_be_back(kind: str) -> None:
    response = Client(raise_request_exception=False).get(f"/{kind}/away")

    assert response["Retry-After"] == "5"
    assert kind == "api" or "Try again in a few seconds" in response.content.decode()
