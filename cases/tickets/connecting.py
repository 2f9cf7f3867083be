"""Connections to ticketing tools as administrators set them up: made, changed, given keys, tried; all in the trail.

A key goes in and never comes out again; one that is made here is told once, to whoever has to copy it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases import audit
from cases.masking.roles import Role
from cases.models import ClosesCase, Scope, TicketRules
from cases.people.viewer import Viewer
from integrations.errors import GatewayError
from integrations.gateways import Budget
from integrations.models import TicketingConnection, TicketingCredential
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.keys import store_key
from integrations.ticketing.models import VendorChoice
from integrations.ticketing.records import HookProof
from integrations.ticketing.systems import abilities, ticket_system
from integrations.ticketing.vendors import RULES, KeyPurpose, Vendor

TEST_S = 15.0
FIELDS = ("name", "url", "account", "order_field", "link_field")
# Fetched by ourselves, and nobody's to type.
_OWN = frozenset({KeyPurpose.ACCESS, KeyPurpose.REFRESH})


class NotPermitted(Exception):
    """Only administrators connect tools, and never through a token."""


class NoSuchConnection(LookupError):
    """No connection is called like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    purpose: str
    stored_at: datetime | None  # None: there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A connection as its page shows it."""

    row: TicketingConnection
    rules: TicketRules
    keys: tuple[KeyShown, ...]
    signs: bool  # its webhooks can be signed

    @property
    def has_hook_secret(self) -> bool:
        return any(key.purpose == KeyPurpose.HOOK and key.stored_at for key in self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a test of a connection found; ``problem`` is a word for the page's own sentence."""

    problem: str = ""
    account: str = ""
    has_order_field: bool | None = None
    lacks: tuple[str, ...] = ()


def may_connect(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def vendors() -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in VendorChoice.choices]


def shops() -> list[tuple[str, int, str]]:
    """Every company that somebody may see: whose tickets a tool's may be."""
    found = Scope.objects.order_by("connection", "company_id").values_list(
        "connection", "company_id", "company_name"
    )
    return list({(slug, number): (slug, number, name) for slug, number, name in found}.values())


def connections_of(viewer: Viewer) -> list[Connected]:
    _require(viewer)
    return [_shown(row) for row in TicketingConnection.objects.order_by("slug")]


def connection_of(viewer: Viewer, slug: str) -> Connected:
    _require(viewer)
    return _shown(_row(slug))


def add(viewer: Viewer, *, slug: str, vendor: str, values: Mapping[str, str], at: datetime) -> Connected:
    """Raises ``ValidationError`` in words for whoever filled in the form."""
    _require(viewer)
    row = TicketingConnection(slug=slug, vendor=vendor, **{name: values.get(name, "") for name in FIELDS})
    row.url = row.url.rstrip("/")
    with transaction.atomic():
        _require_fit(row)
        row.save()
        _tell(viewer, row, at, what="added", vendor=vendor)
    forget_kept()
    return _shown(row)


def change(
    viewer: Viewer,
    *,
    slug: str,
    values: Mapping[str, str],
    is_active: bool,
    rules: Mapping[str, Any],
    at: datetime,
) -> None:
    """What it is called, where it lies, which fields it has, and what becomes of its tickets here."""
    _require(viewer)
    with transaction.atomic():
        row = _row(slug, for_update=True)
        before = {name: getattr(row, name) for name in (*FIELDS, "is_active")}
        for name in FIELDS:
            setattr(row, name, values.get(name, ""))
        row.url, row.is_active = row.url.rstrip("/"), is_active
        _require_fit(row)
        row.save()
        if row.url != before["url"]:
            # Keys were given for one address: another one gets none of them.
            TicketingCredential.objects.filter(connection=row).delete()
        kept = _rules(row)
        kept.shop_connection = str(rules.get("shop_connection", ""))
        kept.shop_company_id = rules.get("shop_company_id")
        kept.closes_case = ClosesCase(rules.get("closes_case", ClosesCase.SOLVED))
        kept.changed_by_id, kept.changed_at = viewer.user_id, at
        kept.full_clean()
        kept.save()
        changed = sorted(name for name, value in before.items() if getattr(row, name) != value)
        _tell(
            viewer, row, at, what="changed", fields=changed, active=is_active, closes=kept.closes_case,
            shop=f"{kept.shop_connection}/{kept.shop_company_id or 0}",
        )  # fmt: skip
    forget_kept()


def keep_key(viewer: Viewer, *, slug: str, purpose: str, login: str, key: str, at: datetime) -> None:
    """Raises ``ValidationError`` for a kind that the tool does not take, or soon will not."""
    _require(viewer)
    try:
        kind = KeyPurpose(purpose)
    except ValueError:
        raise ValidationError("", code="unfit_key") from None
    if kind in _OWN or not key.strip():
        raise ValidationError("", code="empty_key")
    with transaction.atomic():
        row = _row(slug, for_update=True)
        store_key(connection=row, purpose=kind, key=key.strip(), login=login.strip())
        _tell(viewer, row, at, what="key_stored", purpose=kind.value)
    forget_kept()


def make_hook_secret(viewer: Viewer, *, slug: str, at: datetime) -> str:
    """A new secret for webhooks, told this once; the one before is worth nothing from now on."""
    made = secrets.token_urlsafe(32)
    keep_key(viewer, slug=slug, purpose=KeyPurpose.HOOK, login="", key=made, at=at)
    return made


def try_connection(viewer: Viewer, *, slug: str, correlation_id: str) -> Tried:
    """Ask the tool who we are to it, and say what is missing for the rest."""
    shown = connection_of(viewer, slug)
    lacks = [name for name in ("order_field", "link_field") if not getattr(shown.row, name)]
    has_own_links = shown.row.vendor in (Vendor.REQUEST_TRACKER, Vendor.FRONT)
    if has_own_links and "link_field" in lacks:
        lacks.remove("link_field")
    if not shown.has_hook_secret:
        lacks.append("hook_secret")
    if not shown.row.is_active:
        return Tried(problem="switched_off", lacks=tuple(lacks))
    try:
        account = async_to_sync(_check)(slug, correlation_id)
    except GatewayError as error:
        return Tried(problem=error.reason, lacks=tuple(lacks))
    return Tried(account=account.name, has_order_field=account.has_order_field, lacks=tuple(lacks))


async def _check(slug: str, correlation_id: str) -> Any:
    budget = Budget.of(TEST_S, queue_s=5.0)
    return await (await ticket_system(slug, budget=budget, correlation_id=correlation_id)).check()


def _require(viewer: Viewer) -> None:
    if not may_connect(viewer):
        raise NotPermitted


def _require_fit(row: TicketingConnection) -> None:
    """Raises ``ValidationError`` with sentences; the constraints of the table say the same in names."""
    if row.vendor not in VendorChoice.values:
        raise ValidationError(_("Say which tool it is."), code="vendor")
    if row.vendor == VendorChoice.CHATWOOT and not (row.account.isascii() and row.account.isdecimal()):
        raise ValidationError(_("Chatwoot needs the number of the account."), code="account")
    row.full_clean(validate_constraints=False)


def _row(slug: str, *, for_update: bool = False) -> TicketingConnection:
    rows = TicketingConnection.objects.all()
    row = (rows.select_for_update() if for_update else rows).filter(slug=slug).first()
    if row is None:
        raise NoSuchConnection(slug)
    return row


def _rules(row: TicketingConnection) -> TicketRules:
    return TicketRules.objects.filter(ticketing=row).first() or TicketRules(ticketing=row)


def _shown(row: TicketingConnection) -> Connected:
    vendor = Vendor(row.vendor)
    stored = dict(TicketingCredential.objects.filter(connection=row).values_list("purpose", "rotated_at"))
    return Connected(
        row=row,
        rules=_rules(row),
        keys=tuple(
            KeyShown(purpose=purpose.value, stored_at=stored.get(purpose.value))
            for purpose in KeyPurpose
            if purpose in RULES[vendor].keys and purpose not in _OWN
        ),
        signs=abilities(vendor).hooks is not HookProof.NONE,
    )


def _tell(viewer: Viewer, row: TicketingConnection, at: datetime, **what: Any) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.TICKETING_CHANGED,
        object_kind="ticketing",
        object_ref=row.slug,
        details={**what, **audit.channel(viewer)},
        at=at,
    )
