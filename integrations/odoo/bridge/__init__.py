"""The part of Deskglass that runs inside Odoo: its text, its version and hash, and where it was proven.

Odoo runs the texts under ``text`` as one server action: they are joined, stored and hashed as one. They are kept as
texts of their own so that they can be read and compared; ``proven.json`` names the hashes that passed the live run,
per version of Odoo.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

VERSION = 2
SUPPORTED = (17, 18, 19)
HERE = Path(__file__).parent
# In this order: the ledger and what every effect needs, the effects, then what is asked.
PARTS = ("shared", "credit_note", "returnable", "authorization", "return", "replacement", "dispatch")
LEDGER = "x_deskglass_effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One passed live run of one text on one version of Odoo."""

    sha256: str
    version: int
    odoo: int
    server_version: str
    on: date


@lru_cache(maxsize=1)
def perform_code() -> str:
    """The text of the action, as it is stored in Odoo."""
    return "\n\n\n".join(_text(part) for part in PARTS)


@lru_cache(maxsize=1)
def set_up_code() -> str:
    return _text("set_up")


def _text(name: str) -> str:
    return (HERE / "text" / f"{name}.py.txt").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def perform_sha256() -> str:
    return hashlib.sha256(perform_code().encode()).hexdigest()


def read_proofs(path: Path = HERE / "proven.json") -> tuple[Proof, ...]:
    entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return tuple(
        Proof(
            sha256=entry["sha256"],
            version=entry["version"],
            odoo=entry["odoo"],
            server_version=entry["server_version"],
            on=date.fromisoformat(entry["on"]),
        )
        for entry in entries
    )


@lru_cache(maxsize=1)
def proofs() -> Mapping[str, tuple[int, ...]]:
    """Versions of Odoo each text was proven on, by its hash."""
    found: dict[str, set[int]] = {}
    for proof in read_proofs():
        found.setdefault(proof.sha256, set()).add(proof.odoo)
    return {sha256: tuple(sorted(versions)) for sha256, versions in found.items()}


def proven_on(sha256: str) -> tuple[int, ...]:
    return proofs().get(sha256, ())


def missing_proofs() -> tuple[int, ...]:
    """Versions of Odoo on which the text as it is now has not passed the live run."""
    return tuple(version for version in SUPPORTED if version not in proven_on(perform_sha256()))
