"""The report: who sees which differences, who may ask for a comparison, and what is counted where."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cases.masking.roles import Role
from cases.models import ActionSwitch, AuditEntry, Finding, FindingKind, ReconciliationRun, User
from cases.people.tokens import TokenScope, issue_token
from cases.reconciliation.difference import Difference
from cases.reconciliation.keeping import keep
from cases.reconciliation.running import reconcile_all
from cases.schedules import JOBS
from integrations.models import OdooConnection
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None) -> ReconciliationRun:
    OdooConnection.objects.create(slug="main", name="Main", url="http://127.0.0.1:9", database="x")
    now = timezone.now()
    for company in (1, 2):
        ActionSwitch.objects.create(
            connection="main", kind="refund", company_id=company, is_on=True, changed_at=now
        )
    return ReconciliationRun.objects.create(
        connection="main", started_at=now, changed_since=now, finished_at=now, stage="closing", actions=7
    )


@pytest.fixture
def found(run: ReconciliationRun) -> list[Finding]:
    """One in each of two companies."""
    for company in (1, 2):
        one = Difference(
            kind=FindingKind.UNKNOWN_REFERENCE,
            company_id=company,
            reference=f"R-2222{company + 1}",
            model="account.move",
            document_id=40 + company,
        )
        keep(run, [one], at=timezone.now())
    return list(Finding.objects.order_by("company_id"))


def enter(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_everybody_sees_differences_of_their_scope_only(
    found: list[Finding], sam: User, make_person: PersonMaker
) -> None:
    page = enter(sam).get("/operations/reconciliation/").content.decode()
    assert "R-22222" in page
    assert "R-22223" in page
    auditor = enter(make_person("aud", Role.AUDITOR, main=[1]))
    page = auditor.get("/operations/reconciliation/").content.decode()
    assert "R-22222" in page
    assert "R-22223" not in page
    assert "Compare now" not in page
    assert "It may stay as it is" not in page


def test_a_difference_that_may_stay_counts_no_more_and_says_why(found: list[Finding], sam: User) -> None:
    browser = enter(sam)
    path = f"/operations/reconciliation/{found[0].pk}/accept/"
    assert browser.post(path, {"why": "  "}).status_code == 403
    browser.post(path, {"why": "of the test installation"})
    page = browser.get("/operations/reconciliation/").content.decode()
    assert "of the test installation" in page
    assert "1 difference" in page
    found[0].refresh_from_db()
    assert b"installation" not in bytes(found[0].why)
    assert AuditEntry.objects.filter(action="finding_accepted").count() == 1


def test_what_others_made_is_listed_apart_and_counts_as_no_difference(
    run: ReconciliationRun, sam: User
) -> None:
    one = Difference(
        kind=FindingKind.FOREIGN_CREDIT_NOTE,
        company_id=1,
        order_ref="S00009",
        model="account.move",
        document_id=43,
    )
    keep(run, [one], at=timezone.now())
    page = enter(sam).get("/operations/reconciliation/").content.decode()
    assert "Made outside the console" in page
    assert "Credit note made outside the console" in page
    assert "Nothing differs" in page
    keep(run, [one], at=timezone.now())
    Finding.objects.update(cleared_at=timezone.now())
    assert "Lately cleared" in enter(sam).get("/operations/reconciliation/").content.decode()


def test_a_difference_elsewhere_is_not_accepted(found: list[Finding], make_person: PersonMaker) -> None:
    elsewhere = enter(make_person("far", Role.SUPERVISOR, main=[2]))
    path = f"/operations/reconciliation/{found[0].pk}/accept/"
    assert elsewhere.post(path, {"why": "no"}).status_code == 404


def test_a_comparison_by_hand_is_begun_once_and_told(run: ReconciliationRun, sam: User, amy: User) -> None:
    path, form = "/operations/reconciliation/run/", {"connection": "main"}
    assert enter(amy).post(path, form).status_code == 403
    for _ in range(2):
        enter(sam).post(path, form)
    assert ReconciliationRun.objects.filter(finished_at=None).count() == 1
    assert AuditEntry.objects.filter(action="reconciliation_asked").count() == 2
    assert enter(sam).post(path, {"connection": "other"}).status_code == 403


def test_the_operations_page_counts_for_those_who_oversee(
    found: list[Finding], sam: User, make_person: PersonMaker
) -> None:
    for person in (sam, make_person("ada", Role.ADMIN)):
        page = enter(person).get("/operations/").content.decode()
        assert "2 differences" in page
        assert "Waiting for a worker" in page


def test_metrics_count_what_differs(found: list[Finding], client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "m"
    told = client.get("/metrics", headers={"Authorization": "Bearer m"}).content.decode()
    assert 'deskglass_reconciliation_differences{connection="main"} 2.0' in told


def test_the_clock_begins_again_after_some_hours_only(
    run: ReconciliationRun, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        reconcile_all(at=run.started_at)
    assert ReconciliationRun.objects.count() == 1
    assert any(job.task == "cases.tasks.reconcile_by_the_clock" for job in JOBS)


def test_the_command_says_what_it_does_not_know(run: ReconciliationRun) -> None:
    with pytest.raises(CommandError):
        call_command("reconcile", "elsewhere", stdout=StringIO())


def test_the_api_tells_the_same(found: list[Finding], sam: User) -> None:
    now = timezone.now()
    token = issue_token(
        user=sam,
        name="test",
        scopes=[TokenScope.AUDIT_READ],
        expires_at=now + timedelta(days=1),
        issued_by="test",
        at=now,
    )
    program = Client(headers={"Authorization": f"Bearer {token}"})
    answer = program.get("/api/v1/reconciliation")
    assert [one["differences"] for one in answer.json()["connections"]] == [2]
    assert {one["reference"] for one in answer.json()["findings"]} == {"R-22222", "R-22223"}
