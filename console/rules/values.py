"""Values of rules in words: what a number counts, what a choice is called, a row as one line."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.actions.reasons import WAY_WORDS, RefundWay
from cases.masking.roles import Role
from cases.rules.fields import Amount, Choice, Flag, Names, PerKey, Rows, Text, Unit, Whole
from cases.rules.parts import kinds_of
from cases.rules.reasons import OWN_WORDS
from console.policy_words import role_name
from console.rules.names import field_label


def unit_word(unit: Unit) -> str:
    return {
        Unit.DAYS: _("days"),
        Unit.HOURS: _("hours"),
        Unit.MONEY: _("in the order’s currency"),
        Unit.PERCENT: "%",
        Unit.PIECES: _("pieces"),
        Unit.TIMES: _("times"),
    }[unit]


def option_name(value: str) -> str:
    """A choice in words; the codes of all choices are told apart by themselves."""
    return {
        "refund": _("Refund"),
        "return": _("Return"),
        "replace": _("Replacement"),
        "exchange": _("Exchange"),
        "order": _("the order"),
        "shipment": _("the shipment"),
        "delivery": _("the delivery"),
        "stop": _("stops the request"),
        "second": _("a second person has to agree"),
        "nothing": _("nothing"),
        "fault": _("a fault"),
        "withdrawal": _("a change of mind"),
        "other": _("neither"),
    }[value]


def key_name(key: str) -> str:
    """What a value is for, where a rule has one for each of several."""
    if key in set(Role):
        return role_name(Role(key))
    if key in set(RefundWay):
        return _(WAY_WORDS[RefundWay(key)])
    return {
        "fraud": _("Fraud"),
        "legal": _("Legal"),
        "payment": _("Payment"),
        "other": _("Other"),
    }[key]


def told_value(kind: Any, value: Any, rule: str = "") -> str:
    if value is None:
        return "–"
    if isinstance(kind, Rows):
        return told_row(rule, value)
    if isinstance(kind, PerKey):
        return told_value(kind.of, value)
    if isinstance(kind, Whole | Amount):
        return _told_number(kind, value)
    if isinstance(kind, Flag):
        return _("yes") if value else _("no")
    if isinstance(kind, Choice):
        return option_name(value.value)
    if isinstance(kind, Names):
        return ", ".join(value) or "–"
    return _(value) if value in OWN_WORDS else value or "–"


def _told_number(kind: Whole | Amount, value: Any) -> str:
    typed = kind.typed(value)
    if kind.unit is Unit.DAYS:
        return ngettext("%(n)s day", "%(n)s days", int(value)) % {"n": typed}
    if kind.unit is Unit.HOURS:
        return ngettext("%(n)s hour", "%(n)s hours", int(value)) % {"n": typed}
    return f"{typed} %" if kind.unit is Unit.PERCENT else typed


def told_row(rule: str, row: Any) -> str:
    """What stands in one row; what is left empty or off is left out."""
    parts = []
    for column, kind in kinds_of(type(row)).items():
        value = getattr(row, column)
        if isinstance(kind, Flag):
            if not value:
                parts.append(f"{field_label(rule, '', column)}: {_('no')}")
        elif value not in ("", ()):
            parts.append(_told_cell(rule, column, kind, value))
    return " · ".join(parts)


def _told_cell(rule: str, column: str, kind: Any, value: Any) -> str:
    told = told_value(kind, value)
    if isinstance(kind, Text | Whole) and column not in ("category", "region"):
        return told
    if column in ("remedy", "category", "percent"):
        return told
    return f"{_bare(field_label(rule, '', column))}: {told}"


def _bare(label: str) -> str:
    """Without what it says about leaving it empty."""
    return label.partition(" (")[0]
