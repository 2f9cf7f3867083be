"""Builds viewers from groups and grants, and hands out grants; the only user of guardian's functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from guardian.shortcuts import assign_perm, remove_perm

from cases.disclosure.matrix_versions import Policy, acurrent_policy, current_policy
from cases.masking.matrices import matrix_of
from cases.masking.roles import Role, roles_of
from cases.models import Scope, User
from cases.people.viewer import Grant, Viewer
from integrations import database

VIEW_ORDERS = "view_orders"


def load_person(user_id: int) -> tuple[User, Viewer] | None:
    """A person and their viewer by one query over groups and grants; None where there is no such person.

    Only rights of groups on scopes count: global permissions, rows per user and superuser status give nothing,
    and neither does anything to a person who was deactivated.
    """
    with connection.cursor() as cursor:
        cursor.execute(_person_query(), [user_id])
        rows = cursor.fetchall()
    return _person(rows, current_policy())


async def aload_person(user_id: int) -> tuple[User, Viewer] | None:
    """The same on the event loop: every request begins with it."""
    # Asked for once and carried along: under load the time a kept version is good for may end in between.
    policy = await acurrent_policy()
    return _person(await database.rows(_person_query(), [user_id]), policy)


def _person(rows: list[tuple[Any, ...]], policy: Policy) -> tuple[User, Viewer] | None:
    if not rows:
        return None
    names = _user_columns()
    user = User.from_db(connection.alias, names, rows[0][: len(names)])
    return user, _viewer(user, [row[len(names) :] for row in rows], policy)


def viewer_for(user: User) -> Viewer:
    """The viewer of a person as the database knows them now."""
    person = load_person(user.pk)
    return person[1] if person else _viewer(user, [], current_policy())


def _viewer(user: User, rows: list[tuple[Any, ...]], policy: Policy) -> Viewer:
    rows = rows if user.is_active else []
    roles = roles_of({row[0] for row in rows})
    grants = frozenset(
        Grant(connection=slug, company_id=company_id, brand=brand, region=region)
        for _, permission, slug, company_id, brand, region in rows
        if permission == VIEW_ORDERS
    )
    return Viewer(
        user_id=user.pk,
        name=user.get_full_name() or user.get_username(),
        roles=roles,
        matrix=matrix_of(roles, policy.matrices),
        policy_version=policy.version,
        grants=grants if roles else frozenset(),
        language=user.language,
        time_zone=user.time_zone,
    )


def viewer_through_token(*, user_id: int, token_id: int, scopes: Iterable[str]) -> Viewer | None:
    """The viewer of an active person, marked as spoken for by a token."""
    person = load_person(user_id)
    if person is None or not person[0].is_active:
        return None
    return replace(person[1], token_id=token_id, token_scopes=frozenset(scopes))


def grant_scope(*, group: Group, scope: Scope) -> None:
    """Let a group see the orders of a scope; granting twice changes nothing."""
    assign_perm(VIEW_ORDERS, group, scope)


def revoke_scope(*, group: Group, scope: Scope) -> None:
    """Take the orders of a scope from a group; what was never granted stays that way."""
    remove_perm(VIEW_ORDERS, group, scope)


def make_role_groups() -> dict[Role, Group]:
    """The group of every role, made where it is missing."""
    return {role: Group.objects.get_or_create(name=role.group_name)[0] for role in Role}


@cache
def _user_columns() -> list[str]:
    return [field.attname for field in User._meta.concrete_fields]


@cache
def _person_query() -> str:
    """One row per group and grant of a person, written by the ORM once: doing so again costs more than the query."""
    scope = "groups__scopegrant__content_object"
    query = (
        User.objects.filter(pk=0)
        .order_by()
        .values_list(
            *_user_columns(),
            "groups__name",
            "groups__scopegrant__permission__codename",
            f"{scope}__connection",
            f"{scope}__company_id",
            f"{scope}__brand",
            f"{scope}__region",
        )
        .query
    )
    sql, params = query.sql_with_params()
    if params != (0,):
        raise AssertionError("the person's number is meant to be the only parameter")
    return sql
