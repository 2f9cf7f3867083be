# ruff: noqa: S608 - statements of the test's own, on a database of its own
"""The trail of a case can be read and taken away, names what was taken, and shows whatever was done to it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from cases.audit.chain import entry_hash
from cases.audit.check import check_trail
from cases.audit.export import MOST_SHOWN, NotPermitted, export_trail, harmless, trail_of_case
from cases.casework import CaseNotVisible
from cases.models import Action, AuditEntry, User
from cases.models.casework import Case
from cases.people.viewer import Viewer
from tests.actions.conftest import Propose


@pytest.mark.django_db
def test_the_trail_holds_the_case_and_its_actions_and_nothing_of_other_cases(
    propose: Propose, case: Case, sam_viewer: Viewer, amy_viewer: Viewer, eve: User
) -> None:
    from cases.people.access import viewer_for

    action = propose()
    page = trail_of_case(sam_viewer, case.pk, at=timezone.now())
    assert [entry.object_ref for entry in page.entries] == [action.reference]
    assert page.names[f"user:{action.requester_id}"] == "amy"
    assert page.next_cursor == ""
    with pytest.raises(NotPermitted):
        trail_of_case(amy_viewer, case.pk, at=timezone.now())
    with pytest.raises(CaseNotVisible):
        trail_of_case(viewer_for(eve), case.pk, at=timezone.now())


@pytest.mark.django_db
def test_a_long_trail_comes_in_pages(case: Case, sam_viewer: Viewer) -> None:
    from cases import audit

    for number in range(MOST_SHOWN + 5):
        audit.record_alone(
            actor="user:1",
            action=audit.Action.CASE_CHANGED,
            object_kind="case",
            object_ref=str(case.pk),
            connection_slug="main",
            company_id=1,
            details={"number": number},
        )
    first = trail_of_case(sam_viewer, case.pk, at=timezone.now())
    rest = trail_of_case(sam_viewer, case.pk, cursor=first.next_cursor, at=timezone.now())
    numbers = [entry.details["number"] for entry in (*first.entries, *rest.entries)]
    assert numbers == list(range(MOST_SHOWN + 4, -1, -1))


@pytest.mark.django_db
def test_every_line_of_an_export_proves_itself(propose: Propose, case: Case, sam_viewer: Viewer) -> None:
    propose()
    made = export_trail(sam_viewer, case.pk, form="jsonl", at=timezone.now())
    lines = [json.loads(line) for line in made.content.splitlines()]
    stored = AuditEntry.objects.get(seq=lines[0]["seq"], chain=lines[0]["chain"])
    content: dict[str, Any] = {
        **{name: value for name, value in lines[0].items() if name != "hash"},
        "version": stored.version,
        "key_id": stored.key_id,
    }
    assert entry_hash(content) == lines[0]["hash"] == stored.hash
    assert made.manifest["entries"] == len(lines) == 1
    assert made.manifest["sha256"] == hashlib.sha256(made.content).hexdigest()
    taken = AuditEntry.objects.get(action="trail_read")
    assert taken.details["sha256"] == made.manifest["sha256"]


@pytest.mark.django_db
def test_a_cell_never_becomes_a_formula(case: Case, sam_viewer: Viewer) -> None:
    from cases import audit

    for odd in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx"):
        assert harmless(odd) == f"'{odd}"
    assert harmless("1") == "1"
    audit.record_alone(
        actor="=cmd|' /C calc'!A0",
        action=audit.Action.CASE_CHANGED,
        object_kind="case",
        object_ref=str(case.pk),
        connection_slug="main",
        company_id=1,
        reason='@now, "quoted"\nand broken',
    )
    made = export_trail(sam_viewer, case.pk, form="csv", at=timezone.now())
    rows = list(csv.DictReader(io.StringIO(made.content.decode())))
    assert rows[0]["actor"].startswith("'=cmd")
    assert rows[0]["reason"].startswith("'@now")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.django_db
def test_the_page_shows_it_and_the_file_comes_with_its_manifest(
    propose: Propose, case: Case, sam: User
) -> None:
    propose()
    client = Client()
    client.force_login(sam, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/audit/", {"case": f"C-{case.pk:06d}"})
    assert page.status_code == 200
    assert Action.objects.get().reference in page.content.decode()
    assert client.get("/audit/", {"case": "999999"}).status_code == 404
    file = client.post("/audit/export/", {"case": case.pk, "form": "csv"})
    assert file.headers["Content-Disposition"].endswith('.csv"')
    assert json.loads(file.headers["X-Trail-Manifest"])["entries"] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_five_hundred_ways_to_change_a_trail_are_all_found(owner_database_url: str) -> None:
    """Only the owner can, with the guard switched off; each change is looked for and then taken back."""
    from cases import audit

    for number in range(40):
        audit.record_alone(
            actor="user:1",
            action=audit.Action.ACTION_STEP,
            object_kind="action",
            object_ref=f"R-{number}",
            connection_slug="main",
            company_id=1 + number % 2,
            details={"amount": "24.90"},
        )
    assert check_trail(anchor_directory=None).exit_status == 0
    dice, missed = random.Random(5), []
    with psycopg.connect(owner_database_url) as owner:
        owner.execute("ALTER TABLE cases_auditentry DISABLE TRIGGER USER")
        owner.commit()
        for number in range(500):
            statement = _tampering(dice)
            saved = owner.execute("SELECT * FROM cases_auditentry ORDER BY id").fetchall()
            owner.execute(statement.encode())
            owner.commit()
            if not any(problem.seq for problem in check_trail(anchor_directory=None).problems):
                missed.append((number, statement))
            _put_back(owner, saved)
        for (name,) in owner.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'cases_auditentry'::regclass AND NOT tgisinternal"
        ).fetchall():
            owner.execute(f"ALTER TABLE cases_auditentry ENABLE ALWAYS TRIGGER {name}".encode())
    assert missed == []


def _tampering(dice: random.Random) -> str:
    chain, seq = f"main:{dice.choice((1, 2))}", dice.randint(1, 20)
    here = f"WHERE chain = '{chain}' AND seq = {seq}"
    return dice.choice(
        [
            f"UPDATE cases_auditentry SET actor = 'user:{dice.randint(2, 99)}' {here}",
            f'UPDATE cases_auditentry SET details = \'{{"amount": "{dice.randint(1, 999)}.00"}}\' {here}',
            f"UPDATE cases_auditentry SET at = at + interval '{dice.randint(1, 999)} s' {here}",
            f"UPDATE cases_auditentry SET decision = 'denied' {here}",
            f"UPDATE cases_auditentry SET object_ref = object_ref || 'x' {here}",
            f"UPDATE cases_auditentry SET hash = repeat('{dice.choice('abc')}', 64) {here}",
            f"UPDATE cases_auditentry SET prev_hash = repeat('{dice.choice('abc')}', 64) {here}",
            f"DELETE FROM cases_auditentry {here}",
            f"DELETE FROM cases_auditentry WHERE chain = '{chain}' AND seq >= {seq}",
            f"UPDATE cases_auditentry SET seq = seq + 1000 {here}",
        ]
    )


def _put_back(owner: psycopg.Connection[Any], rows: list[tuple[Any, ...]]) -> None:
    from psycopg.types.json import Jsonb

    owner.execute("DELETE FROM cases_auditentry")
    for row in rows:
        values = [Jsonb(value) if isinstance(value, dict) else value for value in row]
        marks = ", ".join(["%s"] * len(values))
        owner.execute(
            f"INSERT INTO cases_auditentry OVERRIDING SYSTEM VALUE VALUES ({marks})".encode(), values
        )
    owner.commit()


@pytest.mark.django_db
def test_the_pages_of_a_request_are_drawn_for_whoever_may_see_it(
    propose: Propose, case: Case, sam: User, amy: User, eve: User
) -> None:
    action = propose()
    for person, may_decide in ((sam, True), (amy, False)):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        for path in ("/approvals/", f"/actions/{action.pk}/", f"/actions/{action.pk}/progress/"):
            page = client.get(path)
            assert page.status_code == 200
            assert ('name="password"' in page.content.decode()) == (may_decide and "progress" not in path)
        assert action.reference in client.get(f"/cases/{case.pk}/").content.decode()
        assert client.get("/parked/").status_code == 200
    stranger = Client()
    stranger.force_login(eve, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(f"/actions/{action.pk}/").status_code == 404
    assert action.reference not in stranger.get("/approvals/").content.decode()
