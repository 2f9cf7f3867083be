"""Rights come from groups with roles and scopes, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import Group, Permission
from django.db import connection
from guardian.shortcuts import assign_perm
from pytest_django import DjangoAssertNumQueries

from cases.disclosure import matrix_versions as masking_policy
from cases.disclosure.matrix_versions import current_policy
from cases.masking import Mode
from cases.masking.matrices import matrix_of
from cases.masking.roles import DEFAULT_MATRIX, Role, roles_of
from cases.models import Scope, User
from cases.people import access
from cases.people.access import VIEW_ORDERS, aload_person, grant_scope, make_role_groups, viewer_for
from cases.people.viewer import Grant
from integrations import database
from integrations.canonical import Sensitivity
from tests.conftest import PersonMaker


def test_an_agent_sees_the_companies_of_their_team_only(amy: User) -> None:
    viewer = viewer_for(amy)

    assert viewer.companies_in("main") == {1}
    assert viewer.may_see("main", 1)
    assert not viewer.may_see("main", 2)
    assert not viewer.may_see("other", 1)


def test_a_policy_that_ages_while_the_person_is_looked_up_fails_no_request(
    amy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(access._person_query(), [amy.pk])
            return list(cursor.fetchall())

    async def slowly(*_: object) -> list[tuple[Any, ...]]:
        masking_policy.forget_kept_policy()  # as after three seconds
        return await sync_to_async(found)()

    monkeypatch.setattr(database, "rows", slowly)

    person = async_to_sync(aload_person)(amy.pk)

    assert person is not None
    assert person[1].may_see("main", 1)


def test_somebody_without_a_scope_sees_nothing(eve: User) -> None:
    viewer = viewer_for(eve)

    assert viewer.connections == frozenset()
    assert not viewer.may_see("main", 1)


def test_a_scope_without_a_role_opens_nothing(make_person: PersonMaker) -> None:
    viewer = viewer_for(make_person("uma", main=[1]))

    assert not viewer.may_see("main", 1)
    assert set(viewer.matrix.values()) == {Mode.HIDE}


def test_a_deactivated_person_sees_nothing(make_person: PersonMaker) -> None:
    viewer = viewer_for(make_person("ina", Role.SUPERVISOR, is_active=False, main=[1]))

    assert viewer.roles == frozenset()
    assert not viewer.may_see("main", 1)


def test_superuser_status_and_permissions_of_the_person_open_nothing(eve: User) -> None:
    scope = Scope.objects.create(connection="main", company_id=1, company_name="One")
    eve.groups.add(make_role_groups()[Role.AGENT])
    eve.is_superuser = True
    eve.save()
    eve.user_permissions.add(Permission.objects.get(codename=VIEW_ORDERS))
    assign_perm(VIEW_ORDERS, eve, scope)

    assert viewer_for(eve).grants == frozenset()


def test_a_permission_for_all_scopes_on_a_group_opens_nothing(eve: User) -> None:
    Scope.objects.create(connection="main", company_id=1, company_name="One")
    group = make_role_groups()[Role.AGENT]
    group.permissions.add(Permission.objects.get(codename=VIEW_ORDERS))
    eve.groups.add(group)

    assert viewer_for(eve).grants == frozenset()


def test_a_grant_of_one_brand_does_not_cover_other_or_unknown_brands(eve: User) -> None:
    scope = Scope.objects.create(connection="main", company_id=1, company_name="One", brand="Alpine")
    team = Group.objects.create(name="team: alpine")
    grant_scope(group=team, scope=scope)
    eve.groups.add(team, make_role_groups()[Role.AGENT])

    viewer = viewer_for(eve)

    assert viewer.companies_in("main") == {1}
    assert viewer.may_see("main", 1, brand="Alpine")
    assert not viewer.may_see("main", 1, brand="Coast")
    assert not viewer.may_see("main", 1)


def test_an_order_of_unknown_region_is_for_unrestricted_grants_only() -> None:
    restricted = Grant(connection="main", company_id=1, region="north")
    unrestricted = Grant(connection="main", company_id=1)

    assert not restricted.covers("main", 1, None, None)
    assert unrestricted.covers("main", 1, None, None)


def test_several_roles_add_up_to_the_widest_mode_per_class(make_person: PersonMaker) -> None:
    viewer = viewer_for(make_person("mia", Role.AGENT, Role.FINANCE, main=[1]))

    assert viewer.matrix[Sensitivity.PAYMENT] is Mode.SHOW
    assert viewer.matrix[Sensitivity.INTERNAL] is Mode.SHOW
    assert viewer.matrix[Sensitivity.PERSONAL] is Mode.REVEAL


def test_a_viewer_costs_one_query(amy: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    current_policy()  # asked for every few seconds, not for every viewer
    with django_assert_num_queries(1):
        viewer_for(amy)


def test_granting_a_scope_twice_leaves_one_grant(amy: User) -> None:
    team, scope = Group.objects.get(name="team: amy"), Scope.objects.get()

    grant_scope(group=team, scope=scope)

    assert scope.grants.count() == 1


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_mode_for_every_class_and_none_shows_secrets(role: Role) -> None:
    row = DEFAULT_MATRIX[role]

    assert set(row) == set(Sensitivity)
    assert row[Sensitivity.SECRET] is Mode.HIDE
    assert row[Sensitivity.PUBLIC] is Mode.SHOW


def test_the_default_matrix_is_the_one_agreed() -> None:
    S, M = Sensitivity, Mode
    assert DEFAULT_MATRIX[Role.AGENT][S.PAYMENT] is M.HIDE
    assert DEFAULT_MATRIX[Role.AGENT][S.PERSONAL] is M.REVEAL
    assert DEFAULT_MATRIX[Role.AGENT][S.INTERNAL] is M.PARTIAL
    assert DEFAULT_MATRIX[Role.SENIOR_AGENT] == DEFAULT_MATRIX[Role.SUPERVISOR]
    assert DEFAULT_MATRIX[Role.AUDITOR][S.PAYMENT] is M.PARTIAL
    assert {s for s, m in DEFAULT_MATRIX[Role.ADMIN].items() if m is not M.HIDE} == {S.PUBLIC}


def test_groups_that_only_look_like_roles_give_none() -> None:
    assert roles_of(["role: emperor", "agent", "team: agent"]) == frozenset()
    assert set(matrix_of([]).values()) == {Mode.HIDE}
