"""The trail of a case, its orders' actions included: to be read, and to be taken away with proof of what was taken.

An export names how many lines it holds and the hash over them; each line carries the chain, number and hash that
``audit_verify`` checks, so that a copy can be compared with the trail years later.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from cases import audit
from cases.audit.chain import canonical_json, timestamp
from cases.casework.visible import resolve_case
from cases.masking.roles import Role
from cases.models import Action, AuditEntry, User
from cases.people.viewer import Viewer

MOST_SHOWN = 100
MOST_EXPORTED = 50_000
READERS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.FINANCE})
COLUMNS = (
    "at", "chain", "seq", "actor", "on_behalf_of", "action", "object_kind", "object_ref", "connection",
    "company_id", "decision", "reason", "request_id", "details", "prev_hash", "hash",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class NotPermitted(Exception):
    """None of the viewer's roles reads trails beyond the page of a case."""


class MalformedCursor(Exception):
    """That is no place in the trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """Entries newest first; ``next_cursor`` is empty on the last page."""

    entries: tuple[AuditEntry, ...]
    names: dict[str, str]  # of the people among the actors
    next_cursor: str


def may_read_trail(viewer: Viewer) -> bool:
    return bool(viewer.roles & READERS)


def trail_of_case(viewer: Viewer, case_id: int, *, cursor: str = "", at: datetime) -> TrailPage:
    """What was done about a case and its actions. Raises ``CaseNotVisible``, ``NotPermitted``, ``MalformedCursor``."""
    found = _entries(viewer, case_id)
    if cursor:
        if not cursor.isdecimal() or len(cursor) > 18:
            raise MalformedCursor
        found = found.filter(pk__lt=int(cursor))
    rows = list(found.order_by("-pk")[: MOST_SHOWN + 1])
    shown = rows[:MOST_SHOWN]
    return TrailPage(
        entries=tuple(shown),
        names=_names(shown),
        next_cursor=str(shown[-1].pk) if len(rows) > MOST_SHOWN else "",
    )


def _entries(viewer: Viewer, case_id: int) -> QuerySet[AuditEntry]:
    case = resolve_case(viewer, case_id)
    if not may_read_trail(viewer):
        raise NotPermitted
    references = list(Action.objects.filter(case_id=case.pk).values_list("reference", flat=True))
    about_case = Q(object_kind="case", object_ref=str(case.pk))
    about_actions = Q(object_kind="action", object_ref__in=references)
    # By people from elsewhere, whom the case is not about.
    return AuditEntry.objects.filter(about_case | about_actions).exclude(
        action=audit.Action.CASE_NOT_VISIBLE.value
    )


def _names(entries: Sequence[AuditEntry]) -> dict[str, str]:
    numbers = {
        int(actor[5:])
        for entry in entries
        for actor in (entry.actor, entry.on_behalf_of)
        if actor.startswith("user:")
    }
    people = User.objects.filter(pk__in=numbers)
    return {f"user:{person.pk}": person.get_full_name() or person.get_username() for person in people}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file to be taken away; ``manifest`` says what is in it."""

    name: str
    content_type: str
    content: bytes
    manifest: dict[str, Any]


def export_trail(viewer: Viewer, case_id: int, *, form: str, at: datetime) -> Export:
    """The whole trail of a case, oldest first, as JSON Lines or CSV; that it was taken is an entry itself."""
    rows = list(_entries(viewer, case_id).order_by("pk")[:MOST_EXPORTED])
    lines = [entry_json(entry) for entry in rows]
    content = _csv(lines) if form == "csv" else b"".join(canonical_json(line) + b"\n" for line in lines)
    digest = hashlib.sha256(content).hexdigest()
    manifest = {
        "case": case_id,
        "form": form,
        "entries": len(lines),
        "first_hash": lines[0]["hash"] if lines else "",
        "last_hash": lines[-1]["hash"] if lines else "",
        "sha256": digest,
        "exported_at": timestamp(at),
    }
    case = resolve_case(viewer, case_id)
    written = audit.record_alone(
        actor=viewer.actor,
        action=audit.Action.TRAIL_READ,
        object_kind="case",
        object_ref=str(case.pk),
        connection_slug=case.connection,
        company_id=case.company_id,
        details={**manifest, **audit.channel(viewer)},
        at=at,
    )
    manifest["recorded_as"] = f"{written.chain} {written.seq} {written.hash}"
    suffix, kind = ("csv", "text/csv; charset=utf-8") if form == "csv" else ("jsonl", "application/jsonl")
    return Export(
        name=f"trail-C-{case.pk:06d}.{suffix}", content_type=kind, content=content, manifest=manifest
    )


def entry_json(entry: AuditEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in COLUMNS}
    return {**row, "at": timestamp(entry.at)}


def _csv(lines: Sequence[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(line) for line in lines)
    return text.getvalue().encode()


def _cells(line: dict[str, Any]) -> Iterator[str]:
    for name in COLUMNS:
        value = line[name]
        cell = (
            canonical_json(value).decode() if isinstance(value, dict) else "" if value is None else str(value)
        )
        yield harmless(cell)


def harmless(cell: str) -> str:
    """A spreadsheet would take a text that starts like a formula for one."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
