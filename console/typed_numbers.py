"""Reads the numbers that stand in addresses and forms, where people may have typed anything."""

from __future__ import annotations

from uuid import UUID


def company_number(typed: str | None) -> int | None:
    """Odoo's id of a company; None for what is none."""
    return _number(typed, most_digits=9)


def row_number(typed: str | None) -> int | None:
    """The number of a row of ours; None for what is none."""
    return _number(typed, most_digits=15)


def typed_uuid(typed: str | None) -> UUID | None:
    """The id of an action; None for what is none."""
    try:
        return UUID(typed or "")
    except ValueError:
        return None


def _number(typed: str | None, *, most_digits: int) -> int | None:
    return int(typed) if typed and typed.isdecimal() and len(typed) <= most_digits else None
