"""Decides what a viewer is shown of a question: what is known, what is read now, or both one after the other.

Fresh facts are served without asking Odoo. Stale ones are shown at once to whoever opens a page, while they are read
anew. Older ones only when Odoo does not answer within the page's patience, or not at all, and then with the reason.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

import psycopg
import structlog

from cases.orders.readings import finished, running, share
from cases.snapshots import decoded, table
from cases.snapshots.flight import fly, open_kept
from cases.snapshots.question import Question
from cases.snapshots.sealing import facts_of
from cases.snapshots.table import Look
from integrations.canonical import OrderReading
from integrations.errors import AuthenticationFailed, GatewayError, Rejected
from integrations.event_loop import current_scope, spawn

logger = structlog.get_logger(__name__)

STALE_S = 600.0
AT_ONCE_S = 0.01  # in which a server that cannot be reached, or is left alone, is known to be so


class Need(StrEnum):
    """How much of what is known will do."""

    SHOWN = "shown"  # a page is opened: stale facts will do for a moment
    RECENT = "recent"  # a part of a page, or something done with an order: fresh ones
    LIVE = "live"  # asked for anew: only where Odoo does not answer


class Source(StrEnum):
    LIVE = "live"
    SNAPSHOT = "snapshot"


class StillReading(Exception):
    """Odoo has not answered within the viewer's patience; the reading goes on and can be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A reading, and how it came to be shown. ``problem``: why it could not be read anew."""

    reading: OrderReading
    source: Source = Source.LIVE
    stale: bool = False
    problem: str = ""
    is_refreshing: bool = False  # newer facts can be asked for in a moment
    lacks_payments: bool = False  # the viewer might see them, but they are not kept
    known_facts: str = ""

    @property
    def facts(self) -> str:
        """Equal for readings that say the same."""
        return self.known_facts or facts_of(self.reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a look found, opened."""

    look: Look
    entry: decoded.Entry | None
    wants_payments: bool

    @property
    def is_enough(self) -> bool:
        """Whether it holds all that the viewer might see."""
        return self.entry is not None and (self.entry.has_payments or not self.wants_payments)

    def served(self, *, problem: str = "", is_refreshing: bool = False) -> Served | None:
        if self.entry is None:
            return None
        return Served(
            reading=self.entry.reading,
            source=Source.SNAPSHOT,
            stale=bool(problem) or is_refreshing or not (self.look.is_fresh and self.is_enough),
            problem=problem,
            is_refreshing=is_refreshing,
            lacks_payments=not self.is_enough,
            known_facts=self.entry.facts,
        )


async def serve(question: Question, *, need: Need, patience_s: float | None) -> Served:
    """Raises ``StillReading``, or a ``GatewayError`` where Odoo fails and nothing is known."""
    key = question.key
    task = running(key) if need is not Need.SHOWN else None
    if need is not Need.LIVE:
        task = task or finished(key)
    known: _Known | None = None
    if task is None:
        known = await _look(question, anew=need is Need.LIVE)
        at_once = await _without_waiting(question, known, need)
        if at_once is not None:
            return at_once
        look = known.look
        task = share(key, lambda: fly(question, look))
    try:
        return Served(reading=await asyncio.wait_for(asyncio.shield(task), patience_s))
    except TimeoutError:
        instead = (known or await _look(question, may_claim=False)).served(is_refreshing=True)
    except GatewayError as error:
        if not _is_shown_despite(error.reason):
            raise
        instead = (known or await _look(question, may_claim=False)).served(problem=error.reason)
        if instead is None:
            raise
    if instead is None:
        raise StillReading
    return instead


async def read_ahead(question: Question) -> bool:
    """Begin a reading that fills the snapshot, where nothing is known that a page would show at once.

    Under a name of its own and outside of the readings that pages share: none of them must fail with it.
    """
    ahead = replace(question, holder=uuid.uuid4(), in_background=True)
    look = await table.look(ahead.place, holder=ahead.holder, known=None, may_claim=False)
    if running(question.key) or look.is_running or look.failure:
        return False
    if look.fetched_at is not None and look.age_s <= STALE_S:
        return False
    look = await table.look(ahead.place, holder=ahead.holder, known=look.fetched_at)
    if look.is_ours:
        spawn(_read_ahead(ahead, look), name="read-ahead")
    return look.is_ours


async def _read_ahead(question: Question, look: Look) -> None:
    with suppress(GatewayError):  # counted and logged where it happened
        await fly(question, look)


async def _without_waiting(question: Question, known: _Known, need: Need) -> Served | None:
    look = known.look
    if need is Need.LIVE or known.entry is None:
        return None
    if look.is_fresh and known.is_enough:
        return known.served()
    if look.failure and _is_shown_despite(look.failure):
        return known.served(problem=look.failure)  # a moment ago; Odoo is not asked again for each page
    if need is Need.SHOWN and known.is_enough and look.age_s <= STALE_S:
        if not look.is_ours:
            return known.served(is_refreshing=look.is_running)
        task = share(question.key, lambda: fly(question, look))
        await asyncio.wait({task}, timeout=AT_ONCE_S)
        error = task.exception() if task.done() and not task.cancelled() else None
        if not isinstance(error, GatewayError):
            return known.served(is_refreshing=True)
        if _is_shown_despite(error.reason):
            return known.served(problem=error.reason)
    return None


def _is_shown_despite(reason: str) -> bool:
    """A clear no of Odoo holds for what it said earlier, too; an unusable key is a fault of the connection."""
    if reason == AuthenticationFailed.reason:
        return True
    return reason not in {kind.reason for kind in (Rejected, *Rejected.__subclasses__())}


async def _look(question: Question, *, may_claim: bool = True, anew: bool = False) -> _Known:
    """What the table holds for a question, opened; one statement for all who ask at the same moment."""
    looks: dict[object, asyncio.Task[_Known]] = current_scope().resources.setdefault("looks", {})
    name = (question.key, may_claim, anew)
    task = looks.get(name)
    if task is None:
        task = looks[name] = spawn(_look_alone(question, may_claim=may_claim, anew=anew), name="look")
        task.add_done_callback(lambda _: looks.pop(name, None))
    return await asyncio.shield(task)


async def _look_alone(question: Question, *, may_claim: bool, anew: bool) -> _Known:
    place, wants_payments = question.place, question.key.payment_details
    entry = decoded.find(place.key, has_payments=True) if wants_payments else None
    entry = entry or decoded.find(place.key, has_payments=False)
    try:
        look = await table.look(
            place,
            holder=question.holder,
            known=entry.fetched_at if entry else None,
            may_claim=may_claim,
            anew=anew,
        )
        opened = open_kept(place, look, entry)
        if opened is None and look.fetched_at is not None and may_claim and not look.is_ours:
            # What is there cannot be opened: as good as nothing, so that somebody has to read it anew.
            look = await table.look(place, holder=question.holder, known=look.fetched_at, anew=True)
    except psycopg.Error as error:
        logger.warning("snapshots_not_reachable", problem=type(error).__name__)
        look, opened = Look(is_ours=True), None
    return _Known(look=look, entry=opened, wants_payments=wants_payments)
