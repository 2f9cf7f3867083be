"""What a snapshot answers: one question to Odoo, exactly as it is asked for a viewer.

Kept by question and not by order: Odoo answers with what all companies of the question may see (stock, a customer's
figures), so an answer to more companies must never be cut down for a viewer of fewer. Agents with the same scope ask
the same question and share one snapshot; each is checked and masked anew.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

from cases.orders.readings import ReadingKey
from cases.snapshots.sealing import VERSION
from cases.snapshots.table import Place
from integrations.event_loop import current_scope
from integrations.gateways import OrderSource


def holder() -> uuid.UUID:
    """Who we are to the other processes: one name per event loop."""
    name: uuid.UUID = current_scope().resources.setdefault("reader", uuid.uuid4())
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: ReadingKey
    place: Place
    source: OrderSource
    correlation_id: str
    holder: uuid.UUID = field(default_factory=holder)
    in_background: bool = False  # nobody waits for it


def question_of(key: ReadingKey, source: OrderSource, correlation_id: str) -> Question:
    return Question(
        key=key,
        place=_place(key, source.connection_id, source.identity),
        source=source,
        correlation_id=correlation_id,
    )


def order_key(connection: str, ref: str) -> uuid.UUID:
    """Of all questions about one number, however it was typed."""
    return _hashed("order", connection, ref.strip().upper())


@lru_cache(maxsize=2048)
def _place(key: ReadingKey, connection_id: int, identity: str) -> Place:
    """Without whether payment details are asked for: they are not kept."""
    asked = _hashed(
        "question",
        VERSION,
        str(connection_id),
        identity,
        *sorted({key.ref, key.ref.upper()}),  # as Odoo is asked
        repr(sorted(key.companies)),
        repr(None if key.origins is None else sorted(map(repr, key.origins))),
    )
    return Place(key=asked, order_key=order_key(key.connection, key.ref), connection_id=connection_id)


def _hashed(*parts: str) -> uuid.UUID:
    message = "\0".join(("snapshot", *parts)).encode(errors="surrogatepass")
    digest = hmac.new(settings.DESKGLASS_SEARCH_KEY.encode(), message, hashlib.sha256).digest()
    return uuid.UUID(bytes=digest[:16])
