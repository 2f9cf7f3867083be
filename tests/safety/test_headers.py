"""What every answer carries, and what forged, repeated and misdirected requests get."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from django.conf import settings

from console.logs import hide_path
from tests.safety.conftest import ORDER
from tests.safety.house import House, csrf_token, post_form, sign_in, token_of

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FRAMED = {"/embed/tool/": "https://tool.example", "/embed/force/": "https://force.example"}
EVIL = (
    *("https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *("http:evil.example", "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "\t//evil.example"),
    *("https:///evil.example", "https:evil.example", "//127.0.0.1:1@evil.example", "\x01//evil.example"),
    *("//evil.example%2f..", "https://127.0.0.1.evil.example", "ftp://127.0.0.1/", "/ok\r\nSet-Cookie: a=b"),
)


@pytest.fixture(scope="module")
def every_answer(house: House) -> list[httpx.Response]:
    """All answers of the tests before this one, and some of every kind."""
    browser = house.browser("finance")
    for path in (
        *(
            "/",
            f"/orders/main/{ORDER}/",
            f"/orders/main/{ORDER}/?panel=lines",
            "/orders/main/S99999/",
            "/nowhere",
        ),
        *(
            "/orders/broken/BROKEN1/",
            "/healthz",
            "/readyz",
            "/metrics",
            "/static/css/base.css",
            "/static/none.css",
        ),
        *("/search/", "/api/v1/schema", "/api/v1/search", f"/api/v1/orders/main/{ORDER}", "/api/v1/nowhere"),
    ):
        browser.get(path)
        browser.post(path)
    with house.api("finance") as api:
        api.get("/api/v1/orders/broken/REFUSED1")
    with house.client() as client:
        client.get("/")
        client.get("/sign-in/")
        for path in ("/embed/tool/", "/embed/force/", "/embed/nowhere/", "/embed/tool/sign-in/"):
            client.get(path)
        client.get("/", headers={"Host": "evil.example"})
        client.get("/static/css/base.css", headers={"Host": "evil.example"})
        client.get("/" + "x" * 3000)
    return [answer for _who, answer in house.answers]


def test_every_answer_carries_the_headers(every_answer: list[httpx.Response]) -> None:
    kinds = {answer.status_code for answer in every_answer}
    assert kinds >= {200, 302, 400, 401, 403, 404, 405, 503}
    for answer in every_answer:
        headers, name = answer.headers, f"{answer.status_code} {answer.request.method} {answer.url.path}"
        policy = dict(
            part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";")
        )
        alive = {"default-src": "'none'", "frame-ancestors": "'none'"}
        # The one address that may stand in a frame: in those of its own place, and of nobody else.
        is_framed = answer.url.path in FRAMED and answer.status_code in (200, 403)
        parents = {"frame-ancestors": FRAMED[answer.url.path]} if is_framed else {}
        assert policy == (
            alive if answer.url.path == "/healthz" and answer.status_code == 200 else {**CSP, **parents}
        ), name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers.get("X-Frame-Options") == (None if is_framed else "DENY"), name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in headers, name
        assert "Server" not in headers, name
        if not answer.url.path.startswith("/static/"):
            assert "no-store" in headers["Cache-Control"], name


def test_no_answer_is_a_fault_of_ours(every_answer: list[httpx.Response]) -> None:
    assert not [answer.url for answer in every_answer if answer.status_code in (500, 501, 502)]


def test_every_cookie_is_kept_from_scripts_and_other_sites(every_answer: list[httpx.Response]) -> None:
    cookies = [cookie for answer in every_answer for cookie in answer.headers.get_list("Set-Cookie")]

    assert {cookie.partition("=")[0] for cookie in cookies} == {"deskglass"}
    for cookie in cookies:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"samesite=lax", "path=/"} <= parts
        assert "httponly" in parts or cookie.startswith('deskglass="";')  # the latter takes it away


@pytest.mark.parametrize("path", ["/search/", "/preferences/", "/sign-out/", "/sign-in/"])
def test_a_forged_form_is_refused(house: House, path: str) -> None:
    own, other = house.browser("agent"), house.browser("auditor")
    form = {"q": ORDER, "theme": "dark"}
    foreign = {"csrfmiddlewaretoken": token_of(other)}

    assert own.post(path, data=form).status_code == 403
    assert own.post(path, data={**form, **foreign}).status_code == 403
    assert own.post(path, data=form, headers={"X-CSRFToken": "x" * 64}).status_code == 403
    right = {"csrfmiddlewaretoken": token_of(own)}
    assert (
        own.post(path, data={**form, **right}, headers={"Origin": "https://evil.example"}).status_code == 403
    )
    assert own.get("/").status_code == 200


def test_a_refused_form_answers_with_our_own_page(house: House) -> None:
    page = house.browser("agent").post("/search/", data={"q": "qq@example.com"}).text

    assert "<style" not in page
    assert "qq@example.com" not in page
    assert '<link rel="stylesheet"' in page


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_and_preferences_lead_nowhere_else(house: House, target: str) -> None:
    person = house.people["admin"]
    with house.client() as client:
        answers = [sign_in(client, person.username, person.password, next=target)]
        answers.append(client.get("/sign-in/", params={"next": target}))
        answers.append(post_form(client, "/preferences/", theme="dark", next=target))
    for answer in answers:
        location = answer.headers["Location"]
        assert answer.status_code == 302
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\", "/\t"))
        assert "evil" not in location or location.startswith("/ok")
        assert "a" not in answer.cookies


def test_signing_in_gives_the_session_a_new_key(house: House) -> None:
    person = house.people["admin"]
    with house.client() as client:
        page = client.get("/sign-in/").text
        planted = client.cookies["deskglass"]
        form = {
            "csrfmiddlewaretoken": csrf_token(page),
            "username": person.username,
            "password": person.password,
        }
        client.post("/sign-in/", data=form)
        assert client.cookies["deskglass"] != planted
    with house.client() as thief:
        thief.cookies.set("deskglass", planted)
        assert thief.get("/").status_code == 302
        thief.cookies.clear()
        given = thief.get("/sign-in/", headers={"Cookie": "deskglass=chosen-by-somebody-else-0000000"})
        assert given.cookies["deskglass"] != "chosen-by-somebody-else-0000000"


def test_a_look_at_the_api_neither_needs_nor_ends_the_session(house: House) -> None:
    browser = house.browser("auditor")
    for path in ("/api/v1/schema", f"/api/v1/orders/main/{ORDER}", "/api/v1/nowhere"):
        assert "Set-Cookie" not in browser.get(path).headers

    assert browser.get("/").status_code == 200


def test_guessing_a_password_is_stopped_for_that_person_only(house: House) -> None:
    person, other = house.people["throttled"], house.people["admin"]
    with house.client() as client:
        tries = [
            sign_in(client, person.username, f"guess {n}").status_code
            for n in range(settings.AXES_FAILURE_LIMIT)
        ]
        assert tries[:-1] == [200] * (len(tries) - 1)
        assert sign_in(client, person.username, person.password).status_code == 429
        assert sign_in(client, person.username.upper(), person.password).status_code in (200, 429)
        assert sign_in(client, other.username, other.password).status_code == 302


def test_a_wrong_name_and_a_wrong_password_answer_alike(house: House) -> None:
    def refused(username: str) -> str:
        with house.client() as client:
            answer = sign_in(client, username, "wrong")
            page = answer.text.replace(answer.headers["X-Request-Id"], "").replace(username, "")
            return page.replace(csrf_token(page), "")

    inactive, missing = refused(house.people["inactive"].username), refused("nobody-of-that-name")
    known = refused(house.people["auditor"].username)
    assert _without_form_tokens(inactive) == _without_form_tokens(missing) == _without_form_tokens(known)


def _without_form_tokens(page: str) -> str:
    import re

    return re.sub(r'"X-CSRFToken": "[A-Za-z0-9]+"', "", page)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "a b", "127.0.0.1@evil"]
)
def test_another_host_name_is_refused_everywhere(house: House, host: str) -> None:
    browser = house.browser("finance")
    for path in (
        "/",
        f"/orders/main/{ORDER}/",
        "/sign-in/",
        "/api/v1/schema",
        "/static/css/base.css",
        "/nowhere",
    ):
        answer = browser.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text
    forwarded = browser.get("/nowhere", headers={"X-Forwarded-Host": host, "Forwarded": f"host={host}"})
    assert forwarded.status_code == 404
    assert "evil" not in forwarded.text


def test_many_at_once_do_not_mix_up_their_pages(house: House) -> None:
    """Viewers share one reading of Odoo, each behind their own mask."""
    name = house.odoos["main"].books[ORDER, 1].values["customer.email"]
    clients = {who: house.api(who) for who in ("agent", "supervisor", "finance", "admin")}

    def ask(who: str) -> bool:
        return name in clients[who].get(f"/api/v1/orders/main/{ORDER}").text

    with ThreadPoolExecutor(8) as pool:
        askers = [*clients] * 10
        seen = list(zip(askers, pool.map(ask, askers), strict=True))

    assert {who for who, saw in seen if saw} == {"supervisor"}
    assert all(saw for who, saw in seen if who == "supervisor")


def test_a_log_line_of_django_names_neither_path_nor_foreign_page() -> None:
    path = "/orders/main/Zoë Müller/"
    spelled = path.encode("unicode_escape").decode()
    told = "Referer checking failed - https://mail.example/inbox/zoe does not match"
    record = logging.LogRecord("django", logging.WARNING, "", 0, "%s: %s", (told, spelled), None)
    record.request = SimpleNamespace(path=path)
    hide_path(record)

    assert record.getMessage() == "Referer checking failed - https://mail.example does not match: [path]"
