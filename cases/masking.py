"""The only way from a canonical record to something a person may look at.

Pure: takes a record and the viewer's matrix, returns cells. A leaf without a stated sensitivity is hidden.
HTML, JSON, exports and notes all render cells, so none of them can forget to ask.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from cases.redaction import redact_contact_data, redact_payment_numbers
from integrations.canonical import Partial, Sensitivity


class Mode(StrEnum):
    """What a role may see of a class of values, from nothing to all."""

    HIDE = "hide"
    PARTIAL = "partial"
    REVEAL = "reveal"  # partial, and the whole for a stated reason
    SHOW = "show"


_ORDER = (Mode.HIDE, Mode.PARTIAL, Mode.REVEAL, Mode.SHOW)

Matrix = Mapping[Sensitivity, Mode]

BULLETS = "••••"


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
    """

    path: str
    mode: Mode
    value: Any
    sensitivity: Sensitivity | None
    revealable: bool = False
    empty: bool = False

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


def mask(record: Any, matrix: Matrix, *, path: str = "") -> MaskedRecord:
    """Mask one canonical record for the holder of ``matrix``; paths in the result start below ``path``."""
    masked: set[str] = set()
    fields = _mask_fields(record, matrix, path, masked)
    return MaskedRecord(fields, tuple(sorted(masked)))


def _mask_fields(record: Any, matrix: Matrix, path: str, masked: set[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, leaf in _leaves(type(record)).items():  # type: ignore[arg-type]  # a class is hashable; the stub says less
        here = f"{path}.{name}" if path else name
        fields[name] = _mask_value(getattr(record, name), leaf, matrix, here, masked)
    return fields


def _mask_value(value: Any, leaf: _Leaf | None, matrix: Matrix, path: str, masked: set[str]) -> Any:
    if leaf is None and value is None:
        return None
    if leaf is None and dataclasses.is_dataclass(value):
        return MaskedRecord(_mask_fields(value, matrix, path, masked), ())
    if leaf is None and isinstance(value, tuple) and all(map(dataclasses.is_dataclass, value)):
        return tuple(MaskedRecord(_mask_fields(item, matrix, path, masked), ()) for item in value)
    cell = _cell(value, leaf or _UNKNOWN, matrix, path)
    if cell.masked:
        masked.add(path)
    return cell


def _cell(value: Any, leaf: _Leaf, matrix: Matrix, path: str) -> Cell:
    mode = matrix.get(leaf.sensitivity, Mode.HIDE) if leaf.sensitivity else Mode.HIDE
    if mode is Mode.SHOW:
        shown = _cut_payment_numbers(value, leaf.sensitivity)
        return Cell(
            path=path, mode=Mode.SHOW, value=shown, sensitivity=leaf.sensitivity, empty=_is_empty(value)
        )
    revealable = mode is Mode.REVEAL
    if mode is Mode.HIDE or leaf.partial is None:
        return Cell(
            path=path, mode=Mode.HIDE, value=None, sensitivity=leaf.sensitivity, revealable=revealable
        )
    if _is_empty(value):
        return Cell(path=path, mode=Mode.PARTIAL, value=None, sensitivity=leaf.sensitivity, empty=True)
    return Cell(
        path=path,
        mode=Mode.PARTIAL,
        value=partial_form(_cut_payment_numbers(value, leaf.sensitivity), leaf.partial),
        sensitivity=leaf.sensitivity,
        revealable=revealable,
    )


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", ())


def _cut_payment_numbers(value: Any, sensitivity: Sensitivity | None) -> Any:
    """People type card numbers and IBANs into any text; those leave through no field, whoever is looking."""
    if isinstance(value, tuple):
        return tuple(_cut_payment_numbers(item, sensitivity) for item in value)
    if isinstance(value, str) and _may_be_typed(value, sensitivity):
        return redact_payment_numbers(value)
    return value


def _may_be_typed(value: str, sensitivity: Sensitivity | None) -> bool:
    """Public text in words may be a seller's note; a single public word is an order, tracking or article number."""
    return sensitivity is Sensitivity.PERSONAL or (
        sensitivity is Sensitivity.PUBLIC and any(character.isspace() for character in value)
    )


def partial_form(value: Any, form: Partial) -> str:
    """The part of a value that may be seen. Fixed number of bullets, so that the length tells nothing."""
    if form is Partial.BAND:
        return _band(value)
    text = str(value).strip()
    if form is Partial.PLACE:
        return text
    if form is Partial.NAME:
        return _partial_name(text)
    if form is Partial.TALK:
        return redact_contact_data(text, mark=BULLETS)
    if form is Partial.EMAIL:
        local, _, domain = text.rpartition("@")
        # An e-mail field takes any text: only what is nothing but an address keeps its domain.
        alone = len(local) > 2 and not any(c.isspace() or c in "@,;<>" for c in local + domain)
        return f"{local[:1]}{BULLETS}@{domain}" if alone else BULLETS
    if form is Partial.PHONE:
        return _ending([c for c in text if c.isdigit()], 2)
    return _ending([c for c in text if c.isalnum()], 4)


def _ending(characters: list[str], keep: int) -> str:
    return f"{BULLETS} {''.join(characters[-keep:])}" if len(characters) >= keep * 3 else BULLETS


def _partial_name(text: str) -> str:
    words = text.split()
    if len(words) < 2 or len(words[0]) < 2:
        return BULLETS
    if "@" in words[0] or any(c.isdigit() for c in words[0]):
        return BULLETS  # an e-mail address or a phone number that somebody put where the name belongs
    return f"{words[0]} {words[-1][:1]}{BULLETS}"


def _band(value: Any) -> str:
    """A stock figure as a word; the console translates it."""
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if amount <= 0:
        return "none"
    return "few" if amount < 10 else "plenty"
