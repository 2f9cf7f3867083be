"""Where this installation may write into Odoo: kinds of actions by company and brand, and who stopped what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asgiref.sync import async_to_sync
from django.conf import settings

from cases.actions.kinds import carried_out
from cases.actions.switches import SWITCHING_ROLES
from cases.connections import connection_labels
from cases.masking.roles import Role
from cases.models import ActionKind, ActionSwitch, Scope, ScopeRule, User
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import BridgeStatus
from integrations.gateways import Budget
from integrations.models import FinanceAssignee


class NotPermitted(Exception):
    """None of the viewer's roles says where is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said of one place: on or off, why, who and when."""

    is_on: bool
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRow:
    brand: str
    said: Said | None  # none: as the company says


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow:
    id: int
    name: str
    said: Said | None  # none: nobody turned it on
    brands: tuple[BrandRow, ...]
    assignee: str  # whom Odoo asks to check; empty: nobody
    assignee_checked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """One kind of action on one connection."""

    kind: str
    label: str
    stop: Said | None  # in force
    companies: tuple[CompanyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    connection: str
    name: str
    kinds: tuple[KindRow, ...]


def may_switch(viewer: Viewer) -> bool:
    return bool(viewer.roles & SWITCHING_ROLES) and viewer.token_id is None


def writes_are_allowed() -> bool:
    """Whether the environment lets this installation write at all."""
    return bool(settings.ODOO_WRITES)


def places(viewer: Viewer) -> tuple[Place, ...]:
    """The connections and companies that concern the viewer; all of them for whoever runs the integration."""
    if not may_switch(viewer):
        raise NotPermitted
    switches = _Switches()
    assignees = {
        (slug, company): (name, at)
        for slug, company, name, at in FinanceAssignee.objects.values_list(
            "connection__slug", "company_id", "name", "checked_at"
        )
    }
    return tuple(
        Place(
            connection=slug,
            name=label.name,
            kinds=tuple(
                _kind_row(viewer, slug, kind, switches, assignees) for kind in map(ActionKind, carried_out())
            ),
        )
        for slug, label in connection_labels().items()
        if Role.ADMIN in viewer.roles or slug in viewer.connections
    )


class _Switches:
    """Every switch, with the names of those who turned them, read once."""

    def __init__(self) -> None:
        rows = list(ActionSwitch.objects.all())
        numbers = {row.changed_by_id for row in rows if row.changed_by_id is not None}
        names = {
            person.pk: person.get_full_name() or person.get_username()
            for person in User.objects.filter(pk__in=numbers)
        }
        self._said = {
            (row.connection, row.kind, row.company_id, row.brand): Said(
                is_on=row.is_on,
                reason=row.reason,
                who=names.get(row.changed_by_id or 0, ""),
                at=row.changed_at,
            )
            for row in rows
        }

    def said(self, connection: str, kind: str, company_id: int | None, brand: str = "") -> Said | None:
        return self._said.get((connection, kind, company_id, brand))

    def brands(self, connection: str, kind: str, company_id: int) -> set[str]:
        return {
            brand
            for slug, of_kind, company, brand in self._said
            if (slug, of_kind, company) == (connection, kind, company_id) and brand
        }


def _kind_row(
    viewer: Viewer,
    slug: str,
    kind: ActionKind,
    switches: _Switches,
    assignees: dict[tuple[str, int], tuple[str, datetime]],
) -> KindRow:
    stop = switches.said(slug, kind.value, None)
    rows = []
    for number, name, brands in _companies(viewer, slug):
        known = sorted(brands | switches.brands(slug, kind.value, number))
        assignee, checked_at = assignees.get((slug, number), ("", None))
        rows.append(
            CompanyRow(
                id=number,
                name=name,
                said=switches.said(slug, kind.value, number),
                brands=tuple(
                    BrandRow(brand=brand, said=switches.said(slug, kind.value, number, brand))
                    for brand in known
                ),
                assignee=assignee,
                assignee_checked_at=checked_at,
            )
        )
    return KindRow(
        kind=kind.value,
        label=str(kind.label),
        stop=stop if stop is not None and not stop.is_on else None,
        companies=tuple(rows),
    )


def _companies(viewer: Viewer, slug: str) -> list[tuple[int, str, set[str]]]:
    """Companies that somebody may see, with the brands that scopes and rules know."""
    found: dict[int, tuple[str, set[str]]] = {}
    for scope in Scope.objects.filter(connection=slug).order_by("company_id", "brand"):
        if Role.ADMIN in viewer.roles or scope.company_id in viewer.companies_in(slug):
            found.setdefault(scope.company_id, (scope.company_name, set()))[1].add(scope.brand)
    rules = ScopeRule.objects.filter(connection=slug).exclude(brand="").values_list("company_id", "brand")
    for company, brand in rules:
        for number, (_, brands) in found.items():
            if company in (None, number):
                brands.add(brand)
    return [(number, name, brands - {""}) for number, (name, brands) in found.items()]


def guarantee_of(viewer: Viewer, *, connection: str, correlation_id: str) -> BridgeStatus:
    """The bridge of a connection as it is now. Raises ``LookupError`` and what reading Odoo raises."""
    if not may_switch(viewer):
        raise NotPermitted
    if Role.ADMIN not in viewer.roles and connection not in viewer.connections:
        raise LookupError(connection)

    async def ask() -> BridgeStatus:
        door = await gateways.effect_door(connection)
        return await door.bridge_status(budget=Budget.of(10.0, queue_s=1.0), correlation_id=correlation_id)

    return async_to_sync(ask)()


__all__ = [
    "BrandRow",
    "BridgeStatus",
    "CompanyRow",
    "KindRow",
    "NotPermitted",
    "Place",
    "Said",
    "guarantee_of",
    "may_switch",
    "places",
    "writes_are_allowed",
]
