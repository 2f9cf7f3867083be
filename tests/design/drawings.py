"""Every page of the product, drawn with the specimen for the holder of a matrix."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string

from cases.masking import Matrix
from cases.masking.roles import DEFAULT_MATRIX, Role
from tests.design import specimen
from tests.design.specimen_parts import NOW

SUPERVISOR = DEFAULT_MATRIX[Role.SUPERVISOR]
AGENT = DEFAULT_MATRIX[Role.AGENT]

ORDER_PARTS = (
    "header", "lines", "shipments", "invoices", "payments", "returns", "customer", "loyalty", "timeline",
)  # fmt: skip


def draw_order(matrix: Matrix = SUPERVISOR, template: str = "orders/order.html", **more: Any) -> str:
    return render_to_string(template, specimen.order_context(specimen.build_order(), matrix, **more))


def draw_troubled(matrix: Matrix = AGENT) -> str:
    """An order of which little could be read, and of which little exists."""
    panels = {name: specimen.panel(name) for name in specimen.PANEL_NAMES}
    panels["stock"] = specimen.panel("stock", problem="timed_out")
    panels["invoices"] = specimen.panel("invoices", problem="no_right")
    panels["payments"] = specimen.panel("payments", incomplete="not_installed", age_s=400)
    panels["timeline"] = specimen.panel("timeline", age_s=100)
    bare = dataclasses.replace(
        specimen.build_order(), shipments=(), preparations=(), returns=(), customer=None
    )
    return render_to_string("orders/order.html", specimen.order_context(bare, matrix, panels=panels))


def frame(**more: Any) -> dict[str, Any]:
    connection = specimen.CONNECTIONS[0]
    return {
        "chrome": specimen.chrome(), **specimen.CSRF, "connections": specimen.CONNECTIONS,
        "recent": specimen.recent(), "has_scope": True, "order_url": specimen.ORDER_URL, "connection": connection,
        "request_id": "01JD8Q2W7K5V", "ref": "S00042", "panels": {}, "record": None, "timeline": (),
    } | more  # fmt: skip


def other_pages() -> Iterator[tuple[str, str]]:
    """Name and HTML of every page that shows no record."""
    form = SimpleNamespace(
        errors=True, username=SimpleNamespace(value=lambda: "amy"), non_field_errors=lambda: ["Wrong."]
    )
    candidates = [
        {
            "label": "S00042",
            "company": company,
            "connection": "Meridian",
            "placed_at": NOW,
            "url": "/x",
        }
        for company in ("Meridian Home SAS", "Meridian Outlet")
    ]
    silent = [{"connection": "Archive", "explanation": "Odoo took too long to answer."}]
    stranger = {"theme": "system", "density": "compact", "signed_in": False}
    failed = {"state": "timed_out", "explanation": "Odoo took too long to answer.", "retry_after": 5}
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "waiting": ("orders/waiting.html", frame()),
        "home": ("home.html", frame()),
        "home of an outsider": ("home.html", frame(recent=[], connections=[], has_scope=False)),
        "sign-in": ("registration/sign_in.html", frame(chrome=stranger, form=None, next="/orders/main/S1/")),
        "sign-in refused": ("registration/sign_in.html", frame(chrome=stranger, form=form)),
        "locked out": ("registration/sign_in.html", frame(chrome=stranger, form=form, locked_out=True)),
        "choose": ("orders/choose.html", frame(candidates=candidates, silent=silent)),
        "not found": ("orders/not_found.html", frame(query="S9", silent=silent)),
        "unavailable": ("orders/unavailable.html", frame(**failed)),
        "403": ("403.html", frame()),
        "404": ("404.html", frame()),
        "500": ("500.html", {}),
    }
    for name, (template, context) in pages.items():
        yield name, render_to_string(template, context)
    yield "header failed", render_to_string("orders/_header_failed.html", frame(**failed))


def all_pages() -> dict[str, str]:
    pages = dict(other_pages())
    pages["order"] = draw_order()
    pages["order for an agent"] = draw_order(AGENT)
    pages["order in trouble"] = draw_troubled()
    return pages
