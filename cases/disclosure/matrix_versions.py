"""The versions of the matrix: which one is in force, what each changed, and how the next one is published.

A change takes effect within seconds in every process: each asks again for the newest version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from cases import audit
from cases.kept import Kept
from cases.masking import leaves_of
from cases.masking.matrices import (
    Change,
    Matrices,
    Objection,
    changes,
    fingerprint,
    objections,
    plain_matrices,
    read_matrices,
)
from cases.masking.roles import DEFAULT_MATRIX, Role
from cases.models.masking import LONGEST_NOTE, MaskingPolicy
from cases.orders.timeline import TimelineEvent
from cases.people.viewer import Viewer
from integrations.canonical import OrderRecord, Sensitivity

__all__ = [
    "LONGEST_NOTE",
    "NotConfirmed",
    "NotPermitted",
    "Policy",
    "Refused",
    "Version",
    "acurrent_policy",
    "current_policy",
    "fields_by_class",
    "forget_kept_policy",
    "may_publish_policy",
    "may_read_policy",
    "newest_policy",
    "policy_versions",
    "publish_policy",
]

READERS = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR})
PUBLISHERS = frozenset({Role.ADMIN})


class NotPermitted(Exception):
    """None of the viewer's roles publishes."""


class Refused(Exception):
    """The matrix cannot be published as it is."""

    def __init__(self, found: tuple[Objection, ...]) -> None:
        super().__init__("the matrix cannot be published")
        self.objections = found


class NotConfirmed(Exception):
    """What was confirmed is not what would be published: the matrix, or the version it follows, changed meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the matrix; version 0 is the one in the code, published by nobody."""

    version: int
    matrices: Matrices
    note: str = ""
    published_by: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version with what it changed against the one before."""

    policy: Policy
    changes: tuple[Change, ...]


SHIPPED = Policy(version=0, matrices=DEFAULT_MATRIX)


def newest_policy() -> Policy:
    """The version in force, asked for now."""
    row = _rows().first()
    return _policy(row) if row else SHIPPED


_kept = Kept(newest_policy, for_s=3.0)


def current_policy() -> Policy:
    """The version in force, at most a few seconds old; blocks on the database."""
    return _kept.get()


async def acurrent_policy() -> Policy:
    """The same on the event loop, where ``current_policy`` may not ask."""
    return await _kept.aget()


def forget_kept_policy() -> None:
    _kept.forget()


def policy_versions() -> tuple[Version, ...]:
    """Every version, newest first, down to the one in the code."""
    policies = [*map(_policy, _rows()), SHIPPED]
    found = [
        Version(policy=policy, changes=changes(before.matrices, policy.matrices))
        for policy, before in pairwise(policies)
    ]
    return (*found, Version(policy=SHIPPED, changes=()))


def _rows() -> Any:
    return MaskingPolicy.objects.select_related("published_by").order_by("-version")


def _policy(row: MaskingPolicy) -> Policy:
    return Policy(
        version=row.version,
        matrices=read_matrices(row.matrix),
        note=row.note,
        published_by=row.published_by.get_full_name() or row.published_by.get_username(),
        published_at=row.published_at,
    )


def may_read_policy(viewer: Viewer) -> bool:
    return bool(viewer.roles & READERS)


def may_publish_policy(viewer: Viewer) -> bool:
    return bool(viewer.roles & PUBLISHERS) and viewer.token_id is None


def publish_policy(
    *,
    viewer: Viewer,
    chosen: Mapping[str, Any],
    confirmed: str,
    admin_may_widen: bool,
    note: str,
    at: datetime,
) -> Policy:
    """Put a matrix in force that somebody has looked at and confirmed, by its ``fingerprint``.

    Raises ``NotPermitted``, ``Refused`` or ``NotConfirmed``.
    """
    if not may_publish_policy(viewer):
        raise NotPermitted
    with transaction.atomic():
        _one_at_a_time()
        current = newest_policy()
        found = objections(chosen, current=current.matrices, admin_may_widen=admin_may_widen)
        if found:
            raise Refused(found)
        matrices = read_matrices(chosen)
        if confirmed != fingerprint(matrices, follows=current.version):
            raise NotConfirmed
        row = MaskingPolicy.objects.create(
            version=current.version + 1,
            matrix=plain_matrices(matrices),
            note=note,
            published_by_id=viewer.user_id,
            published_at=at,
        )
        audit.record(
            actor=viewer.actor,
            action=audit.Action.MASKING_PUBLISHED,
            object_kind="masking_policy",
            object_ref=str(row.version),
            details={
                "changes": [str(change) for change in changes(current.matrices, matrices)],
                "fingerprint": confirmed,
            },
            at=at,
        )
    forget_kept_policy()
    return _policy(row)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.masking_policy'))")


def fields_by_class() -> dict[Sensitivity, tuple[str, ...]]:
    """The fields of an order and its timeline, by class: what a change of the matrix opens or closes."""
    found: dict[Sensitivity, list[str]] = {sensitivity: [] for sensitivity in Sensitivity}
    leaves = (*leaves_of(OrderRecord), *leaves_of(TimelineEvent, path="timeline"))
    for path, sensitivity, _partial in leaves:
        found[sensitivity or Sensitivity.SECRET].append(path)
    return {sensitivity: tuple(paths) for sensitivity, paths in found.items()}
