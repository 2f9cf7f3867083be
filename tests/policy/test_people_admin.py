"""Roles, teams and access of people are an administrator's to change, never their own; each change holds at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cases.masking.roles import Role
from cases.models import ApiToken, AuditEntry, User
from cases.people.access import viewer_for
from cases.people.administration import (
    NoSuchPerson,
    NoSuchTeam,
    NotPermitted,
    OwnRights,
    list_people,
    read_person,
    set_active,
    set_roles,
    set_teams,
)
from cases.people.tokens import TokenRefused, TokenScope, issue_token, viewer_of_token
from cases.people.viewer import Viewer
from cases.scopes.administration import UnclearScope, add_grant, remove_grant, teams
from tests.conftest import PersonMaker

NOW = timezone.now


def changes_of(user: User) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(
        action="rights_changed", object_kind="user", object_ref=str(user.pk)
    ).order_by("seq")
    return [entry.details for entry in entries]


def test_several_roles_are_given_and_taken_and_each_change_is_told(ada_viewer: Viewer, amy: User) -> None:
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[Role.FINANCE, Role.SUPERVISOR])
    assert viewer_for(amy).roles == {Role.FINANCE, Role.SUPERVISOR}
    assert viewer_for(amy).grants  # her teams stay
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[Role.SUPERVISOR, Role.FINANCE])  # as it is: no entry
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[])

    assert not viewer_for(amy).grants  # without a role nothing is seen
    assert changes_of(amy) == [
        {"roles": ["supervisor", "finance"], "roles_before": ["agent"]},
        {"roles": [], "roles_before": ["supervisor", "finance"]},
    ]
    actors = AuditEntry.objects.filter(object_kind="user").values_list("actor", flat=True)
    assert set(actors) == {ada_viewer.actor}


def test_teams_decide_what_is_seen_and_roles_stay(ada_viewer: Viewer, amy: User, sam: User) -> None:
    theirs = Group.objects.get(name="team: sam")
    set_teams(viewer=ada_viewer, user_id=amy.pk, team_ids=[theirs.pk])
    assert {grant.company_id for grant in viewer_for(amy).grants} == {1, 2}
    assert viewer_for(amy).roles == {Role.AGENT}
    set_teams(viewer=ada_viewer, user_id=amy.pk, team_ids=[])
    assert not viewer_for(amy).grants
    assert changes_of(amy)[-1] == {"teams": [], "teams_before": ["team: sam"]}


def test_a_role_is_no_team(ada_viewer: Viewer, amy: User) -> None:
    role = Group.objects.get(name=Role.ADMIN.group_name)
    for number in (role.pk, 999_999):
        with pytest.raises(NoSuchTeam):
            set_teams(viewer=ada_viewer, user_id=amy.pk, team_ids=[number])
    assert viewer_for(amy).roles == {Role.AGENT}


def test_nobody_changes_their_own_rights(ada_viewer: Viewer, ada: User) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: set_roles(viewer=ada_viewer, user_id=ada.pk, roles=list(Role)),
        lambda: set_teams(viewer=ada_viewer, user_id=ada.pk, team_ids=[]),
        lambda: set_active(viewer=ada_viewer, user_id=ada.pk, is_active=False, at=NOW()),
    ]
    for attempt in attempts:
        with pytest.raises(OwnRights):
            attempt()
    assert changes_of(ada) == []


def test_nobody_widens_or_narrows_a_team_they_are_in(ada_viewer: Viewer, sam: User) -> None:
    mine, theirs = Group.objects.get(name="team: ada"), Group.objects.get(name="team: sam")
    given = {"connection": "main", "company_id": 2, "brand": "", "region": ""}
    with pytest.raises(UnclearScope) as refused:
        add_grant(viewer=ada_viewer, team_id=mine.pk, **given)  # type: ignore[arg-type]
    assert refused.value.reason == "own_team"
    (own,) = [team for team in teams(ada_viewer) if team.id == mine.pk]
    with pytest.raises(UnclearScope):
        remove_grant(viewer=ada_viewer, grant_id=own.grants[0][0])
    add_grant(viewer=ada_viewer, team_id=theirs.pk, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_no_other_role_reads_or_changes_people(make_person: PersonMaker, amy: User, role: Role) -> None:
    who = viewer_for(make_person("other", role, main=[1]))
    attempts: list[Callable[[], object]] = [
        lambda: list_people(who),
        lambda: read_person(who, amy.pk, at=NOW()),
        lambda: set_roles(viewer=who, user_id=amy.pk, roles=[Role.ADMIN]),
        lambda: set_teams(viewer=who, user_id=amy.pk, team_ids=[]),
        lambda: set_active(viewer=who, user_id=amy.pk, is_active=False, at=NOW()),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            attempt()


def test_an_administrators_token_changes_nobody(ada: User, amy: User) -> None:
    with pytest.raises(NotPermitted):
        set_roles(viewer=viewer_of_token(token_of(ada), at=NOW()), user_id=amy.pk, roles=[])


def token_of(user: User) -> str:
    expires_at = NOW() + timedelta(days=1)
    return issue_token(
        user=user, name="t", scopes=list(TokenScope), expires_at=expires_at, issued_by="test", at=NOW()
    )


@pytest.fixture
def signed_in(amy: User, eve: User) -> tuple[Client, Client]:
    """Amy twice, and somebody else, who must not be thrown out with her."""
    clients = Client(), Client()
    for client, user in zip(clients, (amy, eve), strict=True):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    second = Client()
    second.force_login(amy, backend="django.contrib.auth.backends.ModelBackend")
    return clients


@pytest.mark.parametrize("end", [
    lambda ada, user: set_active(viewer=ada, user_id=user.pk, is_active=False, at=NOW()),
    lambda ada, user: call_command("person", user.username, "--deactivate"),
], ids=["console", "command"])  # fmt: skip
def test_a_deactivated_persons_sessions_and_tokens_die_at_once_and_for_good(
    ada_viewer: Viewer, amy: User, signed_in: tuple[Client, Client], end: Callable[[Viewer, User], None]
) -> None:
    client, other = signed_in
    token = token_of(amy)
    assert client.get("/").status_code == 200
    end(ada_viewer, amy)
    assert client.get("/").status_code == 302
    with pytest.raises(TokenRefused):
        viewer_of_token(token, at=NOW())
    assert Session.objects.count() == 1
    assert changes_of(amy)[-1] == {
        "active": False, "active_before": True, "sessions_ended": 2, "tokens_revoked": 1,
    }  # fmt: skip

    set_active(viewer=ada_viewer, user_id=amy.pk, is_active=True, at=NOW())
    assert client.get("/").status_code == 302
    with pytest.raises(TokenRefused):
        viewer_of_token(token, at=NOW())
    assert other.get("/").status_code == 200
    assert not ApiToken.objects.filter(user=amy, revoked_at=None).exists()


def test_a_change_holds_at_the_persons_next_request(
    ada_viewer: Viewer, amy: User, signed_in: tuple[Client, Client]
) -> None:
    client, _ = signed_in
    assert client.get("/settings/scopes/").status_code == 403
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[Role.AGENT, Role.ADMIN])
    assert client.get("/settings/scopes/").status_code == 200
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[Role.AGENT])
    assert client.get("/settings/scopes/").status_code == 403


def test_people_are_found_by_any_part_of_their_name(ada_viewer: Viewer, amy: User, sam: User) -> None:
    User.objects.filter(pk=sam.pk).update(first_name="Samuel", last_name="Okoro")
    for typed in ("sam", "OKO", "samuel okoro", "okoro sam"):
        assert [person.username for person in list_people(ada_viewer, named=typed)] == ["sam"], typed
    assert list_people(ada_viewer, named="%") == ()
    assert {person.username for person in list_people(ada_viewer)} == {"ada", "amy", "sam"}


def test_a_persons_rights_are_told_as_they_come_out(ada_viewer: Viewer, amy: User, sam: User) -> None:
    amy.groups.add(Group.objects.get(name="team: sam"))
    page = read_person(ada_viewer, amy.pk, at=NOW())
    assert [(s.scope.company_id, s.teams) for s in page.sights] == [
        (1, ("team: amy", "team: sam")),
        (2, ("team: sam",)),
    ]
    assert [team.name for team in page.teams if team.is_member] == ["team: amy", "team: sam"]
    assert page.matrix == viewer_for(amy).matrix
    set_roles(viewer=ada_viewer, user_id=amy.pk, roles=[])
    page = read_person(ada_viewer, amy.pk, at=NOW())
    assert page.sights == ()  # a scope without a role opens nothing
    assert [change.who for change in page.changes] == ["ada"]


def test_nobody_of_an_unknown_number_is_there(ada_viewer: Viewer) -> None:
    for number in (0, -1, 999_999, 2**40):
        with pytest.raises(NoSuchPerson):
            read_person(ada_viewer, number, at=NOW())
        with pytest.raises(NoSuchPerson):
            set_roles(viewer=ada_viewer, user_id=number, roles=[])
