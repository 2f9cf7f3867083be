"""Turns a reading into the bytes that are stored and back: written out, compressed and encrypted.

What is stored opens only in its own row and with the key that made it. It never holds payment details or secrets,
nor card and account numbers that somebody typed into a text.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from django.conf import settings

from cases.masking import cut_payment_numbers
from cases.snapshots.codec import Codec, Unreadable
from integrations.canonical import Branch, BranchProblem, OrderReading, OrderRecord, Sensitivity
from integrations.credentials import CannotDecrypt, decrypt_bytes, encrypt_bytes

NEVER_KEPT = frozenset({Sensitivity.PAYMENT, Sensitivity.SECRET})
MEANING = 1  # counts up when a field of the same shape starts to mean something else
LARGEST = 4_000_000  # bytes written out; an order beyond that is read anew each time
USE = "snapshot"

_records: Codec[tuple[OrderRecord, ...]] = Codec(
    tuple[OrderRecord, ...], omitted=NEVER_KEPT, text=cut_payment_numbers
)

VERSION = f"{MEANING}/{_records.fingerprint}"


class NotKept(Exception):
    """This reading is not stored; says why without a value."""


class CannotOpen(Exception):
    """Stored bytes that are of no use: another key, another row, damaged, or of another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A reading as it is stored. ``facts`` is equal for readings that say the same, and tells nothing else."""

    content: bytes
    key_id: str
    facts: str
    size: int  # bytes written out


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    reading: OrderReading
    facts: str
    size: int  # bytes written out


def seal(reading: OrderReading, *, place: str) -> Sealed:
    written, facts = _write(reading)
    if len(written) > LARGEST:
        raise NotKept("too large")
    content, key_id = encrypt_bytes(zlib.compress(written, 3), place=place, use=USE)
    return Sealed(content=content, key_id=key_id, facts=facts, size=len(written))


def facts_of(reading: OrderReading) -> str:
    """Equal for readings that say the same, whenever they were made; empty for one that cannot be written."""
    try:
        return _write(reading)[1]
    except NotKept:
        return ""


def unseal(content: bytes, *, key_id: str, place: str, fetched_at: datetime) -> Opened:
    try:
        packed = decrypt_bytes(content, key_id=key_id, place=place, use=USE)
        unpacking = zlib.decompressobj()
        written = unpacking.decompress(packed, LARGEST)
        if not unpacking.eof:
            raise CannotOpen("cut off")
        return Opened(reading=_read(written, fetched_at), facts=_facts(_said(written)), size=len(written))
    except (CannotDecrypt, zlib.error, orjson.JSONDecodeError, Unreadable) as error:
        problem = type(error).__name__
    raise CannotOpen(problem)


def _write(reading: OrderReading) -> tuple[bytes, str]:
    try:
        said = orjson.dumps(
            [
                sorted([branch.value, problem.value] for branch, problem in reading.problems.items()),
                _records.encode(reading.records),
            ]
        )
        cost = orjson.dumps([VERSION, reading.calls, reading.slowest_call_ms])
    except TypeError as error:  # of the codec, and of a text that is none
        problem = type(error).__name__
    else:
        return cost + b"\n" + said, _facts(said)
    raise NotKept(problem)


def _said(written: bytes) -> bytes:
    return written.partition(b"\n")[2]


def _facts(said: bytes) -> str:
    """Keyed: it travels in addresses, where a plain hash would let masked values be guessed."""
    return hmac.new(settings.DESKGLASS_SEARCH_KEY.encode(), b"facts\0" + said, hashlib.sha256).hexdigest()[
        :32
    ]


def _read(written: bytes, fetched_at: datetime) -> OrderReading:
    cost, _, said = written.partition(b"\n")
    match orjson.loads(cost), orjson.loads(said):
        case [str(version), int(calls), float(slowest)], [list(problems), records] if version == VERSION:
            return OrderReading(
                records=_records.decode(records),
                problems=_problems(problems),
                fetched_at=fetched_at,
                calls=calls,
                slowest_call_ms=slowest,
            )
    raise Unreadable("of another version")


def _problems(plain: list[list[str]]) -> dict[Branch, BranchProblem]:
    try:
        return {Branch(branch): BranchProblem(problem) for branch, problem in plain}
    except (TypeError, ValueError):
        pass
    raise Unreadable("problems of another kind")


def aged(reading: OrderReading, fetched_at: datetime) -> OrderReading:
    return reading if reading.fetched_at == fetched_at else replace(reading, fetched_at=fetched_at)
