"""Compares the shape of two answers: keys, types and nesting, not the values."""

from __future__ import annotations

from typing import Any


def kind(value: Any) -> str:
    """Odoo's empty value is False for every type, so False fits anything that can be empty."""
    if value is False or value is True:
        return "boolean"
    if isinstance(value, list):
        pair = len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str)
        return "many2one" if pair else "list"
    return type(value).__name__


def differences(recorded: Any, answered: Any, path: str = "") -> list[str]:
    """Where `answered` is not built like `recorded`."""
    if recorded is False or answered is False:
        return []
    if kind(recorded) != kind(answered):
        return [f"{path or '.'}: {kind(recorded)} recorded, {kind(answered)} answered"]
    if isinstance(recorded, dict):
        return compare_objects(recorded, answered, path)
    if kind(recorded) == "list":
        return compare_lists(recorded, answered, path)
    return []


def compare_objects(recorded: dict[str, Any], answered: dict[str, Any], path: str) -> list[str]:
    missing = [f"{path}.{key}: missing" for key in recorded if key not in answered]
    surplus = [f"{path}.{key}: not in the recording" for key in answered if key not in recorded]
    found = missing + surplus
    for key in recorded.keys() & answered.keys():
        found += differences(recorded[key], answered[key], f"{path}.{key}")
    return found


def compare_lists(recorded: list[Any], answered: list[Any], path: str) -> list[str]:
    """Every answered row against a recorded one; only an empty recording says nothing about rows."""
    if not recorded:
        return []
    if not answered:
        return [f"{path}: rows recorded, none answered"] if isinstance(recorded[0], dict) else []
    found = []
    for number, row in enumerate(answered):
        best = min((differences(sample, row, f"{path}[{number}]") for sample in recorded), key=len)
        found += best
    return found
