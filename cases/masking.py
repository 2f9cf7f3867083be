"""The only way from a canonical record to something a person may look at.

Pure: takes a record and the viewer's matrix, returns cells. A leaf without a stated sensitivity is hidden.
HTML, JSON, exports and notes all render cells, so none of them can forget to ask.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from cases.partial_forms import BULLETS, partial_form
from cases.redaction import redact_payment_numbers
from integrations.canonical import Partial, Sensitivity

__all__ = [
    "BULLETS",
    "Cell",
    "MaskedRecord",
    "Matrix",
    "Mode",
    "cell_at",
    "cut_payment_numbers",
    "is_wider",
    "item_keys",
    "leaves_of",
    "mask",
    "mask_items",
    "narrowest",
    "partial_form",
    "widest",
]


class Mode(StrEnum):
    """What a role may see of a class of values, from nothing to all."""

    HIDE = "hide"
    PARTIAL = "partial"
    REVEAL = "reveal"  # partial, and the whole for a stated reason
    SHOW = "show"


_ORDER = (Mode.HIDE, Mode.PARTIAL, Mode.REVEAL, Mode.SHOW)

Matrix = Mapping[Sensitivity, Mode]


def narrowest(one: Matrix, other: Matrix) -> dict[Sensitivity, Mode]:
    """What two matrices both allow, per class."""
    return {
        sensitivity: min((m.get(sensitivity, Mode.HIDE) for m in (one, other)), key=_ORDER.index)
        for sensitivity in Sensitivity
    }


def is_wider(mode: Mode, than: Mode) -> bool:
    return _ORDER.index(mode) > _ORDER.index(than)


def widest(matrices: list[Matrix]) -> dict[Sensitivity, Mode]:
    """The matrix of a person with several roles: per class, the widest of their modes; none at all without a role."""
    return {
        sensitivity: max(
            (m.get(sensitivity, Mode.HIDE) for m in matrices), key=_ORDER.index, default=Mode.HIDE
        )
        for sensitivity in Sensitivity
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One leaf as this viewer may see it.

    ``value`` is the value itself when ``mode`` is SHOW, the partial text when PARTIAL, else None. ``empty`` tells
    "Odoo has no value" from "you may not see it"; it is False for a hidden value, which must not tell even that.
    ``place`` is the path with the keys of the lists' items on the way, of a masked cell only: where to ask for it.
    """

    path: str
    mode: Mode
    value: Any
    sensitivity: Sensitivity | None
    revealable: bool = False
    empty: bool = False
    place: str = ""

    @property
    def masked(self) -> bool:
        return self.mode is not Mode.SHOW

    def __bool__(self) -> bool:
        return self.value not in (None, "", ())

    def __str__(self) -> str:
        if self.value is None:
            return BULLETS if self.masked else ""
        return str(self.value)


class MaskedRecord(Mapping[str, Any]):
    """A record whose leaves are cells and whose nested records are masked records; read by attribute or key."""

    __slots__ = ("_fields", "masked_paths")

    def __init__(self, fields: dict[str, Any], masked_paths: tuple[str, ...]) -> None:
        self._fields = fields
        self.masked_paths = masked_paths

    def __getattr__(self, name: str) -> Any:
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


@dataclass(frozen=True, slots=True)
class _Leaf:
    sensitivity: Sensitivity | None
    partial: Partial | None


_UNKNOWN = _Leaf(None, None)


@cache
def _leaves(record_type: type[Any]) -> dict[str, _Leaf | None]:
    """Per field: its leaf marking, or None where it holds nested records that mark themselves."""
    hints = get_type_hints(record_type, include_extras=True)
    return {f.name: _marking(hints[f.name]) for f in dataclasses.fields(record_type)}


def _marking(hint: Any) -> _Leaf | None:
    if get_origin(hint) is Annotated:
        marks = get_args(hint)[1:]
        sensitivity = next((m for m in marks if isinstance(m, Sensitivity)), None)
        partial = next((m for m in marks if isinstance(m, Partial)), None)
        return _Leaf(sensitivity, partial)
    return None if _holds_records(hint) else _UNKNOWN


def _holds_records(hint: Any) -> bool:
    """A record, perhaps None, or a tuple of records. By its type, so that an empty field tells nothing either."""
    if get_origin(hint) in (Union, UnionType):
        return all(_holds_records(part) for part in get_args(hint) if part is not NoneType)
    if get_origin(hint) is tuple:
        return (
            len(get_args(hint)) == 2 and get_args(hint)[1] is Ellipsis and _holds_records(get_args(hint)[0])
        )
    return dataclasses.is_dataclass(hint)


def mask(record: Any, matrix: Matrix, *, path: str = "", place: str | None = None) -> MaskedRecord:
    """Mask one canonical record for the holder of ``matrix``; paths in the result start below ``path``."""
    masked: set[str] = set()
    fields = _mask_fields(record, matrix, path, path if place is None else place, masked)
    return MaskedRecord(fields, tuple(sorted(masked)))


def mask_items(items: Sequence[Any], matrix: Matrix, *, path: str) -> tuple[MaskedRecord, ...]:
    """Mask the records of a list that stands beside an order's record."""
    keys = item_keys(items)
    return tuple(
        mask(item, matrix, path=path, place=f"{path}[{key}]") for item, key in zip(items, keys, strict=True)
    )


def item_keys(items: Sequence[Any]) -> list[str]:
    """What a list's items are asked for by: their own key or number, or their position where none tells them apart."""
    own = [getattr(item, "key", None) or getattr(item, "id", None) for item in items]
    if None in own or len(set(own)) < len(own):
        return [f"#{position}" for position in range(len(own))]
    return [str(key) for key in own]


def _mask_fields(record: Any, matrix: Matrix, path: str, place: str, masked: set[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, leaf in _leaves(type(record)).items():  # type: ignore[arg-type]  # a class is hashable; the stub says less
        here = f"{path}.{name}" if path else name
        value = getattr(record, name)
        if leaf is None:
            there = f"{place}.{name}" if place else name
            nested = _mask_nested(value, matrix, here, there, masked)
            if nested is not _NOT_NESTED:
                fields[name] = nested
                continue
        cell = _cell(value, leaf or _UNKNOWN, matrix, here, place)
        if cell.masked:
            masked.add(here)
        fields[name] = cell
    return fields


_NOT_NESTED = object()


def _mask_nested(value: Any, matrix: Matrix, path: str, place: str, masked: set[str]) -> Any:
    if value is None:
        return None
    if dataclasses.is_dataclass(value):
        return MaskedRecord(_mask_fields(value, matrix, path, place, masked), ())
    if isinstance(value, tuple) and all(map(dataclasses.is_dataclass, value)):
        return tuple(
            MaskedRecord(_mask_fields(item, matrix, path, f"{place}[{key}]", masked), ())
            for item, key in zip(value, item_keys(value), strict=True)
        )
    return _NOT_NESTED


def _cell(value: Any, leaf: _Leaf, matrix: Matrix, path: str, above: str) -> Cell:
    """``above`` is the place of the record that holds the value."""
    mode = matrix.get(leaf.sensitivity, Mode.HIDE) if leaf.sensitivity else Mode.HIDE
    if mode is Mode.SHOW:
        shown = cut_payment_numbers(value, leaf.sensitivity)
        return Cell(
            path=path, mode=Mode.SHOW, value=shown, sensitivity=leaf.sensitivity, empty=_is_empty(value)
        )
    revealable = mode is Mode.REVEAL
    name = path.rpartition(".")[2]
    place = f"{above}.{name}" if above else name
    if mode is Mode.HIDE or leaf.partial is None:
        return Cell(
            path=path,
            mode=Mode.HIDE,
            value=None,
            sensitivity=leaf.sensitivity,
            revealable=revealable,
            place=place,
        )
    if _is_empty(value):
        return Cell(
            path=path, mode=Mode.PARTIAL, value=None, sensitivity=leaf.sensitivity, empty=True, place=place
        )
    return Cell(
        path=path,
        mode=Mode.PARTIAL,
        value=partial_form(cut_payment_numbers(value, leaf.sensitivity), leaf.partial),
        sensitivity=leaf.sensitivity,
        revealable=revealable,
        place=place,
    )


_STEP = re.compile(r"([a-z_]+)(?:\[([#A-Za-z0-9_-]+)\])?")


def cell_at(record: Any, place: str, matrix: Matrix) -> Cell | None:
    """The one cell at a place, for the holder of ``matrix``; None where the record has no such place."""
    above, _, _ = place.rpartition(".")
    steps = [_STEP.fullmatch(step) for step in place.split(".")]
    for position, step in enumerate(steps):
        marked: dict[str, _Leaf | None] = _leaves(type(record)) if dataclasses.is_dataclass(record) else {}  # type: ignore[arg-type]  # as above
        if step is None or step[1] not in marked:
            return None
        leaf, value = marked[step[1]], getattr(record, step[1])
        if position == len(steps) - 1:
            return _cell(value, leaf, matrix, place, above) if leaf and not step[2] else None
        if step[2] is not None:
            items = value if isinstance(value, tuple) else ()
            value = dict(zip(item_keys(items), items, strict=True)).get(step[2])
        record = value
    return None


def leaves_of(
    record_type: type[Any], *, path: str = ""
) -> Iterator[tuple[str, Sensitivity | None, Partial | None]]:
    """Every leaf a record of this type has, by path, with how sensitive it is and its partial form."""
    hints = get_type_hints(record_type, include_extras=True)
    for name, leaf in _leaves(record_type).items():  # type: ignore[arg-type]  # a class is hashable; the stub says less
        here = f"{path}.{name}" if path else name
        if leaf is not None:
            yield here, leaf.sensitivity, leaf.partial
            continue
        for nested in (hints[name], *get_args(hints[name])):
            if dataclasses.is_dataclass(nested):
                yield from leaves_of(nested, path=here)  # type: ignore[arg-type]  # it is a class here


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", ())


def cut_payment_numbers(value: Any, sensitivity: Sensitivity | None) -> Any:
    """People type card numbers and IBANs into any text; those leave through no field, whoever is looking."""
    if isinstance(value, tuple):
        return tuple(cut_payment_numbers(item, sensitivity) for item in value)
    if isinstance(value, str) and _may_be_typed(value, sensitivity):
        return redact_payment_numbers(value)
    return value


_SPACE = re.compile(r"\s")


def _may_be_typed(value: str, sensitivity: Sensitivity | None) -> bool:
    """Public text in words may be a seller's note; a single public word is an order, tracking or article number."""
    return sensitivity is Sensitivity.PERSONAL or (
        sensitivity is Sensitivity.PUBLIC and _SPACE.search(value) is not None
    )
