"""Holds the calls in flight at one Odoo below its cap, over all processes, and keeps the lanes apart."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    INTERACTIVE = "interactive"
    WRITEBACK = "writeback"
    SYNC = "sync"
