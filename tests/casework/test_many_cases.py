"""A hundred thousand cases: a queue page asks the database as often, and looks at as few rows, as with ten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from cases import casework
from cases.casework import Order, Queue, QueueQuery
from cases.casework.queues import PAGE
from cases.masking.roles import Role
from cases.models import Scope, User
from cases.models.casework import Case, CaseType
from cases.people.access import grant_scope, make_role_groups, viewer_for
from cases.people.viewer import Viewer
from tests.conftest import PASSWORD, _address

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

MANY = 100_000
# Most of them closed, as after some years; over two connections, three companies, six brands.
FILL = """
INSERT INTO cases_case (type, subject, state, priority, connection, company_id, brand, region, customer_id,
    customer_name, ticket_source, ticket_ref, assignee_id, opened_at, updated_at, waiting_since, snoozed_until,
    closed_at, checklist, version)
SELECT (ARRAY['order_inquiry','return','billing_dispute','delivery','product_question','other'])[1 + n %% 6],
    'Case number ' || n, state, 1 + n %% 4, CASE WHEN n %% 5 = 0 THEN 'north' ELSE 'main' END, 1 + n %% 3,
    'Brand ' || n %% 6, '', n %% 30000, 'Customer ' || n, '', '', CASE WHEN n %% 3 = 0 THEN %(user)s END,
    at, at + interval '1 hour', NULL, CASE WHEN state = 'snoozed' THEN now() + interval '1 day' END,
    CASE WHEN state = 'closed' THEN at + interval '1 hour' END, '{}', 1
FROM (
    SELECT n, now() - n * interval '5 minutes' AS at,
        CASE WHEN n %% 100 < 8 THEN 'open' WHEN n %% 100 < 10 THEN 'snoozed' ELSE 'closed' END AS state
    FROM generate_series(1, %(many)s) n
) made
"""
LINK = """
INSERT INTO cases_caseorder (case_id, connection, company_id, ref, brand, region)
SELECT id, connection, company_id, 'S' || id, brand, region FROM cases_case
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    wide: Viewer  # sees every company of both connections
    narrow: Viewer  # one company of one connection


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[People]:
    """The cases and two people, committed once: only the owner of a table may count it for the planner."""
    with django_db_blocker.unblock():
        try:
            wide = _person(
                "wide", Role.SUPERVISOR, [(slug, n) for slug in ("main", "north") for n in (1, 2, 3)]
            )
            narrow = _person("narrow", Role.AGENT, [("north", 2)])
            with psycopg.connect(_address(settings.OWNER_DATABASE), autocommit=True) as owner:
                owner.execute(FILL, {"user": wide.pk, "many": MANY})
                owner.execute(LINK)
                owner.execute("VACUUM ANALYZE cases_case, cases_caseorder")
            yield People(wide=viewer_for(wide), narrow=viewer_for(narrow))
        finally:
            connection.ops.execute_sql_flush([])
            connection.close()


def _person(username: str, role: Role, companies: list[tuple[str, int]]) -> User:
    user = User.objects.create_user(username=username, password=PASSWORD)
    team = Group.objects.create(name=f"team: {username}")
    user.groups.add(team, make_role_groups()[role])
    for slug, company_id in companies:
        scope, _ = Scope.objects.get_or_create(
            connection=slug, company_id=company_id, defaults={"company_name": f"Company {company_id}"}
        )
        grant_scope(group=team, scope=scope)
    return user


def rows_looked_at(plan: dict[str, Any]) -> int:
    here = plan["Actual Rows"] * plan["Actual Loops"] + plan.get("Rows Removed by Filter", 0)
    return int(here) + sum(rows_looked_at(child) for child in plan.get("Plans", ()))


def explain(captured: CaptureQueriesContext) -> Iterator[tuple[str, dict[str, Any]]]:
    for query in [query["sql"] for query in captured.captured_queries]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}")
            (found,) = cursor.fetchone()
            yield query, (found if isinstance(found, list) else json.loads(found))[0]


@pytest.mark.parametrize("order", list(Order))
def test_a_page_of_a_queue_looks_at_little_more_than_the_page(people: People, order: Order) -> None:
    viewer = people.wide
    for queue in (Queue.MINE, Queue.UNASSIGNED, Queue.OPEN, Queue.CLOSED):
        query = QueueQuery(queue=queue, order=order)
        for _ in range(3):
            with CaptureQueriesContext(connection) as captured:
                page = casework.read_queue(viewer, query)
            assert len(page.rows) == PAGE
            assert len(captured) == 2
            for sql, plan in explain(captured):
                assert rows_looked_at(plan["Plan"]) < MANY / 50, (sql, plan)
            query = QueueQuery(queue=queue, order=order, cursor=page.next_cursor)


def test_paging_meets_every_case_once(people: People) -> None:
    viewer = people.narrow
    for order in Order:
        met: list[int] = []
        query = QueueQuery(queue=Queue.OPEN, order=order)
        while True:
            page = casework.read_queue(viewer, query, size=100)
            met += [row.id.value for row in page.rows]
            if not page.next_cursor:
                break
            query = QueueQuery(queue=Queue.OPEN, order=order, cursor=page.next_cursor)
        expected = Case.objects.filter(connection="north", company_id=2, state="open")
        assert len(met) == len(set(met)) == expected.count() > 100


def test_the_counts_are_those_of_the_queues(people: People) -> None:
    for viewer in (people.wide, people.narrow):
        counts = casework.count_queues(viewer)
        seen = casework.visible_cases(viewer)
        is_open = seen.filter(state="open")
        assert counts.queues[Queue.OPEN] == is_open.count() > 0
        assert counts.queues[Queue.MINE] == is_open.filter(assignee=viewer.user_id).count()
        assert counts.queues[Queue.UNASSIGNED] == is_open.filter(assignee=None).count()
        assert counts.queues[Queue.SNOOZED] == seen.filter(state="snoozed").count()
        assert counts.types[CaseType.RETURN] == is_open.filter(type="return").count()
        assert sum(counts.types.values()) == counts.queues[Queue.OPEN]
