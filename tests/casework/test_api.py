"""Cases as JSON: the contract's calls, with the scopes of tokens and the masking of pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases import casework
from cases.casework import CaseScope
from cases.models import AuditEntry, User
from cases.models.casework import Case
from cases.people.tokens import TokenScope, issue_token
from cases.people.viewer import Viewer
from tests.casework.conftest import CaseMaker

Api = Callable[..., Any]


def token_of(user: User, *scopes: TokenScope) -> str:
    now = timezone.now()
    return issue_token(
        user=user, name="test", scopes=scopes, expires_at=now + timedelta(days=1), issued_by="test", at=now
    )


@pytest.fixture
def api(amy: User) -> Api:
    """``api("post", "/api/v1/cases", {...})`` as amy, who may read and write cases of company 1."""
    token = token_of(amy, TokenScope.CASES_READ, TokenScope.CASES_WRITE)

    def call(method: str, path: str, body: Any = None, *, bearer: str = token) -> Any:
        client = Client(headers={"Authorization": f"Bearer {bearer}"})
        if method == "get":
            return client.get(path, body or {})
        return getattr(client, method)(path, body, content_type="application/json")

    return call


TICKET = {
    "subject": "Where is my parcel?",
    "connection": "main",
    "company": 1,
    "type": "delivery",
    "ticket": {
        "source": "zendesk",
        "ref": "35436",
        "customer_name": "Ana Bergström",
        "messages": [{"sender": "customer", "at": "2026-03-02T09:00:00Z", "body": "Write to ana.b@web.de"}],
    },
}


def test_a_ticket_becomes_a_case_and_its_personal_words_stay_masked(api: Api) -> None:
    answer = api("post", "/api/v1/cases", TICKET)

    body = answer.json()
    assert answer.status_code == 201
    assert body["reference"] == f"C-{body['id']:06d}"
    assert (body["type"], body["state"], body["priority"], body["ticket"]) == (
        "delivery",
        "open",
        3,
        "zendesk 35436",
    )
    assert body["customer"] == "Ana B••••"
    assert body["entries"][0]["body"] == "Write to ••••"
    assert {"case.subject", "case.customer", "entries.body"} <= set(body["masked"])
    assert api("get", f"/api/v1/cases/{body['id']}").json()["entries"] == body["entries"]


def test_the_same_ticket_again_leads_to_its_case(api: Api) -> None:
    first = api("post", "/api/v1/cases", TICKET).json()["id"]
    again = api("post", "/api/v1/cases", TICKET)

    assert (again.status_code, again.json()["code"], again.json()["case"]) == (409, "ticket_has_case", first)


def test_a_case_elsewhere_answers_as_if_it_did_not_exist(api: Api, make_case: CaseMaker) -> None:
    far = make_case(company_id=2).pk
    for method, path, body in (
        ("get", f"/api/v1/cases/{far}", None),
        ("patch", f"/api/v1/cases/{far}", {"state": "closed"}),
        ("patch", f"/api/v1/cases/{far}", {"nonsense": []}),
        ("post", f"/api/v1/cases/{far}/notes", {"body": "hello"}),
        ("post", "/api/v1/cases", {**TICKET, "company": 2}),
    ):
        answer = api(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert api("get", "/api/v1/cases").json()["results"] == []
    assert Case.objects.get(pk=far).state == "open"
    assert AuditEntry.objects.filter(action="case_not_visible", decision="denied").count() == 4


def test_one_patch_changes_all_or_nothing(api: Api, amy: User, case_id: int) -> None:
    path = f"/api/v1/cases/{case_id}"
    version = api("get", path).json()["version"]

    refused = api("patch", path, {"priority": 1, "state": "snoozed"})
    assert (refused.status_code, refused.json()["code"]) == (422, "until")
    assert Case.objects.get(pk=case_id).priority == 3
    changes = {"version": version, "priority": 1, "type": "return", "assignee_id": amy.pk, "state": "closed"}
    body = api("patch", path, changes).json()
    assert (body["priority"], body["type"], body["assignee_id"], body["state"]) == (
        1,
        "return",
        amy.pk,
        "closed",
    )
    late = api("patch", path, {"version": version, "state": "open"})
    assert (late.status_code, late.json()["code"], late.json()["by"]) == (409, "case_changed", "amy")
    assert api("patch", path, {"state": "open"}).json()["state"] == "open"


def test_a_note_is_kept_and_a_merged_number_answers_with_the_other_case(
    api: Api, case_id: int, make_case: CaseMaker
) -> None:
    written = api("post", f"/api/v1/cases/{case_id}/notes", {"body": "Called the carrier."})
    assert written.status_code == 201
    assert [entry["body"] for entry in written.json()["entries"] if entry["kind"] == "note"] == [
        "Called the carrier."
    ]
    target = make_case().pk
    api("patch", f"/api/v1/cases/{case_id}", {"merged_into": target})
    assert api("get", f"/api/v1/cases/{case_id}").json()["id"] == target


def test_a_queue_is_paged_by_cursor(api: Api, amy_viewer: Viewer) -> None:
    made = {
        casework.open_case(
            viewer=amy_viewer, scope=CaseScope(connection="main", company_id=1), subject=str(n)
        )
        for n in range(45)
    }
    met: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = api("get", "/api/v1/cases", {"queue": "unassigned", "sort": "oldest", "cursor": cursor}).json()
        met += [row["id"] for row in body["results"]]
        cursor = body["next_cursor"]
    assert len(met) == 45
    assert set(met) == made


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bnVsbA", "WyJ1cGRhdGVkIl0", "%00", "é"])
def test_a_made_up_cursor_is_the_first_page(api: Api, case_id: int, cursor: str) -> None:
    assert len(api("get", "/api/v1/cases", {"cursor": cursor}).json()["results"]) == 1


def test_a_token_needs_the_scope_of_what_it_does(api: Api, amy: User, case_id: int) -> None:
    reader, writer = token_of(amy, TokenScope.CASES_READ), token_of(amy, TokenScope.CASES_WRITE)
    assert api("get", f"/api/v1/cases/{case_id}", bearer=writer).status_code == 403
    assert api("get", "/api/v1/cases", bearer=writer).status_code == 403
    for path in (f"/api/v1/cases/{case_id}/notes", "/api/v1/cases"):
        assert api("post", path, {"body": "x"}, bearer=reader).status_code == 403
    assert api("patch", f"/api/v1/cases/{case_id}", {"state": "closed"}, bearer=reader).status_code == 403


@pytest.mark.parametrize(
    "body",
    [[], {}, {"subject": ""}, {"subject": "x"}, {"subject": "x", "order": 3}, {**TICKET, "type": "gossip"}],
)
def test_a_body_that_makes_no_sense_is_refused(api: Api, body: Any) -> None:
    assert api("post", "/api/v1/cases", body).status_code == 400
