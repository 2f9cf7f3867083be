"""What is asked of Odoo and what it answered, in no protocol's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

READ_METHODS = frozenset(
    {
        "check_access_rights",
        "context_get",
        "fields_get",
        "formatted_read_group",
        "has_access",
        "name_search",
        "read",
        "read_group",
        "search_count",
        "search_read",
        "web_read",
        "web_search_read",
    }
)


class NotAReadMethod(AssertionError):
    """A programming error: only reading goes through ``OdooClient.read``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooCall:
    """One method of one model. ``params`` are named arguments; ``ids`` is given for methods of records only.

    ``positional`` names those of ``params`` that JSON-RPC must send by place: their names differ between models.
    """

    model: str
    method: str
    ids: tuple[int, ...] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    positional: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return f"{self.model}.{self.method}"

    def __repr__(self) -> str:
        return f"OdooCall({self.reference})"  # conditions may hold what a person searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooAnswer:
    result: Any = field(repr=False)
    elapsed_ms: float
    sent_at: datetime


def require_read_method(call: OdooCall) -> None:
    if call.method not in READ_METHODS:
        raise NotAReadMethod(f"{call.reference} is not on the list of reading methods")
