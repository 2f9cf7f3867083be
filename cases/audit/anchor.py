"""Signs the heads of all audit chains into a file outside the database, where a rewritten trail gives itself away.

Each line names the line before it by its hash and carries an Ed25519 signature over all the rest. Neither the file
nor the key is within reach of the database's roles.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cases.audit.chain import GENESIS, Finding, Problem, canonical_json, timestamp

ANCHORS = "anchors.jsonl"
PRIVATE_KEY = "anchor-key.pem"
PUBLIC_KEY = "anchor-key.pub.pem"

Heads = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    number: int  # of the line, from 1
    heads: Heads


def make_anchor_key(directory: Path) -> None:
    """A key pair where there is none; the private half is readable by its owner only."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (directory / PRIVATE_KEY).exists():
        return
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(directory / PRIVATE_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (directory / PUBLIC_KEY).write_bytes(public)


def write_anchor(directory: Path, heads: Heads, *, at: datetime) -> bool:
    """Append a signed line, unless the last one already names these heads. Raises ``OSError`` without a key."""
    key = load_pem_private_key((directory / PRIVATE_KEY).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise OSError("the anchor key is not an Ed25519 key")
    named = {chain: [seq, digest] for chain, (seq, digest) in sorted(heads.items())}
    with _alone(directory):
        last = _last_line(directory / ANCHORS)
        if last and json.loads(last)["heads"] == named:
            return False
        content = {"at": timestamp(at), "heads": named, "prev": _line_hash(last) if last else GENESIS}
        line = {**content, "signature": key.sign(canonical_json(content)).hex()}
        descriptor = os.open(directory / ANCHORS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(canonical_json(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return True


def read_anchors(directory: Path) -> tuple[list[Anchor], list[Problem]]:
    """All anchors whose signature and place in the file hold, and what is wrong with the others."""
    try:
        lines = (directory / ANCHORS).read_bytes().splitlines()
        public = load_pem_public_key((directory / PUBLIC_KEY).read_bytes())
    except FileNotFoundError:
        return [], []
    if not isinstance(public, Ed25519PublicKey):
        return [], [_anchor_problem("anchors", 0, "the public key is not an Ed25519 key")]
    anchors: list[Anchor] = []
    problems: list[Problem] = []
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            anchors.append(_checked(line, number, public, previous))
        except (ValueError, KeyError, TypeError, InvalidSignature):
            problems.append(_anchor_problem("anchors", number, "this line of the anchor file is not ours"))
        previous = _line_hash(line)
    return anchors, problems


def compare_with_anchors(
    anchors: Iterable[Anchor], hashes: Mapping[str, Mapping[int, str]]
) -> Iterator[Problem]:
    """The first disagreement of each chain; ``hashes`` holds those of the anchored numbers."""
    told: set[str] = set()
    for anchor in anchors:
        for chain, (seq, digest) in anchor.heads.items():
            stored = hashes.get(chain, {}).get(seq)
            if chain not in told and seq > 0 and stored != digest:
                told.add(chain)
                what = "is not there any more" if stored is None else "is not what was anchored"
                yield _anchor_problem(chain, seq, f"{what} (anchor {anchor.number})")


def _checked(line: bytes, number: int, public: Ed25519PublicKey, previous: str) -> Anchor:
    content: dict[str, Any] = json.loads(line)
    signature = bytes.fromhex(content.pop("signature"))
    public.verify(signature, canonical_json(content))
    if content["prev"] != previous:
        raise ValueError("a line before this one is missing or changed")
    return Anchor(
        number=number, heads={chain: (seq, digest) for chain, (seq, digest) in content["heads"].items()}
    )


def _anchor_problem(chain: str, seq: int, message: str) -> Problem:
    return Problem(finding=Finding.ANCHOR, chain=chain, seq=seq, message=message)


def _line_hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _last_line(file: Path) -> bytes:
    """Without reading a file that grows every minute for years."""
    if not file.exists():
        return b""
    with file.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        content.seek(max(0, size - 1_000_000))
        lines = content.read().splitlines()
    return lines[-1] if lines else b""


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
