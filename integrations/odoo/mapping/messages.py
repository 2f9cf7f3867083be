"""The order's chatter as plain text."""

from __future__ import annotations

from integrations.canonical import Message, MessageKind
from integrations.odoo.mapping.values import Row, display, moment, plain_text, related, rows


def messages(order: Row) -> tuple[Message, ...]:
    """Newest first, without the empty rows that Odoo logs for tracked fields."""
    found = (
        Message(
            id=row["id"],
            at=moment(row.get("date")),
            kind=_kind(row),
            author=display(row, "author_id"),
            body=plain_text(row.get("body")),
        )
        for row in rows(order, "message_ids")
    )
    return tuple(message for message in found if message.body)


def _kind(row: Row) -> MessageKind:
    kind = row.get("message_type")
    if kind in ("email", "email_outgoing"):
        return MessageKind.EMAIL
    if kind in ("notification", "auto_comment", "user_notification"):
        return MessageKind.SYSTEM
    # A note is one by its subtype; ``is_internal`` stands on Odoo's own log entries only.
    subtype = related(row, "subtype_id") or {}
    return (
        MessageKind.INTERNAL_NOTE
        if subtype.get("internal") or row.get("is_internal")
        else MessageKind.COMMENT
    )
