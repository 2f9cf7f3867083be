"""Builds viewers from groups and grants, and hands out grants; the only user of guardian's functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from cases.models import Scope, User
from cases.roles import Role, matrix_of, roles_of
from cases.viewer import Grant, Viewer

VIEW_ORDERS = "view_orders"


def viewer_for(user: User) -> Viewer:
    """The viewer of an active person, by one query over groups and their grants.

    Only rights of groups on scopes count: global permissions, rows per user and superuser status give nothing,
    and neither does anything to a person who was deactivated.
    """
    rows = _groups_with_grants(user) if user.is_active else []
    roles = roles_of({row[0] for row in rows})
    grants = frozenset(
        Grant(connection=connection, company_id=company_id, brand=brand, region=region)
        for _, permission, connection, company_id, brand, region in rows
        if permission == VIEW_ORDERS
    )
    return Viewer(
        user_id=user.pk,
        name=user.get_full_name() or user.get_username(),
        roles=roles,
        matrix=matrix_of(roles),
        grants=grants if roles else frozenset(),
        language=user.language,
        time_zone=user.time_zone,
    )


def viewer_through_token(user: User, *, token_id: int, scopes: Iterable[str]) -> Viewer:
    return replace(viewer_for(user), token_id=token_id, token_scopes=frozenset(scopes))


def grant_scope(*, group: Group, scope: Scope) -> None:
    """Let a group see the orders of a scope; granting twice changes nothing."""
    assign_perm(VIEW_ORDERS, group, scope)


def make_role_groups() -> dict[Role, Group]:
    """The group of every role, made where it is missing."""
    return {role: Group.objects.get_or_create(name=role.group_name)[0] for role in Role}


def _groups_with_grants(user: User) -> list[tuple[str, str | None, str, int, str, str]]:
    """One row per group and grant; a group without grants gives one row without a permission."""
    scope = "scopegrant__content_object"
    return list(
        Group.objects.filter(user=user)
        .order_by()
        .values_list(
            "name",
            "scopegrant__permission__codename",
            f"{scope}__connection",
            f"{scope}__company_id",
            f"{scope}__brand",
            f"{scope}__region",
        )
    )
