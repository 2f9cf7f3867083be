"""Asks Odoo which of the numbers that a ticket names are orders. One known order is a fact, several are a question.

What decides is the whole installation, or the shop that the tool serves, and never what one viewer may see: with
narrower rights an order must not look like the only one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from asgiref.sync import sync_to_async

from cases.models import Scope, TicketMatch, TicketRules
from cases.people.viewer import Grant, Viewer
from cases.scopes.placing import rules_of
from cases.scopes.rules import placed
from cases.search.kinds import classify
from cases.tickets.records import FoundIn
from cases.tickets.references import MOST_REFERENCES
from integrations.canonical import MatchReason, OrderMatch
from integrations.errors import GatewayError
from integrations.gateways import Budget, order_source

ASK_S = 6.0
_EXACT = frozenset({MatchReason.ORDER_NUMBER, MatchReason.CHANNEL_REFERENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """``order`` is set where exactly one is meant; ``candidates`` are all that are known."""

    match: TicketMatch
    order: OrderMatch | None = None
    candidates: tuple[tuple[OrderMatch, tuple[FoundIn, ...]], ...] = ()


async def find_known_orders(
    named: Mapping[str, tuple[FoundIn, ...]], *, rules: TicketRules | None, correlation_id: str
) -> Findings:
    if not named:
        return Findings(match=TicketMatch.NONE)
    places = await sync_to_async(companies_of)(rules)
    asked = list(named)[:MOST_REFERENCES]
    questions = [
        _ask(reference, connection, companies, correlation_id)
        for reference in asked
        for connection, companies in places.items()
    ]
    answers = await asyncio.gather(*questions)
    found: dict[tuple[str, int], tuple[OrderMatch, list[FoundIn]]] = {}
    is_silent = False
    for reference, answer in zip([each for each in asked for _ in places], answers, strict=True):
        if answer is None:
            is_silent = True
            continue
        for match in answer:
            known = found.setdefault((match.connection, match.id), (match, []))
            known[1].extend(place for place in named[reference] if place not in known[1])
    candidates = tuple(
        (match, tuple(sorted(places_, key=list(FoundIn).index))) for match, places_ in found.values()
    )
    is_cut = len(named) > MOST_REFERENCES
    return _judge(candidates, has_field=any(FoundIn.FIELD in each for each in named.values()),
                  is_silent=is_silent, is_cut=is_cut)  # fmt: skip


def _judge(
    candidates: tuple[tuple[OrderMatch, tuple[FoundIn, ...]], ...],
    *,
    has_field: bool,
    is_silent: bool,
    is_cut: bool,
) -> Findings:
    """What a colleague wrote into the field counts before what is said; a field that names no order settles nothing."""
    if is_silent:
        return Findings(match=TicketMatch.UNASKED, candidates=candidates)
    in_field = [match for match, found_in in candidates if FoundIn.FIELD in found_in]
    meant = in_field if has_field else [match for match, _ in candidates]
    if len(meant) == 1 and (in_field or not is_cut):
        return Findings(match=TicketMatch.FOUND, order=meant[0], candidates=candidates)
    match = TicketMatch.SEVERAL if candidates else TicketMatch.NONE
    return Findings(match=match, candidates=candidates)


def companies_of(rules: TicketRules | None) -> dict[str, frozenset[int]]:
    """Where orders are looked for: in the tool's shop, or in every company that somebody may see."""
    if rules is not None and rules.shop_connection and rules.shop_company_id:
        return {rules.shop_connection: frozenset({rules.shop_company_id})}
    found: dict[str, frozenset[int]] = {}
    for connection, company_id in Scope.objects.values_list("connection", "company_id").distinct():
        found[connection] = found.get(connection, frozenset()) | {company_id}
    return found


def reader_of(connection: str, company_id: int, brand: str | None, region: str | None) -> Viewer:
    """Nobody: the installation itself, which reads one order to know whose it is and shows it to no one."""
    grant = Grant(connection=connection, company_id=company_id, brand=brand or "", region=region or "")
    return Viewer(
        user_id=0,
        name="",
        roles=frozenset(),
        matrix={},
        grants=frozenset({grant}),
        language="",
        time_zone="",
    )


async def _ask(
    reference: str, connection: str, companies: frozenset[int], correlation_id: str
) -> tuple[OrderMatch, ...] | None:
    """The orders of exactly that number; None where nobody answered."""
    query = classify(reference)
    query = replace(query, kinds=query.kinds & _EXACT)
    if not query.kinds:
        return ()
    try:
        source = await order_source(connection)
        found = await source.find_orders(
            query,
            companies=companies,
            origins=None,
            budget=Budget.of(ASK_S, queue_s=ASK_S),
            correlation_id=correlation_id,
        )
    except LookupError:
        return ()
    except GatewayError:
        return None
    if found.incomplete or found.has_more:
        return None
    rules = await rules_of(connection)
    return tuple(
        placed(match, rules) if rules else match
        for match in found.matches
        if match.company.id in companies and _EXACT & set(match.why)
    )
