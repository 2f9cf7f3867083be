"""Who gets which answer where: every address, every method, everybody; an address without a row here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings

from console.urls import urlpatterns
from tests.safety.conftest import ORDER, TWICE
from tests.safety.expected import ROLES
from tests.safety.house import House, post_form, settled, sign_in, token_of
from tests.safety.people import CASE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STRANGERS = ("outsider", "scope_without_role", "other_company")
PEOPLE = (*ROLES, *STRANGERS, "deactivated", "anonymous")
BEARERS = (
    *ROLES,
    *STRANGERS,
    "inactive",
    "expired",
    "revoked",
    "orders_only",
    "search_only",
    "no_token",
    "cookie",
)
NO_ACTION = "01a20000-0000-7000-8000-000000000000"
NOBODY = ("inactive", "expired", "revoked", "no_token", "cookie")
NOT_SIGNED_IN = ("deactivated", "anonymous")


def _readers_of_rules(answer: int) -> str:
    """Those who read rules get it, everybody else is turned away."""
    readers = ("admin", "supervisor", "finance", "auditor", "other_company")
    return " ".join(("nobody=302", *(f"{who}={answer}" for who in readers), "*=403"))


# Per address: an example of it, and per method who gets what: "who=status ...", "*" for everybody else.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    # First, so that a page after them takes away what they say. An empty form is refused with a sentence.
    "holds/place/": (
        "/holds/place/",
        {"POST": "nobody=302 supervisor=302 finance=302 other_company=302 *=403", "*": "*=405"},
    ),
    # A hold that does not exist; those that do: see the tests of holds.
    "holds/<int:hold_id>/lift/": ("/holds/999999/lift/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    # Without an order, so that there is none to refund; and an action that does not exist: see the tests of actions.
    "cases/<int:case_id>/refund/": (
        f"/cases/{CASE}/refund/",
        {"GET HEAD": "nobody=302 strangers=404 auditor=403 admin=403 *=404", "*": "*=405"},
    ),
    # Without an order; and of a case that is older than what can be undone: see the tests of refunds from the order.
    "cases/refund/": (
        "/cases/refund/",
        {"POST": "nobody=302 auditor=403 admin=403 outsider=403 scope_without_role=403 *=404", "*": "*=405"},
    ),
    "cases/<int:case_id>/refund/undo/": (
        f"/cases/{CASE}/refund/undo/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "cases/<int:case_id>/refund/try/": (
        f"/cases/{CASE}/refund/try/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=200", "*": "*=405"},
    ),
    "cases/<int:case_id>/refund/ask/": (
        f"/cases/{CASE}/refund/ask/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    # Without an order again: see the tests of replacements.
    "cases/<int:case_id>/replacement/": (
        f"/cases/{CASE}/replacement/",
        {"GET HEAD": "nobody=302 strangers=404 auditor=403 admin=403 *=404", "*": "*=405"},
    ),
    "cases/<int:case_id>/replacement/try/": (
        f"/cases/{CASE}/replacement/try/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=200", "*": "*=405"},
    ),
    "cases/<int:case_id>/replacement/ask/": (
        f"/cases/{CASE}/replacement/ask/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "cases/<int:case_id>/exchange/": (
        f"/cases/{CASE}/exchange/",
        {"GET HEAD": "nobody=302 strangers=404 auditor=403 admin=403 *=404", "*": "*=405"},
    ),
    "cases/<int:case_id>/exchange/try/": (
        f"/cases/{CASE}/exchange/try/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=200", "*": "*=405"},
    ),
    "cases/<int:case_id>/exchange/ask/": (
        f"/cases/{CASE}/exchange/ask/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "cases/<int:case_id>/return/": (
        f"/cases/{CASE}/return/",
        {"GET HEAD": "nobody=302 strangers=404 auditor=403 admin=403 *=404", "*": "*=405"},
    ),
    "cases/<int:case_id>/return/try/": (
        f"/cases/{CASE}/return/try/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=200", "*": "*=405"},
    ),
    "cases/<int:case_id>/return/ask/": (
        f"/cases/{CASE}/return/ask/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "actions/<uuid:action_id>/": (f"/actions/{NO_ACTION}/", {"GET HEAD": "nobody=302 *=404", "*": "*=405"}),
    "actions/<uuid:action_id>/progress/": (
        f"/actions/{NO_ACTION}/progress/",
        {"GET HEAD": "nobody=302 *=404", "*": "*=405"},
    ),
    "actions/<uuid:action_id>/documents/": (
        f"/actions/{NO_ACTION}/documents/",
        {"GET HEAD": "nobody=302 *=404", "*": "*=405"},
    ),
    **{
        f"actions/<uuid:action_id>/{verb}/": (
            f"/actions/{NO_ACTION}/{verb}/",
            {"POST": f"nobody=302 *={answer}", "*": "*=405"},
        )
        for verb, answer in (
            ("decide", 404),
            ("submit", 404),
            ("cancel", 404),
            ("fix", 400),
            ("care", 400),
        )
    },
    "approvals/": ("/approvals/", {"GET HEAD": "nobody=302 *=200", "*": "*=405"}),
    # Without a colleague to decide, and a delegation that does not exist: see the tests of delegations.
    "approvals/for-me/": ("/approvals/for-me/", {"GET HEAD": "nobody=302 *=200", "*": "*=405"}),
    "approvals/for-me/ask/": ("/approvals/for-me/ask/", {"POST": "nobody=302 *=302", "*": "*=405"}),
    "approvals/for-me/<int:delegation_id>/end/": (
        "/approvals/for-me/999999/end/",
        {"POST": "nobody=302 *=404", "*": "*=405"},
    ),
    "parked/several/": ("/parked/several/", {"POST": "nobody=302 *=400", "*": "*=405"}),
    "actions/<uuid:action_id>/since/": (
        f"/actions/{NO_ACTION}/since/",
        {"GET HEAD": "nobody=302 *=404", "*": "*=405"},
    ),
    "parked/": ("/parked/", {"GET HEAD": "nobody=302 *=200", "*": "*=405"}),
    "audit/": (
        "/audit/",
        {
            "GET HEAD": "nobody=302 supervisor=200 finance=200 auditor=200 other_company=200 *=403",
            "*": "*=405",
        },
    ),
    "audit/export/": ("/audit/export/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    # Forms without what they ask for, so that nothing is opened, given away or changed; see also the tests of cases.
    "cases/open/": ("/cases/open/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    "cases/assign/": ("/cases/assign/", {"POST": "*=302", "*": "*=405"}),
    "cases/views/": ("/cases/views/", {"POST": "*=302", "*": "*=405"}),
    "cases/<int:case_id>/notes/": (
        f"/cases/{CASE}/notes/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "cases/<int:case_id>/change/": (
        f"/cases/{CASE}/change/",
        {"POST": "nobody=302 strangers=404 auditor=403 admin=403 *=302", "*": "*=405"},
    ),
    "cases/<int:case_id>/": (
        f"/cases/{CASE}/",
        {"GET HEAD": "nobody=302 strangers=404 *=200", "*": "*=405"},
    ),
    "cases/<int:case_id>/live/": (
        f"/cases/{CASE}/live/",
        {"GET HEAD": "nobody=302 strangers=404 *=200", "*": "*=405"},
    ),
    # The same for everybody, whatever is named; what is read for whom: see the tests of snapshots.
    "preload/": ("/preload/", {"POST": "nobody=302 *=204", "*": "*=405"}),
    "": ("/", {"GET HEAD": "nobody=302 *=200", "*": "*=405"}),
    # Without a field, a reveal or a notice that there is; what is there: see below and the tests of reveals.
    "why/": ("/why/?field=customer.email", {"GET HEAD": "nobody=302 *=200", "*": "*=405"}),
    "reveal/": ("/reveal/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    "reveal/<int:reveal_id>/": ("/reveal/999999/", {"GET HEAD": "nobody=302 *=404", "*": "*=405"}),
    "reveals/": (
        "/reveals/",
        {"GET HEAD": "nobody=302 supervisor=200 auditor=200 other_company=200 *=403", "*": "*=405"},
    ),
    "reveals/<int:reveal_id>/reviewed/": (
        "/reveals/999999/reviewed/",
        {"POST": "nobody=302 supervisor=404 auditor=404 other_company=404 *=403", "*": "*=405"},
    ),
    "reveals/notices/<int:notice_id>/seen/": (
        "/reveals/notices/999999/seen/",
        {"POST": "nobody=302 supervisor=404 other_company=404 *=403", "*": "*=405"},
    ),
    "operations/reconciliation/": (
        "/operations/reconciliation/",
        {
            "GET HEAD": "nobody=302 supervisor=200 finance=200 auditor=200 other_company=200 *=403",
            "*": "*=405",
        },
    ),
    # Without a connection on which anything is written, and a difference that does not exist: see the tests of both.
    "operations/reconciliation/run/": (
        "/operations/reconciliation/run/",
        {"POST": "nobody=302 *=403", "*": "*=405"},
    ),
    "operations/reconciliation/<int:finding_id>/accept/": (
        "/operations/reconciliation/999999/accept/",
        {"POST": "nobody=302 *=403", "*": "*=405"},
    ),
    "help/runbooks/<slug:cause>/": (
        "/help/runbooks/gave_up/",
        {"GET HEAD": "nobody=302 *=200", "*": "*=405"},
    ),
    "operations/": (
        "/operations/",
        {"GET HEAD": "nobody=302 admin=200 supervisor=200 other_company=200 *=403", "*": "*=405"},
    ),
    # A change without a reason, a preview of no order, a change that is none.
    "settings/masking/": (
        "/settings/masking/",
        {
            "GET HEAD": "nobody=302 admin=200 supervisor=200 auditor=200 other_company=200 *=403",
            "POST": "nobody=302 admin=422 *=403",
            "*": "*=405",
        },
    ),
    "settings/masking/preview/": (
        "/settings/masking/preview/",
        {"POST": "nobody=302 admin=404 supervisor=404 auditor=404 other_company=404 *=403", "*": "*=405"},
    ),
    # A draft without a reason, a draft that does not exist; those that do: see the tests of the rulebook.
    "settings/policies/": (
        "/settings/policies/",
        {
            "GET HEAD": _readers_of_rules(200),
            "POST": "nobody=302 admin=422 supervisor=422 other_company=422 *=403",
            "*": "*=405",
        },
    ),
    **{
        f"settings/policies/{address}": (
            f"/settings/policies/{example}",
            {
                "GET HEAD": _readers_of_rules(answer),
                **({"POST": _readers_of_rules(answer)} if address.endswith("trial/") else {}),
                "*": "*=405",
            },
        )
        for address, example, answer in (
            ("codes/", "codes/", 200),
            ("versions/<int:version>/", "versions/0/", 200),
            ("drafts/<int:draft_id>/", "drafts/999999/", 404),
            ("drafts/<int:draft_id>/trial/", "drafts/999999/trial/", 404),
        )
    },
    **{
        f"settings/policies/drafts/<int:draft_id>/{verb}/": (
            f"/settings/policies/drafts/999999/{verb}/",
            {"POST": "nobody=302 admin=404 supervisor=404 other_company=404 *=403", "*": "*=405"},
        )
        for verb in ("publish", "withdraw", "codes")
    },
    "settings/policies/drafts/<int:draft_id>/rules/<slug:rule>/": (
        "/settings/policies/drafts/999999/rules/windows/",
        {"GET HEAD POST": "nobody=302 admin=404 supervisor=404 other_company=404 *=403", "*": "*=405"},
    ),
    "settings/scopes/": ("/settings/scopes/", {"GET HEAD": "nobody=302 admin=200 *=403", "*": "*=405"}),
    "settings/scopes/change/": (
        "/settings/scopes/change/",
        {"POST": "nobody=302 admin=422 *=403", "*": "*=405"},
    ),
    # Of a number that nobody has: who may not change people learns nothing of it.
    "settings/erasure/": (
        "/settings/erasure/",
        {"GET HEAD": "nobody=302 admin=200 *=403", "POST": "nobody=302 admin=422 *=403", "*": "*=405"},
    ),
    # A change that is none; a connection that is not there.
    "settings/writing/": (
        "/settings/writing/",
        {"GET HEAD": "nobody=302 admin=200 supervisor=200 other_company=200 *=403", "*": "*=405"},
    ),
    "settings/writing/change/": (
        "/settings/writing/change/",
        {"POST": "nobody=302 admin=422 supervisor=422 other_company=422 *=403", "*": "*=405"},
    ),
    "settings/writing/<slug:connection>/guarantee/": (
        "/settings/writing/nowhere/guarantee/",
        {"GET HEAD": "nobody=302 admin=404 supervisor=404 other_company=404 *=403", "*": "*=405"},
    ),
    # A change that is none.
    "settings/returns/": ("/settings/returns/", {"GET HEAD": "nobody=302 admin=200 *=403", "*": "*=405"}),
    "settings/returns/change/": (
        "/settings/returns/change/",
        {"POST": "nobody=302 admin=422 *=403", "*": "*=405"},
    ),
    # A change that is none.
    "settings/embedding/": ("/settings/embedding/", {"GET HEAD": "nobody=302 admin=200 *=403", "*": "*=405"}),
    "settings/embedding/change/": (
        "/settings/embedding/change/",
        {"POST": "nobody=302 admin=422 *=403", "*": "*=405"},
    ),
    # The same for everybody: who is signed in counts in the window beside a frame alone; a proof and a code that are
    # none. With a bearer: see the tests of frames.
    "embed/<slug:slug>/": ("/embed/tool/", {"GET HEAD": "*=200", "POST": "*=403", "*": "*=405"}),
    "embed/<slug:slug>/sign-in/": (
        "/embed/tool/sign-in/",
        {"GET HEAD": "*=200", "POST": "nobody=200 *=302", "*": "*=405"},
    ),
    "embed/<slug:slug>/code/": ("/embed/tool/code/", {"POST": "nobody=401 *=403", "*": "*=405"}),
    "embed/<slug:slug>/token/": ("/embed/tool/token/", {"POST": "*=403", "*": "*=405"}),
    **{
        f"embed/<slug:slug>/{name}/": (f"/embed/tool/{name}/", {"POST": "*=401", "*": "*=405"})
        for name in ("renew", "end", "view", "order", "search", "choose", "live")
    },
    "settings/people/": ("/settings/people/", {"GET HEAD POST": "nobody=302 admin=200 *=403", "*": "*=405"}),
    "settings/people/<int:user_id>/": (
        "/settings/people/999999/",
        {"GET HEAD": "nobody=302 admin=404 *=403", "*": "*=405"},
    ),
    "settings/people/<int:user_id>/change/": (
        "/settings/people/999999/change/",
        {"POST": "nobody=302 admin=404 *=403", "*": "*=405"},
    ),
    "search/": ("/search/", {"POST": "nobody=302 *=200", "GET HEAD": "*=302", "*": "*=405"}),
    # Without a search that one began, and without a candidate that one was offered: see below.
    "search/more/<slug:connection>/": ("/search/more/main/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    "search/choose/": ("/search/choose/", {"POST": "nobody=302 *=404", "*": "*=405"}),
    "orders/<slug:connection>/<path:ref>/": (
        f"/orders/main/{ORDER}/?panel=lines",  # unlike the page, a panel waits for Odoo however long it takes
        {"GET HEAD": "nobody=302 strangers=404 *=200", "*": "*=405"},
    ),
    "sign-in/": (
        "/sign-in/",
        {"GET HEAD POST PUT OPTIONS": "nobody=200 *=302", "*": "nobody=405 *=302"},
    ),
    "sign-out/": (
        "/sign-out/",
        {"*": "*=405", "POST": "*=skip"},
    ),  # below: it would end the sessions used here
    "preferences/": ("/preferences/", {"POST": "*=302", "*": "*=405"}),
    "settings/ticketing/": ("/settings/ticketing/", {"GET HEAD": "nobody=302 admin=200 *=403", "*": "*=405"}),
    "settings/ticketing/add/": (
        "/settings/ticketing/add/",
        {"POST": "nobody=302 admin=422 *=403", "*": "*=405"},
    ),
    "settings/ticketing/tools/<slug:slug>/": (
        "/settings/ticketing/tools/no-such-tool/",
        {"GET HEAD": "nobody=302 admin=404 *=403", "*": "*=405"},
    ),
    "settings/ticketing/tools/<slug:slug>/change/": (
        "/settings/ticketing/tools/no-such-tool/change/",
        {"POST": "nobody=302 admin=404 *=403", "*": "*=405"},
    ),
    "healthz": ("/healthz", {"GET HEAD": "*=200", "*": "*=405"}),
    "readyz": ("/readyz", {"GET HEAD": "*=200", "*": "*=405"}),
    "metrics": ("/metrics", {"GET HEAD": "*=401", "*": "*=405"}),
    # Nobody's session counts there, and a name that does not exist answers like a wrong signature.
    "hooks/tickets/<slug:slug>/": ("/hooks/tickets/no-such-tool/", {"POST": "*=401", "*": "*=405"}),
}
API: dict[str, tuple[str, dict[str, str]]] = {
    "api/v1/schema": ("/api/v1/schema", {"GET HEAD OPTIONS": "*=200", "*": "*=405"}),
    "api/v1/search": (
        "/api/v1/search",
        {"POST": "nobody=401 orders_only=403 *=200", "OPTIONS": "nobody=401 *=200", "*": "nobody=401 *=405"},
    ),
    "api/v1/reveal": (
        "/api/v1/reveal",
        {
            "POST": "nobody=401 orders_only=403 search_only=403 *=400",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/cases": (
        "/api/v1/cases",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 *=200",
            "POST": "nobody=401 orders_only=403 search_only=403 *=400",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/cases/<int:case_id>": (
        f"/api/v1/cases/{CASE}",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 strangers=404 *=200",
            "PATCH": "nobody=401 orders_only=403 search_only=403 strangers=404 auditor=403 admin=403 *=200",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/cases/<int:case_id>/notes": (
        f"/api/v1/cases/{CASE}/notes",
        {
            "POST": "nobody=401 orders_only=403 search_only=403 strangers=404 auditor=403 admin=403 *=400",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/cases/<int:case_id>/actions": (
        f"/api/v1/cases/{CASE}/actions",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 strangers=404 *=200",
            "POST": "nobody=401 orders_only=403 search_only=403 strangers=404 auditor=403 admin=403 *=400",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    # An action that does not exist; those that do: see the tests of actions.
    "api/v1/actions/<uuid:action_id>": (
        f"/api/v1/actions/{NO_ACTION}",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 *=404",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    **{
        f"api/v1/actions/<uuid:action_id>/{verb}": (
            f"/api/v1/actions/{NO_ACTION}/{verb}",
            {
                "POST": "nobody=401 orders_only=403 search_only=403 *=404",
                "OPTIONS": "nobody=401 *=200",
                "*": "nobody=401 *=405",
            },
        )
        for verb in ("submit", "approve", "reject", "cancel", "replay", "adopt", "mark-done")
    },
    # Without a body, which only those who decide are asked for.
    "api/v1/delegations": (
        "/api/v1/delegations",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 *=200",
            "POST": "nobody=401 supervisor=400 senior_agent=400 finance=400 other_company=400 *=403",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/delegations/<int:delegation_id>/end": (
        "/api/v1/delegations/999999/end",
        {
            "POST": "nobody=401 orders_only=403 search_only=403 *=404",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/reconciliation": (
        "/api/v1/reconciliation",
        {
            "GET HEAD": "nobody=401 orders_only=403 search_only=403 supervisor=200 finance=200 auditor=200"
            " other_company=200 *=403",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    **{
        f"api/v1/{name}": (
            f"/api/v1/{name}",
            {
                "GET HEAD": f"nobody=401 orders_only=403 search_only=403 *={answer}",
                "OPTIONS": "nobody=401 *=200",
                "*": "nobody=401 *=405",
            },
        )
        for name, answer in (("approvals", 200), ("parked", 200), ("audit", 400))
    },
    "api/v1/step-up": (
        "/api/v1/step-up",
        {
            "POST": "nobody=401 orders_only=403 search_only=403 *=400",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
    "api/v1/orders/<slug:connection>/<path:ref>": (
        f"/api/v1/orders/main/{ORDER}",
        {
            "GET HEAD": "nobody=401 search_only=403 strangers=404 *=200",
            "OPTIONS": "nobody=401 *=200",
            "*": "nobody=401 *=405",
        },
    ),
}


def _status(rules: dict[str, str], method: str, who: str) -> str:
    rule = next((text for methods, text in rules.items() if method in methods.split()), rules.get("*", ""))
    cells = dict(cell.split("=") for cell in rule.split())
    groups = {"nobody": (*NOBODY, *NOT_SIGNED_IN), "strangers": STRANGERS}
    named = next(
        (status for name, status in cells.items() if who == name or who in groups.get(name, ())), None
    )
    return named or cells["*"]


def _routes(patterns: Any, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_has_a_row() -> None:
    assert sorted(_routes(urlpatterns)) == sorted([*PAGES, *API])


def _browser(house: House, who: str) -> httpx.Client:
    return house.signed_in.setdefault(who, house.client()) if who == "anonymous" else house.browser(who)


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_answer_everybody_as_the_table_says(house: House, who: str) -> None:
    client = _browser(house, who)
    forms = {"X-CSRFToken": token_of(client)}
    wrong = {}
    for address, rules in PAGES.values():
        for method in METHODS:
            expected = _status(rules, method, who)
            data = {"q": ORDER} if method == "POST" else None
            if expected != "skip":
                answer = client.request(method, address, headers=forms, data=data)
                if str(answer.status_code) != expected:
                    wrong[method, address] = (answer.status_code, expected)

    assert wrong == {}


def _bearer(house: House, who: str) -> httpx.Client:
    if who == "cookie":
        return house.browser("finance")
    if who == "no_token":
        return house.client()
    return house.api(who, house.odd_tokens.get(who))


@pytest.mark.parametrize("who", BEARERS)
def test_the_api_answers_everybody_as_the_table_says(house: House, who: str) -> None:
    client = _bearer(house, who)
    wrong = {}
    for address, rules in API.values():
        for method in METHODS:
            expected = _status(rules, method, who)
            body = {"q": ORDER} if method in ("POST", "PUT", "PATCH") else None
            answer = client.request(method, address, json=body)
            if str(answer.status_code) != expected:
                wrong[method, address] = (answer.status_code, expected)
            if answer.status_code >= 300 and answer.content:
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert answer.json()["request_id"] == answer.headers["X-Request-Id"]

    assert wrong == {}


@pytest.mark.parametrize("who", [*ROLES, *STRANGERS])
def test_a_reason_opens_a_field_to_those_whose_role_says_so(house: House, who: str) -> None:
    """To others it is shown anyway, or not at all; what the answer says is the same whatever they ask about."""
    expected = 200 if who in ("agent", "finance", "auditor") else 403
    asked = {"connection": "main", "ref": ORDER, "field": "customer.phone"}
    why = {"reason": "contact_customer", "reason_text": "Has to be called back today"}
    browser = house.browser(who)
    assert post_form(browser, "/reveal/", **asked, **why).status_code == expected
    with house.api(who) as api:
        body = {
            "order": {"connection": "main", "ref": ORDER}, "field": "customer.phone",
            "reason": "Has to be called back today",
        }  # fmt: skip
        assert api.post("/api/v1/reveal", json=body).status_code == expected
        body["order"] = {"connection": "main", "ref": "S99999"}
        assert api.post("/api/v1/reveal", json=body).status_code == (404 if expected == 200 else 403)
        body["order"] = {"connection": "main", "ref": ORDER, "company": 3}
        assert api.post("/api/v1/reveal", json=body).status_code == (404 if expected == 200 else 403)


def test_nobody_opens_what_another_revealed(house: House) -> None:
    asked = {"connection": "main", "ref": ORDER, "field": "customer.phone"}
    why = {"reason": "contact_customer", "reason_text": "Has to be called back today"}
    agent = house.browser("agent")
    form = {"csrfmiddlewaretoken": token_of(agent), **asked, **why}
    answer = agent.post("/reveal/", data=form, headers={"HX-Request": "true"})
    found = re.search(r'hx-get="(/reveal/[0-9]+/)"', answer.text)
    assert found, answer.text

    assert house.browser("agent").get(found[1]).status_code == 200
    for who in ("finance", "supervisor", "outsider"):
        other, missing = (house.browser(who).get(path) for path in (found[1], "/reveal/999999/"))
        assert other.status_code == 404
        assert _comparable(other) == _comparable(missing)


def test_the_figures_open_to_their_token_only(house: House) -> None:
    with house.client() as client:
        for given in ("", "Bearer", "Bearer x", f"bearer  {settings.METRICS_TOKEN}", "Basic eA=="):
            assert client.get("/metrics", headers={"Authorization": given}).status_code == 401
        client.headers["Authorization"] = f"Bearer {house.people['finance'].token}"
        assert client.get("/metrics").status_code == 401
        client.headers["Authorization"] = f"Bearer {settings.METRICS_TOKEN}"
        assert client.get("/metrics").status_code == 200


def _comparable(answer: httpx.Response) -> tuple[int, str, frozenset[str]]:
    """An answer without what differs between any two of them: ids and the masks of form tokens."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "")
    text = re.sub(r"""(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ")[A-Za-z0-9]+""", "", text)
    text = text.replace(answer.url.path, "")  # what was asked for stands in the form of the preferences
    return answer.status_code, text, frozenset(answer.headers)


@pytest.mark.parametrize("who", STRANGERS)
def test_what_is_not_visible_answers_like_what_does_not_exist(house: House, who: str) -> None:
    browser = house.browser(who)
    for query in ("", "?panel=customer", "?company=1", "?company=1&panel=header&again=1"):
        there, missing = (settled(browser, f"/orders/main/{name}/{query}") for name in (ORDER, "S99999"))
        assert there.status_code == 404
        assert _comparable(there) == _comparable(missing)
        assert _comparable(there) == _comparable(browser.get(f"/orders/nowhere/S1/{query}"))
    with house.api(who) as api:
        for query in ("", "?company=1"):
            there, missing = (api.get(f"/api/v1/orders/main/{name}{query}") for name in (ORDER, "S99999"))
            assert there.status_code == 404
            assert _comparable(there) == _comparable(missing)
        found, nothing = (api.post("/api/v1/search", json={"q": name}) for name in (ORDER, "S99999"))
        assert found.json() == nothing.json()
        assert not any(found.json().values())


def test_what_was_offered_to_one_person_is_nothing_to_another(house: House) -> None:
    owner, other = house.browser("supervisor"), house.browser("auditor")
    page = post_form(owner, "/search/", q=TWICE).text
    offers = re.findall(r'name="candidate" value="([^"]+)"', page)
    searches = re.findall(r'name="search" value="([^"]+)"', page)

    assert offers
    for offer in offers:
        assert post_form(other, "/search/choose/", candidate=offer).status_code == 404
        assert post_form(owner, "/search/choose/", candidate=offer[:-2] + "AA").status_code == 404
    for search in searches:
        assert post_form(other, "/search/more/main/", search=search, q=TWICE).status_code == 404
    assert post_form(owner, "/search/choose/", candidate=offers[0]).status_code == 302


def test_an_agent_does_not_learn_that_a_number_exists_in_another_company(house: House) -> None:
    with house.api("agent") as api:
        assert api.get(f"/api/v1/orders/main/{ORDER}?company=2").status_code == 404
        found = api.post("/api/v1/search", json={"q": "S00077"}).json()

    assert {(match["connection"], match["company"]) for match in found["results"]} == {
        ("main", 1),
        ("north", 1),
    }


@pytest.mark.parametrize("who", ["outsider", "scope_without_role"])
def test_somebody_without_rights_causes_no_call_to_odoo(house: House, who: str) -> None:
    browser, before = house.browser(who), house.odoo_calls()
    for path in (f"/orders/main/{ORDER}/", f"/orders/main/{ORDER}/?panel=lines", "/orders/main/S99999/", "/"):
        browser.get(path)
    browser.post("/search/", data={"q": ORDER}, headers={"X-CSRFToken": token_of(browser)})
    with house.api(who) as api:
        api.get(f"/api/v1/orders/main/{ORDER}")
        api.post("/api/v1/search", json={"q": ORDER})

    assert house.odoo_calls() == before


def test_an_order_elsewhere_costs_odoo_as_much_as_a_missing_one(house: House) -> None:
    """Otherwise the time an answer takes would tell what its words do not."""
    calls = []
    with house.api("other_company") as api:
        for name in (ORDER, "S99999"):
            before = house.odoo_calls()
            api.get(f"/api/v1/orders/main/{name}")
            calls.append(house.odoo_calls() - before)

    assert calls[0] == calls[1] > 0


@pytest.mark.parametrize("who", [*ROLES, "outsider"])
def test_signing_out_ends_the_session_for_good(house: House, who: str) -> None:
    person = house.people[who]
    with house.client() as client:
        sign_in(client, person.username, person.password)
        stolen = client.cookies["deskglass"]
        answer = client.post("/sign-out/", data={"csrfmiddlewaretoken": token_of(client)})
        assert answer.status_code == 302
        client.cookies.clear()
        assert client.get("/", headers={"Cookie": f"deskglass={stolen}"}).status_code == 302
