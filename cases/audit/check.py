"""Reads the whole trail again and says whether it is what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction

from cases.audit.anchor import Anchor, compare_with_anchors, read_anchors
from cases.audit.chain import Finding, Link, Problem, check_links
from cases.models import AuditHead

_GUARDS = (
    "audit_entry_links",
    "audit_entry_no_truncate",
    "audit_entry_stays",
    "audit_head_advances",
    "audit_head_no_truncate",
    "audit_head_stays",
)
_COLUMNS = (
    "version",
    "chain",
    "seq",
    "at",
    "actor",
    "on_behalf_of",
    "action",
    "object_kind",
    "object_ref",
    "connection",
    "company_id",
    "decision",
    "reason",
    "request_id",
    "details",
    "key_id",
    "prev_hash",
)
_ROWS_AT_ONCE = 2000
# The time as its hashed text, which spares parsing it; the same as ``audit_chain.timestamp`` writes.
_EXPRESSIONS = {"at": """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""}
_QUERY = f"""
    SELECT {", ".join(_EXPRESSIONS.get(name, f"e.{name}") for name in _COLUMNS)}, e.hash, h.chain, h.seq, h.hash
    FROM cases_auditentry e FULL JOIN cases_audithead h ON h.chain = e.chain
    ORDER BY e.chain, e.seq
"""  # noqa: S608  # nosec B608 - the names are the ones above


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    entries: int
    chains: int
    anchors: int
    problems: tuple[Problem, ...]

    @property
    def exit_status(self) -> int:
        return min((problem.finding for problem in self.problems), default=0)


def read_heads() -> dict[str, tuple[int, str]]:
    return {
        chain: (seq, digest) for chain, seq, digest in AuditHead.objects.values_list("chain", "seq", "hash")
    }


def check_trail(*, anchor_directory: Path | None) -> Report:
    """Compare every entry with its hash, its neighbours, its head, and the anchors if there are any."""
    anchors, problems = read_anchors(anchor_directory) if anchor_directory else ([], [])
    anchored = _anchored_numbers(anchors)
    hashes: dict[str, dict[int, str]] = {}
    heads: dict[str, tuple[int, str]] = {}
    counted = 0

    def links() -> Iterator[Link]:
        nonlocal counted
        for link in _read_links(heads):
            counted += 1
            if link.seq in anchored.get(link.chain, ()):
                hashes.setdefault(link.chain, {})[link.seq] = link.hash
            yield link

    with transaction.atomic():
        problems += check_links(links(), heads)
        problems += _missing_guards()
    problems += compare_with_anchors(anchors, hashes)
    return Report(
        entries=counted,
        chains=len(heads),
        anchors=len(anchors),
        problems=tuple(sorted(problems, key=lambda problem: (problem.finding, problem.chain, problem.seq))),
    )


def _anchored_numbers(anchors: list[Anchor]) -> Mapping[str, set[int]]:
    numbers: dict[str, set[int]] = {}
    for anchor in anchors:
        for chain, (seq, _) in anchor.heads.items():
            numbers.setdefault(chain, set()).add(seq)
    return numbers


def _read_links(heads: dict[str, tuple[int, str]]) -> Iterator[Link]:
    """All entries in order, and into ``heads`` all heads, from one statement and so from one moment.

    A server-side cursor, so that a long trail does not have to fit into memory.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(_QUERY)
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for *values, digest, head_chain, head_seq, head_hash in rows:
                if head_chain is not None:
                    heads[head_chain] = (head_seq, head_hash)
                if digest is not None:
                    yield _link(dict(zip(_COLUMNS, values, strict=True)), digest)


def _link(content: dict[str, Any], digest: str) -> Link:
    content["details"] = orjson.loads(content["details"])
    return Link(
        chain=content["chain"],
        seq=content["seq"],
        prev_hash=content["prev_hash"],
        hash=digest,
        content=content,
    )


def _missing_guards() -> Iterator[Problem]:
    """Triggers that the owner switched off or dropped: what was written since then proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND tgname = ANY(%s)", [list(_GUARDS)]
        )
        active = {name for (name,) in cursor.fetchall()}
    for name in _GUARDS:
        if name not in active:
            yield Problem(
                finding=Finding.BROKEN, chain="(guard)", seq=0, message=f"the trigger {name} is not active"
            )
