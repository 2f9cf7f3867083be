"""What one Odoo can do and what our key may read there, so that no call asks for what cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FORMAT = 1
NEWEST_PROVEN = 19
JSON2_SINCE = 19


class Protocol(StrEnum):
    JSONRPC = "jsonrpc"
    JSON2 = "json2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    version: int  # major
    protocol: Protocol
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unsearchable: Mapping[str, frozenset[str]] = field(default_factory=dict)
    readable: frozenset[str] = frozenset()
    companies: tuple[tuple[int, str], ...] = ()
    languages: tuple[str, ...] = ()
    server_version: str = ""

    @property
    def dialect(self) -> int:
        """The version whose ways we speak; newer ones are spoken to as the newest one proven."""
        return min(self.version, NEWEST_PROVEN)

    @property
    def is_unproven_version(self) -> bool:
        return self.version > NEWEST_PROVEN

    def has(self, model: str, *fields: str) -> bool:
        """Whether the model is there and our key sees all of ``fields`` on it."""
        known = self.fields.get(model)
        return known is not None and known.issuperset(fields)

    def may_read(self, model: str) -> bool:
        return model in self.readable

    def may_search(self, model: str, name: str) -> bool:
        """Odoo 17 and 18 silently ignore a condition on a field that cannot be searched: ask first."""
        return self.has(model, name) and name not in self.unsearchable.get(model, frozenset())

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": self.version,
            "server_version": self.server_version,
            "protocol": self.protocol.value,
            "fields": {model: sorted(names) for model, names in sorted(self.fields.items())},
            "unsearchable": {model: sorted(names) for model, names in sorted(self.unsearchable.items())},
            "readable": sorted(self.readable),
            "companies": [[number, name] for number, name in self.companies],
            "languages": list(self.languages),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Capabilities | None:
        """``None`` for what an older release stored: it is discovered again."""
        if not data or data.get("format") != FORMAT:
            return None
        return cls(
            version=int(data["version"]),
            server_version=str(data["server_version"]),
            protocol=Protocol(data["protocol"]),
            fields={model: frozenset(names) for model, names in data["fields"].items()},
            unsearchable={model: frozenset(names) for model, names in data["unsearchable"].items()},
            readable=frozenset(data["readable"]),
            companies=tuple((int(number), str(name)) for number, name in data["companies"]),
            languages=tuple(data["languages"]),
        )
