"""The page of the matrix: a look at the change before it counts, and previews that open nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cases.disclosure.matrix_versions import newest_policy
from cases.masking.matrices import CHANGEABLE, plain_matrices
from cases.masking.roles import DEFAULT_MATRIX, Role
from cases.models import AuditEntry, User
from tests.conftest import PersonMaker
from tests.policy.test_matrices import chosen

BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGE = "/settings/masking/"


def form(note: str = "agents compare card endings", **cells: str) -> dict[str, str]:
    plain = chosen(**cells)
    fields = {f"{role.value}.{s.value}": plain[role.value][s.value] for role in Role for s in CHANGEABLE}
    return {**fields, "note": note}


@pytest.fixture
def admin(client: Client, ada: User) -> Client:
    client.force_login(ada, backend=BACKEND)
    return client


def test_a_change_is_looked_at_before_it_counts(admin: Client) -> None:
    wanted = form(agent__payment="partial")
    look = admin.post(PAGE, wanted).content.decode()

    assert "opens 5 fields" in look
    assert newest_policy().version == 0
    found = re.search(r'name="confirmed" value="([0-9a-f]{64})"', look)
    assert found
    assert admin.post(PAGE, {**wanted, "confirmed": found[1]}).status_code == 302
    assert newest_policy().version == 1
    assert "agents compare card endings" in admin.get(PAGE).content.decode()


def test_another_change_than_the_one_looked_at_is_shown_again(admin: Client) -> None:
    found = re.search(
        r'value="([0-9a-f]{64})"', admin.post(PAGE, form(agent__payment="partial")).content.decode()
    )
    assert found
    other = form(agent__payment="show") | {"confirmed": found[1]}

    answer = admin.post(PAGE, other)

    assert answer.status_code == 409
    assert newest_policy().version == 0


def test_without_a_reason_or_a_change_there_is_nothing_to_look_at(admin: Client) -> None:
    for wanted in (form(note=" ", agent__payment="partial"), form(), form(agent__payment="all")):
        assert admin.post(PAGE, wanted).status_code == 422


def test_widening_the_administrator_needs_its_own_tick(admin: Client) -> None:
    wanted = form(admin__personal="partial")
    look = admin.post(PAGE, wanted).content.decode()
    found = re.search(r'value="([0-9a-f]{64})"', look)
    assert found
    assert 'name="widen_admin"' in look
    assert admin.post(PAGE, {**wanted, "confirmed": found[1]}).status_code == 422
    assert newest_policy().version == 0

    ticked = {**wanted, "confirmed": found[1], "widen_admin": "on"}

    assert admin.post(PAGE, ticked).status_code == 302
    assert newest_policy().version == 1


def test_public_and_secret_cannot_be_sent_along(admin: Client) -> None:
    wanted = form(agent__payment="partial") | {"agent.secret": "show", "agent.public": "hide"}
    found = re.search(r'value="([0-9a-f]{64})"', admin.post(PAGE, wanted).content.decode())
    assert found
    admin.post(PAGE, {**wanted, "confirmed": found[1]})

    assert plain_matrices(newest_policy().matrices)["agent"] == {
        **plain_matrices(DEFAULT_MATRIX)["agent"], "payment": "partial",
    }  # fmt: skip


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_who_only_reads_gets_no_selects(client: Client, make_person: PersonMaker, role: Role) -> None:
    client.force_login(make_person("rob", role, main=[1]), backend=BACKEND)
    page = client.get(PAGE).content.decode()

    assert "mode-select" not in page
    assert client.post(PAGE, form(agent__payment="partial")).status_code == 403


@pytest.mark.parametrize("field", ["customer.email", "messages[12].body", "timeline[message-12].detail"])
def test_why_is_the_same_whatever_the_order_holds(client: Client, amy: User, field: str) -> None:
    client.force_login(amy, backend=BACKEND)
    answers = {
        re.sub(r"S0000\d|csrf\S+ value=\S+|X-CSRFToken\S+ \S+|<code>\S+</code>", "", client.get(
            "/why/", {"field": field, "connection": "main", "ref": ref}, headers={"HX-Request": "true"}
        ).content.decode())
        for ref in ("S00001", "S00002")
    }  # fmt: skip

    (answer,) = answers
    assert "Personal" in answer
    assert "version 0 of the masking matrix" in answer
    assert "Senior agent, Supervisor" in answer
    assert not AuditEntry.objects.filter(action="revealed").exists()


@pytest.mark.parametrize("field", ["", "customer", "nothing.at.all", "customer.email.x", "<script>"])
def test_there_is_no_why_for_a_field_that_does_not_exist(client: Client, amy: User, field: str) -> None:
    client.force_login(amy, backend=BACKEND)

    assert client.get("/why/", {"field": field}).status_code == 404
