"""Registers the web package with Django and lets its figures hear of calls to Odoo."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from console.metrics import observe_odoo_call, observe_odoo_wait
        from integrations.telemetry import add_observer, add_wait_observer

        add_observer(observe_odoo_call)
        add_wait_observer(observe_odoo_wait)
