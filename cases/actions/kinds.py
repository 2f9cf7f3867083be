"""What the engine needs to know of a kind of action, and where it finds the kinds there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol

from cases.models import Action
from integrations.canonical import EffectResult
from integrations.canonical.evidence import Evidence
from integrations.gateways import EffectDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The order is not what was approved any more; nothing was written."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """What was approved cannot be said to Odoo: a person has to look."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is in Odoo afterwards, read back, and what is odd about it."""

    effects: list[dict[str, Any]]
    remark: str = ""  # what somebody should look at although it is done
    differs: str = ""  # how the result differs from what was approved; empty where it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNow:
    """A document that an action made, as it is in Odoo now."""

    model: str
    id: int
    state: str
    ref: str
    total: Decimal | None = None
    payment: str = ""  # of a posted one
    quantity: Decimal | None = None  # of goods that were received or sent, over all lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call with its key: idempotent, looked up when in doubt.

    ``undo`` says how the effect can be taken back, until when and by whom; the engine itself takes nothing back.
    """

    number: int
    name: str
    key: str
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What one step has to have left in Odoo, as it was approved; None where that is not compared."""

    step: Step
    total: Decimal | None = None
    quantities: tuple[Decimal, ...] | None = None  # of the document's lines, the smallest first


class Kind(Protocol):
    """One file of this package: its steps, how they are worded, sent and proven."""

    prefix: str  # of the reference
    models: tuple[str, ...]  # Odoo's names of the documents it makes, what is asked for first

    def steps(self, action: Action) -> tuple[Step, ...]: ...

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        """The request as the text that is kept and sent, from facts read now; the words differ with every round."""
        ...

    async def send(self, action: Action, step: Step, words: str, door: EffectDoor) -> EffectResult: ...

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed: ...

    async def look(self, action: Action, door: EffectDoor) -> list[DocumentNow]:
        """What became of the documents of a finished action; one that is not in it was deleted."""
        ...

    def owed(self, action: Action) -> tuple[Owed, ...]:
        """By step, for comparing an action that is done with what Odoo holds."""
        ...

    def stand_in(self, action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
        """The effect an existing document is when it is taken for these steps, or a word for what is against it."""
        ...


_FILES = {
    "refund": "cases.actions.refund.request",
    "return": "cases.actions.returns.request",
    "replacement": "cases.actions.replacement.request",
    "exchange": "cases.actions.exchange.request",
}


def carried_out() -> tuple[str, ...]:
    """The kinds there are."""
    return tuple(_FILES)


def kind_named(name: str) -> Kind:
    """The kind of this name; ``LookupError`` where there is none."""
    if name not in _FILES:
        raise LookupError(name)
    kind: Kind = import_module(_FILES[name]).KIND
    return kind
