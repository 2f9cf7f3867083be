"""What a viewer may see is what django-guardian says their groups may see, no more and no less."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm, get_objects_for_group, get_perms, remove_perm

from cases.masking.roles import Role
from cases.models import Scope, ScopeGrant, User
from cases.people.access import VIEW_ORDERS, grant_scope, revoke_scope, viewer_for
from cases.people.viewer import Grant
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


def seen(user: User) -> set[tuple[str, int, str, str]]:
    return {(g.connection, g.company_id, g.brand, g.region) for g in viewer_for(user).grants}


def told_by_guardian(user: User) -> set[tuple[str, int, str, str]]:
    scopes = [
        scope
        for group in user.groups.all()
        for scope in get_objects_for_group(group, f"cases.{VIEW_ORDERS}", klass=Scope)
    ]
    return {(s.connection, s.company_id, s.brand, s.region) for s in scopes}


def test_both_say_the_same_whoever_grants_and_whoever_takes(amy: User) -> None:
    team = Group.objects.get(name="team: amy")
    brand = Scope.objects.create(connection="main", company_id=2, company_name="Two", brand="Lumen")
    assert seen(amy) == told_by_guardian(amy) == {("main", 1, "", "")}
    grant_scope(group=team, scope=brand)
    assert VIEW_ORDERS in get_perms(team, brand)
    assert seen(amy) == told_by_guardian(amy) == {("main", 1, "", ""), ("main", 2, "Lumen", "")}
    remove_perm(VIEW_ORDERS, team, brand)  # by guardian's own hand
    assert seen(amy) == told_by_guardian(amy) == {("main", 1, "", "")}
    assign_perm(VIEW_ORDERS, team, brand)
    assert Grant(connection="main", company_id=2, brand="Lumen") in viewer_for(amy).grants
    revoke_scope(group=team, scope=brand)
    assert not get_perms(team, brand)


def test_a_grant_goes_with_its_scope_and_its_group(amy: User) -> None:
    Scope.objects.filter(company_id=1).delete()
    assert not ScopeGrant.objects.exists()
    assert seen(amy) == told_by_guardian(amy) == set()


def test_what_guardian_gives_a_person_alone_counts_for_nothing(make_person: PersonMaker) -> None:
    """Rights hang on groups, where an administrator sees them."""
    flo = make_person("flo", Role.AGENT)
    scope = Scope.objects.create(connection="main", company_id=1, company_name="One")
    assign_perm(VIEW_ORDERS, flo, scope)
    assert VIEW_ORDERS in get_perms(flo, scope)
    assert seen(flo) == set()
