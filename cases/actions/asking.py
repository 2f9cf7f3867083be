"""How a kind of action is asked for, and where the engine finds it: the form, the facts read for it, the verdict."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

from cases.actions.judged import Judged, Surroundings
from cases.rules.book import RuleBook
from integrations.canonical import OrderRecord
from integrations.gateways import EffectDoor


class UnclearWish(Exception):
    """What is asked for makes no sense, whatever the order says; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Form(Protocol):
    """What somebody filled in; what else is in it only its kind knows."""

    @property
    def kind(self) -> str: ...

    @property
    def connection(self) -> str: ...

    @property
    def ref(self) -> str: ...

    @property
    def company(self) -> int | None: ...

    @property
    def reason(self) -> str: ...

    @property
    def note(self) -> str: ...


class Asking(Protocol):
    """One file of this package for each kind."""

    prefix: str  # of the reference

    def check(self, form: Any) -> None:
        """Raises ``UnclearWish`` for what no order could make sensible."""
        ...

    async def read(
        self,
        form: Any,
        door: EffectDoor,
        *,
        order_id: int,
        order_ref: str,
        company_id: int,
        correlation_id: str,
    ) -> Any:
        """The facts in Odoo that the verdict and the effect rest on, read now."""
        ...

    def currency(self, facts: Any, record: OrderRecord) -> str:
        """In which money limits are counted."""
        ...

    def judge(
        self, form: Any, facts: Any, around: Surroundings, rules: RuleBook, *, round: int = 1
    ) -> Judged: ...

    def put_down(self, form: Any) -> dict[str, Any]:
        """What a draft keeps of the form beside its order and its reason."""
        ...

    def form_of(
        self,
        payload: dict[str, Any],
        *,
        connection: str,
        ref: str,
        company: int,
        reason: str,
        note: str = "",
    ) -> Any:
        """The form as it was filled in, from what a draft or an action keeps."""
        ...


_FILES = {
    "refund": "cases.actions.refund.asking",
    "return": "cases.actions.returns.asking",
    "replacement": "cases.actions.replacement.asking",
    "exchange": "cases.actions.exchange.asking",
}


def asking_for(kind: str) -> Asking:
    """How this kind is asked for; ``LookupError`` where there is none."""
    if kind not in _FILES:
        raise LookupError(kind)
    asking: Asking = import_module(_FILES[kind]).ASKING
    return asking
