"""Compares the console's JSON with what the flat reader says it has to be, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.live.flat_words import squeezed

CUT = "[removed]"  # what takes the place of card numbers and IBANs in free text
QUANTUM = Decimal("0.00001")

# Lists without an order of their own; the rest has to come in Odoo's order.
_UNORDERED = {
    "payments": ("source", "id", "document_ref", "at"),
    "loyalty": ("program", "code"),
    "shipments.lines": ("line_id", "name", "quantity"),
    "preparations.lines": ("line_id", "name", "quantity"),
    "returns.lines": ("line_id", "name", "quantity"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    ours: Any
    odoo: Any

    def __str__(self) -> str:
        return f"{self.path}: console {self.ours!r}, Odoo {self.odoo!r}"


@dataclass(slots=True)
class Comparison:
    fields: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, ours: Any, odoo: Any, path: str = "") -> None:
        if isinstance(odoo, Mapping):
            self._compare_records(ours, odoo, path)
        elif isinstance(odoo, list) and path.endswith(".stock"):
            self._compare_stock(ours, odoo, path)
        elif isinstance(odoo, list):
            self._compare_lists(ours, odoo, path)
        else:
            self.fields += 1
            if not _same(ours, odoo, path):
                self.differences.append(Difference(path, ours, odoo))

    def _compare_records(self, ours: Any, odoo: Mapping[str, Any], path: str) -> None:
        if not isinstance(ours, Mapping):
            self.fields += 1
            self.differences.append(Difference(path, ours, odoo))
            return
        for name, value in odoo.items():
            here = f"{path}.{name}" if path else name
            if name not in ours:
                self.fields += 1
                self.differences.append(Difference(here, "(missing)", value))
            else:
                self.compare(ours[name], value, here)

    def _compare_lists(self, ours: Any, odoo: list[Any], path: str) -> None:
        self.fields += 1
        if not isinstance(ours, list) or len(ours) != len(odoo):
            self.differences.append(Difference(path, ours, odoo))
            return
        names = _UNORDERED.get(_shape_of(path)) or _UNORDERED.get(path.rsplit(".", 1)[-1])
        if names and odoo and isinstance(odoo[0], Mapping):
            ours, odoo = (sorted(rows, key=lambda row: _place(row, names)) for rows in (ours, odoo))
        elif path.endswith(("lots", "line_ids")):
            ours, odoo = sorted(ours), sorted(odoo)
        for number, (mine, theirs) in enumerate(zip(ours, odoo, strict=True)):
            self.compare(mine, theirs, f"{path}[{number}]")

    def _compare_stock(self, ours: Any, odoo: list[Any], path: str) -> None:
        """A warehouse that holds nothing and promised nothing may be named or not."""
        mine = {row["warehouse"]: row for row in ours or []}
        for row in odoo:
            here = f"{path}[{row['warehouse']}]"
            nothing = {**row, "on_hand": "0", "reserved": "0", "available": "0"}
            self.compare(mine.pop(row["warehouse"], nothing), row, here)
        for name, row in mine.items():
            self.fields += 1
            if any(Decimal(row[figure]) for figure in ("on_hand", "reserved", "available")):
                self.differences.append(Difference(f"{path}[{name}]", row, None))


def _shape_of(path: str) -> str:
    return "".join(part.split("]")[-1] for part in path.split("["))


def _place(row: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_placed(row.get(name)) for name in names)


def _placed(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.quantize(QUANTUM):>24f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    try:
        return f"{Decimal(str(value)).quantize(QUANTUM):>24f}"
    except InvalidOperation:
        return str(value)


def _same(ours: Any, odoo: Any, path: str) -> bool:
    if isinstance(odoo, Decimal):
        try:
            return abs(Decimal(str(ours)) - odoo) < QUANTUM
        except InvalidOperation:
            return False
    if isinstance(odoo, datetime):
        return isinstance(ours, str) and datetime.fromisoformat(ours) == odoo
    if isinstance(odoo, date):
        return bool(ours == odoo.isoformat())
    if isinstance(odoo, str) and isinstance(ours, str):
        if path.endswith(".body"):
            ours = squeezed(ours)
        return bool(ours == odoo) or (CUT in ours and _around_cuts(ours, odoo))
    return bool(ours == odoo)


def _around_cuts(ours: str, odoo: str) -> bool:
    """Card numbers and IBANs are cut out of free text; everything around them has to stand."""
    start = 0
    for part in ours.split(CUT):
        found = odoo.find(part, start)
        if found < 0:
            return False
        start = found + len(part)
    return True


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a JSON value with its path."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value
