"""What becomes of the documents that actions made: posted, changed, cancelled, deleted, each seen once and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from cases.actions.following import follow, follow_what_was_made
from cases.actions.records import masked_action
from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.models import Action, AuditEntry, DocumentSighting, User
from cases.people.viewer import Viewer
from integrations.canonical import DocumentState, PaymentProgress
from integrations.errors import Unreachable
from integrations.models import OdooConnection
from integrations.odoo.addresses import document_address
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(propose: Propose, approve: Approve, odoo: FakeOdoo) -> Action:
    action = propose()
    approve(action)
    run_due(action_id=action.pk)
    action.refresh_from_db()
    assert action.state == ActionState.SUCCEEDED
    return action


def finance_posts(odoo: FakeOdoo, payment: PaymentProgress = PaymentProgress.NOT_PAID) -> None:
    odoo.notes[0] = replace(
        odoo.notes[0], state=DocumentState.POSTED, ref="RINV/2026/00007", payment_state=payment
    )


def test_nothing_is_told_while_nothing_changed(done: Action) -> None:
    assert not follow(done, at=timezone.now())
    assert not DocumentSighting.objects.exists()


def test_posting_is_seen_once_and_told(done: Action, odoo: FakeOdoo, amy_viewer: Viewer) -> None:
    finance_posts(odoo)
    assert follow(done, at=timezone.now())
    assert not follow(done, at=timezone.now())
    (effect,) = masked_action(done, amy_viewer).effects
    assert (effect.state.value, effect.ref.value) == ("posted", "RINV/2026/00007")
    told = AuditEntry.objects.get(action="document_seen")
    assert (told.object_ref, told.details["state"]) == (done.reference, "posted")


def test_an_edit_a_cancellation_and_a_deletion_are_each_named(done: Action, odoo: FakeOdoo) -> None:
    now = timezone.now()
    note = odoo.notes[0]
    odoo.notes[0] = replace(note, total=replace(note.total, amount=note.total.amount + 1))
    follow(done, at=now)
    odoo.notes[0] = replace(note, state=DocumentState.CANCELLED)
    follow(done, at=now + timedelta(seconds=1))
    odoo.notes.clear()
    follow(done, at=now + timedelta(seconds=2))
    seen = DocumentSighting.objects.order_by("seen_at").values_list("state", "total")
    assert [(state, None if total is None else int(total)) for state, total in seen] == [
        ("draft", 61),
        ("cancelled", 60),
        ("gone", None),
    ]


def test_the_sweep_follows_until_it_is_paid_and_survives_odoo_being_away(
    done: Action, odoo: FakeOdoo
) -> None:
    now = timezone.now()

    def away() -> None:
        raise Unreachable("down")

    odoo.on_read = away
    assert follow_what_was_made(at=now) == 0
    odoo.on_read = None
    finance_posts(odoo)
    assert follow_what_was_made(at=now) == 1
    finance_posts(odoo, PaymentProgress.PAID)
    assert follow_what_was_made(at=now) == 1
    asked = len(odoo.calls)
    assert follow_what_was_made(at=now) == 0
    assert len(odoo.calls) == asked, "what is paid is looked at no more"


def test_what_was_seen_stays(done: Action, odoo: FakeOdoo) -> None:
    finance_posts(odoo)
    follow(done, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentSighting.objects.update(state="draft")


def test_the_page_looks_shows_and_leads_to_odoo(done: Action, odoo: FakeOdoo, amy: User) -> None:
    OdooConnection.objects.create(
        slug="main", name="Main", url="https://odoo.example", database="x", version="18.0"
    )
    browser = Client()
    browser.force_login(amy)
    page = browser.get(f"/actions/{done.pk}/").content.decode()
    assert "Finance checks and posts it in Odoo" in page
    assert f"/actions/{done.pk}/documents/" in page
    finance_posts(odoo)
    part = browser.get(f"/actions/{done.pk}/documents/").content.decode()
    assert "RINV/2026/00007" in part
    assert "Finance has posted it in Odoo" in part
    assert "https://odoo.example/odoo/account.move/700" in part


def test_every_version_has_its_own_way_to_a_document() -> None:
    def address(version: str) -> str:
        return document_address("https://o.example/", version=version, model="account.move", number=7)

    assert address("17.0") == "https://o.example/web#id=7&model=account.move&view_type=form"
    assert address("18.0") == address("19.0") == "https://o.example/odoo/account.move/7"
