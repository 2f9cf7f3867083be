"""Keeps the readings that this process opened or made just now, so that a page that is looked at often is opened once.

Valid only together with the time that the table names: what was forgotten or read anew elsewhere is not found.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic

from integrations.canonical import OrderReading

KEPT_S = 60.0
PAYMENTS_KEPT_S = 15.0  # with payment details, which are kept nowhere else
MOST_BYTES = 2_000_000  # as written out; in memory a reading takes about ten times as much


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    reading: OrderReading
    facts: str
    size: int
    has_payments: bool
    good_until: float

    @property
    def fetched_at(self) -> datetime:
        return self.reading.fetched_at


_Key = tuple[uuid.UUID, bool]

_entries: OrderedDict[_Key, Entry] = OrderedDict()
_lock = Lock()
_bytes = 0


def find(key: uuid.UUID, *, has_payments: bool) -> Entry | None:
    """What is known of a question: whether it is still so, the table says."""
    with _lock:
        entry = _entries.get((key, has_payments))
        if entry is None:
            return None
        if entry.good_until < monotonic():
            _drop((key, has_payments))
            return None
        _entries.move_to_end((key, has_payments))
        return entry


def remember(
    key: uuid.UUID, reading: OrderReading, *, facts: str, size: int, has_payments: bool = False
) -> Entry:
    kept_s = PAYMENTS_KEPT_S if has_payments else KEPT_S
    entry = Entry(
        reading=reading,
        facts=facts,
        size=size,
        has_payments=has_payments,
        good_until=monotonic() + kept_s,
    )
    with _lock:
        _drop((key, has_payments))
        if size <= MOST_BYTES:
            _put((key, has_payments), entry)
    return entry


def forget_all() -> None:
    with _lock:
        for key in list(_entries):
            _drop(key)


def _put(key: _Key, entry: Entry) -> None:
    global _bytes
    _entries[key] = entry
    _bytes += entry.size
    now = monotonic()
    while _entries:
        oldest = next(iter(_entries))
        if _bytes <= MOST_BYTES and _entries[oldest].good_until >= now:
            return
        _drop(oldest)


def _drop(key: _Key) -> None:
    global _bytes
    entry = _entries.pop(key, None)
    if entry is not None:
        _bytes -= entry.size
