"""The only way from a canonical record to something a person may look at.

Pure: takes a record and the viewer's matrix, returns cells. A leaf without a stated sensitivity is hidden.
HTML, JSON, exports and notes all render cells, so none of them can forget to ask.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from cases.masking.partial_forms import BULLETS, partial_form
from cases.masking.record import Cell, MaskedRecord, Mode
from cases.masking.redaction import redact_payment_numbers
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
    masking = _Masking(matrix)
    fields = masking.fields(record, path, path if place is None else place)
    return MaskedRecord(fields, tuple(sorted(masking.masked)))


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


class _Step(NamedTuple):
    """How one field of a record becomes what a viewer sees."""

    name: str
    path: str
    leaf: _Leaf | None  # None: it holds records
    is_shown: bool
    may_be_typed: bool  # numbers to cut may stand in it


@lru_cache(maxsize=4096)
def _steps(record_type: type[Any], path: str, modes: tuple[Mode, ...]) -> tuple[_Step, ...]:
    """Worked out once per kind of record, place of it and matrix: an order's page has some hundred records."""
    mode_of = dict(zip(Sensitivity, modes, strict=True))
    steps = []
    for name, leaf in _leaves(record_type).items():  # type: ignore[arg-type]  # a class is hashable; the stub says less
        sensitivity = leaf.sensitivity if leaf else None
        steps.append(
            _Step(
                name=name,
                path=f"{path}.{name}" if path else name,
                leaf=leaf,
                is_shown=sensitivity is not None and mode_of[sensitivity] is Mode.SHOW,
                may_be_typed=sensitivity in _TYPED,
            )
        )
    return tuple(steps)


class _Masking:
    """One record and all that it holds, for one matrix."""

    __slots__ = ("_matrix", "_modes", "masked")

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._modes = tuple(matrix.get(sensitivity, Mode.HIDE) for sensitivity in Sensitivity)
        self.masked: set[str] = set()

    def fields(self, record: Any, path: str, place: str) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, here, leaf, is_shown, may_be_typed in _steps(type(record), path, self._modes):  # type: ignore[arg-type]  # as above
            value = getattr(record, name)
            if is_shown and leaf is not None:
                shown = cut_payment_numbers(value, leaf.sensitivity) if may_be_typed else value
                empty = value is None or value == "" or value == ()
                fields[name] = Cell(here, Mode.SHOW, shown, leaf.sensitivity, False, empty)
                continue
            if leaf is None:
                nested = self._nested(value, here, f"{place}.{name}" if place else name)
                if nested is not _NOT_NESTED:
                    fields[name] = nested
                    continue
            cell = fields[name] = _cell(value, leaf or _UNKNOWN, self._matrix, here, place)
            if cell.mode is not Mode.SHOW:
                self.masked.add(here)
        return fields

    def _nested(self, value: Any, path: str, place: str) -> Any:
        if value is None:
            return None
        if dataclasses.is_dataclass(value):
            return MaskedRecord(self.fields(value, path, place), ())
        if isinstance(value, tuple) and all(map(dataclasses.is_dataclass, value)):
            return tuple(
                MaskedRecord(self.fields(item, path, f"{place}[{key}]"), ())
                for item, key in zip(value, item_keys(value), strict=True)
            )
        return _NOT_NESTED


_NOT_NESTED = object()


def _cell(value: Any, leaf: _Leaf, matrix: Matrix, path: str, above: str) -> Cell:
    """``above`` is the place of the record that holds the value."""
    sensitivity = leaf.sensitivity
    mode = matrix.get(sensitivity, Mode.HIDE) if sensitivity else Mode.HIDE
    if mode is Mode.SHOW:
        shown = cut_payment_numbers(value, sensitivity)
        return Cell(path, Mode.SHOW, shown, sensitivity, empty=_is_empty(value))
    revealable = mode is Mode.REVEAL
    name = path.rpartition(".")[2]
    place = f"{above}.{name}" if above else name
    if mode is Mode.HIDE or leaf.partial is None:
        return Cell(path, Mode.HIDE, None, sensitivity, revealable, place=place)
    if _is_empty(value):
        return Cell(path, Mode.PARTIAL, None, sensitivity, empty=True, place=place)
    part = partial_form(cut_payment_numbers(value, sensitivity), leaf.partial)
    return Cell(path, Mode.PARTIAL, part, sensitivity, revealable, place=place)


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


def _may_be_typed(value: str, sensitivity: Sensitivity | None) -> bool:
    """Public text in words may be a seller's note; a single public word is an order, tracking or article number."""
    return sensitivity is Sensitivity.PERSONAL or (
        sensitivity is Sensitivity.PUBLIC and _SPACE.search(value) is not None
    )


# The classes of which ``_may_be_typed`` is true of some text.
_TYPED = frozenset({Sensitivity.PERSONAL, Sensitivity.PUBLIC})
_SPACE = re.compile(r"\s")
