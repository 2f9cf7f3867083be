"""The way in and out: audited, limited, forgery-proof, and back to where one wanted to go."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import AsyncClient, Client
from django.urls import reverse

from cases.audit import Action
from cases.masking.roles import Role
from cases.models import AuditEntry, User
from tests.conftest import PASSWORD, PersonMaker

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def csrf_token(page: bytes) -> str:
    found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1].decode()


def test_signing_in_leads_home_and_is_audited(client: Client, amy: User) -> None:
    response = client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.request_id) == (
        Action.SIGN_IN,
        f"user:{amy.pk}",
        response["X-Request-Id"],
    )


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client, amy: User) -> None:
    response = client.post(
        reverse("sign-in"), {"username": "amy", "password": PASSWORD, "next": "/orders/main/S00010/"}
    )

    assert response["Location"] == "/orders/main/S00010/"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(client: Client, amy: User, address: str) -> None:
    response = client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD, "next": address})

    assert response["Location"] == reverse("home")


def test_the_session_gets_a_new_key_at_sign_in(client: Client, amy: User) -> None:
    client.get(reverse("sign-in"))
    before = client.cookies["deskglass"].value

    client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD})

    assert client.cookies["deskglass"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_cookie_is_out_of_reach_of_scripts(client: Client, amy: User) -> None:
    client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD})

    cookie = client.cookies["deskglass"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_failed_sign_in_says_nothing_about_who_exists(client: Client, amy: User) -> None:
    wrong_password = client.post(reverse("sign-in"), {"username": "amy", "password": "wrong"})
    wrong_name = client.post(reverse("sign-in"), {"username": "nobody", "password": "wrong"})

    texts = [
        re.sub(rb'value="[^"]*"|<code>.*?</code>|"X-CSRFToken": "[^"]*"', b"", r.content)
        for r in (wrong_password, wrong_name)
    ]
    assert texts[0] == texts[1]
    assert wrong_password.status_code == wrong_name.status_code == 200


def test_a_deactivated_person_cannot_sign_in(client: Client, make_person: PersonMaker) -> None:
    make_person("ina", Role.AGENT, is_active=False)

    client.post(reverse("sign-in"), {"username": "ina", "password": PASSWORD})

    assert actions() == [Action.SIGN_IN_FAILED]
    assert client.get(reverse("home")).status_code == 302


def test_a_typed_name_is_kept_nowhere_but_as_a_keyed_hash(client: Client, amy: User) -> None:
    client.post(reverse("sign-in"), {"username": "my-Passw0rd!", "password": "x"})
    client.post(reverse("sign-in"), {"username": "my-passw0rd! ", "password": "x"})

    first, second = AuditEntry.objects.order_by("id")
    attempt = AccessAttempt.objects.get()
    assert first.object_ref == second.object_ref == attempt.username
    assert re.fullmatch(r"[0-9a-f]{64}", first.object_ref)
    assert "passw0rd" not in (attempt.get_data + attempt.post_data + attempt.path_info).lower()


def test_after_too_many_failures_even_the_right_password_waits(client: Client, amy: User) -> None:
    for number in range(8):
        client.post(
            reverse("sign-in"), {"username": "amy", "password": "x"}, HTTP_USER_AGENT=f"browser {number}"
        )

    response = client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD})

    assert response.status_code == 429
    assert b"Too many failed attempts" in response.content
    assert AuditEntry.objects.latest("id").reason == "locked_out"


def test_a_person_who_is_locked_out_at_one_address_may_sign_in_at_another(client: Client, amy: User) -> None:
    for _ in range(8):
        client.post(reverse("sign-in"), {"username": "amy", "password": "x"}, REMOTE_ADDR="10.0.0.1")

    response = client.post(
        reverse("sign-in"), {"username": "amy", "password": PASSWORD}, REMOTE_ADDR="10.0.0.2"
    )

    assert response.status_code == 302


def test_signing_out_ends_the_session_and_is_audited(client: Client, amy: User) -> None:
    client.post(reverse("sign-in"), {"username": "amy", "password": PASSWORD})
    key = client.cookies["deskglass"].value

    response = client.post(reverse("sign-out"))

    assert (response.status_code, response["Location"]) == (302, reverse("sign-in"))
    assert not Session.objects.filter(session_key=key).exists()
    assert actions() == [Action.SIGN_IN, Action.SIGN_OUT]
    client.cookies["deskglass"] = key
    assert client.get(reverse("home")).status_code == 302


def test_signing_out_is_a_deed_not_a_link(client: Client, amy: User) -> None:
    client.force_login(amy, backend=BACKEND)

    assert client.get(reverse("sign-out")).status_code == 405
    assert client.get(reverse("home")).status_code == 200


def test_a_person_deactivated_while_signed_in_is_out_at_once(client: Client, amy: User) -> None:
    client.force_login(amy, backend=BACKEND)
    assert client.get(reverse("home")).status_code == 200

    User.objects.filter(pk=amy.pk).update(is_active=False)

    assert client.get(reverse("home")).status_code == 302


def test_a_changed_password_ends_other_sessions(client: Client, amy: User) -> None:
    client.force_login(amy, backend=BACKEND)

    amy.set_password("another good long password")
    amy.save()

    assert client.get(reverse("home")).status_code == 302


def test_without_a_session_pages_lead_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/orders/main/S00010/")

    assert response["Location"] == "/sign-in/?next=%2Forders%2Fmain%2FS00010%2F"


def test_htmx_is_told_to_leave_the_page_when_the_session_is_over(client: Client) -> None:
    response = client.get(
        "/orders/main/S00010/?panel=invoices",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/orders/main/S00010/"},
    )

    assert (response.status_code, response["HX-Redirect"]) == (
        200,
        "/sign-in/?next=%2Forders%2Fmain%2FS00010%2F",
    )


@pytest.mark.django_db(transaction=True)  # identified over connections of the event loop's own
@pytest.mark.parametrize("make_client", [Client, AsyncClient])
def test_a_form_from_elsewhere_is_refused(make_client: type[Any], amy: User) -> None:
    client = make_client(enforce_csrf_checks=True)
    client.force_login(amy, backend=BACKEND)
    post, get = (
        async_to_sync(method) if make_client is AsyncClient else method
        for method in (client.post, client.get)
    )

    refused = post(reverse("preferences"), {"theme": "dark"})
    token = csrf_token(get(reverse("home")).content)
    accepted = post(reverse("preferences"), {"theme": "dark", "csrfmiddlewaretoken": token})
    by_header = post(reverse("preferences"), {"theme": "light"}, headers={"X-CSRFToken": token})
    foreign = post(
        reverse("preferences"),
        {"theme": "system", "csrfmiddlewaretoken": token},
        headers={"Origin": "https://evil.example"},
    )

    answers = [refused.status_code, accepted.status_code, by_header.status_code, foreign.status_code]
    assert answers == [403, 302, 302, 403]
    amy.refresh_from_db()
    assert amy.theme == "light"


def test_the_token_of_another_session_is_refused(amy: User, sam: User) -> None:
    mine, theirs = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    mine.force_login(amy, backend=BACKEND)
    theirs.force_login(sam, backend=BACKEND)
    token = csrf_token(theirs.get(reverse("home")).content)

    response = mine.post(reverse("preferences"), {"theme": "dark", "csrfmiddlewaretoken": token})

    assert response.status_code == 403


def test_preferences_are_kept_one_by_one(client: Client, amy: User) -> None:
    client.force_login(amy, backend=BACKEND)

    client.post(reverse("preferences"), {"theme": "dark"})
    client.post(
        reverse("preferences"), {"language": "de", "time_zone": "Europe/Vienna", "density": "comfortable"}
    )

    amy.refresh_from_db()
    assert (amy.theme, amy.language, amy.time_zone, amy.density) == (
        "dark",
        "de",
        "Europe/Vienna",
        "comfortable",
    )
    page = client.get(reverse("home"))
    assert page["Content-Language"] == "de"
    assert b'data-theme="dark" data-density="comfortable"' in page.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "neon"},
        {"density": "huge"},
        {"language": "xx"},
        {"time_zone": "Mars/Base"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_a_preference_that_does_not_exist_changes_nothing(
    client: Client, amy: User, wrong: dict[str, str]
) -> None:
    client.force_login(amy, backend=BACKEND)

    response = client.post(reverse("preferences"), wrong)

    assert response.status_code == 422
    amy.refresh_from_db()
    assert (amy.theme, amy.language, amy.time_zone) == ("system", "", "")


def test_preferences_lead_back_within_the_site_only(client: Client, amy: User) -> None:
    client.force_login(amy, backend=BACKEND)

    back = client.post(reverse("preferences"), {"theme": "dark", "next": "/orders/main/S00010/"})
    away = client.post(reverse("preferences"), {"theme": "dark", "next": "https://evil.example/"})

    assert (back["Location"], away["Location"]) == ("/orders/main/S00010/", reverse("home"))
