"""Where this installation may write into Odoo, whom Odoo asks then, and where goods come back to."""

from cases.writing.switching import (
    BridgeStatus,
    NotPermitted,
    guarantee_of,
    may_switch,
    places,
    writes_are_allowed,
)

__all__ = [
    "BridgeStatus",
    "NotPermitted",
    "guarantee_of",
    "may_switch",
    "places",
    "writes_are_allowed",
]
