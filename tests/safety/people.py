"""The people of the safety tests: one per role, and everybody who must get nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from cases.casework.keys import keep_keys
from cases.masking.roles import Role
from cases.models import ApiToken, EmbeddingPerson, Scope, User
from cases.models.casework import Case, CaseEntry, CaseOrder
from cases.people.access import grant_scope, make_role_groups
from cases.people.tokens import TokenScope, issue_token, revoke_token
from tests.embed.places import make_place
from tests.embed.signing import CONSUMER_SECRET, ORGANISATION
from tests.safety.expected import ROLES
from tests.safety.tokens import Mint

CONNECTIONS = ("main", "north", "broken")
OWN, OTHER, FAR = 1, 2, 3  # companies; nobody but the supervisor sees OTHER as well
ALL_SCOPES = (
    TokenScope.ORDERS_READ,
    TokenScope.SEARCH_READ,
    TokenScope.CASES_READ,
    TokenScope.CASES_WRITE,
    TokenScope.REVEAL,
    TokenScope.ACTIONS_READ,
    TokenScope.ACTIONS_WRITE,
    TokenScope.ACTIONS_APPROVE,
    TokenScope.AUDIT_READ,
)
CASE = 424242  # of company OWN
BRAND, REGION = "Lumen", "UK"
# Cases that differ in one thing from what ``one_brand`` may see; the first one differs in nothing.
PLACED: dict[int, dict[str, Any]] = {
    424300: {},
    424301: {"brand": "Home"},
    424302: {"region": "FR"},
    424303: {"brand": "", "region": ""},
    424304: {"company_id": OTHER},
    424305: {"connection": "north"},
}
CALLER = "caller@placed.example"  # the customer of them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    who: str  # a role, or what is odd about them
    username: str
    password: str
    full_name: str
    token: str = ""


def make_people(mint: Mint) -> dict[str, Person]:
    """Everybody by who they are. Names and passwords are tokens, too: they belong in no log."""
    people = {role: _make(mint, role, role, OWN) for role in ROLES if role != "supervisor"}
    people["supervisor"] = _make(mint, "supervisor", "supervisor", OWN, OTHER)
    people["outsider"] = _make(mint, "outsider", None)
    people["scope_without_role"] = _make(mint, "scope_without_role", None, OWN)
    people["other_company"] = _make(mint, "other_company", "supervisor", FAR)
    people["one_brand"] = _make(mint, "one_brand", "agent")
    people["inactive"] = _make(mint, "inactive", "supervisor", OWN)
    people["deactivated"] = _make(mint, "deactivated", "supervisor", OWN)  # once signed in
    people["throttled"] = _make(mint, "throttled", None)
    User.objects.filter(username=people["inactive"].username).update(is_active=False)
    _grant_brand("one_brand")
    return people


def _grant_brand(who: str) -> None:
    """One brand of one region of one company, and nothing else."""
    scope, _ = Scope.objects.get_or_create(
        connection="main", company_id=OWN, brand=BRAND, region=REGION, defaults={"company_name": "Company 1"}
    )
    grant_scope(group=Group.objects.get(name=f"team: {who}"), scope=scope)


def make_odd_tokens(person: Person) -> dict[str, str]:
    """Tokens of somebody who sees everything, each with one thing wrong about it."""
    user, now = User.objects.get(username=person.username), timezone.now()
    odd = {
        "orders_only": _issue(user, now, TokenScope.ORDERS_READ),
        "search_only": _issue(user, now, TokenScope.SEARCH_READ),
        "expired": _issue(user, now - timedelta(days=2), *ALL_SCOPES),
        "revoked": _issue(user, now, *ALL_SCOPES),
    }
    revoked = ApiToken.objects.get(prefix=odd["revoked"].split("_")[1])
    revoke_token(token=revoked, revoked_by="test", at=now)
    return odd


def _make(mint: Mint, who: str, role: str | None, *companies: int) -> Person:
    person = Person(
        who=who, username=mint.head(), password=mint.head(), full_name=f"{mint.head()} {mint.head()}"
    )
    first, last = person.full_name.split()
    user = User.objects.create_user(
        username=person.username, password=person.password, first_name=first, last_name=last
    )
    team = Group.objects.create(name=f"team: {who}")
    user.groups.add(team)
    if role:
        user.groups.add(make_role_groups()[Role(role)])
    for connection in CONNECTIONS:
        for company in companies:
            scope, _ = Scope.objects.get_or_create(
                connection=connection, company_id=company, defaults={"company_name": f"Company {company}"}
            )
            grant_scope(group=team, scope=scope)
    token = _issue(user, timezone.now(), *ALL_SCOPES)
    return Person(
        who=who, username=person.username, password=person.password, full_name=person.full_name, token=token
    )


def _issue(user: User, at: datetime, *scopes: TokenScope) -> str:
    expires_at = at + timedelta(days=1)
    return issue_token(
        user=user, name="canary", scopes=scopes, expires_at=expires_at, issued_by="test", at=at
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """What people wrote in the one case there is, and whose it is."""

    first: str
    last: str
    local: str
    number: str

    @property
    def said(self) -> str:
        phone = f"+49 {self.number[:3]} {self.number[3:]}"
        return f"{self.last} writes from {self.local}@mail.example or {phone} about S00042"


def case_words() -> CaseWords:
    mint = Mint(seed=11)
    return CaseWords(first=mint.head(), last=mint.head(), local=mint.head(), number=mint.figure(4))


def make_case() -> None:
    words, now = case_words(), timezone.now()
    case = Case.objects.create(
        pk=CASE,
        subject=words.said,
        customer_name=f"{words.first} {words.last}",
        connection="main",
        company_id=OWN,
        opened_at=now,
        updated_at=now,
    )
    for kind, sender in (("message", "customer"), ("note", "agent")):
        CaseEntry.objects.create(case=case, kind=kind, sender=sender, at=now, body=words.said)
    keep_keys(case, emails=[f"{words.local}@mail.example"])


def place_cases() -> None:
    """One case for each way of being elsewhere."""
    now = timezone.now()
    for number, elsewhere in PLACED.items():
        place = {"connection": "main", "company_id": OWN, "brand": BRAND, "region": REGION, **elsewhere}
        case = Case.objects.create(
            pk=number,
            subject=f"Placed {number}",
            opened_at=now,
            updated_at=now,
            ticket_ref=f"T{number}",
            **place,
        )
        CaseEntry.objects.create(
            case=case, kind="message", sender="customer", at=now, body="Words of the customer"
        )
        CaseOrder.objects.create(case=case, ref="S00777", **place)
        keep_keys(case, emails=[CALLER])


def place_frames(people: dict[str, Person]) -> None:
    """A tool that proves nothing, and one that signs who is there: everybody by what they are called here."""
    make_place("tool", "generic", "https://tool.example")
    signed = make_place(
        "force", "salesforce", "https://force.example", key=CONSUMER_SECRET, audience=ORGANISATION
    )
    for who, person in people.items():
        user = User.objects.get(username=person.username)
        EmbeddingPerson.objects.create(embedding=signed, subject=who, user=user)
