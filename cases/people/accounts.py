"""Gives people their place: an account, roles and the companies they may see, each change audited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from cases import audit
from cases.masking.roles import Role
from cases.models import ApiToken, Scope, User
from cases.people.access import grant_scope, make_role_groups
from cases.people.tokens import revoke_token


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
    """End all access at once: an inactive person's sessions and tokens open nothing, and they end for good."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    ended = end_access(user=user, ended_by=changed_by, at=timezone.now())
    audit.record(
        actor=changed_by,
        action=audit.Action.RIGHTS_CHANGED,
        object_kind="user",
        object_ref=str(user.pk),
        details={"active": False, "active_before": user.is_active, **ended},
    )


def end_access(*, user: User, ended_by: str, at: datetime) -> dict[str, int]:
    """End every session and token of a person, so that none lives on when they are let in again; says how many."""
    tokens = list(ApiToken.objects.filter(user=user, revoked_at=None))
    for token in tokens:
        revoke_token(token=token, revoked_by=ended_by, at=at)
    mine = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=at).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
    return {"sessions_ended": len(mine), "tokens_revoked": len(tokens)}


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
