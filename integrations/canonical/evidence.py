"""What the system of record itself tells of our effects, for comparing it with what we believe to have done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from integrations.canonical.effects import DocumentStanding
from integrations.canonical.sensitivity import FINANCIAL, PUBLIC, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentName:
    """Which document, by its kind in the system of record and its number there."""

    model: Annotated[str, PUBLIC]
    id: Annotated[int, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """What is kept over there under one of our keys, whatever became of the document since."""

    key: Annotated[str, PUBLIC]
    is_revoked: Annotated[bool, PUBLIC]
    payload_sha256: Annotated[str, PUBLIC] = ""
    documents: tuple[DocumentName, ...] = ()  # the one that was asked for first
    total: Annotated[Money | None, FINANCIAL] = None  # as it was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document as it is now."""

    model: Annotated[str, PUBLIC]
    id: Annotated[int, PUBLIC]
    company_id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]  # None while it has no number
    state: Annotated[DocumentStanding, PUBLIC]
    made_at: Annotated[datetime | None, PUBLIC]
    total: Annotated[Money | None, FINANCIAL] = None  # of what has one
    quantities: tuple[Annotated[Decimal, PUBLIC], ...] = ()  # of its lines, the smallest first
    marks: frozenset[str] = frozenset()  # references like ours that it bears
    is_rest: Annotated[bool, PUBLIC] = False  # what was left of another one when a part of it was done
    corrects: Annotated[int | None, PUBLIC] = None  # of a credit note: the invoice it names
    order_ref: Annotated[str | None, PUBLIC] = None  # of the order it was found by

    @property
    def name(self) -> DocumentName:
        return DocumentName(model=self.model, id=self.id)
