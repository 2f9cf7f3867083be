"""Changes the rules that place orders in brands and regions, and which teams may see what; each change audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection as database
from django.db import transaction
from django.db.models import Prefetch

from cases import audit
from cases.connections import connection_labels
from cases.masking.roles import GROUP_PREFIX, Role
from cases.models import Scope, ScopeGrant, ScopeRule, User
from cases.people.access import grant_scope, revoke_scope
from cases.people.viewer import Viewer
from cases.scopes.placing import forget_kept_rules, rule_of
from cases.scopes.rules import Rule

LONGEST = 100


class NotPermitted(Exception):
    """Only administrators change scopes, and never through a token."""


class NoSuchThing(Exception):
    """The rule, team or grant is not there any more."""


class UnclearScope(Exception):
    """What was filled in makes no rule or grant; ``reason`` is a word for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedRule:
    id: int
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group that may see scopes, and who is in it."""

    id: int
    name: str
    grants: tuple[tuple[int, Scope], ...]  # with the number of the grant
    members: tuple[str, ...]
    is_own: bool  # the viewer is in it, and so may not change it


def may_change_scopes(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def _require(viewer: Viewer) -> None:
    if not may_change_scopes(viewer):
        raise NotPermitted


def rules_for_editing(viewer: Viewer) -> dict[str, tuple[NumberedRule, ...]]:
    """The rules of every active connection, in their order."""
    _require(viewer)
    found: dict[str, tuple[NumberedRule, ...]] = dict.fromkeys(connection_labels(), ())
    for row in ScopeRule.objects.order_by("connection", "position"):
        if row.connection in found:
            numbered = NumberedRule(id=row.pk, rule=rule_of(row))
            found[row.connection] = (*found[row.connection], numbered)
    return found


def known_companies() -> tuple[tuple[str, int, str], ...]:
    """Connection, number and name of every company that a scope was ever made for."""
    rows = Scope.objects.order_by("connection", "company_id", "pk").values_list(
        "connection", "company_id", "company_name"
    )
    names: dict[tuple[str, int], str] = {}
    for slug, number, name in rows:
        names.setdefault((slug, number), name)
    return tuple((slug, number, name) for (slug, number), name in names.items())


@transaction.atomic
def add_rule(*, viewer: Viewer, connection: str, rule: Rule) -> None:
    """Put a rule behind the others of its connection."""
    _require(viewer)
    _check(connection, rule)
    _lock_rules()
    last = ScopeRule.objects.filter(connection=connection).order_by("-position").first()
    row = ScopeRule.objects.create(
        connection=connection, position=last.position + 1 if last else 1, **asdict(rule)
    )
    _record_rules(viewer, connection, {"added": row.pk, "position": row.position, **_plain(rule)})


@transaction.atomic
def change_rule(*, viewer: Viewer, rule_id: int, rule: Rule) -> None:
    _require(viewer)
    row = _find_rule(rule_id)
    _check(row.connection, rule)
    before = rule_of(row)
    if before == rule:
        return
    ScopeRule.objects.filter(pk=row.pk).update(**asdict(rule))
    _record_rules(
        viewer, row.connection, {"changed": row.pk, "before": _plain(before), "after": _plain(rule)}
    )


@transaction.atomic
def delete_rule(*, viewer: Viewer, rule_id: int) -> None:
    _require(viewer)
    row = _find_rule(rule_id)
    row.delete()
    _record_rules(viewer, row.connection, {"deleted": rule_id, **_plain(rule_of(row))})


@transaction.atomic
def move_rule(*, viewer: Viewer, rule_id: int, up: bool) -> None:
    """Change places with the rule before or behind; at the end nothing happens."""
    _require(viewer)
    row = _find_rule(rule_id)
    same = ScopeRule.objects.filter(connection=row.connection)
    other = (
        same.filter(position__lt=row.position).order_by("-position").first()
        if up
        else same.filter(position__gt=row.position).order_by("position").first()
    )
    if other is None:
        return
    ScopeRule.objects.filter(pk=row.pk).update(position=other.position)
    ScopeRule.objects.filter(pk=other.pk).update(position=row.position)
    _record_rules(viewer, row.connection, {"moved": row.pk, "position": other.position})


def _check(connection: str, rule: Rule) -> None:
    if connection not in connection_labels():
        raise UnclearScope("connection")
    if not rule.brand and not rule.region:
        raise UnclearScope("says_nothing")
    conditions = (rule.company_id, rule.sales_team, rule.website, rule.warehouse, rule.country)
    if not any(conditions):
        raise UnclearScope("no_condition")
    if rule.country and not (len(rule.country) == 2 and rule.country.isascii() and rule.country.isupper()):
        raise UnclearScope("country")
    texts = (rule.sales_team, rule.website, rule.warehouse, rule.brand, rule.region)
    if any(len(text) > LONGEST for text in texts):
        raise UnclearScope("too_long")


def _find_rule(rule_id: int) -> ScopeRule:
    _lock_rules()
    row = ScopeRule.objects.filter(pk=rule_id).first()
    if row is None:
        raise NoSuchThing
    return row


def _lock_rules() -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.scope_rules'))")


def _plain(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in asdict(rule).items() if value}


def _record_rules(viewer: Viewer, connection: str, details: dict[str, Any]) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.SCOPE_RULES_CHANGED,
        object_kind="scope_rules",
        object_ref=connection,
        details=details,
    )
    transaction.on_commit(forget_kept_rules)


def teams(viewer: Viewer) -> tuple[Team, ...]:
    """Every group that is no role, with its scopes and members."""
    _require(viewer)
    groups = Group.objects.exclude(name__startswith=GROUP_PREFIX).order_by("name")
    grants: dict[int, list[tuple[int, Scope]]] = {}
    rows = ScopeGrant.objects.select_related("content_object").order_by(
        "content_object__connection", "content_object__company_id", "content_object__brand", "pk"
    )
    for row in rows:
        grants.setdefault(row.group_id, []).append((row.pk, row.content_object))
    return tuple(
        Team(
            id=group.pk,
            name=group.name,
            grants=tuple(grants.get(group.pk, ())),
            members=tuple(_name(person) for person in group.user_set.all()),
            is_own=viewer.user_id in {person.pk for person in group.user_set.all()},
        )
        for group in groups.prefetch_related(Prefetch("user_set", User.objects.order_by("username")))
    )


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


@transaction.atomic
def add_team(*, viewer: Viewer, name: str) -> None:
    _require(viewer)
    wanted = name.strip()
    if not wanted or len(wanted) > LONGEST or wanted.startswith(GROUP_PREFIX):
        raise UnclearScope("team_name")
    group, made = Group.objects.get_or_create(name=wanted)
    if not made:
        raise UnclearScope("team_exists")
    _record_rights(viewer, group, {"team": "added"})


@transaction.atomic
def add_grant(
    *, viewer: Viewer, team_id: int, connection: str, company_id: int, brand: str, region: str
) -> None:
    """Let a team see the orders of a company, of one brand or region where these are given."""
    _require(viewer)
    group = _find_team(team_id)
    _refuse_own(viewer, group)
    names = {(slug, number): name for slug, number, name in known_companies()}
    if (connection, company_id) not in names:
        raise UnclearScope("company")
    if max(len(brand), len(region)) > LONGEST:
        raise UnclearScope("too_long")
    scope, _ = Scope.objects.get_or_create(
        connection=connection,
        company_id=company_id,
        brand=brand.strip(),
        region=region.strip(),
        defaults={"company_name": names[connection, company_id]},
    )
    grant_scope(group=group, scope=scope)
    _record_rights(viewer, group, {"granted": _scope_words(scope)})


@transaction.atomic
def remove_grant(*, viewer: Viewer, grant_id: int) -> None:
    _require(viewer)
    row = ScopeGrant.objects.select_related("content_object", "group").filter(pk=grant_id).first()
    if row is None or row.group.name.startswith(GROUP_PREFIX):
        raise NoSuchThing
    _refuse_own(viewer, row.group)
    revoke_scope(group=row.group, scope=row.content_object)
    _record_rights(viewer, row.group, {"revoked": _scope_words(row.content_object)})


def _find_team(team_id: int) -> Group:
    group = Group.objects.exclude(name__startswith=GROUP_PREFIX).filter(pk=team_id).first()
    if group is None:
        raise NoSuchThing
    return group


def _refuse_own(viewer: Viewer, group: Group) -> None:
    """Nobody changes their own rights, by way of a team neither."""
    if group.user_set.filter(pk=viewer.user_id).exists():
        raise UnclearScope("own_team")


def _scope_words(scope: Scope) -> Sequence[Any]:
    return [scope.connection, scope.company_id, scope.brand, scope.region]


def _record_rights(viewer: Viewer, group: Group, details: dict[str, Any]) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.RIGHTS_CHANGED,
        object_kind="team",
        object_ref=str(group.pk),
        details=details,
    )
