"""Turns canonical records into plain JSON values and back, so that what is stored can be read without running code.

Pure: no Django. A record becomes the list of its fields' values, in their order. Every shape is known beforehand;
one that is not is refused, when the codec is made for types and when it is used for values. Fields of classes that
must not be kept are written as nothing whatever they hold, and texts as what ``text`` leaves of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from integrations.canonical import Money, Sensitivity

Value = TypeVar("Value")
Turn = Callable[[Any], Any]
Cut = Callable[[str, Sensitivity], str]


class UnknownShape(TypeError):
    """A type or a value that the codec has no words for; names the type, never the value."""


class Unreadable(ValueError):
    """Stored values that are not what the type says."""


class Codec(Generic[Value]):
    """Both ways for one type. ``omitted`` names the classes whose values are never written."""

    def __init__(
        self, kind: Any, *, omitted: Collection[Sensitivity] = (), text: Cut = lambda value, _: value
    ) -> None:
        shape = _Shapes(frozenset(omitted), text).of(kind, told=None)
        self._encode, self._decode, self._words = shape.encode, shape.decode, shape.words

    def encode(self, value: Value) -> Any:
        return self._encode(value)

    def decode(self, plain: Any) -> Value:
        try:
            decoded: Value = self._decode(plain)
        except (TypeError, ValueError, ArithmeticError, KeyError, AttributeError) as error:
            problem = type(error).__name__
        else:
            return decoded
        raise Unreadable(f"stored values of another shape ({problem})")

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a field, a type, a choice or what is omitted does: older values are of another shape."""
        return hashlib.sha256(self._words.encode()).hexdigest()[:16]


class _Shape:
    """How one type is written and read, and its description."""

    __slots__ = ("decode", "encode", "words")

    def __init__(self, encode: Turn, decode: Turn, words: str) -> None:
        self.encode, self.decode, self.words = encode, decode, words


class _Shapes:
    def __init__(self, omitted: frozenset[Sensitivity], text: Cut) -> None:
        self._omitted = omitted
        self._cut = text
        self._known: dict[type, _Shape] = {}

    def of(self, kind: Any, *, told: Sensitivity | None) -> _Shape:
        """``told``: the class of the value, as the field it is in says."""
        if get_origin(kind) is Annotated:
            inner, *notes = get_args(kind)
            sensitivity = next((note for note in notes if isinstance(note, Sensitivity)), None)
            if sensitivity in self._omitted:
                return _nothing(inner, sensitivity)
            return self.of(inner, told=sensitivity or told)
        if get_origin(kind) in (Union, UnionType):
            return self._optional(kind, told=told)
        if get_origin(kind) is tuple:
            return self._list(kind, told=told)
        if isinstance(kind, type) and is_dataclass(kind) and kind is not Money:
            return self._record(kind)
        if told is None:
            raise UnknownShape(f"{kind} in a field that does not say how sensitive it is")
        if kind is Money:
            return self._record(Money, told=told)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return _choice(kind)
        if kind is str:
            return self._text(told)
        if kind not in _LEAVES:
            raise UnknownShape(f"{kind}")
        return _LEAVES[kind]

    def _optional(self, kind: Any, *, told: Sensitivity | None) -> _Shape:
        inner = [part for part in get_args(kind) if part is not NoneType]
        if len(inner) != 1 or len(get_args(kind)) != 2:
            raise UnknownShape(f"{kind}")
        shape = self.of(inner[0], told=told)
        encode, decode = shape.encode, shape.decode
        return _Shape(
            lambda value: None if value is None else encode(value),
            lambda plain: None if plain is None else decode(plain),
            f"{shape.words}?",
        )

    def _text(self, told: Sensitivity) -> _Shape:
        cut, plain = self._cut, _same(str)
        return _Shape(lambda value: cut(plain.encode(value), told), plain.decode, plain.words)

    def _list(self, kind: Any, *, told: Sensitivity | None) -> _Shape:
        item, *more = get_args(kind)
        if more != [Ellipsis]:
            raise UnknownShape(f"{kind}")
        shape = self.of(item, told=told)
        encode, decode = shape.encode, shape.decode

        def write(value: Any) -> list[Any]:
            if type(value) is not tuple:
                raise UnknownShape(f"{type(value)} in place of a tuple")
            return [encode(item) for item in value]

        def read(plain: Any) -> tuple[Any, ...]:
            if type(plain) is not list:
                raise Unreadable("not a list")
            return tuple([decode(item) for item in plain])

        return _Shape(write, read, f"[{shape.words}]")

    def _record(self, kind: type, *, told: Sensitivity | None = None) -> _Shape:
        known = self._known.get(kind)
        if known is not None:
            return known
        hints = get_type_hints(kind, include_extras=True)
        names = tuple(field.name for field in fields(kind))
        shapes = [self.of(hints[name], told=told) for name in names]
        encoders = tuple(zip(names, (shape.encode for shape in shapes), strict=True))
        decoders = tuple(shape.decode for shape in shapes)

        def write(value: Any) -> list[Any]:
            if type(value) is not kind:
                raise UnknownShape(f"{type(value)} in place of {kind}")
            return [encode(getattr(value, name)) for name, encode in encoders]

        def read(plain: Any) -> Any:
            if type(plain) is not list:
                raise Unreadable("not a list")
            return kind(
                **{name: decode(item) for name, decode, item in zip(names, decoders, plain, strict=True)}
            )

        words = " ".join(f"{name}:{shape.words}" for name, shape in zip(names, shapes, strict=True))
        made = self._known[kind] = _Shape(write, read, f"{kind.__name__}({words})")
        return made


def _nothing(kind: Any, sensitivity: Sensitivity | None) -> _Shape:
    """A field that is never written; it must be one that can be without a value."""
    if NoneType not in get_args(kind):
        raise UnknownShape(f"a field of the class {sensitivity} that cannot be empty")

    def read(plain: Any) -> None:
        if plain is not None:
            raise Unreadable("something is stored that never is")

    return _Shape(lambda value: None, read, "-")


def _choice(kind: type[StrEnum]) -> _Shape:
    members = {member.value: member for member in kind}

    def write(value: Any) -> str:
        if type(value) is not kind:
            raise UnknownShape(f"{type(value)} in place of {kind}")
        return str(value.value)

    return _Shape(write, members.__getitem__, f"{kind.__name__}<{','.join(sorted(members))}>")


def _same(kind: type) -> _Shape:
    """A value that JSON knows itself."""

    def write(value: Any) -> Any:
        if type(value) is not kind:
            raise UnknownShape(f"{type(value)} in place of {kind}")
        return value

    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise Unreadable("not what the type says")
        return plain

    return _Shape(write, read, kind.__name__)


def _write_decimal(value: Any) -> str:
    if type(value) is not Decimal or not value.is_finite():
        raise UnknownShape(f"{type(value)} in place of a finite figure")
    return str(value)


def _write_time(value: Any) -> str:
    if type(value) is not datetime or value.utcoffset() is None:
        raise UnknownShape(f"{type(value)} in place of an aware time")
    return value.isoformat()


def _write_date(value: Any) -> str:
    if type(value) is not date:
        raise UnknownShape(f"{type(value)} in place of a date")
    return value.isoformat()


_LEAVES: dict[Any, _Shape] = {
    int: _same(int),
    bool: _same(bool),
    Decimal: _Shape(_write_decimal, Decimal, "Decimal"),
    datetime: _Shape(_write_time, datetime.fromisoformat, "datetime"),
    date: _Shape(_write_date, date.fromisoformat, "date"),
}
