"""Rules and grants are changed by administrators, each change audited, and count within seconds."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cases.masking.roles import Role
from cases.models import AuditEntry, ScopeRule, User
from cases.people.access import viewer_for
from cases.people.administration import NotPermitted as NotPermittedToChange
from cases.people.administration import list_people
from cases.people.viewer import Viewer
from cases.scopes.administration import (
    NoSuchThing,
    NotPermitted,
    UnclearScope,
    add_grant,
    add_rule,
    add_team,
    change_rule,
    delete_rule,
    move_rule,
    remove_grant,
    rules_for_editing,
    teams,
)
from cases.scopes.placing import rules_by_connection
from cases.scopes.rules import Rule
from integrations.models import OdooConnection
from tests.conftest import PersonMaker

GB, DE = Rule(country="GB", brand="Isles"), Rule(country="DE", brand="Home")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def main(db: None) -> None:
    OdooConnection.objects.create(slug="main", name="Main", url="https://odoo.example", database="shop")


def order_of_rules(viewer: Viewer) -> list[str]:
    return [entry.rule.brand for entry in rules_for_editing(viewer)["main"]]


def test_rules_are_added_changed_moved_and_deleted(ada_viewer: Viewer) -> None:
    for rule in (GB, DE, Rule(company_id=1, brand="Rest")):
        add_rule(viewer=ada_viewer, connection="main", rule=rule)
    first, second, third = (entry.id for entry in rules_for_editing(ada_viewer)["main"])

    move_rule(viewer=ada_viewer, rule_id=third, up=True)
    move_rule(viewer=ada_viewer, rule_id=first, up=True)  # it is the first already
    change_rule(viewer=ada_viewer, rule_id=second, rule=Rule(country="DE", brand="Haus"))
    delete_rule(viewer=ada_viewer, rule_id=first)

    assert order_of_rules(ada_viewer) == ["Rest", "Haus"]
    told = [
        entry.details for entry in AuditEntry.objects.filter(action="scope_rules_changed").order_by("seq")
    ]
    assert [next(iter(set(d) & {"added", "moved", "changed", "deleted"})) for d in told] == [
        "added", "added", "added", "moved", "changed", "deleted",
    ]  # fmt: skip
    assert told[4]["before"] == {"country": "DE", "brand": "Home"}


@pytest.mark.parametrize(("rule", "why"), [
    (Rule(country="GB"), "says_nothing"),
    (Rule(brand="Isles"), "no_condition"),
    (Rule(country="United Kingdom", brand="x"), "country"),
    (Rule(country="gb", brand="x"), "country"),
    (Rule(sales_team="x" * 101, brand="x"), "too_long"),
])  # fmt: skip
def test_what_makes_no_rule_is_refused(ada_viewer: Viewer, rule: Rule, why: str) -> None:
    with pytest.raises(UnclearScope) as refused:
        add_rule(viewer=ada_viewer, connection="main", rule=rule)
    assert refused.value.reason == why
    with pytest.raises(UnclearScope):
        add_rule(viewer=ada_viewer, connection="nowhere", rule=GB)

    assert not ScopeRule.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_change_scopes(make_person: PersonMaker, role: Role) -> None:
    viewer = viewer_for(make_person("rob", role, main=[1]))
    for change in (
        lambda: add_rule(viewer=viewer, connection="main", rule=GB),
        lambda: add_team(viewer=viewer, name="mine"),
        lambda: rules_for_editing(viewer),
        lambda: list_people(viewer),
        lambda: teams(viewer),
    ):
        with pytest.raises((NotPermitted, NotPermittedToChange)):
            change()


def test_a_team_is_given_one_brand_and_loses_it_again(ada_viewer: Viewer, amy: User) -> None:
    add_team(viewer=ada_viewer, name="team: isles")
    group = Group.objects.get(name="team: isles")
    amy.groups.add(group)
    given = {"connection": "main", "company_id": 1, "brand": "Isles", "region": ""}
    add_grant(viewer=ada_viewer, team_id=group.pk, **given)  # type: ignore[arg-type]
    assert any(grant.brand == "Isles" for grant in viewer_for(amy).grants)

    (team,) = (team for team in teams(ada_viewer) if team.id == group.pk)
    assert team.members == ("amy",)
    remove_grant(viewer=ada_viewer, grant_id=team.grants[0][0])

    assert not any(grant.brand for grant in viewer_for(amy).grants)
    told = AuditEntry.objects.filter(action="rights_changed", object_ref=str(group.pk)).order_by("seq")
    assert [next(iter(entry.details)) for entry in told] == ["team", "granted", "revoked"]


def test_unknown_companies_and_teams_and_roles_are_no_teams(ada_viewer: Viewer) -> None:
    role = Group.objects.get(name=Role.ADMIN.group_name)
    given: dict[str, Any] = {"connection": "main", "company_id": 1, "brand": "", "region": ""}
    for team_id in (role.pk, 0):
        with pytest.raises(NoSuchThing):
            add_grant(viewer=ada_viewer, team_id=team_id, **given)
    with pytest.raises(UnclearScope):
        add_team(viewer=ada_viewer, name=Role.SUPERVISOR.group_name)


def test_several_roles_of_a_person_are_shown(ada_viewer: Viewer, make_person: PersonMaker) -> None:
    make_person("flo", Role.AGENT, Role.FINANCE, main=[1])

    (flo,) = (person for person in list_people(ada_viewer) if person.username == "flo")
    assert flo.roles == (Role.AGENT, Role.FINANCE)


@pytest.mark.django_db(transaction=True)
def test_the_page_changes_rules_and_says_what_is_wrong(client: Client, ada: User) -> None:
    client.force_login(ada, backend=BACKEND)
    form = {"do": "add_rule", "connection": "main", "country": "gb", "brand": "Isles"}

    assert client.post("/settings/scopes/change/", form).status_code == 302
    assert rules_by_connection()["main"] == (Rule(country="GB", brand="Isles"),)
    assert "Isles" in client.get("/settings/scopes/").content.decode()
    refused = client.post("/settings/scopes/change/", {**form, "brand": ""})
    assert refused.status_code == 422
    assert "Name a brand" in refused.content.decode()
    gone = client.post("/settings/scopes/change/", {"do": "delete_rule", "rule": "999999"})
    assert gone.status_code == 409
