"""Drafts of rules: who may write, change, withdraw and publish them, and what was decided stands in the trail.

Two people stand for every version, one of them an administrator; the database refuses one published by its author.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cases import audit
from cases.actions.policies import forget_kept_rulebook, newest_rules, rules_of_version
from cases.audit.chain import canonical_json
from cases.masking.roles import Role
from cases.models import ActionPolicy, PolicyDraft
from cases.models.policies import LONGEST_POLICY_NOTE
from cases.people.viewer import Viewer
from cases.rules.book import RuleBook, rulebook_of
from cases.rules.changes import Change, changes

READERS = frozenset({Role.ADMIN, Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR})
WRITERS = frozenset({Role.ADMIN, Role.SUPERVISOR})
MOST_OPEN = 20


class NotPermitted(Exception):
    """None of the viewer's roles does this, or this draft is not theirs to do it with; ``reason`` says which."""

    def __init__(self, reason: str = "no_right") -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchDraft(Exception):
    """There is none, or it is not open any more."""


class Refused(Exception):
    """It cannot be done with the draft as it is; ``reason`` is a word for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft beside the rules in force now."""

    row: PolicyDraft
    book: RuleBook
    in_force: RuleBook
    changes: tuple[Change, ...]

    @property
    def fingerprint(self) -> str:
        """Names exactly what was looked at: these rules, in place of that version."""
        return fingerprint_of(self.book, follows=self.in_force.version)

    @property
    def is_open(self) -> bool:
        return self.row.withdrawn_at is None and self.row.published_id is None

    @property
    def is_overtaken(self) -> bool:
        """Another version was published since: the draft takes back what that one changed."""
        return self.is_open and self.row.based_on < self.in_force.version


def fingerprint_of(book: RuleBook, *, follows: int) -> str:
    content = canonical_json({"follows": follows, "rules": book.as_json()})
    return hashlib.sha256(content).hexdigest()


def may_read_rules(viewer: Viewer) -> bool:
    return bool(viewer.roles & READERS)


def may_write_rules(viewer: Viewer) -> bool:
    return bool(viewer.roles & WRITERS) and viewer.token_id is None


def why_not_publish(viewer: Viewer, draft: Draft) -> str:
    """What keeps the viewer from publishing it; empty: nothing."""
    if not may_write_rules(viewer):
        return "no_right"
    if draft.row.author_id == viewer.user_id:
        return "own_draft"
    if not draft.row.by_admin and Role.ADMIN not in viewer.roles:
        return "needs_admin"
    return "" if draft.changes else "nothing_changes"


def open_drafts() -> Sequence[PolicyDraft]:
    rows = PolicyDraft.objects.filter(withdrawn_at__isnull=True, published__isnull=True)
    return list(rows.select_related("author").order_by("-created_at"))


def find_draft(draft_id: int) -> Draft:
    """Raises ``NoSuchDraft``."""
    row = (
        PolicyDraft.objects.select_related("author", "withdrawn_by", "published").filter(pk=draft_id).first()
    )
    if row is None:
        raise NoSuchDraft
    in_force = newest_rules()
    book = rulebook_of(in_force.version + 1, row.rules)
    return Draft(row=row, book=book, in_force=in_force, changes=changes(in_force, book))


def start_draft(*, viewer: Viewer, based_on: int, note: str, at: datetime) -> PolicyDraft:
    """A draft that begins as some version is, the one in force or an older one to go back to.

    Raises ``NotPermitted``, ``Refused``, or ``LookupError`` where there is no such version.
    """
    _require_writer(viewer)
    if not note.strip():
        raise Refused("note")
    begin = rules_of_version(based_on)
    with transaction.atomic():
        _one_at_a_time()
        if len(open_drafts()) >= MOST_OPEN:
            raise Refused("too_many_drafts")
        row = PolicyDraft.objects.create(
            author_id=viewer.user_id,
            by_admin=Role.ADMIN in viewer.roles,
            based_on=newest_rules().version,
            rules=begin.as_json(),
            note=note.strip()[:LONGEST_POLICY_NOTE],
            created_at=at,
            changed_at=at,
        )
        _tell(viewer, audit.Action.POLICY_DRAFTED, row, {"begins_as": based_on}, at)
    return row


def change_draft(*, viewer: Viewer, draft_id: int, book: RuleBook, at: datetime) -> None:
    """Put other rules into one's own open draft. Raises ``NotPermitted`` or ``NoSuchDraft``."""
    _require_writer(viewer)
    with transaction.atomic():
        row = _open_row(draft_id)
        if row.author_id != viewer.user_id:
            raise NotPermitted("not_author")
        rules = book.as_json()
        if rules == row.rules:
            return
        # Whoever changes it has seen the version in force now beside it.
        PolicyDraft.objects.filter(pk=row.pk).update(
            rules=rules, changed_at=at, based_on=newest_rules().version
        )
        _tell(viewer, audit.Action.POLICY_DRAFT_CHANGED, row, {}, at)


def withdraw_draft(*, viewer: Viewer, draft_id: int, at: datetime) -> None:
    """End a draft unpublished: its author, or an administrator. Raises ``NotPermitted`` or ``NoSuchDraft``."""
    _require_writer(viewer)
    with transaction.atomic():
        row = _open_row(draft_id)
        if row.author_id != viewer.user_id and Role.ADMIN not in viewer.roles:
            raise NotPermitted("not_author")
        PolicyDraft.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_by_id=viewer.user_id)
        _tell(viewer, audit.Action.POLICY_DRAFT_WITHDRAWN, row, {}, at)


def publish_draft(
    *, viewer: Viewer, draft_id: int, confirmed: str, stepped_up_at: datetime | None, at: datetime
) -> RuleBook:
    """Put a draft in force that somebody else wrote and this viewer has looked at, by its ``fingerprint``.

    Requests that wait are judged by it before anybody can approve them. Raises ``NotPermitted``, ``NoSuchDraft`` or
    ``Refused``: not_confirmed when the draft or the version in force changed meanwhile, step_up without a fresh
    password.
    """
    with transaction.atomic():
        _one_at_a_time()
        _open_row(draft_id)
        draft = find_draft(draft_id)
        why_not = why_not_publish(viewer, draft)
        if why_not == "nothing_changes":
            raise Refused(why_not)
        if why_not:
            raise NotPermitted(why_not)
        if confirmed != draft.fingerprint:
            raise Refused("not_confirmed")
        if stepped_up_at is None:
            raise Refused("step_up")
        row = ActionPolicy.objects.create(
            version=draft.book.version,
            rules=draft.row.rules,
            note=draft.row.note,
            author_id=draft.row.author_id,
            published_by_id=viewer.user_id,
            published_at=at,
        )
        PolicyDraft.objects.filter(pk=draft.row.pk).update(published=row)
        audit.record(
            actor=viewer.actor,
            action=audit.Action.ACTION_POLICY_PUBLISHED,
            object_kind="action_policy",
            object_ref=str(row.version),
            details={
                "draft": draft.row.pk,
                "author": f"user:{draft.row.author_id}",
                "changes": [str(change) for change in draft.changes],
                "fingerprint": confirmed,
                "rules": draft.row.rules,
            },
            at=at,
        )
    forget_kept_rulebook()
    return draft.book


def _require_writer(viewer: Viewer) -> None:
    if not may_write_rules(viewer):
        raise NotPermitted


def _open_row(draft_id: int) -> PolicyDraft:
    row = (
        PolicyDraft.objects.select_for_update()
        .filter(pk=draft_id, withdrawn_at__isnull=True, published__isnull=True)
        .first()
    )
    if row is None:
        raise NoSuchDraft
    return row


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.action_policy'))")


def _tell(
    viewer: Viewer, action: audit.Action, row: PolicyDraft, details: dict[str, Any], at: datetime
) -> None:
    audit.record(
        actor=viewer.actor,
        action=action,
        object_kind="policy_draft",
        object_ref=str(row.pk),
        details={"note": row.note, **details},
        at=at,
    )
