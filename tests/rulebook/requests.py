"""Requests as they are stored, ordinary in every respect but the ones a test names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def days_ago(days: float) -> str:
    return (AT - timedelta(days=days)).isoformat()


def line(**more: Any) -> dict[str, Any]:
    """A lamp of 60.00 that comes back."""
    return {
        "sku": "LAMP",
        "category": "All / Home / Lamps",
        "left_at": days_ago(20),
        "name": "Lamp",
        "is_goods": True,
        "quantity": "1",
        "total": "60",
        "goods_back": True,
        **more,
    }


def about(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A consumer in Austria, twenty days after the goods left: beyond what the law grants."""
    return {
        "brand": "",
        "region": "AT",
        "country": "AT",
        "team": "Web",
        "is_consumer": True,
        "is_counter_sale": False,
        "products": {},
        "lines": list(lines) or [line()],
        "shipping_left": "0",
        "shipping_asked": "0",
        "is_everything": False,
        **more,
    }


def facts(**more: Any) -> dict[str, Any]:
    """An invoiced and paid order of which 120.00 can be refunded."""
    return {
        "at": AT.isoformat(),
        "read_at": AT.isoformat(),
        "order_state": "sale",
        "placed_at": days_ago(25),
        "shipped_at": days_ago(20),
        "paid": True,
        "invoices": [
            {"id": 5, "ref": "INV/5", "state": "posted", "total": "120", "refundable": "120", "drafts": []}
        ],
        "expected": {},
        "problem": "",
        "kept_goods": "0",
        "holds": [],
        "roles": ["agent"],
        "agent_before": "0",
        "customer_before": "0",
        "order_before": "0",
        "past": {"customer": {}, "order": {}},
        "about": about(),
        **more,
    }


def payload(total: str = "60", **more: Any) -> dict[str, Any]:
    return {
        "kind": "refund",
        "notes": [{"invoice_id": 5, "total": total, "lines": []}],
        "total": total,
        "currency": "EUR",
        "reason": "other",
        "refund_to": "original",
        **more,
    }
