"""A customer's erasure: nothing personal is readable any more, and the trail is whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from cases import casework, erasure
from cases.actions.records import masked_action
from cases.approvals import reject
from cases.audit.check import check_trail
from cases.erasure import StillOpen, erase
from cases.masking.roles import Role
from cases.models import Action, AuditEntry, SubjectKey, User
from cases.models.casework import Case, CaseEntry
from cases.people.viewer import Viewer
from cases.subjects import Subject, seal_about, unseal_about
from integrations.credentials import CannotDecrypt
from integrations.models import OdooConnection
from tests.actions.conftest import Propose
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Orders of which the last known facts are forgotten."""
    found: list[tuple[str, str]] = []

    async def forget(*, connection: str, ref: str) -> None:
        found.append((connection, ref))

    monkeypatch.setattr(erasure, "forget_order", forget)
    return found


@pytest.fixture
def rejected(propose: Propose, sam_viewer: Viewer) -> Action:
    action = propose(note="Mrs Bergström called from 555-0199")
    reject(viewer=sam_viewer, action_id=action.pk, reason="Mrs Bergström lied before", at=timezone.now())
    return Action.objects.get(pk=action.pk)


@pytest.fixture
def subject(rejected: Action, case: Case, sam_viewer: Viewer) -> Subject:
    assert rejected.customer_id is not None
    Case.objects.filter(pk=case.pk).update(customer_id=rejected.customer_id, customer_name="Ana Bergström")
    casework.note(viewer=sam_viewer, case_id=case.pk, body="Ana is at 12 Harbour Lane")
    return Subject(connection="main", customer_id=rejected.customer_id)


def texts(action: Action, viewer: Viewer) -> list[Any]:
    shown = masked_action(action, viewer)
    return [shown.note.value, *(one.reason.value for one in shown.approvals)]


def test_nothing_personal_is_left_and_the_trail_is_whole(
    subject: Subject, rejected: Action, case: Case, sam_viewer: Viewer, forgotten: list[tuple[str, str]]
) -> None:
    assert texts(rejected, sam_viewer) == ["Mrs Bergström called from 555-0199", "Mrs Bergström lied before"]
    before = Action.objects.get(pk=rejected.pk)
    erased = erase(subject, actor="system:test", at=timezone.now())
    assert (erased.keys, erased.cases, erased.texts) == (1, 1, 1)
    assert texts(rejected, sam_viewer) == [None, None]
    after = Action.objects.get(pk=rejected.pk)
    assert (after.content_hash, after.amount, after.note) == (before.content_hash, before.amount, before.note)
    case.refresh_from_db()
    assert (case.subject, case.customer_name) == ("—", "")
    assert not CaseEntry.objects.filter(body__contains="Harbour").exists()
    assert forgotten == [("main", rejected.order_ref)]
    assert check_trail(anchor_directory=None).problems == ()
    told = AuditEntry.objects.get(action="subject_erased")
    assert str(subject.customer_id) not in (told.object_ref, str(told.details))


def test_a_destroyed_key_opens_nothing_and_the_next_text_gets_another(db: None) -> None:
    subject = Subject(connection="main", customer_id=9)
    sealed, key_id = seal_about("Ana", subject=subject, place="here")
    assert unseal_about(sealed, key_id=key_id, place="here") == "Ana"
    with pytest.raises(CannotDecrypt):
        unseal_about(sealed, key_id=key_id, place="elsewhere")
    OdooConnection.objects.create(slug="main", name="Main", url="https://o.example", database="x")
    call_command("erase_subject", "main", "9", "--yes")
    with pytest.raises(CannotDecrypt):
        unseal_about(sealed, key_id=key_id, place="here")
    row = SubjectKey.objects.get()
    assert (bytes(row.key), row.wrapped_by) == (b"", "")
    assert seal_about("Ana", subject=subject, place="here")[1] != key_id


def test_what_is_open_is_finished_first(propose: Propose, subject: Subject) -> None:
    waiting = propose()
    with pytest.raises(StillOpen) as still:
        erase(subject, actor="system:test", at=timezone.now())
    assert still.value.references == (waiting.reference,)
    assert not AuditEntry.objects.filter(action="subject_erased").exists()


def test_the_command_wants_to_be_meant(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("erase_subject", "nowhere", "9", "--yes")
    OdooConnection.objects.create(slug="main", name="Main", url="https://o.example", database="x")
    with pytest.raises(CommandError, match="--yes"):
        call_command("erase_subject", "main", "9")


def test_the_page_wants_the_number_twice_and_says_what_was_erased(
    subject: Subject, make_person: PersonMaker, sam: User
) -> None:
    OdooConnection.objects.create(slug="main", name="Main", url="https://o.example", database="x")
    browser = Client()
    browser.force_login(sam)
    assert browser.get("/settings/erasure/").status_code == 403
    browser.force_login(make_person("ada", Role.ADMIN))
    form = {"connection": "main", "customer": str(subject.customer_id), "again": "1"}
    assert browser.post("/settings/erasure/", form).status_code == 422
    done = browser.post("/settings/erasure/", form | {"again": form["customer"]})
    assert done.status_code == 200
    assert "Erased: 1 keys" in done.content.decode()
