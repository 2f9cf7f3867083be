"""Returns as they are stored, ordinary in every respect but the ones a test names."""

from __future__ import annotations

from typing import Any

from tests.rulebook.requests import AT, about, days_ago


def back_line(**more: Any) -> dict[str, Any]:
    """One of three lamps of 60.00 that can still come back, twenty days after it left."""
    return {
        "sku": "LAMP",
        "category": "All / Home / Lamps",
        "left_at": days_ago(20),
        "name": "Lamp",
        "quantity": "1",
        "returnable": "3",
        "total": "60",
        "reason": "other",
        **more,
    }


def back_facts(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = about(currency="EUR")
    told["lines"] = list(lines) or [back_line()]
    told |= more.pop("about", {})
    return {
        "at": AT.isoformat(),
        "order_state": "sale",
        "placed_at": days_ago(25),
        "shipped_at": days_ago(20),
        "deliveries": ["WH/OUT/0007"],
        "problem": "",
        "problem_about": "",
        "problem_left": "",
        "place_problem": "",
        "holds": [],
        "roles": ["agent"],
        "about": told,
        **more,
    }


def back_payload(total: str = "60", **more: Any) -> dict[str, Any]:
    return {
        "kind": "return",
        "order": {"ref": "S00007"},
        "returns": [{"warehouse": "Main"}],
        "total": total,
        "currency": "EUR",
        "reason": "other",
        **more,
    }
