"""Imitates the server tracebacks Odoo puts into `debug`: clients must never keep or show them."""

from __future__ import annotations


def traceback_of(problem: Exception) -> str:
    name = getattr(problem, "name", type(problem).__name__)
    message = getattr(problem, "message", str(problem))
    return (
        "Traceback (most recent call last):\n"
        '  File "/opt/odoo/server/odoo/http.py", line 1963, in _transactioning\n'
        "    return service_model.retrying(func, env=self.env)\n"
        '  File "/opt/odoo/server/odoo/service/model.py", line 134, in retrying\n'
        "    result = func()\n"
        f"{name}: {message}\n"
    )
