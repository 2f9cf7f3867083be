"""How one audit entry is bound to the one before it, and how a broken binding is found.

Pure: no Django. The hash covers every column of the entry, its chain and number, and the hash before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import orjson

VERSION = 1
GENESIS = "0" * 64


class Finding(IntEnum):
    """What is wrong with a trail; the value is the exit status of ``audit_verify``."""

    BROKEN = 2  # an entry was changed, or the guard that keeps entries as they are is off
    GAP = 3  # entries are missing, in the middle or at the end
    ANCHOR = 4  # consistent in itself, but not what was anchored outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    finding: Finding
    chain: str
    seq: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One stored entry: its place, both hashes, and all that its hash covers."""

    chain: str
    seq: int
    prev_hash: str
    hash: str
    content: Mapping[str, Any]


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """One spelling for equal values, as in RFC 8785 for what ``require_plain`` lets through."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def require_plain(value: Any) -> None:
    """Raise ``TypeError`` for what has several spellings: fractions, keys beyond ASCII, objects, zero characters."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError("Keys of audit details are ASCII texts.")
            require_plain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            require_plain(item)
    elif isinstance(value, str):
        if "\0" in value:
            raise TypeError("Texts in audit details hold no zero characters.")
    elif value is not None and not isinstance(value, int):
        raise TypeError(
            f"Audit details hold texts, whole numbers and truth values, not {type(value).__name__}."
        )


def entry_hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(content)).hexdigest()


def timestamp(at: datetime) -> str:
    """A time as it goes into the hash: UTC, always with six decimals, which is what the database keeps."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def check_links(links: Iterable[Link], heads: Mapping[str, tuple[int, str]]) -> Iterator[Problem]:
    """The first problem of each chain. ``links`` come ordered by chain and number."""
    seen: dict[str, tuple[int, str]] = {}
    given_up: set[str] = set()
    for link in links:
        if link.chain in given_up:
            continue
        seq, previous = seen.get(link.chain, (0, GENESIS))
        problem = _check_link(link, expected_seq=seq + 1, expected_prev=previous)
        if problem is not None:
            given_up.add(link.chain)
            yield problem
        seen[link.chain] = (link.seq, link.hash)
    for chain in sorted(set(heads) | set(seen)):
        if chain not in given_up:
            yield from _check_end(chain, seen.get(chain, (0, GENESIS)), heads.get(chain))


def _check_link(link: Link, *, expected_seq: int, expected_prev: str) -> Problem | None:
    if link.seq != expected_seq:
        return Problem(
            finding=Finding.GAP,
            chain=link.chain,
            seq=expected_seq,
            message=f"missing; the next is {link.seq}",
        )
    if link.prev_hash != expected_prev:
        return Problem(
            finding=Finding.BROKEN,
            chain=link.chain,
            seq=link.seq,
            message="does not follow the entry before it",
        )
    if entry_hash(link.content) != link.hash:
        return Problem(
            finding=Finding.BROKEN, chain=link.chain, seq=link.seq, message="is not what was written"
        )
    return None


def _check_end(chain: str, last: tuple[int, str], head: tuple[int, str] | None) -> Iterator[Problem]:
    if head is None or head[0] < last[0]:
        yield Problem(
            finding=Finding.BROKEN, chain=chain, seq=last[0], message="is beyond the head of its chain"
        )
    elif head[0] > last[0]:
        yield Problem(
            finding=Finding.GAP, chain=chain, seq=last[0] + 1, message=f"missing; the head says {head[0]}"
        )
    elif head[1] != last[1]:
        yield Problem(finding=Finding.BROKEN, chain=chain, seq=last[0], message="differs from its head")
