"""What changes between two versions, and a version as a whole, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.rules.book import PARTS, RuleBook
from cases.rules.changes import Change
from cases.rules.fields import Names, PerKey, Rows
from cases.rules.parts import kinds_of
from console.rules.names import field_label, rule_meaning, rule_name
from console.rules.values import key_name, told_row, told_value


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChange:
    rule: str
    brand: str
    what: str
    before: str
    after: str
    is_new: bool = False
    is_gone: bool = False
    begins: bool = False
    ends: bool = False


def told_changes(found: Iterable[Change]) -> list[ToldChange]:
    return [_told(change) for change in found]


def _told(change: Change) -> ToldChange:
    difference = change.difference
    kind = kinds_of(PARTS[change.rule])[difference.field]
    what = field_label(change.rule, difference.field)
    if difference.key:
        what = f"{what}: {key_name(difference.key)}"
    before, after = _sides(change.rule, kind, difference.before, difference.after)
    is_row = isinstance(kind, Rows)
    return ToldChange(
        rule=rule_name(change.rule),
        brand=change.brand,
        what=what,
        before=before,
        after=after,
        is_new=is_row and difference.before is None,
        is_gone=is_row and difference.after is None,
        begins=change.begins,
        ends=change.ends,
    )


def _sides(rule: str, kind: Any, before: Any, after: Any) -> tuple[str, str]:
    """Of long lists only what differs."""
    if isinstance(kind, Names):
        gone = [name for name in before if name not in after]
        new = [name for name in after if name not in before]
        return _listed(gone), _listed(new)
    return told_value(kind, before, rule), told_value(kind, after, rule)


def _listed(names: list[str]) -> str:
    more = len(names) - 20
    told = ", ".join(names[:20]) or "–"
    return _("%(names)s and %(n)s more") % {"names": told, "n": more} if more > 0 else told


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRule:
    """A rule as it is, line by line; of the brands only those that do it differently."""

    rule: str
    name: str
    meaning: str
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    brands: tuple[str, ...]


def told_book(book: RuleBook) -> list[ToldRule]:
    return [
        ToldRule(
            rule=rule,
            name=rule_name(rule),
            meaning=rule_meaning(rule),
            lines=tuple(_lines(rule, book.part(rule), "")) + _of_brands(rule, book),
            brands=tuple(brand for brand, own in book.brands.items() if rule in own),
        )
        for rule in PARTS
    ]


def _of_brands(rule: str, book: RuleBook) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        line
        for brand, own in book.brands.items()
        if rule in own
        for line in _lines(rule, own[rule], f"{brand} · ")
    )


def _lines(rule: str, part: Any, lead: str) -> list[tuple[str, tuple[str, ...]]]:
    lines = []
    for name, kind in kinds_of(type(part)).items():
        value, label = getattr(part, name), lead + field_label(rule, name)
        if isinstance(kind, Rows):
            lines.append((label, tuple(told_row(rule, row) for row in value) or ("–",)))
        elif isinstance(kind, PerKey):
            told = tuple(f"{key_name(key)}: {told_value(kind.of, value.get(key))}" for key in kind.keys)
            lines.append((label, told))
        else:
            lines.append((label, (told_value(kind, value),)))
    return lines
