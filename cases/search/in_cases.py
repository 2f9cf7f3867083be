"""Finds cases by what a customer or a colleague can name exactly: the case, its ticket, an order, the customer.

Nothing typed by people is indexed: no subject, no message, no name. A case outside the viewer's scope is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from cases.casework import CaseState, visible_cases
from cases.casework.keys import asked_keys
from cases.casework.reading import summaries
from cases.casework.visible import covers
from cases.masking import MaskedRecord
from cases.models import CaseKey
from cases.models.casework import CaseOrder
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from integrations.canonical import MatchReason, OrderQuery

MOST_CASES = 20
LOOKED_AT = 200  # cases that one reason may name, before it is asked which of them are in scope

_REFERENCE = re.compile(r"[Cc]\s?-?\s?0*([1-9][0-9]{0,17})")


class CaseReason(StrEnum):
    """What of a case equals what was typed."""

    CASE_NUMBER = "case_number"
    TICKET_NUMBER = "ticket_number"
    ORDER_NUMBER = "order_number"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    case: MaskedRecord
    why: tuple[CaseReason, ...]


def find_cases(viewer: Viewer, query: OrderQuery) -> tuple[FoundCase, ...]:
    """Cases in scope, the latest change first; the number of a merged one finds the case that goes on."""
    if not query.kinds or not viewer.grants:
        return ()
    reasons: dict[int, set[CaseReason]] = {}
    named = chain(
        _by_number(query), _by_ticket(viewer, query), _by_order(viewer, query), _by_customer(viewer, query)
    )
    for case_id, reason in named:
        reasons.setdefault(case_id, set()).add(reason)
    if not reasons:
        return ()
    merged = visible_cases(viewer).filter(pk__in=reasons, state=CaseState.MERGED)
    for case_id, goes_on in merged.values_list("pk", "merged_into_id"):
        reasons.setdefault(goes_on, set()).update(reasons[case_id])
    found = visible_cases(viewer).filter(pk__in=reasons).exclude(state=CaseState.MERGED)
    newest = found.select_related("assignee").order_by("-updated_at", "-pk")[:MOST_CASES]
    cases = [case for case in newest if covers(viewer, case)]
    return tuple(
        FoundCase(case=row, why=tuple(reason for reason in CaseReason if reason in reasons[case.pk]))
        for case, row in zip(cases, summaries(viewer, cases), strict=True)
    )


Match = tuple[int, CaseReason]


def _by_number(query: OrderQuery) -> Iterator[Match]:
    if named := _REFERENCE.fullmatch(query.text):
        yield int(named[1]), CaseReason.CASE_NUMBER


def _by_ticket(viewer: Viewer, query: OrderQuery) -> Iterator[Match]:
    """Tickets are numbers, or words without a space; what is only a person's name or address is neither."""
    if MatchReason.EMAIL in query.kinds or " " in query.text:
        return
    found = visible_cases(viewer).filter(ticket_ref__in=[query.text, query.text.removeprefix("#")])
    for case_id in found.values_list("pk", flat=True)[:LOOKED_AT]:
        yield case_id, CaseReason.TICKET_NUMBER


def _by_order(viewer: Viewer, query: OrderQuery) -> Iterator[Match]:
    """Through links in scope only: a case may also be about an order that the viewer may not know of."""
    if MatchReason.ORDER_NUMBER not in query.kinds:
        return
    linked = CaseOrder.objects.filter(within_grants(viewer), ref__in=[query.text, query.text.upper()])
    for case_id in linked.order_by("-pk").values_list("case_id", flat=True)[:LOOKED_AT]:
        yield case_id, CaseReason.ORDER_NUMBER


def _by_customer(viewer: Viewer, query: OrderQuery) -> Iterator[Match]:
    keys = asked_keys(query)
    if not keys:
        return
    found = CaseKey.objects.filter(key__in=keys, case__in=visible_cases(viewer))
    for case_id, kind in found.order_by("-case_id").values_list("case_id", "kind")[:LOOKED_AT]:
        yield case_id, CaseReason(kind)
