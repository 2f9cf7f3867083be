"""Keeps search from becoming a way to read what is masked: who guesses letter by letter is stopped and told of.

Per person, over a sliding window, in one statement. Texts are kept as keyed hashes only, together with the hash of
the text without its last letter, by which neighbours recognise one another.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.db import connection

from cases import audit
from cases.keyed_hashes import keyed_hash
from cases.people.viewer import Viewer
from integrations.canonical import PERSONAL_REASONS, MatchReason, OrderQuery

logger = logging.getLogger(__name__)

# The limits, all in one place. Repeating a search costs nothing: different texts are counted.
WINDOW = timedelta(minutes=10)
MAX_NAMES = 30  # names within the window
MAX_MISSES = 12  # e-mail addresses and phone numbers that found nobody
MAX_NEIGHBOURS = 7  # texts that differ from another one by their last letter only
CONTINUED_WITHIN = timedelta(minutes=2)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SearchRefused(Exception):
    """``limit`` says which limit was reached, ``retry_after_s`` when its oldest search leaves the window."""

    limit: str
    retry_after_s: int


_TAKE = """
WITH forgotten AS (
    DELETE FROM cases_searchattempt WHERE person_id = %(person)s AND at < clock_timestamp() - %(kept)s
), recent AS (
    SELECT kind, text_hash, stem_hash, max(at) AS at, max(coalesce(hits, 0)) AS hits
      FROM cases_searchattempt
     WHERE person_id = %(person)s AND at >= clock_timestamp() - %(window)s AND text_hash <> %(text)s
     GROUP BY kind, text_hash, stem_hash
), neighbours AS (
    SELECT DISTINCT one.text_hash, one.at FROM recent one
      JOIN (SELECT text_hash, stem_hash FROM recent WHERE kind <> 'number'
            UNION ALL SELECT %(text)s, %(stem)s) other
        ON one.text_hash <> other.text_hash
       AND (one.stem_hash IN (other.text_hash, other.stem_hash) OR one.text_hash = other.stem_hash)
     WHERE one.kind <> 'number'
), counted AS (
    SELECT (SELECT count(*) FROM recent WHERE kind = 'name') AS names,
           (SELECT min(at) FROM recent WHERE kind = 'name') AS names_since,
           (SELECT count(*) FROM recent WHERE kind IN ('email', 'phone') AND hits = 0) AS misses,
           (SELECT min(at) FROM recent WHERE kind IN ('email', 'phone') AND hits = 0) AS misses_since,
           (SELECT count(*) FROM neighbours) AS neighbours,
           (SELECT min(at) FROM neighbours) AS neighbours_since,
           EXISTS (SELECT FROM recent WHERE kind <> 'number'
                      AND (stem_hash IN (%(text)s, %(stem)s) OR text_hash = %(stem)s)) AS is_neighbour
), verdict AS (
    SELECT CASE WHEN %(kind)s = 'number' THEN NULL
                WHEN is_neighbour AND neighbours >= %(max_neighbours)s THEN 'neighbours'
                WHEN %(kind)s = 'name' AND names >= %(max_names)s THEN 'names'
                WHEN %(kind)s IN ('email', 'phone') AND misses >= %(max_misses)s THEN 'misses' END AS reached,
           names_since, misses_since, neighbours_since
      FROM counted
), taken AS (
    INSERT INTO cases_searchattempt (id, person_id, at, kind, text_hash, stem_hash, hits)
    SELECT %(id)s, %(person)s, clock_timestamp(), %(kind)s, %(text)s, %(stem)s, NULL
      FROM verdict WHERE reached IS NULL
)
SELECT reached, extract(epoch FROM %(window)s - (clock_timestamp() -
           CASE reached WHEN 'names' THEN names_since WHEN 'misses' THEN misses_since ELSE neighbours_since END))
  FROM verdict
"""
_NOTE = "UPDATE cases_searchattempt SET hits = coalesce(hits, 0) + %s WHERE id = %s"
_BEGUN = """
SELECT EXISTS (SELECT FROM cases_searchattempt
                WHERE id = %s AND person_id = %s AND text_hash = %s AND at >= clock_timestamp() - %s)
"""


async def take_search(viewer: Viewer, query: OrderQuery) -> UUID:
    """The id of a search that may go ahead; raises ``SearchRefused``, with an entry in the trail."""
    return await sync_to_async(_take)(viewer, query)


async def note_hits(search_id: UUID, hits: int) -> None:
    await sync_to_async(_execute)(_NOTE, [hits, search_id])


async def may_continue(viewer: Viewer, search_id: UUID, query: OrderQuery) -> bool:
    """Whether this person began this very search a moment ago."""
    parameters = [search_id, viewer.user_id, _hash(query.text), CONTINUED_WITHIN]
    row = await sync_to_async(_execute)(_BEGUN, parameters)
    return bool(row and row[0])


def _take(viewer: Viewer, query: OrderQuery) -> UUID:
    search_id, kind = uuid4(), _counted_as(query)
    row = _execute(
        _TAKE,
        {
            "id": search_id,
            "person": viewer.user_id,
            "kind": kind,
            "text": _hash(query.text),
            "stem": _hash(stem(query.text)),
            "window": WINDOW,
            "kept": KEPT,
            "max_names": MAX_NAMES,
            "max_misses": MAX_MISSES,
            "max_neighbours": MAX_NEIGHBOURS,
        },
    )
    reached, wait_s = row or (None, None)
    if reached is None:
        return search_id
    audit.record_alone(**audit.search_fishing(viewer, kind=kind, text=query.text, limit=reached))
    logger.warning("A person was stopped searching", extra={"actor": viewer.actor, "limit": reached})
    raise SearchRefused(reached, max(1, math.ceil(wait_s or 1)))


def _counted_as(query: OrderQuery) -> str:
    """A text that can be several things counts as the most personal of them."""
    for kind in (MatchReason.EMAIL, MatchReason.PHONE, MatchReason.NAME):
        if kind in query.kinds & PERSONAL_REASONS:
            return kind.value
    return "number"


def stem(text: str) -> str:
    """The text without its last letter; of an e-mail address, without the last one before the @."""
    local, at, domain = text.rpartition("@")
    return f"{local[:-1]}@{domain}" if at else text[:-1]


def _hash(text: str) -> str:
    return keyed_hash("search", text)


def _execute(statement: str, parameters: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row
