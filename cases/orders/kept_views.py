"""Keeps what was made of an order's facts for one kind of viewer: masked once and drawn once while they are fresh.

The busy order is opened by many, and again and again by one: the same facts under the same matrix, in the same
language and time zone, look the same. A view belongs to the very facts it was made of, never to a number or a person:
whether somebody may see the order, and that these are its newest facts, was found out before, for each of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from threading import Lock
from time import monotonic

from django.utils import timezone
from django.utils.translation import get_language

from cases.masking import MaskedRecord, Matrix, Mode
from integrations.canonical import Branch, BranchProblem, OrderReading, OrderRecord, Sensitivity

MOST_ITEMS = 4_000  # lines and events of all views together, some six kilobytes each


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a viewer sees of an order's facts, and ``drawings`` of parts of it, by whoever drew them.

    A drawing may hold nothing but what is in the view: no form with its secret, no age, nothing of the person.
    """

    record: MaskedRecord
    timeline: tuple[MaskedRecord, ...]
    contradictions: tuple[MaskedRecord, ...]
    eligibility: dict[int, dict[str, MaskedRecord]]
    drawings: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def items(self) -> int:
        return 10 + len(self.record["order"]["lines"]) + len(self.timeline)


@dataclass(frozen=True, slots=True)
class _Key:
    """All that enters a view."""

    facts: int  # the identity of the record as it was read; kept beside the view, so that it is nobody else's
    brand: str | None  # which our own rules have given it since
    region: str | None
    problems: frozenset[tuple[Branch, BranchProblem]]
    modes: tuple[Mode, ...]
    rules: int  # the version by which its lines were judged
    language: str | None
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class _Kept:
    facts: OrderRecord
    view: View
    good_until: float


_views: OrderedDict[_Key, _Kept] = OrderedDict()
_lock = Lock()
_items = 0


def view_of(
    facts: OrderRecord,
    record: OrderRecord,
    reading: OrderReading,
    matrix: Matrix,
    *,
    rules: int,
    fresh_for_s: float,
    make: Callable[[], View],
) -> View:
    """The kept view of ``facts``, or the one that ``make`` makes; ``record`` is the same in its brand and region.

    Nothing is kept for longer than the facts are fresh: ``fresh_for_s`` may be nothing.
    """
    key = _Key(
        facts=id(facts),
        brand=record.order.brand,
        region=record.order.region,
        problems=frozenset(reading.problems.items()),
        modes=tuple(matrix.get(sensitivity, Mode.HIDE) for sensitivity in Sensitivity),
        rules=rules,
        language=get_language(),
        zone=timezone.get_current_timezone(),
    )
    kept = _find(key)
    if kept is not None and kept.facts is facts:
        return kept.view
    view = make()
    if fresh_for_s > 0:
        _keep(key, _Kept(facts=facts, view=view, good_until=monotonic() + fresh_for_s))
        with suppress(RuntimeError):  # without an event loop the next one who keeps something tidies up
            asyncio.get_running_loop().call_later(fresh_for_s + 0.1, _forget_old)
    return view


def forget_views() -> None:
    with _lock:
        for key in list(_views):
            _drop(key)


def _find(key: _Key) -> _Kept | None:
    with _lock:
        kept = _views.get(key)
        if kept is None or kept.good_until < monotonic():
            return None
        _views.move_to_end(key)
        return kept


def _keep(key: _Key, kept: _Kept) -> None:
    global _items
    _forget_old()
    if kept.view.items > MOST_ITEMS:
        return
    with _lock:
        _drop(key)
        _views[key] = kept
        _items += kept.view.items
        while _items > MOST_ITEMS:
            _drop(next(iter(_views)))


def _forget_old() -> None:
    now = monotonic()
    with _lock:
        for key in [key for key, kept in _views.items() if kept.good_until < now]:
            _drop(key)


def _drop(key: _Key) -> None:
    global _items
    kept = _views.pop(key, None)
    if kept is not None:
        _items -= kept.view.items
