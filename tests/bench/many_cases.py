"""Works inside the measured installation: fills its tables with cases, and counts what a page asks the database.

A program of its own, because it runs with the installation's settings: python -m tests.bench.many_cases STEP.
The last line of output is one JSON object.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django

from console.runtime.postgres_roles import APP, OWNER

# Most are closed, as after some years; open, put aside and closed over two connections, three companies, six brands.
# No Odoo stands behind these connections: what is measured is ours alone.
FILL = """
INSERT INTO cases_case (type, subject, state, priority, connection, company_id, brand, region, customer_id,
    customer_name, ticket_source, ticket_ref, assignee_id, opened_at, updated_at, waiting_since, snoozed_until,
    closed_at, checklist, version)
SELECT (ARRAY['order_inquiry','return','billing_dispute','delivery','product_question','other'])[1 + n %% 6],
    'Case number ' || n || ': the parcel has not arrived', state, 1 + n %% 4,
    CASE WHEN n %% 5 = 0 THEN 'bench-b' ELSE 'bench-a' END, 1 + n %% 3, 'Brand ' || n %% 6, '', n %% 30000,
    'Anna Customer ' || n, 'inbox', 'T' || n, CASE WHEN n %% 3 = 0 THEN %(user)s END,
    at, at + interval '1 hour', CASE WHEN n %% 2 = 0 AND state = 'open' THEN at END,
    CASE WHEN state = 'snoozed' THEN now() + interval '1 day' END,
    CASE WHEN state = 'closed' THEN at + interval '1 hour' END, '{}', 1
FROM (
    SELECT n, now() - n * interval '5 minutes' AS at,
        CASE WHEN n %% 100 < 8 THEN 'open' WHEN n %% 100 < 10 THEN 'snoozed' ELSE 'closed' END AS state
    FROM generate_series(1, %(many)s) n
) made
"""
LINK = """
INSERT INTO cases_caseorder (case_id, connection, company_id, ref, brand, region)
SELECT id, connection, company_id, 'S' || id, brand, region FROM cases_case WHERE connection LIKE 'bench-%'
"""
WRITE = """
INSERT INTO cases_caseentry (case_id, kind, sender, at, body, code, facts)
SELECT id, 'message', CASE WHEN n = 2 THEN 'agent' ELSE 'customer' END, opened_at + n * interval '10 minutes',
    'Message ' || n || ' of this case, some words long, as people write them.', '', '{}'
FROM cases_case, generate_series(1, 4) n WHERE connection LIKE 'bench-%'
"""
TABLES = ("cases_case", "cases_caseorder", "cases_caseentry", "cases_casekey")


def fill(many: int) -> dict[str, Any]:
    """The cases and two people; the planner is kept from counting, as it has not in a young installation."""
    from django.db import transaction

    from cases.casework.views import save_view
    from cases.masking.roles import Role
    from cases.people.access import viewer_for
    from cases.people.viewer import Viewer

    everything = [(slug, company, "") for slug in ("bench-a", "bench-b") for company in (1, 2, 3)]
    with transaction.atomic():
        wide = _person("bench-supervisor", Role.SUPERVISOR, everything)
        narrow = _person("bench-agent", Role.AGENT, [("bench-a", 2, "Brand 4")])
    with _owner() as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)".encode())
        owner.execute(FILL, {"user": wide["id"], "many": many})
        owner.execute(LINK)
        owner.execute(WRITE)
        numbered = owner.execute("SELECT id, customer_id FROM cases_case WHERE connection LIKE 'bench-%'")
        keys = list(_keys(numbered))
        with (
            owner.cursor() as cursor,
            cursor.copy("COPY cases_casekey (case_id, kind, key) FROM STDIN") as rows,
        ):
            for case_id, key in keys:
                rows.write_row((case_id, "email", key))
    from cases.casework import CaseType, Order, Queue, QueueQuery

    viewer: Viewer = viewer_for(_user(wide["id"]))
    query = QueueQuery(queue=Queue.OPEN, type=CaseType.BILLING_DISPUTE, order=Order.OLDEST)
    save_view(viewer=viewer, name="Disputes", query=query)
    return {
        "people": {"wide": wide, "narrow": narrow},
        "view": query.address(),
        "cases": _visible_cases(narrow["id"]),
        "email": "customer7@mail.example",
    }


def count(wide: int, narrow: int, view: str, case_id: int, email: str) -> dict[str, int]:
    """Statements per page, from the session to the last one; in this process, with the very same code."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    def of(who: int, path: str, **form: str) -> int:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(_user(who), backend="django.contrib.auth.backends.ModelBackend")

        def ask() -> Any:
            return client.post(path, form) if form else client.get(path)

        ask()  # labels and rules are kept for some seconds: what every page asks is counted, not the first one
        with CaptureQueriesContext(connection) as captured:
            answer = ask()
        if answer.status_code not in (200, 302):
            raise SystemExit(f"{path} answered {answer.status_code}")
        return len(captured)

    return {
        "queue_queries": of(wide, "/"),
        "queue_narrow_queries": of(narrow, "/"),
        "queue_view_queries": of(wide, f"/{view}"),
        "queue_search_queries": of(wide, "/search/", q=email),
        "case_queries": of(narrow, f"/cases/{case_id}/"),
    }


def analyze() -> None:
    with _owner() as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)".encode())
            owner.execute(f"VACUUM ANALYZE {table}".encode())


def _person(username: str, role: Any, scopes: list[tuple[str, int, str]]) -> dict[str, Any]:
    from django.contrib.auth.models import Group

    from cases.models import Scope, User
    from cases.people.access import grant_scope, make_role_groups

    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(username=username, password=password)
    team = Group.objects.create(name=f"team: {username}")
    user.groups.add(team, make_role_groups()[role])
    for slug, company, brand in scopes:
        scope, _ = Scope.objects.get_or_create(
            connection=slug,
            company_id=company,
            brand=brand,
            region="",
            defaults={"company_name": f"Company {company}"},
        )
        grant_scope(group=team, scope=scope)
    return {"id": user.pk, "username": username, "password": password}


def _user(number: int) -> Any:
    from cases.models import User

    return User.objects.get(pk=number)


def _visible_cases(user_id: int) -> list[int]:
    from cases.casework import visible_cases
    from cases.people.access import viewer_for

    found = visible_cases(viewer_for(_user(user_id))).order_by("-pk").values_list("pk", flat=True)
    return list(found[:400])


def _keys(numbered: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """As the product makes them: one address per customer, a few cases each."""
    from cases.casework.keys import asked_keys
    from cases.search.kinds import classify

    for case_id, customer in numbered:
        (key,) = asked_keys(classify(f"customer{customer}@mail.example"))
        yield case_id, key


def _owner() -> Any:
    """Only the owner of a table may count it; the demo tells its processes the app's address only."""
    import psycopg

    address = os.environ["DATABASE_URL"].replace(f"//{APP}@", f"//{OWNER}@", 1)
    return psycopg.connect(address, autocommit=True)


def main(words: list[str]) -> int:
    step, given = words[0], json.loads(words[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    django.setup()
    steps: dict[str, Callable[..., Any]] = {"fill": fill, "count": count, "analyze": analyze}
    print(json.dumps(steps[step](**given)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
