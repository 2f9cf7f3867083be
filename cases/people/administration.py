"""Changes what a person may do: roles, teams, whether they may sign in; by an administrator, never their own.

Viewers are built from the database for every request, so a change holds from the person's next one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet

from cases import audit
from cases.masking import Matrix
from cases.masking.roles import GROUP_PREFIX, Role, roles_of
from cases.models import ApiToken, AuditEntry, Scope, ScopeGrant, User
from cases.people.access import make_role_groups, viewer_for
from cases.people.accounts import end_access
from cases.people.viewer import Viewer

LISTED, CHANGES_LISTED = 200, 20


class NotPermitted(Exception):
    """Only administrators change people, and never through a token."""


class OwnRights(Exception):
    """Nobody changes their own rights, an administrator neither."""


class NoSuchPerson(Exception):
    """There is nobody of this number."""


class NoSuchTeam(Exception):
    """One of the teams is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    id: int
    name: str
    username: str
    is_active: bool
    is_self: bool
    roles: tuple[Role, ...]
    teams: tuple[str, ...]
    last_sign_in: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChoice:
    id: int
    name: str
    is_member: bool
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Orders and cases that a person may see, and through which teams."""

    scope: Scope
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChange:
    at: datetime
    who: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person with their rights as they come out: nothing is seen without both a role and a scope."""

    person: ListedPerson
    teams: tuple[TeamChoice, ...]
    sights: tuple[Sight, ...]
    matrix: Matrix
    policy_version: int
    live_tokens: int
    changes: tuple[RightsChange, ...]


def may_change_people(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def list_people(viewer: Viewer, *, named: str = "") -> tuple[ListedPerson, ...]:
    """By user name; ``named`` is any part of first, last or user name."""
    _require(viewer)
    found = User.objects.all()
    for word in named.split()[:5]:
        found = found.filter(
            Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
        )
    rows = found.prefetch_related("groups").order_by("-is_active", "username")[:LISTED]
    return tuple(_listed(row, viewer) for row in rows)


def read_person(viewer: Viewer, user_id: int, *, at: datetime) -> PersonPage:
    _require(viewer)
    person = _find(user_id)
    theirs = viewer_for(person)
    return PersonPage(
        person=_listed(person, viewer),
        teams=_teams(person),
        sights=_sights(person) if theirs.grants else (),
        matrix=theirs.matrix,
        policy_version=theirs.policy_version,
        live_tokens=ApiToken.objects.filter(user=person, revoked_at=None, expires_at__gt=at).count(),
        changes=_changes(person),
    )


def set_roles(*, viewer: Viewer, user_id: int, roles: Collection[Role]) -> None:
    """Give a person exactly these roles."""

    def change(person: User) -> dict[str, Any]:
        before = roles_of(person.groups.values_list("name", flat=True))
        groups = make_role_groups()
        person.groups.remove(*(groups[role] for role in before - set(roles)))
        person.groups.add(*(groups[role] for role in set(roles) - before))
        return {"roles": _words(roles), "roles_before": _words(before)}

    _change(viewer, user_id, change)


def set_teams(*, viewer: Viewer, user_id: int, team_ids: Collection[int]) -> None:
    """Put a person into exactly these teams."""

    def change(person: User) -> dict[str, Any]:
        wanted = {team.pk: team.name for team in _all_teams().filter(pk__in=team_ids)}
        if set(team_ids) != set(wanted):
            raise NoSuchTeam
        before = {team.pk: team.name for team in _all_teams().filter(user=person)}
        person.groups.remove(*(before.keys() - wanted.keys()))
        person.groups.add(*(wanted.keys() - before.keys()))
        return {"teams": sorted(wanted.values()), "teams_before": sorted(before.values())}

    _change(viewer, user_id, change)


def set_active(*, viewer: Viewer, user_id: int, is_active: bool, at: datetime) -> None:
    """Let a person sign in again, or end all access at once. What was ended stays ended when they come back."""

    def change(person: User) -> dict[str, Any]:
        User.objects.filter(pk=person.pk).update(is_active=is_active)
        ended = {} if is_active else end_access(user=person, ended_by=viewer.actor, at=at)
        return {"active": is_active, "active_before": person.is_active, **ended}

    _change(viewer, user_id, change)


def _change(viewer: Viewer, user_id: int, change: Callable[[User], dict[str, Any]]) -> None:
    """One change of one person: locked, and audited where it changes anything."""
    _require(viewer)
    if user_id == viewer.user_id:
        raise OwnRights
    with transaction.atomic():
        person = _find(user_id, for_update=True)
        details = change(person)
        if all(
            details[name.removesuffix("_before")] == details[name] for name in details if "_before" in name
        ):
            return
        audit.record(
            actor=viewer.actor,
            action=audit.Action.RIGHTS_CHANGED,
            object_kind="user",
            object_ref=str(person.pk),
            details=details,
        )


def _require(viewer: Viewer) -> None:
    if not may_change_people(viewer):
        raise NotPermitted


def _find(user_id: int, *, for_update: bool = False) -> User:
    found = User.objects.select_for_update() if for_update else User.objects.prefetch_related("groups")
    person = found.filter(pk=user_id).first() if 0 < user_id < 2**31 else None
    if person is None:
        raise NoSuchPerson
    return person


def _listed(person: User, viewer: Viewer) -> ListedPerson:
    names = [group.name for group in person.groups.all()]
    held = roles_of(names)
    return ListedPerson(
        id=person.pk,
        name=person.get_full_name() or person.get_username(),
        username=person.get_username(),
        is_active=person.is_active,
        is_self=person.pk == viewer.user_id,
        roles=tuple(role for role in Role if role in held),
        teams=tuple(sorted(name for name in names if not name.startswith(GROUP_PREFIX))),
        last_sign_in=person.last_login,
    )


def _all_teams() -> QuerySet[Group]:
    return Group.objects.exclude(name__startswith=GROUP_PREFIX).order_by("name")


def _teams(person: User) -> tuple[TeamChoice, ...]:
    scopes: dict[int, list[Scope]] = {}
    for grant in _grants():
        scopes.setdefault(grant.group_id, []).append(grant.content_object)
    mine = set(person.groups.values_list("pk", flat=True))
    return tuple(
        TeamChoice(
            id=team.pk, name=team.name, is_member=team.pk in mine, scopes=tuple(scopes.get(team.pk, ()))
        )
        for team in _all_teams()
    )


def _sights(person: User) -> tuple[Sight, ...]:
    through: dict[int, tuple[Scope, list[str]]] = {}
    for grant in _grants().filter(group__user=person).select_related("group"):
        through.setdefault(grant.content_object_id, (grant.content_object, []))[1].append(grant.group.name)
    return tuple(Sight(scope=scope, teams=tuple(teams)) for scope, teams in through.values())


def _grants() -> QuerySet[ScopeGrant]:
    scope = "content_object__"
    return ScopeGrant.objects.select_related("content_object").order_by(
        f"{scope}connection", f"{scope}company_id", f"{scope}brand", f"{scope}region", "pk"
    )


def _changes(person: User) -> tuple[RightsChange, ...]:
    """Newest first, with who made them, as the trail tells it."""
    entries = list(
        AuditEntry.objects.filter(
            action=audit.Action.RIGHTS_CHANGED.value, object_kind="user", object_ref=str(person.pk)
        ).order_by("-at")[:CHANGES_LISTED]
    )
    numbers = {int(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}
    names = {row.pk: row.get_full_name() or row.username for row in User.objects.filter(pk__in=numbers)}
    return tuple(
        RightsChange(
            at=entry.at,
            who=names.get(int(entry.actor[5:]), "") if entry.actor.startswith("user:") else "",
            details=entry.details,
        )
        for entry in entries
    )


def _words(roles: Collection[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]
