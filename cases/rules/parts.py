"""Reads, writes, checks and compares rules by the kinds of their fields, the same way for every rule.

Pure: no Django. Whatever was stored is read: a field an older version did not know has its default.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from cases.rules.fields import AnyKind, Choice, Flag, Kind, PerKey, Rows, Wrong

Part = TypeVar("Part")
MOST_ROWS_TYPED = 400


class Unclear(Exception):
    """What was typed makes no rule; ``problems`` by the name of the input, "" where it is none of them alone."""

    def __init__(self, problems: Mapping[str, Wrong]) -> None:
        super().__init__("what was typed makes no rule")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs; ``key`` where the field has several. A missing side is None, a row is its cells."""

    field: str
    key: str
    before: Any
    after: Any


def kinds_of(part: Any) -> dict[str, AnyKind]:
    """The fields of a rule's class and what kind of value each holds."""
    return _kinds_of(part)


@cache
def _kinds_of(part: Hashable) -> dict[str, AnyKind]:
    kinds: dict[str, AnyKind] = {}
    for name, hint in get_type_hints(part, include_extras=True).items():
        if get_origin(hint) is Annotated:
            kinds[name] = get_args(hint)[1]
    return kinds


def plain_part(part: Any) -> dict[str, Any]:
    """A rule as it is stored."""
    return {name: _plain(kind, getattr(part, name)) for name, kind in kinds_of(type(part)).items()}


def _plain(kind: AnyKind, value: Any) -> Any:
    if isinstance(kind, Rows):
        return [plain_part(row) for row in value]
    if isinstance(kind, PerKey):
        return {key: kind.of.plain(item) for key, item in value.items()}
    return kind.plain(value)


def read_part(part: type[Part], stored: Mapping[str, Any]) -> Part:
    """A rule as it was stored."""
    given = {}
    for name, kind in kinds_of(part).items():
        if name in stored:
            given[name] = _read(kind, stored[name])
    return part(**given)


def _read(kind: AnyKind, stored: Any) -> Any:
    if isinstance(kind, Rows):
        return tuple(read_part(kind.of, row) for row in stored)
    if isinstance(kind, PerKey):
        return {str(key): kind.of.read(value) for key, value in stored.items()}
    return kind.read(stored)


def typed_part(part: Any) -> dict[str, str]:
    """A rule as its form shows it, by the names of the inputs."""
    return dict(_typed(part))


def _typed(part: Any) -> Iterator[tuple[str, str]]:
    for name, kind in kinds_of(type(part)).items():
        value = getattr(part, name)
        if isinstance(kind, Rows):
            for number, row in enumerate(value):
                yield from ((f"{name}.{number}.{column}", text) for column, text in _typed(row))
        elif isinstance(kind, PerKey):
            yield from ((f"{name}.{key}", kind.of.typed(item)) for key, item in value.items())
        else:
            yield name, kind.typed(value)


def parse_part(part: type[Part], typed: Mapping[str, str]) -> Part:
    """The rule somebody typed. Raises ``Unclear`` with everything that is wrong with it."""
    problems: dict[str, Wrong] = {}
    given: dict[str, Any] = {}
    for name, kind in kinds_of(part).items():
        if isinstance(kind, Rows):
            given[name] = _parse_rows(name, kind, typed, problems)
        elif isinstance(kind, PerKey):
            found = {key: _parse(kind.of, typed, f"{name}.{key}", problems) for key in kind.keys}
            given[name] = {key: value for key, value in found.items() if value is not None}
        else:
            given[name] = _parse(kind, typed, name, problems, needed=True)
    if problems:
        raise Unclear(problems)
    made = part(**given)
    objections: Mapping[str, Wrong] = getattr(made, "objections", dict)()
    if objections:
        raise Unclear(objections)
    return made


def _parse(
    kind: Kind, typed: Mapping[str, str], name: str, problems: dict[str, Wrong], *, needed: bool = False
) -> Any:
    text = typed.get(name, "")
    if not text.strip() and not needed:
        return None
    try:
        return kind.parse(text)
    except Wrong as wrong:
        problems[name] = wrong
        return None


def row_numbers(name: str, typed: Mapping[str, str]) -> list[int]:
    """The rows of a table that a form has inputs for, in their order."""
    found = set()
    for key in typed:
        head, _dot, rest = key.partition(".")
        number = rest.partition(".")[0]
        if head == name and number.isdecimal() and len(number) < 5:
            found.add(int(number))
    return sorted(found)[:MOST_ROWS_TYPED]


def _parse_rows(
    name: str, kind: Rows, typed: Mapping[str, str], problems: dict[str, Wrong]
) -> tuple[Any, ...]:
    made, seen = [], set()
    for number in row_numbers(name, typed):
        if typed.get(f"{name}.{number}.remove") or _is_blank(kind, name, number, typed):
            continue
        cells = {
            column: _parse(inner, typed, f"{name}.{number}.{column}", problems, needed=True)  # type: ignore[arg-type]
            for column, inner in kinds_of(kind.of).items()
        }
        same = tuple(cells[column] for column in kind.once)
        if kind.once and None not in same and same in seen:
            problems[f"{name}.{number}.{kind.once[-1]}"] = Wrong("twice")
        seen.add(same)
        made.append(cells)
    if len(made) > kind.most:
        problems[name] = Wrong("too_many", most=str(kind.most))
    return () if problems else tuple(kind.of(**cells) for cells in made)


def _is_blank(kind: Rows, name: str, number: int, typed: Mapping[str, str]) -> bool:
    """Nobody typed into it: lists and ticks have a value from the beginning."""
    return not any(
        typed.get(f"{name}.{number}.{column}", "").strip()
        for column, inner in kinds_of(kind.of).items()
        if not isinstance(inner, Choice | Flag)
    )


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Everything that differs between two versions of one rule, field by field."""
    found: list[Difference] = []
    for name, kind in kinds_of(type(after)).items():
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(kind, Rows):
            found += _row_differences(name, kind, old, new)
        elif isinstance(kind, PerKey):
            found += [
                Difference(name, key, old.get(key), new.get(key))
                for key in kind.keys
                if old.get(key) != new.get(key)
            ]
        elif old != new:
            found.append(Difference(name, "", old, new))
    return tuple(found)


def _row_differences(name: str, kind: Rows, old: Any, new: Any) -> Iterator[Difference]:
    def by_name(rows: Any) -> dict[tuple[Any, ...], Any]:
        return {tuple(getattr(row, column) for column in kind.once): row for row in rows}

    before, after = by_name(old), by_name(new)
    for same in dict.fromkeys([*before, *after]):
        if before.get(same) != after.get(same):
            yield Difference(name, "", before.get(same), after.get(same))


__all__ = [
    "Difference",
    "Unclear",
    "differences",
    "kinds_of",
    "parse_part",
    "plain_part",
    "read_part",
    "row_numbers",
    "typed_part",
]
