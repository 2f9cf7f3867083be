"""Finds orders by an exact number over all connections at once, within the viewer's scope.

A slow or failing connection does not hold up the others: it is named beside what they found.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from cases.masking import MaskedRecord, mask
from cases.viewer import Viewer
from integrations.canonical import OrderMatch
from integrations.errors import GatewayError
from integrations.gateways import Budget, order_source

LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``matches`` newest first within each connection; ``silent`` maps a connection to why it did not answer."""

    matches: tuple[MaskedRecord, ...]
    silent: dict[str, str]

    @property
    def is_ambiguous(self) -> bool:
        return len(self.matches) > 1


async def search_orders(*, viewer: Viewer, query: str, correlation_id: str) -> Found:
    query = query.strip()
    if not query or len(query) > LONGEST_QUERY:
        return Found(matches=(), silent={})
    connections = sorted(viewer.connections)
    answers = await asyncio.gather(*(_search(viewer, slug, query, correlation_id) for slug in connections))
    matches: list[MaskedRecord] = []
    silent: dict[str, str] = {}
    for slug, answer in zip(connections, answers, strict=True):
        if isinstance(answer, GatewayError):
            silent[slug] = answer.reason
        else:
            matches.extend(
                mask(match, viewer.matrix) for match in answer if viewer.may_see(slug, match.company.id)
            )
    return Found(matches=tuple(matches), silent=silent)


async def _search(
    viewer: Viewer, slug: str, query: str, correlation_id: str
) -> tuple[OrderMatch, ...] | GatewayError:
    try:
        source = await order_source(slug)
        return await source.find_orders(
            query, companies=viewer.companies_in(slug), budget=Budget.page(), correlation_id=correlation_id
        )
    except LookupError:
        return ()
    except GatewayError as error:
        return error
