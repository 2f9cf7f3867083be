"""What surrounds every request, through the real server over a socket and through Django's own clients."""

from __future__ import annotations

import gzip
import json
import logging
import os
import uuid

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from cases.disclosure.matrix_versions import current_policy
from cases.masking.roles import Role
from cases.models import User
from cases.people.viewer import Viewer
from console import identity
from console.compression import CompressionMiddleware, compress
from console.security import ViewerRequest, viewer_required
from console.urls import urlpatterns as real_urlpatterns
from tests.conftest import PersonMaker

BACKEND = "django.contrib.auth.backends.ModelBackend"


@viewer_required
async def who(request: ViewerRequest, word: str) -> HttpResponse:
    assert isinstance(request.viewer, Viewer)
    words = [request.viewer.actor, translation.get_language(), timezone.get_current_timezone_name()]
    return HttpResponse(" ".join(words))


@viewer_required
def who_sync(request: ViewerRequest) -> HttpResponse:
    return HttpResponse(request.viewer.actor)


async def broken(request: HttpRequest, word: str) -> HttpResponse:
    raise ValueError("a customer called Ana Berger\nis in this line")


async def own_headers(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Cache-Control": "private, max-age=5"})


async def api_who(request: HttpRequest) -> HttpResponse:
    user = await request.auser()
    return HttpResponse(str(user.is_authenticated))


urlpatterns = [
    *real_urlpatterns,
    path("who/<str:word>", who),
    path("who-sync", who_sync),
    path("broken/<str:word>", broken),
    path("own-headers", own_headers),
    path("api/who", api_who),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def test_no_layer_makes_the_server_hop_to_a_thread() -> None:
    """A layer that is not async at heart would drag every view behind it into a thread."""

    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    for name in settings.MIDDLEWARE:
        layer = import_string(name)
        assert layer.async_capable, name
        assert iscoroutinefunction(layer(view)), name
    handler = ASGIHandler()
    checks = handler._view_middleware  # type: ignore[attr-defined]
    assert checks
    assert all(iscoroutinefunction(check) for check in checks)


def test_every_answer_says_what_browsers_may_do(client: Client) -> None:
    response = client.get(reverse("sign-in"))

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("address", ["/nowhere", "/broken/x", "/api/v1/orders/main/S1", "/readyz"])
def test_errors_and_machines_get_the_same_headers(address: str) -> None:
    response = Client(raise_request_exception=False).get(address)

    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Request-Id"]


def test_a_view_may_set_a_header_of_its_own(client: Client) -> None:
    assert client.get("/own-headers")["Cache-Control"] == "private, max-age=5"


def test_static_files_may_be_cached_and_others_may_not_read_them(client: Client) -> None:
    response = client.get("/static/css/tokens.css")

    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]
    assert response["Content-Type"].startswith("text/css")
    assert "Access-Control-Allow-Origin" not in response


def test_static_files_are_served_whole_on_the_event_loop(async_client: AsyncClient) -> None:
    get = async_to_sync(async_client.get)
    response = get("/static/css/tokens.css")

    assert (response.status_code, response.streaming) == (200, False)
    assert int(response["Content-Length"]) == len(response.content) > 100
    assert get("/static/../console/settings.py").status_code == 404


def test_pages_are_compressed_for_those_who_say_so(client: Client) -> None:
    plain, packed = (
        client.get("/sign-in/", headers=headers) for headers in ({}, {"Accept-Encoding": "gzip"})
    )

    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Content-Length"] == str(len(packed.content))
    assert b"<form" in gzip.decompress(packed.content)
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("content", [b"x" * 200, b"\0" * 100_000, "ü€".encode() * 5_000])
def test_what_is_compressed_comes_out_as_it_was(content: bytes) -> None:
    packed = [compress(content) for _ in range(30)]
    assert {gzip.decompress(one) for one in packed} == {content}
    assert len({len(one) for one in packed}) > 3  # how well it compresses cannot be read off


def test_what_would_grow_or_is_compressed_already_is_left_alone() -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    layer = CompressionMiddleware(HttpResponse)
    for response in (
        HttpResponse(os.urandom(1_000)),
        HttpResponse("short"),
        HttpResponse("x" * 500, headers={"Content-Encoding": "br"}),
    ):
        before = response.content
        assert layer.process_response(request, response) is response
        assert response.content == before
        assert response.headers.get("Content-Encoding") != "gzip"


def test_a_well_formed_request_id_is_kept(client: Client) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-Id": "gateway-0123.abc"})["X-Request-Id"]
        == "gateway-0123.abc"
    )


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "new\tline-12345", "ana@example.com", "<script>alert(1)"]
)
def test_any_other_request_id_is_replaced(client: Client, given: str) -> None:
    answered = client.get("/healthz", headers={"X-Request-Id": given})["X-Request-Id"]

    assert answered != given
    assert uuid.UUID(answered).version == 4


@pytest.mark.parametrize("address", ["/who/x", "/who-sync"])
def test_the_viewer_is_there_in_both_kinds_of_view(client: Client, amy: User, address: str) -> None:
    client.force_login(amy, backend=BACKEND)

    assert client.get(address).content.startswith(f"user:{amy.pk}".encode())


@pytest.mark.django_db(transaction=True)  # identified over connections of the event loop's own
@pytest.mark.parametrize("address", ["/who/x", "/who-sync"])
def test_the_viewer_is_there_under_asgi(async_client: AsyncClient, amy: User, address: str) -> None:
    async_client.force_login(amy, backend=BACKEND)

    response = async_to_sync(async_client.get)(address)

    assert response.content.startswith(f"user:{amy.pk}".encode())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guess", ["nobody's", "another's", "its own"])
def test_whose_session_it_was_before_proves_nothing(
    async_client: AsyncClient, amy: User, sam: User, guess: str
) -> None:
    async_client.force_login(amy, backend=BACKEND)
    key = async_client.cookies["deskglass"].value
    identity._owners.clear()
    if guess != "nobody's":
        identity._owners[key] = amy.pk if guess == "its own" else sam.pk

    response = async_to_sync(async_client.get)("/who/x")

    assert response.content.startswith(f"user:{amy.pk} ".encode())
    assert identity._owners == {key: amy.pk}


@pytest.mark.django_db(transaction=True)
def test_an_ended_session_is_nobodys_although_its_owner_is_remembered(
    async_client: AsyncClient, amy: User
) -> None:
    identity._owners.clear()
    async_client.force_login(amy, backend=BACKEND)
    async_to_sync(async_client.get)("/who/x")
    assert list(identity._owners.values()) == [amy.pk]
    Session.objects.all().delete()

    response = async_to_sync(async_client.get)("/who/x")

    assert response.status_code == 302
    assert not identity._owners


def test_a_request_knows_its_person_by_two_queries(
    client: Client, amy: User, django_assert_num_queries: object
) -> None:
    client.force_login(amy, backend=BACKEND)
    current_policy()  # asked for every few seconds, not for every request

    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get("/who/x")


def test_a_request_without_a_session_asks_the_database_nothing(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/who/x")


@pytest.mark.parametrize("cookie", ["x", "a" * 32, "'; DROP TABLE x; --", "\u00e4" * 20])
def test_a_made_up_session_is_nobody(client: Client, cookie: str) -> None:
    client.cookies["deskglass"] = cookie

    assert client.get("/who/x").status_code == 302
    assert Session.objects.count() == 0


def test_a_session_cookie_opens_nothing_in_the_api(client: Client, sam: User) -> None:
    client.force_login(sam, backend=BACKEND)

    assert client.get("/api/who").content == b"False"
    assert client.get("/api/v1/orders/main/S1").status_code == 401


def test_language_and_time_are_those_of_the_person(client: Client, make_person: PersonMaker) -> None:
    person = make_person("dee", Role.AGENT)
    User.objects.filter(pk=person.pk).update(language="de", time_zone="Europe/Vienna")
    client.force_login(person, backend=BACKEND)

    response = client.get("/who/x", headers={"Accept-Language": "fr"})

    assert response.content.split()[1:] == [b"de", b"Europe/Vienna"]
    assert client.get("/sign-in/")["Location"] == "/"


def test_the_next_request_does_not_inherit_them(client: Client, make_person: PersonMaker, amy: User) -> None:
    person = make_person("dee", Role.AGENT)
    User.objects.filter(pk=person.pk).update(language="de", time_zone="Europe/Vienna")
    client.force_login(person, backend=BACKEND)
    client.get("/who/x")

    client.force_login(amy, backend=BACKEND)

    assert client.get("/who/x", headers={"Accept-Language": "fr"}).content.split()[1:] == [b"fr", b"UTC"]


def test_one_line_is_logged_without_what_was_typed(
    client: Client, amy: User, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(amy, backend=BACKEND)

    with caplog.at_level(logging.INFO, logger="console.access"):
        client.get("/who/ana@example.com?email=bo@example.com")

    (record,) = (record for record in caplog.records if record.name == "console.access")
    fields = {
        key: value for key, value in vars(record).items() if key in {"route", "method", "status", "actor"}
    }
    assert fields == {"route": "who/<str:word>", "method": "GET", "status": 200, "actor": f"user:{amy.pk}"}
    assert "example.com" not in json.dumps(vars(record), default=str)


@override_settings(DEBUG=False)
def test_a_failing_view_answers_500_and_tells_nothing() -> None:
    response = Client(raise_request_exception=False).get("/broken/x")

    assert response.status_code == 500
    assert b"Berger" not in response.content
