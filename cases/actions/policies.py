"""The versions of the rules for actions: which is in force, and how the next one is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cases import audit
from cases.actions.refund_policy import RefundPolicy, policy_of
from cases.models import ActionKind, ActionPolicy
from cases.roles import Role
from cases.viewer import Viewer

SHIPPED = RefundPolicy()


class NotPermitted(Exception):
    """None of the viewer's roles publishes rules."""


def refund_policy(version: int | None = None) -> RefundPolicy:
    """The rules in force, asked for now; or those of an earlier version, by which something was judged."""
    rows = ActionPolicy.objects.filter(kind=ActionKind.REFUND)
    if version is not None:
        rows = rows.filter(version=version)
    row = rows.order_by("-version").first()
    return policy_of(row.version, row.rules) if row else SHIPPED


def publish_refund_policy(
    *, viewer: Viewer, rules: Mapping[str, Any], note: str, at: datetime
) -> RefundPolicy:
    """Put rules in force; requests that wait are judged by them before anybody can approve them."""
    if Role.ADMIN not in viewer.roles or viewer.token_id is not None:
        raise NotPermitted
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.action_policy'))")
        policy = policy_of(refund_policy().version + 1, rules)
        ActionPolicy.objects.create(
            kind=ActionKind.REFUND,
            version=policy.version,
            rules=policy.as_json(),
            note=note[:200],
            published_by_id=viewer.user_id,
            published_at=at,
        )
        audit.record(
            actor=viewer.actor,
            action=audit.Action.ACTION_POLICY_PUBLISHED,
            object_kind="action_policy",
            object_ref=f"refund {policy.version}",
            details={"rules": policy.as_json()},
            at=at,
        )
    return policy
