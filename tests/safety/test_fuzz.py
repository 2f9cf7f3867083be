"""Whatever is typed, sent or mangled, the answer is never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.safety.conftest import ORDER
from tests.safety.house import House, token_of

# The same examples in every run; no files are left behind.
quietly = settings(
    max_examples=70,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NASTY = (
    *(
        "",
        " ",
        "\0",
        "\n",
        "\r\nX: y",
        "..",
        "../..",
        "/",
        "//",
        "%",
        "%00",
        "%ff",
        "?",
        "#",
        "'",
        '"',
        "<",
        "{{7*7}}",
    ),
    *(
        "' OR 1=1 --",
        "😀",
        "é",
        "ß",
        "ı",
        "\u202e",
        "\ufeff",
        "\ud7ff",
        "0",
        "-1",
        "1e9",
        "NaN",
        "٣",
        "²",
        "9" * 30,
    ),
    *(
        ORDER,
        ORDER.lower(),
        f" {ORDER} ",
        f"{ORDER}/1",
        "S%",
        "S_0042",
        "x" * 101,
        "x" * 5000,
        "null",
        "[]",
        "true",
    ),
)
words = st.sampled_from(NASTY) | st.text(max_size=120)
slugs = st.sampled_from(["main", "north", "nowhere", "-", "_", "0", "MAIN", "a" * 300]) | st.from_regex(
    r"[-a-zA-Z0-9_]{1,60}", fullmatch=True
)
names = st.sampled_from(["company", "panel", "again", "next", "lang", "format", "q", "cursor"]) | words
queries = st.lists(st.tuples(names, words), max_size=4)
plain = st.none() | st.booleans() | st.integers() | st.floats() | words
bodies = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@contextmanager
def _never_broken(house: House, answer: httpx.Response) -> Iterator[httpx.Response]:
    house.answers.clear()  # the other tests look at what they asked for themselves
    assert answer.status_code < 500, (answer.request.method, str(answer.request.url)[:300])
    yield answer


@pytest.fixture
def browser(house: House) -> httpx.Client:
    return house.browser("supervisor")


@pytest.fixture
def api(house: House) -> Iterator[httpx.Client]:
    with house.api("supervisor") as client:
        yield client


@quietly
@given(slug=slugs, ref=words, query=queries)
def test_any_address_of_an_order(
    house: House, browser: httpx.Client, slug: str, ref: str, query: Any
) -> None:
    with _never_broken(house, browser.get(f"/orders/{slug}/{_quoted(ref)}/?{_encoded(query)}")) as answer:
        assert answer.status_code in (200, 300, 302, 404)


@quietly
@given(slug=slugs, ref=words, query=queries)
def test_any_address_of_the_api(house: House, api: httpx.Client, slug: str, ref: str, query: Any) -> None:
    with _never_broken(house, api.get(f"/api/v1/orders/{slug}/{_quoted(ref)}?{_encoded(query)}")) as answer:
        assert answer.status_code in (200, 300, 400, 404)
        if answer.status_code >= 400 and "/api/v1/orders/" in answer.url.path and answer.content[:1] == b"{":
            assert answer.json()["code"] in ("not_found", "invalid")


@quietly
@given(body=bodies | st.dictionaries(st.just("q"), plain, min_size=1))
def test_any_json(house: House, api: httpx.Client, body: Any) -> None:
    with _never_broken(house, api.post("/api/v1/search", content=json.dumps(body), headers=JSON)) as answer:
        assert answer.status_code in (200, 400, 429)  # so many searches look like fishing


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"q": "\xff"}',
        b'{"q": "\\ud800"}',
        b'{"q": "\\u0000"}',
        b'{"q": ' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"q": 1' + b"0" * 5000 + b"}",
        b'{"q": NaN}',
        b'{"q": "' + b"x" * 3_000_000 + b'"}',
    ],
)
def test_broken_json(house: House, api: httpx.Client, content: bytes) -> None:
    with _never_broken(house, api.post("/api/v1/search", content=content, headers=JSON)) as answer:
        assert answer.status_code in (400, 413, 429)
        assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/xml"},
        {"Content-Type": "application/json; charset=nonsense"},
        {"Content-Type": "multipart/form-data"},
        {"Accept": "text/html"},
        {"Accept": "nonsense"},
        {"Accept-Language": "xx-" + "y" * 600},
        {"Accept-Language": "de;q=x,*;q=0"},
        {"X-Request-Id": "a b"},
        {"X-Request-Id": "x" * 5000},
        {"Authorization": "Bearer dgl_\xff"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer dgl__"},
        {"Cookie": "deskglass=" + "x" * 3000},
        {"Cookie": "deskglass=\xff; =; ;;"},
        {"HX-Request": "true", "HX-Current-URL": "http://[bad"},
        {"HX-Request": "true", "HX-Current-URL": "javascript:alert(1)"},
    ],
)
def test_odd_headers(house: House, browser: httpx.Client, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    with house.api("supervisor") as api, house.client("supervisor") as guest:
        guest.cookies.update(browser.cookies)  # a guest of the session: some headers make the server end it
        for client, method, path in (
            (guest, "GET", "/"),
            (guest, "GET", f"/orders/main/{ORDER}/?panel=lines"),
            (api, "GET", f"/api/v1/orders/main/{ORDER}"),
            (api, "POST", "/api/v1/search"),
            (api, "GET", "/api/v1/schema"),
        ):
            bare = {} if any(name in headers for name in ("Cookie", "Authorization")) else client.headers
            sent = [*((k.encode(), v.encode()) for k, v in bare.items() if k.title() not in headers), *raw]
            with _never_broken(house, client.request(method, path, headers=sent, content=b"{}")):
                pass


@quietly
@given(
    form=st.dictionaries(
        st.sampled_from(["theme", "density", "language", "time_zone", "next", "q", "search", "candidate"]),
        words,
    )
)
def test_any_form(house: House, browser: httpx.Client, form: dict[str, str]) -> None:
    content = _encoded([*form.items(), ("csrfmiddlewaretoken", token_of(browser))])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/search/", "/search/choose/", "/search/more/main/", "/preferences/"):
        with _never_broken(house, browser.post(path, content=content, headers=headers)):
            pass


@settings(quietly, max_examples=30)
@given(name=words, password=words, target=words)
def test_any_sign_in(house: House, name: str, password: str, target: str) -> None:
    with house.client() as client:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = token_of(client)
        pairs = [("csrfmiddlewaretoken", token), ("username", name), ("password", password), ("next", target)]
        answer = client.post(f"/sign-in/?next={_quoted(target)}", content=_encoded(pairs), headers=headers)
        with _never_broken(house, answer):
            assert answer.status_code in (200, 429)
