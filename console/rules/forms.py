"""The form of one rule, drawn from the kinds of its fields: what was typed stays, with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from cases.rules.book import PARTS
from cases.rules.fields import Amount, Choice, Flag, Names, PerKey, Rows, Text, Whole, Wrong
from cases.rules.parts import kinds_of, row_numbers
from console.rules.names import field_help, field_label
from console.rules.problems import problem_sentence
from console.rules.values import key_name, option_name, unit_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing to fill in."""

    name: str
    label: str
    look: str  # number, text, names, flag, choice
    value: str
    help: str = ""
    unit: str = ""
    limits: str = ""  # what may be typed, for those who cannot guess
    longest: int = 20
    options: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the rule: one input, one for each of several keys, or a table of rows."""

    name: str
    label: str
    help: str = ""
    problem: str = ""
    inputs: tuple[Input, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[Input, ...]], ...] = field(default=())

    @property
    def is_table(self) -> bool:
        return bool(self.columns)


def form_of(
    rule: str, typed: Mapping[str, str], *, problems: Mapping[str, Wrong] | None = None, more: str = ""
) -> list[Field]:
    """``more`` names a table that gets another empty row."""
    said = {name: problem_sentence(wrong) for name, wrong in (problems or {}).items()}
    return [_field(rule, name, kind, typed, said, more) for name, kind in kinds_of(PARTS[rule]).items()]


def _field(
    rule: str, name: str, kind: Any, typed: Mapping[str, str], said: Mapping[str, str], more: str
) -> Field:
    label, text = field_label(rule, name), field_help(rule, name)
    if isinstance(kind, Rows):
        return _table(rule, name, kind, typed, said, more)
    if isinstance(kind, PerKey):
        inputs = tuple(_input(f"{name}.{key}", key_name(key), kind.of, typed, said) for key in kind.keys)
        return Field(name=name, label=label, help=text, problem=said.get(name, ""), inputs=inputs)
    return Field(name=name, label=label, inputs=(_input(name, label, kind, typed, said, help=text),))


def _table(
    rule: str, name: str, kind: Rows, typed: Mapping[str, str], said: Mapping[str, str], more: str
) -> Field:
    columns = kinds_of(kind.of)
    numbers = row_numbers(name, typed)
    if more == name or not numbers:
        new = max(numbers, default=-1) + 1
        numbers = [*numbers, new]
        typed = {**typed, **_fresh(name, kind, new)}
    rows = tuple(
        (
            number,
            tuple(
                _input(f"{name}.{number}.{column}", field_label(rule, name, column), inner, typed, said)
                for column, inner in columns.items()
            ),
        )
        for number in numbers
    )
    return Field(
        name=name,
        label=field_label(rule, name),
        help=field_help(rule, name),
        problem=said.get(name, ""),
        columns=tuple(_heading(rule, name, column, inner) for column, inner in columns.items()),
        rows=rows,
    )


def _fresh(name: str, kind: Rows, number: int) -> dict[str, str]:
    """What is chosen and ticked in a new row to begin with."""
    defaults = {column.name: column.default for column in fields(kind.of) if column.default is not MISSING}
    return {
        f"{name}.{number}.{column}": inner.typed(defaults[column])
        for column, inner in kinds_of(kind.of).items()
        if column in defaults and isinstance(inner, Choice | Flag)
    }


def _heading(rule: str, name: str, column: str, kind: Any) -> str:
    label = field_label(rule, name, column)
    unit = unit_word(kind.unit) if isinstance(kind, Amount) else ""
    return f"{label} ({unit})" if unit else label


def _input(
    name: str,
    label: str,
    kind: Any,
    typed: Mapping[str, str],
    said: Mapping[str, str],
    *,
    help: str = "",
) -> Input:
    given: dict[str, Any] = {"look": "text"}
    if isinstance(kind, Whole | Amount):
        limits = f"{kind.least} – {kind.most}"
        given = {"look": "number", "unit": unit_word(kind.unit), "limits": limits}
    elif isinstance(kind, Flag):
        given = {"look": "flag"}
    elif isinstance(kind, Choice):
        options = tuple((option.value, option_name(option.value)) for option in kind.of)
        given = {"look": "choice", "options": options}
    elif isinstance(kind, Names):
        given = {"look": "names", "longest": kind.longest * 20}
    elif isinstance(kind, Text):
        given = {"look": "text", "longest": kind.longest}
    return Input(
        name=name, label=label, value=typed.get(name, ""), help=help, problem=said.get(name, ""), **given
    )
