"""Who could work on a case: active people whose roles work on cases and whose teams may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cases.casework.visible import WORKING_ROLES
from cases.models import User
from cases.models.casework import Case
from cases.people.access import VIEW_ORDERS
from cases.people.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    user_id: int
    name: str


def colleagues_of(viewer: Viewer) -> list[Colleague]:
    """Everybody who shares a scope with the viewer; who may really have which case is decided case by case."""
    shared = Q(pk__in=[])
    for connection, company_id in sorted({(g.connection, g.company_id) for g in viewer.grants}):
        shared |= _grants(connection, company_id, None, None)
    return _listed(_workers(shared))


def may_be_assigned(case: Case, user_id: int) -> bool:
    reach = _grants(case.connection, case.company_id, case.brand, case.region)
    return _workers(reach).filter(pk=user_id).exists()


def _grants(connection: str, company_id: int, brand: str | None, region: str | None) -> Q:
    """People with a team whose grant covers this; None: whatever the brand or the region."""
    scope = "groups__scopegrant__content_object"
    reach = Q(
        **{
            "groups__scopegrant__permission__codename": VIEW_ORDERS,
            f"{scope}__connection": connection,
            f"{scope}__company_id": company_id,
        }
    )
    if brand is not None:
        reach &= Q(**{f"{scope}__brand__in": {"", brand}})
    if region is not None:
        reach &= Q(**{f"{scope}__region__in": {"", region}})
    return reach


def _workers(reach: Q) -> QuerySet[User]:
    working = User.objects.filter(groups__name__in=[role.group_name for role in WORKING_ROLES])
    return User.objects.filter(reach, is_active=True, pk__in=working.values("pk")).distinct()


def _listed(people: QuerySet[User]) -> list[Colleague]:
    named = [
        Colleague(user_id=person.pk, name=person.get_full_name() or person.get_username())
        for person in people.only("pk", "username", "first_name", "last_name")
    ]
    return sorted(named, key=lambda colleague: colleague.name.casefold())
