"""Finds orders and cases by whatever a customer can name, over all connections at once, within the viewer's scope.

A slow or failing connection does not hold up the others: it is named beside what they found.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async

from cases.masking import MaskedRecord, Mode, mask
from cases.people.viewer import Viewer
from cases.scopes.placing import domain_limits, rules_of
from cases.scopes.rules import placed
from cases.search.answers import Answer, AnswerKey, share
from cases.search.identity_questions import Question, question_for
from cases.search.in_cases import FoundCase, find_cases
from cases.search.kinds import classify
from cases.search.quota import may_continue, note_hits, take_search
from integrations.canonical import (
    PERSONAL_REASONS,
    FoundOrders,
    MatchReason,
    OrderMatch,
    OrderQuery,
    Sensitivity,
)
from integrations.errors import GatewayError
from integrations.gateways import Budget, order_source

__all__ = ["ConnectionAnswer", "Found", "Progress", "continue_search", "search_orders"]


class Progress(StrEnum):
    ANSWERED = "answered"
    WAITING = "waiting"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAnswer:
    """What one connection found, newest first; ``problem`` says why it found nothing or not everything."""

    connection: str
    progress: Progress
    matches: tuple[MaskedRecord, ...] = ()
    account_orders: tuple[MaskedRecord, ...] = ()
    has_more: bool = False
    problem: str = ""
    unsearched: tuple[MatchReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One search as far as it has come. ``question`` tells the candidates apart, where there are several."""

    search_id: UUID
    kind: str
    answers: tuple[ConnectionAnswer, ...]
    cases: tuple[FoundCase, ...] = ()
    question: Question | None = None
    name_refused: bool = False  # the viewer's role sees no names, so none can be looked for

    @property
    def matches(self) -> tuple[MaskedRecord, ...]:
        return tuple(match for answer in self.answers for match in answer.matches)

    @property
    def account_orders(self) -> tuple[MaskedRecord, ...]:
        return tuple(order for answer in self.answers for order in answer.account_orders)

    @property
    def silent(self) -> dict[str, str]:
        """Connections that did not answer, or not all that was asked, and why."""
        return {answer.connection: answer.problem for answer in self.answers if answer.problem}

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(a.connection for a in self.answers if a.progress is Progress.WAITING)

    @property
    def has_more(self) -> bool:
        return any(answer.has_more for answer in self.answers)

    @property
    def hits(self) -> int:
        return len(self.matches) + len(self.cases)

    @property
    def is_ambiguous(self) -> bool:
        """Several orders, or several cases where no order matches: a case beside its order is no other candidate."""
        return len(self.matches or self.cases) > 1


async def search_orders(
    *, viewer: Viewer, query: str, correlation_id: str, patience_s: float | None = None
) -> Found:
    """Ask every connection. After ``patience_s`` what has not answered is ``waiting`` and can be continued.

    Raises ``SearchRefused`` where the person has searched too much like somebody who is fishing.
    """
    asked, name_refused = _permitted(classify(query), viewer)
    search_id = await take_search(viewer, asked)
    looking = asyncio.ensure_future(sync_to_async(find_cases)(viewer, asked))
    found = await _gather(viewer, asked, search_id, correlation_id, patience_s)
    found = replace(found, cases=await looking, name_refused=name_refused)
    if not found.waiting or found.hits:
        await note_hits(search_id, found.hits)
    return found


async def continue_search(
    *, viewer: Viewer, search_id: UUID, query: str, connection: str, correlation_id: str
) -> Found | None:
    """One connection of a search that was begun, with what the others have answered meanwhile.

    ``None`` where the viewer began no such search lately: continuing is no way around the quota.
    """
    asked, name_refused = _permitted(classify(query), viewer)
    if connection not in viewer.connections or not await may_continue(viewer, search_id, asked):
        return None
    await asyncio.wait({_task(viewer, asked, connection, correlation_id, accept_recent=True)})
    found = await _gather(viewer, asked, search_id, correlation_id, 0.0, accept_recent=True)
    cases = await sync_to_async(find_cases)(viewer, asked)
    hits = sum(len(answer.matches) for answer in found.answers if answer.connection == connection)
    await note_hits(search_id, hits)
    return replace(found, cases=cases, name_refused=name_refused)


def _permitted(query: OrderQuery, viewer: Viewer) -> tuple[OrderQuery, bool]:
    """Names are looked for by their parts: not for somebody to whom they are hidden altogether."""
    hidden = viewer.matrix.get(Sensitivity.PERSONAL, Mode.HIDE) is Mode.HIDE
    if not hidden or MatchReason.NAME not in query.kinds:
        return query, False
    return replace(query, kinds=query.kinds - {MatchReason.NAME}), True


async def _gather(
    viewer: Viewer,
    query: OrderQuery,
    search_id: UUID,
    correlation_id: str,
    patience_s: float | None,
    *,
    accept_recent: bool = False,
) -> Found:
    slugs = sorted(viewer.connections) if query.kinds else []
    tasks = {slug: _task(viewer, query, slug, correlation_id, accept_recent=accept_recent) for slug in slugs}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=patience_s)
    answers, seen = [], list[OrderMatch]()
    for slug, task in tasks.items():
        if not task.done():
            answers.append(ConnectionAnswer(connection=slug, progress=Progress.WAITING))
            continue
        answer = task.result()
        if isinstance(answer, FoundOrders):
            seen += [match for match in answer.matches if _in_scope(match, viewer, slug)]
        answers.append(_masked(viewer, slug, answer))
    return Found(
        search_id=search_id,
        kind=kind_of(query),
        answers=tuple(answers),
        question=question_for(seen, viewer.matrix),
    )


def _task(
    viewer: Viewer, query: OrderQuery, slug: str, correlation_id: str, *, accept_recent: bool
) -> asyncio.Task[Answer]:
    companies = viewer.companies_in(slug)
    key = AnswerKey(slug, query.text, query.kinds, companies, viewer.narrow_grants_in(slug))
    return share(key, partial(_ask, viewer, slug, query, correlation_id), accept_recent=accept_recent)


async def _ask(viewer: Viewer, slug: str, query: OrderQuery, correlation_id: str) -> Answer:
    try:
        source = await order_source(slug)
        found = await source.find_orders(
            query,
            companies=viewer.companies_in(slug),
            origins=await domain_limits(viewer, slug),
            budget=Budget.page(),
            correlation_id=correlation_id,
        )
        return await _placed(found, slug)
    except LookupError:
        return FoundOrders()
    except GatewayError as error:
        return error.with_traceback(None)


async def _placed(found: FoundOrders, slug: str) -> FoundOrders:
    rules = await rules_of(slug)
    if not rules:
        return found
    return replace(
        found,
        matches=tuple(placed(match, rules) for match in found.matches),
        account_orders=tuple(placed(match, rules) for match in found.account_orders),
    )


def _masked(viewer: Viewer, slug: str, answer: Answer) -> ConnectionAnswer:
    if isinstance(answer, GatewayError):
        return ConnectionAnswer(connection=slug, progress=Progress.SILENT, problem=answer.reason)
    matches, others = (
        tuple(mask(match, viewer.matrix) for match in found if _in_scope(match, viewer, slug))
        for found in (answer.matches, answer.account_orders)
    )
    return ConnectionAnswer(
        connection=slug,
        progress=Progress.ANSWERED,
        matches=matches,
        account_orders=others,
        has_more=answer.has_more,
        problem=answer.incomplete or "",
        unsearched=tuple(sorted(answer.unsearched)),
    )


def _in_scope(match: OrderMatch, viewer: Viewer, slug: str) -> bool:
    """The scope went into the question already; the answer is checked again."""
    return viewer.may_see(slug, match.company.id, brand=match.brand, region=match.region)


def kind_of(query: OrderQuery) -> str:
    """The one word under which a search goes into the trail: the most personal thing the text can be."""
    personal = sorted(query.kinds & PERSONAL_REASONS)
    if personal:
        return personal[0].value
    return "number" if query.kinds else "nothing"
