"""Gives people their place: an account, roles and the companies they may see, each change audited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from cases import audit
from cases.access import grant_scope, make_role_groups
from cases.models import Scope, User
from cases.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRef:
    """One company behind one connection, with the name Odoo gives it."""

    connection: str
    company_id: int
    name: str


@transaction.atomic
def place_person(
    *,
    username: str,
    password: str | None,
    roles: Iterable[Role],
    companies: Iterable[CompanyRef],
    changed_by: str,
) -> User:
    """Make the person's roles and companies exactly these; ``password`` is set where it is given.

    Rights hang on groups only: a role's group, and one team per set of companies, shared by all who have that set.
    """
    roles, companies = sorted(set(roles)), sorted(set(companies), key=lambda c: (c.connection, c.company_id))
    user, _ = User.objects.get_or_create(username=username)
    if password is not None:
        user.set_password(password)
        user.save(update_fields=["password"])
    groups = make_role_groups()
    teams = [_team(companies)] if companies else []
    user.groups.set([*(groups[role] for role in roles), *teams])
    audit.record(
        actor=changed_by,
        action=audit.Action.RIGHTS_CHANGED,
        object_kind="user",
        object_ref=str(user.pk),
        details={
            "roles": [role.value for role in roles],
            "companies": [f"{company.connection}:{company.company_id}" for company in companies],
            "password_set": password is not None,
        },
    )
    return user


@transaction.atomic
def deactivate_person(*, user: User, changed_by: str) -> None:
    """End all access at once: sessions and tokens of an inactive person open nothing."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    audit.record(
        actor=changed_by,
        action=audit.Action.RIGHTS_CHANGED,
        object_kind="user",
        object_ref=str(user.pk),
        details={"active": False},
    )


def _team(companies: list[CompanyRef]) -> Group:
    listed = ", ".join(f"{company.connection}:{company.company_id}" for company in companies)
    # A group's name holds 150 characters, and two long lists may begin alike.
    short = listed if len(listed) <= 100 else hashlib.sha256(listed.encode()).hexdigest()
    group, _ = Group.objects.get_or_create(name=f"team: {short}")
    for company in companies:
        scope, _ = Scope.objects.get_or_create(
            connection=company.connection,
            company_id=company.company_id,
            brand="",
            region="",
            defaults={"company_name": company.name},
        )
        grant_scope(group=group, scope=scope)
    return group
