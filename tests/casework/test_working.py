"""What people do with a case: every change is one transaction with its event and its entry in the trail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import audit, casework
from cases.casework import CaseChanged, DisputeStep, IllegalChange
from cases.casework.working import LONGEST_SNOOZE
from cases.models import AuditEntry, User
from cases.models.casework import (
    Case,
    CaseEntry,
    CasePresence,
    CasePriority,
    CaseState,
    CaseType,
    EntryFrom,
    EntryKind,
)
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from cases.tasks import wake_cases
from tests.casework.conftest import AT, CaseMaker, identity, ticket

LATER = AT + timedelta(minutes=5)


def changes(case_id: int) -> list[str]:
    return [
        str(details["change"])
        for details in AuditEntry.objects.filter(
            object_kind="case", object_ref=str(case_id), action__in=["case_opened", "case_changed"]
        )
        .order_by("seq")
        .values_list("details", flat=True)
    ]


def test_a_case_from_an_order_has_its_scope_its_customer_and_its_ticket(case_id: int, amy: User) -> None:
    case = Case.objects.get(pk=case_id)

    assert case.reference == f"C-{case_id:06d}"
    assert (case.connection, case.company_id, case.customer_id) == ("main", 1, 87)
    assert (case.state, case.opened_by, case.waiting_since) == (CaseState.OPEN, amy, AT)
    assert [order.ref for order in case.orders.all()] == ["S00042"]
    assert [entry.kind for entry in case.entries.order_by("at", "pk")] == ["message", "event"]
    assert changes(case_id) == ["opened"]


def test_a_ticket_has_one_case_and_leads_to_it(amy_viewer: Viewer, case_id: int) -> None:
    with pytest.raises(casework.AlreadyOpen) as found:
        casework.open_case(viewer=amy_viewer, order=identity("S00043"), ticket=ticket(), subject="Again")
    assert found.value.case_id == case_id


def test_a_day_with_a_case(amy_viewer: Viewer, amy: User, case_id: int) -> None:
    casework.take(viewer=amy_viewer, case_id=case_id, at=AT)
    casework.note(viewer=amy_viewer, case_id=case_id, body=" Called the carrier. ", at=AT)
    casework.sort_case(
        viewer=amy_viewer, case_id=case_id, type=CaseType.DELIVERY, priority=CasePriority.HIGH, at=AT
    )
    casework.snooze(viewer=amy_viewer, case_id=case_id, until=LATER, at=AT)
    casework.wake(viewer=amy_viewer, case_id=case_id, at=AT)
    casework.close(viewer=amy_viewer, case_id=case_id, at=LATER)
    casework.reopen(viewer=amy_viewer, case_id=case_id, at=LATER)

    case = Case.objects.get(pk=case_id)
    assert (case.state, case.assignee, case.type, case.priority) == ("open", amy, "delivery", 2)
    assert (case.snoozed_until, case.closed_at, case.updated_at) == (None, None, LATER)
    done = ["opened", "taken", "written", "type_changed", "priority_changed"]
    assert changes(case_id) == [*done, "snoozed", "woken", "closed", "reopened"]
    assert CaseEntry.objects.get(case=case, kind="note").body == "Called the carrier."


def test_the_trail_holds_no_word_that_was_written(amy_viewer: Viewer, case_id: int) -> None:
    casework.note(viewer=amy_viewer, case_id=case_id, body="Bergström is furious")

    kept = " ".join(str(entry) for entry in AuditEntry.objects.values_list("details", "object_ref", "reason"))
    assert "furious" not in kept
    assert "Bergström" not in kept
    assert "Where is my" not in kept


def test_a_change_that_cannot_be_audited_did_not_happen(amy_viewer: Viewer, case_id: int) -> None:
    before = Case.objects.values().get(pk=case_id)
    with mock.patch.object(audit, "record", side_effect=DatabaseError), pytest.raises(DatabaseError):
        casework.close(viewer=amy_viewer, case_id=case_id)

    assert Case.objects.values().get(pk=case_id) == before
    assert not CaseEntry.objects.filter(code="closed").exists()


def test_answering_ends_the_customers_wait_and_a_note_does_not(amy_viewer: Viewer, case_id: int) -> None:
    def waits() -> datetime | None:
        return Case.objects.values_list("waiting_since", flat=True).get(pk=case_id)

    casework.note(viewer=amy_viewer, case_id=case_id, body="Looking", at=LATER)
    assert waits() == AT
    say: dict[str, Any] = {"viewer": amy_viewer, "case_id": case_id, "kind": EntryKind.MESSAGE, "at": LATER}
    casework.write_entry(**say, sender=EntryFrom.AGENT, body="It is on its way.")
    assert waits() is None
    casework.write_entry(**say, sender=EntryFrom.CUSTOMER, body="Still not here.")
    assert waits() == LATER


@pytest.mark.parametrize("until", [AT, AT - timedelta(hours=1), AT + LONGEST_SNOOZE + timedelta(seconds=1)])
def test_a_pause_ends_in_the_future_and_within_a_year(
    amy_viewer: Viewer, case_id: int, until: datetime
) -> None:
    with pytest.raises(IllegalChange):
        casework.snooze(viewer=amy_viewer, case_id=case_id, until=until, at=AT)


def test_the_worker_opens_what_is_due_and_leaves_the_rest(make_case: CaseMaker) -> None:
    due = make_case(state="snoozed", snoozed_until=AT)
    make_case(state="snoozed", snoozed_until=AT + timedelta(days=99_000))

    wake_cases()
    wake_cases()

    assert list(Case.objects.filter(state="open")) == [due]
    assert [(entry.sender, entry.code) for entry in CaseEntry.objects.all()] == [("system", "woken")]


def test_a_checklist_belongs_to_a_billing_dispute_and_goes_with_it(amy_viewer: Viewer, case_id: int) -> None:
    step = DisputeStep.PAYMENTS_FOUND
    with pytest.raises(IllegalChange):
        casework.tick(viewer=amy_viewer, case_id=case_id, step=step, done=True)
    casework.sort_case(viewer=amy_viewer, case_id=case_id, type=CaseType.BILLING_DISPUTE)
    casework.tick(viewer=amy_viewer, case_id=case_id, step=step, done=True)
    ticked = [
        s.step.value for s in casework.read_case(amy_viewer, case_id).record.checklist if s.done_at.value
    ]
    assert ticked == [step]
    casework.tick(viewer=amy_viewer, case_id=case_id, step=step, done=False)
    assert Case.objects.get(pk=case_id).checklist == {}
    casework.tick(viewer=amy_viewer, case_id=case_id, step=step, done=True)
    casework.sort_case(viewer=amy_viewer, case_id=case_id, type=CaseType.RETURN)
    assert Case.objects.get(pk=case_id).checklist == {}


def test_the_second_of_two_who_decide_by_the_same_state_is_told_who_was_first(
    amy_viewer: Viewer, sam_viewer: Viewer, case_id: int
) -> None:
    seen = Case.objects.get(pk=case_id).version
    casework.close(viewer=sam_viewer, case_id=case_id, version=seen)

    with pytest.raises(CaseChanged) as told:
        casework.snooze(viewer=amy_viewer, case_id=case_id, until=LATER, version=seen, at=AT)
    assert told.value.by == "sam"
    assert Case.objects.get(pk=case_id).state == CaseState.CLOSED


def test_a_note_never_stands_in_the_way_of_a_decision(
    amy_viewer: Viewer, sam_viewer: Viewer, case_id: int
) -> None:
    seen = Case.objects.get(pk=case_id).version
    casework.note(viewer=sam_viewer, case_id=case_id, body="By the way")

    casework.close(viewer=amy_viewer, case_id=case_id, version=seen)

    assert Case.objects.get(pk=case_id).state == CaseState.CLOSED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_wins(amy: User, sam: User) -> None:
    viewers = [viewer_for(amy), viewer_for(sam)]
    case_id = casework.open_case(viewer=viewers[0], order=identity(), subject="Race")
    seen = Case.objects.get(pk=case_id).version
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def try_to(change: Callable[[], None]) -> None:
        try:
            start.wait()
            change()
            outcomes.append("won")
        except CaseChanged:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(
            target=try_to,
            args=(lambda v=viewer: casework.close(viewer=v, case_id=case_id, version=seen),),
        )
        for viewer in viewers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["told", "won"]
    assert changes(case_id).count("closed") == 1


def test_two_people_at_one_case_see_each_other_until_one_leaves(
    amy_viewer: Viewer, sam_viewer: Viewer, case_id: int
) -> None:
    def names(viewer: Viewer, at: datetime) -> list[str]:
        return [one.name for one in casework.arrive(viewer=viewer, case_id=case_id, at=at)]

    assert names(amy_viewer, AT) == []
    assert names(sam_viewer, AT + timedelta(seconds=5)) == ["amy"]
    assert names(amy_viewer, AT + timedelta(seconds=15)) == ["sam"]
    assert names(amy_viewer, AT + timedelta(seconds=60)) == []
    casework.leave(viewer=amy_viewer, case_id=case_id)
    assert names(sam_viewer, AT + timedelta(seconds=61)) == []
    wake_cases()
    assert CasePresence.objects.count() == 0  # all of this was long ago


def test_presence_is_not_written_to_the_log_of_the_database(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'cases_casepresence'")
        assert cursor.fetchone() == ("u",)


def test_a_person_who_leaves_keeps_no_case(amy: User, amy_viewer: Viewer, case_id: int) -> None:
    casework.take(viewer=amy_viewer, case_id=case_id)
    User.objects.filter(pk=amy.pk).delete()

    assert Case.objects.get(pk=case_id).assignee_id is None


def test_the_start_page_costs_six_queries_however_many_cases(
    client: Client, amy: User, make_case: CaseMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is kept for seconds, however slow this machine is.
    for keeper in ("connections", "disclosure.matrix_versions"):
        monkeypatch.setattr(f"cases.{keeper}._kept.for_s", 3600)
    client.force_login(amy, backend="django.contrib.auth.backends.ModelBackend")
    for _ in range(30):
        make_case()
    client.get("/")

    with CaptureQueriesContext(connection) as captured:
        page = client.get("/")

    assert page.content.count(b'class="case-row"') == 30
    assert len(captured) <= 6, "\n".join(query["sql"][:60] for query in captured.captured_queries)
