"""People get exactly the rights that were named, and every change is in the trail."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from cases.audit import Action
from cases.masking.roles import Role
from cases.models import AuditEntry, User
from cases.people.access import viewer_for
from integrations.models import OdooConnection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def main() -> OdooConnection:
    return OdooConnection.objects.create(
        slug="main",
        name="Main",
        url="https://odoo.example",
        database="shop",
        capabilities={"companies": [[1, "One"], [2, "Two"]]},
    )


def person(*arguments: str) -> str:
    said = StringIO()
    call_command("person", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_new_person_gets_a_password_that_is_printed_once() -> None:
    password = person("amy", "--role", "agent", "--company", "main:1")

    user = User.objects.get(username="amy")
    viewer = viewer_for(user)
    assert user.check_password(password)
    assert (set(viewer.roles), set(viewer.companies_in("main"))) == ({Role.AGENT}, {1})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details["companies"]) == (Action.RIGHTS_CHANGED, ["main:1"])
    assert password not in str(entry.details)
    assert person("amy", "--role", "agent", "--company", "main:1") == ""


def test_rights_are_exactly_those_named_last() -> None:
    person("amy", "--role", "finance", "--company", "main:all")
    person("amy", "--role", "agent", "--company", "main:2")

    viewer = viewer_for(User.objects.get(username="amy"))
    assert (set(viewer.roles), set(viewer.companies_in("main"))) == ({Role.AGENT}, {2})


def test_people_with_the_same_companies_share_a_team() -> None:
    person("amy", "--role", "agent", "--company", "main:1", "--company", "main:2")
    person("bo", "--role", "agent", "--company", "main:all")

    assert Group.objects.filter(name__startswith="team:").count() == 1


def test_a_new_password_ends_the_old_one_and_changes_no_right() -> None:
    first = person("amy", "--role", "agent", "--company", "main:1")
    second = person("amy", "--role", "agent", "--company", "main:1", "--new-password")

    user = User.objects.get(username="amy")
    assert user.check_password(second)
    assert not user.check_password(first)


def test_a_deactivated_person_keeps_nothing() -> None:
    person("amy", "--role", "agent", "--company", "main:1")

    person("amy", "--deactivate")

    assert viewer_for(User.objects.get(username="amy")).grants == frozenset()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["amy", "--company", "main:9"], "known: 1, 2"),
        (["amy", "--company", "other:1"], "no active connection"),
        (["amy", "--company", "main"], "known: 1, 2"),
        (["nobody", "--deactivate"], "no person"),
    ],
)
def test_a_mistyped_name_or_number_opens_nothing(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        person(*arguments)

    assert User.objects.count() == 0
