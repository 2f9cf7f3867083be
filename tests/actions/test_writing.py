"""Where is written: turned on and off by the right people, with a reason that whoever wants to ask can read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.actions.waking import queue_what_may_go
from cases.masking.roles import Role
from cases.models import Action, ActionSwitch, AuditEntry, Scope, User
from cases.people.access import viewer_for
from cases.writing import finance_assignees
from integrations import gateways
from integrations.canonical import FinancePerson, NotAssignable
from integrations.errors import Unreachable
from integrations.gateways import Budget
from integrations.models import FinanceAssignee, OdooConnection
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db

PEOPLE = {
    7: FinancePerson(id=7, name="Fiona Finance", against=None),
    8: FinancePerson(id=8, name="Gone Gary", against=NotAssignable.DEACTIVATED),
    9: FinancePerson(id=9, name="Customer Carl", against=NotAssignable.PORTAL),
}


class Directory:
    """Odoo's users, as the gateway tells of them."""

    is_down = False

    async def find(
        self, named: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[FinancePerson, ...]:
        if self.is_down:
            raise Unreachable("down")
        return tuple(
            one for one in PEOPLE.values() if one.against is None and named.lower() in one.name.lower()
        )

    async def read(
        self, user_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> FinancePerson | None:
        return PEOPLE.get(user_id)


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Directory:
    found = Directory()

    async def open_directory(slug: str) -> Directory:
        return found

    monkeypatch.setattr(gateways, "finance_directory", open_directory)
    return found


@pytest.fixture
def place(db: None) -> OdooConnection:
    made = OdooConnection.objects.create(slug="main", name="Main", url="http://127.0.0.1:1", database="x")
    Scope.objects.get_or_create(connection="main", company_id=1, defaults={"company_name": "Company 1"})
    return made


@pytest.fixture
def ada(make_person: PersonMaker) -> User:
    """An administrator, who sees no order."""
    return make_person("ada", Role.ADMIN)


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def change(browser: Client, do: str, **form: Any) -> Any:
    return browser.post(
        "/settings/writing/change/",
        {"do": do, "connection": "main", "kind": "refund", "company": 1, **form},
    )


def test_an_administrator_turns_a_kind_on_and_off_and_the_trail_tells(
    place: OdooConnection, ada: User
) -> None:
    browser = browser_of(ada)
    assert b"Nobody turned it on yet" in browser.get("/settings/writing/").content
    assert change(browser, "on").status_code == 302
    assert change(browser, "off").status_code == 422, "everybody reads the reason, so there is one"
    assert change(browser, "off", reason="Stock-taking", brand="Northlight").status_code == 302
    page = browser.get("/settings/writing/").content.decode()
    assert "Stock-taking" in page
    assert "Brand Northlight" in page
    found = AuditEntry.objects.filter(action="action_switched").order_by("seq")
    assert [(entry.actor, entry.details["is_on"]) for entry in found] == [
        (f"user:{ada.pk}", True),
        (f"user:{ada.pk}", False),
    ]


def test_a_stop_needs_to_be_meant_and_holds_at_once(
    place: OdooConnection, ada: User, propose: Propose, approve: Approve, amy: User
) -> None:
    browser = browser_of(ada)
    action = propose()
    assert change(browser, "stop", reason="Odoo is being moved").status_code == 422
    assert change(browser, "stop", sure="1").status_code == 422
    assert change(browser, "stop", reason="Odoo is being moved", sure="1").status_code == 302
    approve(action)
    assert Action.objects.get(pk=action.pk).state == ActionState.APPROVED
    page = browser_of(amy).get(f"/actions/{action.pk}/").content.decode()
    assert "Odoo is being moved" in page
    assert change(browser, "release", sure="1").status_code == 302
    assert queue_what_may_go() == 1


def test_who_may_not_switch_is_kept_out(place: OdooConnection, amy: User, sam: User) -> None:
    assert browser_of(amy).get("/settings/writing/").status_code == 403
    assert change(browser_of(amy), "on").status_code == 403
    supervisor = browser_of(sam)
    assert supervisor.get("/settings/writing/").status_code == 200
    assert change(supervisor, "on", company=3).status_code == 403
    assert change(supervisor, "choose", person=7).status_code == 403
    assert not ActionSwitch.objects.exists()


def test_a_connection_that_is_not_there_has_no_switch(place: OdooConnection, ada: User) -> None:
    assert change(browser_of(ada), "on", connection="nowhere").status_code == 403
    assert not ActionSwitch.objects.exists()


def test_whoever_checks_in_odoo_is_chosen_from_odoos_own_list(
    place: OdooConnection, ada: User, directory: Directory
) -> None:
    browser = browser_of(ada)
    found = change(browser, "find", named="fiona").content.decode()
    assert "Fiona Finance" in found
    assert "Gone Gary" not in found
    assert change(browser, "choose", person=7).status_code == 302
    assert b"Fiona Finance" in browser.get("/settings/writing/").content
    chosen = AuditEntry.objects.get(action="finance_assignee_chosen")
    assert (chosen.chain, chosen.details) == ("main:1", {"odoo_user": 7})
    assert change(browser, "choose_nobody").status_code == 302
    assert not FinanceAssignee.objects.exists()


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (8, "deactivated in Odoo"),
        (9, "supplier’s account"),
        (404, "no user of that number"),
        ("", "Choose somebody"),
    ],
)
def test_the_wrong_person_is_refused_with_words(
    place: OdooConnection, ada: User, directory: Directory, person: Any, sentence: str
) -> None:
    answer = change(browser_of(ada), "choose", person=person)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not FinanceAssignee.objects.exists()


def test_odoo_being_away_is_said(place: OdooConnection, ada: User, directory: Directory) -> None:
    directory.is_down = True
    assert change(browser_of(ada), "find").status_code == 503


def test_the_chosen_one_travels_with_the_request(
    place: OdooConnection,
    ada: User,
    directory: Directory,
    propose: Propose,
    approve: Approve,
    odoo: FakeOdoo,
) -> None:
    first = propose()
    finance_assignees.choose(
        viewer=viewer_for(ada),
        connection="main",
        company_id=1,
        odoo_user_id=7,
        correlation_id="test",
        at=timezone.now(),
    )
    approve(first)
    run_due(action_id=first.pk)
    assert odoo.asked == [7]


def test_the_page_says_what_is_guaranteed_there(place: OdooConnection, ada: User, odoo: FakeOdoo) -> None:
    browser = browser_of(ada)
    assert b"Exactly once" in browser.get("/settings/writing/main/guarantee/").content
