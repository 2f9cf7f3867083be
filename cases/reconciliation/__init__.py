"""Compares what was done here with what Odoo holds, shows every difference, and closes it when it is gone."""

from cases.reconciliation.report import (
    NotPermitted,
    Report,
    Tally,
    accept,
    may_ask,
    may_read,
    report_for,
    tallies_for,
)
from cases.reconciliation.running import ask_for_run, carry_on, reconcile_all

__all__ = [
    "NotPermitted",
    "Report",
    "Tally",
    "accept",
    "ask_for_run",
    "carry_on",
    "may_ask",
    "may_read",
    "reconcile_all",
    "report_for",
    "tallies_for",
]
