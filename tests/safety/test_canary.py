"""Every sensitive field of every kind of record is a token; every role looks everywhere; every sink is searched."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import httpx
import pytest
from django.conf import settings
from django_q.tasks import async_task
from pytest_django import DjangoDbBlocker

from cases.masking import leaves_of
from cases.models import Snapshot
from cases.schedules import sync_schedules
from cases.snapshots.sealing import unseal
from integrations.canonical import OrderRecord, Sensitivity
from tests.embed.conftest import CHALLENGE, VERIFIER
from tests.embed.signing import signed_request
from tests.safety.canary_odoo import Trick
from tests.safety.conftest import MAILED, ODOO_KEY, ORDER, TWICE
from tests.safety.expected import NOT_ON_THE_PAGE, ROLES, SENSITIVE_FIELDS, SIGHT, Sight
from tests.safety.house import House, dump_database, post_form, settled, sign_in
from tests.safety.people import FAR, OTHER, OWN, Person
from tests.safety.tokens import Mint, find_pieces, pieces

PANELS = (
    *("header", "lines", "stock", "shipments", "invoices", "payments", "returns", "customer", "loyalty"),
    *("timeline", "nonsense"),
)
EVERYBODY = (*ROLES, "outsider", "scope_without_role", "other_company")
COMPANIES = {
    **{role: {OWN} for role in ROLES},
    "supervisor": {OWN, OTHER},
    "other_company": {FAR},
    "outsider": set(),
    "scope_without_role": set(),
}
PAYMENT_NUMBERS = set(pieces("4111 1111 1111 1111") | pieces("8937 0400 4405 3201 3000"))
METRICS = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}


@dataclass
class Crawl:
    """Everything that came out, by who asked; pages and API apart, for the API shows more fields than a page."""

    house: House
    typed: set[str]  # pieces of what people typed, which nothing may keep
    typed_by: dict[str, str]
    pages: dict[str, list[httpx.Response]]
    api: dict[str, list[httpx.Response]]
    figures: str = ""


@pytest.fixture(scope="module")
def crawl(house: House, django_db_blocker: DjangoDbBlocker) -> Crawl:
    with django_db_blocker.unblock():
        sync_schedules()
        for task in ("cases.tasks.anchor_audit", "cases.tasks.forget_old_sessions"):
            async_task(task)
    mint = Mint(seed=99)
    typed_by = {who: f"{mint.text()}@{mint.text()}.example" for who in EVERYBODY}
    slips = [mint.text() for _ in range(9)]
    began = len(house.answers)
    with ThreadPoolExecutor(max_workers=4) as pool:
        for work in [pool.submit(_look_everywhere, house, who, typed_by[who]) for who in EVERYBODY]:
            work.result()
    _slip(house, slips)
    seen = house.answers[began:]
    return Crawl(
        house=house,
        typed=set().union(*(pieces(text) for text in typed_by.values()), *map(pieces, slips)),
        typed_by=typed_by,
        pages={who: [r for w, r in seen if w == who and "/api/" not in r.url.path] for who in EVERYBODY},
        api={who: [r for w, r in seen if w == who and "/api/" in r.url.path] for who in EVERYBODY},
        figures=httpx.get(f"{house.url}/metrics", headers=METRICS, trust_env=False).text,
    )


def _look_everywhere(house: House, who: str, typed: str) -> None:
    browser = house.browser(who)
    for connection in ("main", "north"):
        for name in (ORDER, TWICE, f"{TWICE}/?company=2", f"{ORDER}/?company=2", f"{Trick.LEAKY}1", typed):
            browser.get(f"/orders/{connection}/{name}" + ("" if "?" in name else "/"))
        settled(browser, f"/orders/{connection}/{ORDER}/")
    for panel in PANELS:
        again = {"panel": panel, "again": "1"}
        browser.get(f"/orders/main/{ORDER}/", params=again, headers={"HX-Request": "true"})
    for panel in ("", "customer"):
        browser.get(f"/orders/main/{Trick.SLOW}1/", params={"panel": panel})
    for name in (f"{Trick.REFUSED}1", f"{Trick.PARTLY}1", f"{Trick.BROKEN}1", f"{Trick.GARBLED}1"):
        browser.get(f"/orders/broken/{name}/")
    browser.get(f"/orders/broken/{Trick.REFUSED}1/", params={"panel": "invoices"})
    for query in (ORDER, TWICE, f"{Trick.LEAKY}1", typed, _email_of(house)):
        page = post_form(browser, "/search/", q=query).text
        for name, text in re.findall(r'name="(candidate|search)" value="([^"]+)"', page):
            post_form(browser, "/search/choose/", **{name: text})
            post_form(browser, "/search/more/main/", **{name: text, "q": query})
    asked = {"connection": "main", "ref": ORDER, "company": "1"}
    for field in ("customer.email", "messages[91].body", "order.lines[11].unit_cost", "payments[#0].ref"):
        browser.get("/why/", params={**asked, "field": field}, headers={"HX-Request": "true"})
    for path in ("/", "/nowhere/", "/readyz", "/orders/unknown/S1/", "/reveals/", "/settings/masking/"):
        browser.get(path)
    post_form(browser, "/preferences/", theme="dark", next="/")
    _look_out_of_frames(house, who, typed)
    _ask_the_api(house, who, typed)


def _look_out_of_frames(house: House, who: str, typed: str) -> None:
    """Where a tool has signed who is there, with their rights; and where nothing is proven, by a code."""
    with house.client(who) as client:
        client.headers["HX-Request"] = "true"
        page = client.post("/embed/force/", data={"signed_request": signed_request(userId=who, nonce=typed)})
        (handle,) = re.findall(r'data-launch="([^"]+)"', page.text)
        proven = client.post("/embed/force/token/", data={"launch": handle}).json()["token"]
        form = {"challenge": CHALLENGE, "origin": "https://tool.example"}
        code = post_form(house.browser(who), "/embed/tool/code/", **form).json()["code"]
        form = {"code": code, "verifier": VERIFIER, "origin": "https://tool.example"}
        hinted = client.post("/embed/tool/token/", data=form).json()["token"]
        for slug, bearer in (("force", proven), ("tool", hinted)):
            client.headers["Authorization"] = f"Bearer {bearer}"
            client.post(f"/embed/{slug}/view/", data={"ticket": typed[:20]})
            for connection, company in (("main", "1"), ("main", "2"), ("north", "1")):
                asked = {"connection": connection, "ref": ORDER, "company": company}
                client.post(f"/embed/{slug}/order/", data=asked)
            for query in (ORDER, TWICE, f"{Trick.LEAKY}1", _email_of(house)):
                found = client.post(f"/embed/{slug}/search/", data={"q": query}).text
                for token in re.findall(r'name="candidate" value="([^"]+)"', found):
                    client.post(f"/embed/{slug}/choose/", data={"candidate": token})
            client.get(f"/orders/main/{ORDER}/", params={"panel": "customer", "again": "1"})
            client.post(f"/embed/{slug}/end/")


def _email_of(house: House) -> str:
    """Of the one customer whom everybody looks for by e-mail; what one types oneself is shown to oneself."""
    return house.odoos["main"].books[MAILED, OWN].values["customer.email"]


def _ask_the_api(house: House, who: str, typed: str) -> None:
    with house.api(who) as api:
        for connection in ("main", "north"):
            for path in (ORDER, f"{TWICE}?company=2", TWICE, f"{Trick.LEAKY}1", typed):
                api.get(f"/api/v1/orders/{connection}/{path}")
        api.get(f"/api/v1/orders/main/{ORDER}", headers={"Accept": "text/html"})
        for trick in (Trick.REFUSED, Trick.PARTLY, Trick.GARBLED):
            api.get(f"/api/v1/orders/broken/{trick}1")
        for query in (ORDER, TWICE, f"{Trick.LEAKY}1", typed, _email_of(house)):
            api.post("/api/v1/search", json={"q": query})
        api.get("/api/v1/schema")
        api.options(f"/api/v1/orders/main/{ORDER}")


def _slip(house: House, slips: list[str]) -> None:
    """What people put where it does not belong: a password as the name, somebody's address in an address."""
    one, two, three, four, five, six, seven, eight, nine = slips
    with house.client() as client:
        sign_in(client, one, two)
        sign_in(client, f"{three}@mail.example", "wrong", next=f"/orders/main/{four}/")
        client.get("/sign-in/", params={"next": f"/?q={five}", "password": six})
        client.get(f"/orders/main/{seven}/", params={"q": seven})
        client.get(
            f"/{eight}/{eight}",
            headers={"Referer": f"https://mail.example/{eight[:14]}", "User-Agent": eight[:14]},
        )
        client.post("/search/", data={"q": nine})


def _text(response: httpx.Response) -> str:
    """A whole answer: body, headers and cookies."""
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.multi_items())
    return f"{head}\n{response.text}"


def _found_in(responses: list[httpx.Response]) -> set[str]:
    return set().union(*(_find(text) for text in {_text(response) for response in responses}))


@cache
def _find(text: str) -> frozenset[str]:
    return frozenset(find_pieces(text))


def _allowed(house: House, who: str) -> set[str]:
    """All that somebody may find anywhere, by the table of this test."""
    sights = {path: row.get(_role(who), Sight.NONE) for path, row in SIGHT.items()}
    return set(pieces(_email_of(house))).union(
        *(
            book.allowed_to(sights)
            for odoo in house.odoos.values()
            for (_name, company), book in odoo.books.items()
            if company in COMPANIES[who]
        )
    )


def _must_find(house: House, who: str, connection: str, *, skip: frozenset[str] = frozenset()) -> set[str]:
    """All of the one order that everybody with a role opens, except what the fields in ``skip`` hold."""
    book = house.odoos[connection].books[ORDER, OWN]
    sights = {path: row.get(_role(who), Sight.NONE) for path, row in SIGHT.items()}
    return {piece for piece in book.allowed_to(sights) if book.needed[piece][0] not in skip}


def _role(who: str) -> str:
    return "supervisor" if who == "other_company" else who


def _known(house: House) -> set[str]:
    return set().union(*(odoo.all_pieces() for odoo in house.odoos.values())) | PAYMENT_NUMBERS


def test_every_sensitive_field_holds_a_token(house: House) -> None:
    for name in ("main", "north"):
        book = house.odoos[name].books[ORDER, OWN]
        through_others = {path for path in SENSITIVE_FIELDS if path.startswith(("timeline.", "match."))}

        assert set(book.values) == SENSITIVE_FIELDS - through_others


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_finds_more_than_the_table_allows(crawl: Crawl, who: str) -> None:
    found = _found_in([*crawl.pages[who], *crawl.api[who]])

    assert _named(crawl.house, (found & _known(crawl.house)) - _allowed(crawl.house, who)) == {}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("connection", ["main", "north"])
def test_everybody_finds_all_that_the_table_allows(crawl: Crawl, who: str, connection: str) -> None:
    """Without this the other tests could look at empty pages and be content."""
    missing_on_pages = _must_find(crawl.house, who, connection, skip=NOT_ON_THE_PAGE) - _found_in(
        crawl.pages[who]
    )
    missing_in_api = _must_find(crawl.house, who, connection) - _found_in(crawl.api[who])

    assert _named(crawl.house, missing_on_pages) == {}
    assert _named(crawl.house, missing_in_api) == {}


@pytest.mark.parametrize("who", ["agent", "finance", "auditor"])
@pytest.mark.parametrize("path", ["customer.email", "messages.body", "customer.delivery_address.city"])
def test_a_revealed_value_stands_in_its_own_answers_and_nowhere_else(
    crawl: Crawl, who: str, path: str
) -> None:
    """Before the tests about logs, tables and files, which look for it there as for everything else."""
    house, book = crawl.house, crawl.house.odoos["main"].books[ORDER, OWN]
    whole = find_pieces(book.values[path]) & book.needed.keys()
    with house.api(who) as api:
        ids = [message["id"] for message in api.get(f"/api/v1/orders/main/{ORDER}").json()["messages"]]
    place = path.replace("messages.", f"messages[{min(ids)}].")
    asked = {"connection": "main", "ref": ORDER, "company": "1", "field": place}
    why = {"reason": "other", "reason_text": "The canary has to be seen once"}
    browser = house.browser(who)

    page = post_form(browser, "/reveal/", **asked, **why)
    with house.api(who) as api:
        order = {"connection": "main", "ref": ORDER, "company": 1}
        told = api.post("/api/v1/reveal", json={"order": order, "field": place, "reason": why["reason_text"]})
        after = [api.get(f"/api/v1/orders/main/{ORDER}"), settled(browser, f"/orders/main/{ORDER}/")]
    after += [browser.get("/why/", params=asked), house.browser("supervisor").get("/reveals/?show=all")]

    assert whole
    for answer in (page, told):
        assert answer.status_code == 200
        found = find_pieces(_text(answer)) & _known(house)
        assert found >= whole
        assert {book.needed[piece][0] for piece in found} == {path}
    hidden = {piece for piece in whole if book.needed[piece][1] is Sight.WHOLE}
    assert hidden
    assert not _found_in(after[:3]) & hidden
    assert "The canary has to be seen once" in after[3].text
    assert not find_pieces(after[3].text) & _known(house)


def test_what_one_types_comes_back_to_nobody_else(crawl: Crawl) -> None:
    for who in EVERYBODY:
        others = set().union(*(pieces(text) for other, text in crawl.typed_by.items() if other != who))
        assert not _found_in([*crawl.pages[who], *crawl.api[who]]) & others


def test_no_log_line_holds_a_token(crawl: Crawl) -> None:
    log = crawl.house.log_text()
    found = find_pieces(log)

    assert "odoo_call_failed" in log
    assert "console.access" in log
    assert _named(crawl.house, found & _known(crawl.house)) == {}
    assert not found & crawl.typed
    assert not [person.who for person in crawl.house.people.values() if found & _own_pieces(person)]
    assert not [secret for secret in (*_secrets(crawl.house), *_sessions(crawl.house)) if secret in log]


def test_no_figure_holds_a_token(crawl: Crawl) -> None:
    found = find_pieces(crawl.figures)

    assert (
        'deskglass_requests_total{method="GET",route="orders/<slug:connection>/<path:ref>/"' in crawl.figures
    )
    assert not found & (_known(crawl.house) | crawl.typed)
    assert not [secret for secret in _secrets(crawl.house) if secret in crawl.figures]


def test_no_table_holds_a_token(crawl: Crawl, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        dumped = dump_database()
    forbidden = _known(crawl.house) | crawl.typed

    assert {table for table, rows in dumped.items() if "order_opened" in rows} == {"public.cases_auditentry"}
    assert dumped["public.django_session"]
    assert dumped["public.axes_accessattempt"]
    assert dumped["public.django_q_task"] or dumped["public.django_q_success"]
    for table, rows in dumped.items():
        assert not find_pieces(rows) & forbidden, table
        assert not [secret for secret in _secrets(crawl.house) if secret in rows], table
        if table != "public.django_session":  # where a session is found by its key
            assert not [session for session in _sessions(crawl.house) if session in rows], table


def test_a_snapshot_opened_with_our_own_key_holds_no_payment_detail(
    crawl: Crawl, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        kept = list(Snapshot.objects.all())
    opened = [
        unseal(
            bytes(row.content),
            key_id=row.encryption_key_id,
            place=f"snapshot/{row.connection_id}/{row.key}",
            fetched_at=row.fetched_at,
        )
        for row in kept
    ]
    found = set().union(*(find_pieces(repr(one.reading)) for one in opened))
    held = {
        book.needed[piece][0]
        for odoo in crawl.house.odoos.values()
        for book in odoo.books.values()
        for piece in found & book.needed.keys()
    }
    payment = {path for path, kind, _ in leaves_of(OrderRecord) if kind is Sensitivity.PAYMENT}

    assert len(payment) >= 5
    assert held >= {"customer.email", "customer.name", "messages.body", "order.lines.unit_cost"}
    assert not held & payment
    assert not found & PAYMENT_NUMBERS


def test_no_file_that_the_processes_write_holds_a_token(crawl: Crawl) -> None:
    written = [path for path in crawl.house.directory.rglob("*") if path.is_file() and path.suffix != ".log"]

    assert any(path.parent.name == "figures" for path in written)
    for path in written:
        found = find_pieces(path.read_bytes().decode("utf-8", "replace"))
        assert not found & (_known(crawl.house) | crawl.typed), path.name


def test_no_error_quotes_what_odoo_said(crawl: Crawl) -> None:
    """Its messages name people, its tracebacks quote rows."""
    quoted = set().union(*(odoo.own.forbidden for odoo in crawl.house.odoos.values()))
    answers = [answer for _who, answer in crawl.house.answers]

    assert quoted
    assert {answer.status_code for answer in answers} >= {200, 300, 302, 404, 503}
    assert not [answer.url for answer in answers if answer.status_code == 500]
    assert not _found_in(answers) & quoted


def _own_pieces(person: Person) -> set[str]:
    return set(pieces(f"{person.username} {person.password} {person.full_name}"))


def _secrets(house: House) -> list[str]:
    """Whole keys and passwords, which stand nowhere but where they are configured or hashed."""
    tokens = [*house.odd_tokens.values(), *(person.token for person in house.people.values())]
    configured = [settings.SECRET_KEY, settings.DESKGLASS_ENCRYPTION_KEY, settings.DESKGLASS_SEARCH_KEY]
    passwords = [person.password for person in house.people.values()]
    return [ODOO_KEY, settings.METRICS_TOKEN, *configured, *tokens, *passwords]


def _sessions(house: House) -> list[str]:
    return [client.cookies["deskglass"] for client in house.signed_in.values()]


def _named(house: House, found: set[str]) -> dict[str, str]:
    """The fields behind pieces, for a failure that says what leaked."""
    return {
        piece: next(
            (
                f"{slug} {name} of company {company}: {book.needed[piece][0]}"
                for slug, odoo in house.odoos.items()
                for (name, company), book in odoo.books.items()
                if piece in book.needed
            ),
            "for nobody",
        )
        for piece in found
    }
