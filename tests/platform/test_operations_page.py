"""The operations page: how each connection stands and who asked how much, for those who answer for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from cases.masking.roles import Role
from cases.models import User
from integrations.models import OdooConnection
from tests.conftest import PersonMaker

ADD_LOAD = """
INSERT INTO integrations_odooload (connection_id, minute, workflow, person_id, calls, failed, turned_away, busy_ms)
SELECT %s, floor(extract(epoch FROM clock_timestamp()) / 60)::bigint, workflow, person, 10, 1, 2, 12345
  FROM (VALUES ('order_page', %s), ('search', %s), ('sync', 0)) AS found(workflow, person)
"""


def look(person: User) -> tuple[int, str]:
    client = Client()
    client.force_login(person)
    answer = client.get("/operations/")
    return answer.status_code, answer.content.decode()


def busy_connection(slug: str, name: str, person: User) -> OdooConnection:
    made = OdooConnection.objects.create(
        slug=slug, name=name, url="http://127.0.0.1:9", database="shop", max_in_flight=8
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_odoolimit (connection_id, cap, cause) VALUES (%s, 5, 'slow')", [made.pk]
        )
        cursor.execute(ADD_LOAD, [made.pk, person.pk, person.pk])
    return made


@pytest.mark.django_db(transaction=True)
def test_a_supervisor_sees_the_cap_and_who_asked_for_what(sam: User) -> None:
    busy_connection("main", "Main shop", sam)
    busy_connection("far", "Another shop", sam)

    status, page = look(sam)

    assert status == 200
    for words in (
        "Main shop",
        "Fewer calls at a time",
        "5 of 8",
        "Order pages",
        "sam",
        "Nobody in particular",
    ):
        assert words in page
    assert "Another shop" not in page, "no connection of the supervisor's"


@pytest.mark.django_db(transaction=True)
def test_who_runs_the_integration_sees_all_connections(make_person: PersonMaker, sam: User) -> None:
    busy_connection("main", "Main shop", sam)
    busy_connection("far", "Another shop", sam)

    status, page = look(make_person("ada", Role.ADMIN))

    assert status == 200
    assert "Main shop" in page
    assert "Another shop" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [Role.AGENT, Role.SENIOR_AGENT, Role.FINANCE, Role.AUDITOR])
def test_nobody_else_is_told_who_works_how_much(make_person: PersonMaker, role: Role) -> None:
    status, _ = look(make_person("eve", role, main=[1]))

    assert status == 403
