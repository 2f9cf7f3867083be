"""Writes what was done into the append-only trail, in the same transaction as the act itself.

No personal value goes in: people are references, typed texts are keyed hashes, objects are numbers of documents.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cases.audit.chain import VERSION, canonical_json, entry_hash, require_plain, timestamp
from cases.connections import connection_labels
from cases.keyed_hashes import keyed_hash
from cases.people.viewer import Viewer
from integrations import database
from integrations.telemetry import correlation_id

INSTALLATION = "installation"  # the chain of everything that belongs to no company
NOBODY = "anonymous"


class Action(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    SEARCH = "search"
    SEARCH_FISHING = "search_fishing"
    IDENTITY_CHOSEN = "identity_chosen"
    ORDER_OPENED = "order_opened"
    ORDER_NOT_VISIBLE = "order_not_visible"
    API_READ = "api_read"
    CASE_READ = "case_read"
    CASE_NOT_VISIBLE = "case_not_visible"
    CASE_OPENED = "case_opened"
    CASE_CHANGED = "case_changed"
    REVEALED = "revealed"
    REVEAL_REVIEWED = "reveal_reviewed"
    MASKING_PUBLISHED = "masking_published"
    SCOPE_RULES_CHANGED = "scope_rules_changed"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    ACTION_PROPOSED = "action_proposed"
    ACTION_DRAFTED = "action_drafted"  # put down while Odoo could not be asked: no verdict yet
    ACTION_REFUSED = "action_refused"  # by the policy: nothing was stored to be carried out
    ACTION_JUDGED = "action_judged"  # anew, because what it rests on changed
    ACTION_APPROVED = "action_approved"
    ACTION_REJECTED = "action_rejected"
    ACTION_CANCELLED = "action_cancelled"
    ACTION_MOVED = "action_moved"  # by the engine, from one state to another
    ACTION_STEP = "action_step"
    ACTION_FIXED = "action_fixed"  # by a person, at the desk of parked actions
    PARKED_CARED_FOR = "parked_cared_for"  # taken on, given back, passed on to a team
    RECONCILIATION_ASKED = "reconciliation_asked"
    FINDING_ACCEPTED = "finding_accepted"
    ACTION_SWITCHED = "action_switched"
    ACTION_POLICY_PUBLISHED = "action_policy_published"
    POLICY_DRAFTED = "policy_drafted"
    POLICY_DRAFT_CHANGED = "policy_draft_changed"
    POLICY_DRAFT_WITHDRAWN = "policy_draft_withdrawn"
    DOCUMENT_SEEN = "document_seen"  # made by an action, and somebody changed it in Odoo since
    DELEGATION_MADE = "delegation_made"
    DELEGATION_ENDED = "delegation_ended"
    FINANCE_ASSIGNEE_CHOSEN = "finance_assignee_chosen"
    RETURN_ROUTE_CHANGED = "return_route_changed"
    SUBJECT_ERASED = "subject_erased"
    TICKET_HOOK_REFUSED = "ticket_hook_refused"
    TICKET_TOLD = "ticket_told"  # of an action, or it could not be
    TICKET_NOTES_TRIED_AGAIN = "ticket_notes_tried_again"
    TICKETING_CHANGED = "ticketing_changed"
    STEPPED_UP = "stepped_up"
    TRAIL_READ = "trail_read"
    TOKEN_ISSUED = "token_issued"  # noqa: S105  # nosec B105 - names of what happened, not secrets
    TOKEN_FIRST_USED = "token_first_used"  # noqa: S105  # nosec B105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # nosec B105
    RIGHTS_CHANGED = "rights_changed"
    EMBEDDING_CHANGED = "embedding_changed"
    FRAME_LAUNCHED = "frame_launched"
    FRAME_ENTERED = "frame_entered"
    FRAME_TICKET = "frame_ticket"  # a ticket was read again for somebody in a frame
    FRAME_ENDED = "frame_ended"
    FRAME_REFUSED = "frame_refused"


class Decision(StrEnum):
    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where an entry stands."""

    chain: str
    seq: int
    hash: str


def record(
    *,
    actor: str,
    action: Action,
    object_kind: str = "",
    object_ref: str = "",
    connection_slug: str = "",
    company_id: int | None = None,
    decision: Decision = Decision.ALLOWED,
    reason: str = "",
    on_behalf_of: str = "",
    details: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Written:
    """Append one entry to its chain inside the caller's transaction; call it last, for the chain is locked from here.

    One chain per company of a connection; what belongs to no company goes to the installation's.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("An audit entry belongs to the transaction of its act.")
    moment = at or timezone.now()
    content = _content(
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_ref=object_ref,
        connection_slug=connection_slug,
        company_id=company_id,
        decision=decision,
        reason=reason,
        on_behalf_of=on_behalf_of,
        details=details,
        at=moment,
    )
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_HEAD, [content["chain"]])
        row, written = _linked(content, moment, cursor.fetchone())
        cursor.execute(_INSERT, row)
    return written


def _content(
    *,
    actor: str,
    action: Action,
    object_kind: str = "",
    object_ref: str = "",
    connection_slug: str = "",
    company_id: int | None = None,
    decision: Decision = Decision.ALLOWED,
    reason: str = "",
    on_behalf_of: str = "",
    details: Mapping[str, Any] | None = None,
    at: datetime,
) -> dict[str, Any]:
    """All that the hash of an entry covers, but for its place in the chain."""
    plain_details = dict(details or {})
    require_plain(plain_details)
    return {
        "version": VERSION,
        "chain": f"{connection_slug}:{company_id}"
        if connection_slug and company_id is not None
        else INSTALLATION,
        "at": timestamp(at),
        "actor": actor[:80],
        "on_behalf_of": on_behalf_of[:80],
        "action": action.value,
        "object_kind": object_kind[:32],
        "object_ref": object_ref[:200].replace("\0", ""),
        "connection": connection_slug[:50],
        "company_id": company_id,
        "decision": decision.value,
        "reason": reason[:200],
        "request_id": correlation_id.get()[:64],
        "details": plain_details,
        "key_id": "",
    }


def _linked(
    content: Mapping[str, Any], at: datetime, head: tuple[int, str]
) -> tuple[dict[str, Any], Written]:
    """An entry bound to the newest one of its chain, as a row."""
    linked = {**content, "seq": head[0] + 1, "prev_hash": head[1]}
    digest = entry_hash(linked)
    row = {**linked, "details": canonical_json(content["details"]).decode(), "at": at, "hash": digest}
    return row, Written(chain=content["chain"], seq=head[0] + 1, hash=digest)


_TAKE_HEAD = "SELECT seq, hash FROM audit_take_head(%s)"

_INSERT = """
    INSERT INTO cases_auditentry (chain, seq, at, actor, on_behalf_of, action, object_kind, object_ref, connection,
        company_id, decision, reason, request_id, details, key_id, version, prev_hash, hash)
    VALUES (%(chain)s, %(seq)s, %(at)s, %(actor)s, %(on_behalf_of)s, %(action)s, %(object_kind)s, %(object_ref)s,
        %(connection)s, %(company_id)s, %(decision)s, %(reason)s, %(request_id)s, %(details)s::jsonb, %(key_id)s,
        %(version)s, %(prev_hash)s, %(hash)s)
"""


def record_alone(**entry: Any) -> Written:
    """One entry in a transaction of its own, for acts that change nothing else, such as looking."""
    with transaction.atomic():
        return record(**entry)


@asynccontextmanager
async def recorded_alone(**entry: Any) -> AsyncIterator[Written]:
    """The same on the event loop: the entry is on its way to the disk inside, and has reached it on leaving.

    For a page that is drawn meanwhile, and sent after.
    """
    moment = timezone.now()
    content = _content(at=moment, **entry)
    async with database.transaction() as statements:
        head = await (await statements.execute(_TAKE_HEAD, [content["chain"]])).fetchone()
        if head is None:
            raise LookupError("an audit chain has no head")
        row, written = _linked(content, moment, (head[0], head[1]))
        await statements.execute(_INSERT, row)
        await statements.execute("COMMIT")
        yield written


def order_opened(
    viewer: Viewer,
    *,
    connection_slug: str,
    company_id: int,
    ref: str,
    panel: str = "",
    brand: str = "",
    region: str = "",
) -> dict[str, Any]:
    """The entry for an order that was shown; ``ref`` is Odoo's own number, not what was typed.

    ``panel`` names the part that was read again, for a page shows each part as a request of its own. Brand and
    region say to whom the entry may be shown again.
    """
    place = {name: value for name, value in (("panel", panel), ("brand", brand), ("region", region)) if value}
    return {
        "actor": viewer.actor,
        "action": Action.ORDER_OPENED,
        "object_kind": "order",
        "object_ref": ref,
        "connection_slug": connection_slug,
        "company_id": company_id,
        "details": {**place, **channel(viewer)},
    }


def order_not_visible(viewer: Viewer, *, connection_slug: str, typed: str) -> dict[str, Any]:
    """The entry for an order that is not there for this viewer; what was typed could be anything, so only its hash.

    That holds for the connection, too, where there is none of that name.
    """
    return {
        "actor": viewer.actor,
        "action": Action.ORDER_NOT_VISIBLE,
        "object_kind": "order",
        "object_ref": keyed_hash("order", typed),
        "connection_slug": connection_slug if connection_slug in connection_labels() else "",
        "decision": Decision.DENIED,
        "details": channel(viewer),
    }


def case_read(viewer: Viewer, *, case_id: int, connection_slug: str, company_id: int) -> dict[str, Any]:
    """The entry for a case that was shown."""
    return {
        "actor": viewer.actor,
        "action": Action.CASE_READ,
        "object_kind": "case",
        "object_ref": str(case_id),
        "connection_slug": connection_slug,
        "company_id": company_id,
        "details": channel(viewer),
    }


def case_not_visible(viewer: Viewer, *, case_id: int) -> dict[str, Any]:
    """The entry for a case that is not there for this viewer."""
    return {
        "actor": viewer.actor,
        "action": Action.CASE_NOT_VISIBLE,
        "object_kind": "case",
        "object_ref": str(case_id),
        "decision": Decision.DENIED,
        "details": channel(viewer),
    }


def searched(viewer: Viewer, *, kind: str, text: str, hits: int) -> dict[str, Any]:
    """The entry for a search: what kind of text, its keyed hash, how much was found."""
    return {
        "actor": viewer.actor,
        "action": Action.SEARCH,
        "object_kind": "search",
        "object_ref": keyed_hash(kind, text),
        "details": {"kind": kind, "hits": hits, **channel(viewer)},
    }


def search_fishing(viewer: Viewer, *, kind: str, text: str, limit: str) -> dict[str, Any]:
    """The entry for a search that was refused because it looks like reading by guessing; ``limit`` says which."""
    return {
        "actor": viewer.actor,
        "action": Action.SEARCH_FISHING,
        "object_kind": "search",
        "object_ref": keyed_hash(kind, text),
        "decision": Decision.DENIED,
        "reason": limit,
        "details": {"kind": kind, **channel(viewer)},
    }


def identity_chosen(
    viewer: Viewer, *, connection_slug: str, company_id: int, ref: str, candidates: int
) -> dict[str, Any]:
    """The entry for somebody saying which of several candidates is meant."""
    return {
        "actor": viewer.actor,
        "action": Action.IDENTITY_CHOSEN,
        "object_kind": "order",
        "object_ref": ref,
        "connection_slug": connection_slug,
        "company_id": company_id,
        "details": {"candidates": candidates, **channel(viewer)},
    }


def channel(viewer: Viewer) -> dict[str, Any]:
    """What an entry's details say of a viewer who is spoken for by a token, or who looks out of another tool."""
    if viewer.frame:
        return {"frame": viewer.frame}
    return {"token": viewer.token_id} if viewer.token_id is not None else {}
