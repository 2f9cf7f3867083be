"""Gives a busy machine time: limits that a test is not about are put so far away that only a fault meets them."""

from __future__ import annotations

import pytest

from cases.snapshots import table
from integrations import http
from integrations.odoo.budget import Budget

GENEROUS_S = 60.0


def _generous(cls: type[Budget]) -> Budget:
    return cls.of(GENEROUS_S, queue_s=GENEROUS_S / 2)


def put_limits_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what one page may spend on Odoo, and of making a connection to it."""
    monkeypatch.setattr(Budget, "page", classmethod(_generous))
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_S", GENEROUS_S)
    monkeypatch.setattr(http, "POOL_TIMEOUT_S", GENEROUS_S)


def let_readings_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases and outcomes end when a test lets time pass, which makes what is stored older, and not before."""
    monkeypatch.setattr(table, "LEASE_S", 30.0)
    monkeypatch.setattr(table, "OUTCOME_S", 55.0)
    monkeypatch.setattr(table, "FRESH_S", 50.0)
