"""The pages of the desk: the list with its filters, one action, what changed, several at once, and the menu's count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.actions import caring
from cases.actions.states import ActionState
from cases.menu_counts import count_for_menu
from cases.models import Action, User
from cases.models.casework import Case
from cases.people.access import viewer_for
from integrations.errors import Unreachable
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo
from tests.actions.rows import make_action
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def enter(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def parked(propose: Propose, approve: Approve, case: Case) -> Action:
    Case.objects.filter(pk=case.pk).update(customer_name="Ana Berger")
    action = propose()
    approve(action)
    Action.objects.filter(pk=action.pk).update(
        state="parked", cause="refused_by_odoo", parked_at=timezone.now() - timedelta(hours=2)
    )
    action.refresh_from_db()
    return action


def test_the_list_says_why_whose_and_for_how_long_and_masks_the_customer(
    parked: Action, sam: User, amy: User
) -> None:
    page = enter(sam).get("/parked/").content.decode()
    for words in (parked.reference, "a lock date", "Ana Berger", "nobody looks after it", "/help/runbooks/"):
        assert words in page
    masked = enter(amy).get("/parked/").content.decode()
    assert "Berger" not in masked
    assert "Show what would happen" not in masked, "an agent does not decide at the desk"


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?cause=refused_by_odoo", True),
        ("?cause=gave_up", False),
        ("?owner=nobody", True),
        ("?owner=mine", False),
        ("?age=hour", True),
        ("?age=day", False),
        ("?cause=%00&owner=x&age=y", True),
    ],
)
def test_filters(parked: Action, sam: User, query: str, is_there: bool) -> None:
    answer = enter(sam).get(f"/parked/{query}")
    assert answer.status_code == 200
    assert (parked.reference in answer.content.decode()) is is_there


def test_it_is_taken_given_back_and_passed_on_from_its_page(parked: Action, sam: User, fin: User) -> None:
    browser, path = enter(sam), f"/actions/{parked.pk}/care/"
    browser.post(path, {"verb": "take"})
    parked.refresh_from_db()
    assert parked.owner_id == sam.pk
    assert "Give it back" in browser.get(f"/actions/{parked.pk}/").content.decode()
    team = caring.teams_for(parked).get(user=fin)
    browser.post(path, {"verb": "pass_on", "team": team.pk, "note": "The journal is locked"})
    other = enter(fin)
    assert "passed on to a team of yours" in other.get("/parked/").content.decode()
    assert "The journal is locked" in other.get(f"/actions/{parked.pk}/").content.decode()
    other.post(path, {"verb": "take"})
    assert "passed on to a team of yours" not in other.get("/parked/").content.decode()


def test_what_changed_and_which_documents_there_are_is_read_when_it_is_asked_for(
    parked: Action, sam: User, odoo: FakeOdoo
) -> None:
    browser, path = enter(sam), f"/actions/{parked.pk}/since/"
    assert "Nothing that it was approved by has changed" in browser.get(path).content.decode()
    odoo.add_foreign_note("60.00")
    odoo.marks[9000] = frozenset({parked.reference})
    part = browser.get(path).content.decode()
    assert "not what was approved any more" in part
    assert 'value="account.move/9000"' in part
    assert "bears our reference" in part

    def away() -> None:
        raise Unreachable("down")

    odoo.on_read = away
    assert "alert-warn" in browser.get(path).content.decode()


def test_a_candidate_is_taken_by_two_people(parked: Action, sam: User, fin: User, odoo: FakeOdoo) -> None:
    odoo.add_foreign_note("60.00")
    form = {"verb": "adopt", "candidate": "account.move/9000", "password": PASSWORD}
    for person in (sam, fin):
        enter(person).post(f"/actions/{parked.pk}/fix/", form)
    parked.refresh_from_db()
    assert (parked.state, parked.cause) == (ActionState.SUCCEEDED, "adopted")


def test_evidence_is_shown_to_the_second_person_and_on_the_page_afterwards(
    parked: Action, sam: User, fin: User
) -> None:
    shown = "finance made it by hand"
    enter(sam).post(
        f"/actions/{parked.pk}/fix/", {"verb": "mark_done", "evidence": shown, "password": PASSWORD}
    )
    second = enter(fin)
    assert shown in second.get(f"/actions/{parked.pk}/").content.decode()
    second.post(f"/actions/{parked.pk}/fix/", {"verb": "mark_done", "password": PASSWORD})
    assert shown in second.get(f"/actions/{parked.pk}/").content.decode()


def test_several_are_shown_first_and_each_keeps_its_own_rules(
    parked: Action, amy: User, sam: User, fin: User
) -> None:
    waits = make_action(amy)
    browser = enter(sam)
    form: dict[str, Any] = {"verb": "replay", "action": [str(parked.pk), str(waits.pk), "nonsense"]}
    preview = browser.post("/parked/several/", form).content.decode()
    for words in ("Nothing has happened yet", "Waits for a second person then", "Cannot be done"):
        assert words in preview
    parked.refresh_from_db()
    assert parked.fix == {}
    refused = browser.post("/parked/several/", {**form, "confirmed": "1"}).content.decode()
    assert "Give your password again" in refused
    parked.refresh_from_db()
    assert parked.fix == {}
    done = {**form, "confirmed": "1", "password": PASSWORD}
    assert "Said; a second person does it" in browser.post("/parked/several/", done).content.decode()
    assert "Done" in enter(fin).post("/parked/several/", done).content.decode()
    parked.refresh_from_db()
    assert parked.state == ActionState.QUEUED
    waits.refresh_from_db()
    assert waits.state == ActionState.AWAITING_APPROVAL


def test_several_are_not_called_done_without_evidence(parked: Action, sam: User) -> None:
    form = {"verb": "mark_done", "action": [str(parked.pk)], "confirmed": "1", "password": PASSWORD}
    answer = enter(sam).post("/parked/several/", form).content.decode()
    assert "Say by what it is known" in answer
    parked.refresh_from_db()
    assert parked.fix == {}


def test_the_menu_counts_what_waits_for_others_in_one_statement(
    propose: Propose, sam: User, amy: User
) -> None:
    propose()
    viewer = viewer_for(sam)
    with CaptureQueriesContext(connection) as statements:
        counts = count_for_menu(viewer)
    assert (counts.waiting, counts.notices, len(statements)) == (1, 0, 1)
    asks = viewer_for(amy)
    with CaptureQueriesContext(connection) as statements:
        assert count_for_menu(asks).waiting == 0
    assert len(statements) == 0, "an agent decides nothing, and their pages pay nothing"
    assert '<span class="count">1</span>' in enter(sam).get("/approvals/").content.decode()
