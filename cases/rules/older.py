"""Reads the flat shape in which the first versions of the rules were stored.

Pure: no Django. Decisions name the version they were judged by, so every shape that was ever stored stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The flat name, the rule it became part of, and the field there.
_MOVED = {
    "second_approval_above": ("thresholds", "second_approval_above"),
    "no_approval_up_to": ("thresholds", "no_approval_up_to"),
    "keep_goods_up_to": ("keep_item", "up_to"),
    "agent_day": ("agent_day", "limits"),
    "customer_window_days": ("customer_limit", "days"),
    "customer_limit": ("customer_limit", "up_to"),
    "split_window_days": ("split", "days"),
    "approval_limit": ("approval_limits", "limits"),
    "expires_after_h": ("approval_limits", "expires_after_h"),
    "payout_days": ("payout", "days"),
}
_FIRST_WINDOWS = {"return": 30, "replace": 365, "exchange": 30}


def nested(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The shape of today: ``{"rules": {...}, "brands": {...}}``."""
    if "rules" in stored:
        return stored
    rules: dict[str, dict[str, Any]] = {}
    for name, (rule, field) in _MOVED.items():
        if name in stored:
            rules.setdefault(rule, {})[field] = stored[name]
    if "window_days" in stored:
        days = {"refund": stored["window_days"], **_FIRST_WINDOWS}
        rules["windows"] = {"rows": [{"remedy": remedy, "days": count} for remedy, count in days.items()]}
    if "statutory_days" in stored:
        rules["statutory"] = {"rows": [{"days": stored["statutory_days"]}]}
    if "transit_days" in stored:
        rules.setdefault("statutory", {})["transit_days"] = stored["transit_days"]
    return {"rules": rules}
