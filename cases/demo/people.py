"""The demo's people: one per role and one without rights, each with a random password and a token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from cases.masking.roles import Role
from cases.models import ApiToken, Scope, ScopeGrant, User
from cases.people.access import grant_scope, make_role_groups
from cases.people.tokens import TokenScope, issue_token

FIRST_COMPANIES = "team: first companies"
ALL_COMPANIES = "team: all companies"
ONE_BRAND = "team: one brand"
TOKEN_DAYS = 90

# Companies per connection, the first one first: slug -> (number, name) of each.
Companies = Mapping[str, Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Character:
    username: str
    first_name: str
    last_name: str
    role: Role | None
    team: str | None


CAST = (
    Character("agent", "Amira", "Novak", Role.AGENT, FIRST_COMPANIES),
    Character("senior_agent", "Jonas", "Weber", Role.SENIOR_AGENT, ALL_COMPANIES),
    Character("supervisor", "Claire", "Dubois", Role.SUPERVISOR, ALL_COMPANIES),
    Character("finance", "Tomás", "Silva", Role.FINANCE, ALL_COMPANIES),
    Character("auditor", "Ingrid", "Lund", Role.AUDITOR, ALL_COMPANIES),
    Character("admin", "Priya", "Raman", Role.ADMIN, ALL_COMPANIES),
    Character("brand_agent", "Mateo", "Rossi", Role.AGENT, ONE_BRAND),
    Character("outsider", "Oliver", "Stone", None, None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandOf:
    """A brand of one company, which a team is limited to."""

    company_id: int
    brand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What only the state file of the demo remembers about a person."""

    password: str
    token: str


def seed_people(
    *, companies: Companies, brands: Mapping[str, BrandOf], known: Mapping[str, Known], at: datetime
) -> list[dict[str, str]]:
    """Make the cast and their rights; who is there already keeps password and token, as far as both are known.

    ``brands`` names one brand per connection; without any, nobody is limited to one.
    """
    cast = [character for character in CAST if brands or character.team != ONE_BRAND]
    existing = set(User.objects.values_list("username", flat=True))
    passwords = {
        character.username: known[character.username].password
        if character.username in known
        else secrets.token_urlsafe(12)
        for character in cast
    }
    unset = [name for name in passwords if name not in existing or name not in known]
    # Hashing is slow on purpose and leaves the interpreter free, so that both cores can do it.
    with ThreadPoolExecutor(max_workers=2) as workers:
        hashes = dict(
            zip(unset, workers.map(make_password, (passwords[name] for name in unset)), strict=True)
        )
    with transaction.atomic():
        roles, teams = make_role_groups(), _make_teams(companies, brands)
        return [
            {
                "username": character.username,
                "password": passwords[character.username],
                "role": _told_role(character),
                "token": _token(_make_person(character, hashes, roles, teams), known, at=at),
            }
            for character in cast
        ]


def _told_role(character: Character) -> str:
    """Programs pick somebody by role: who sees less than that role's others has a word of their own."""
    if character.role is None or character.team == ONE_BRAND:
        return character.username
    return character.role.value


def _make_teams(companies: Companies, brands: Mapping[str, BrandOf]) -> dict[str, Group]:
    """The teams with exactly the grants these companies and brands ask for."""
    names = (FIRST_COMPANIES, ALL_COMPANIES, *([ONE_BRAND] if brands else []))
    teams = {name: Group.objects.get_or_create(name=name)[0] for name in names}
    ScopeGrant.objects.filter(group__in=teams.values()).delete()
    for slug, found in companies.items():
        for position, (number, name) in enumerate(found):
            scope, _ = Scope.objects.update_or_create(
                connection=slug, company_id=number, brand="", region="", defaults={"company_name": name}
            )
            grant_scope(group=teams[ALL_COMPANIES], scope=scope)
            if position == 0:
                grant_scope(group=teams[FIRST_COMPANIES], scope=scope)
            if slug in brands and brands[slug].company_id == number:
                grant_scope(
                    group=teams[ONE_BRAND], scope=_brand_scope(slug, number, name, brands[slug].brand)
                )
    return teams


def _brand_scope(slug: str, number: int, name: str, brand: str) -> Scope:
    return Scope.objects.get_or_create(
        connection=slug, company_id=number, brand=brand, region="", defaults={"company_name": name}
    )[0]


def _make_person(
    character: Character,
    hashes: Mapping[str, str],
    roles: Mapping[Role, Group],
    teams: Mapping[str, Group],
) -> User:
    user, _ = User.objects.get_or_create(
        username=character.username,
        defaults={"first_name": character.first_name, "last_name": character.last_name},
    )
    if character.username in hashes:
        user.password = hashes[character.username]
        user.save(update_fields=["password"])
    groups = [roles[character.role]] if character.role else []
    user.groups.set([*groups, teams[character.team]] if character.team else groups)
    return user


def _token(user: User, known: Mapping[str, Known], *, at: datetime) -> str:
    text = known[user.username].token if user.username in known else ""
    prefix = text.split("_")[1] if text.count("_") >= 2 else ""
    day = timedelta(days=1)
    if ApiToken.objects.filter(user=user, prefix=prefix, revoked_at=None, expires_at__gt=at + day).exists():
        return text
    return issue_token(
        user=user,
        name="demo",
        scopes=list(TokenScope),
        expires_at=at + TOKEN_DAYS * day,
        issued_by="system:seed_demo",
        at=at,
    )
