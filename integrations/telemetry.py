"""Tells whoever listens about calls to outside systems, and carries what ties a request's traces together.

This package may not import the console, so metrics register here as observers. Pure: no Django, no HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

logger = logging.getLogger(__name__)

# The request id (or the task's) of whatever is running now: goes into logs, audit entries and calls to Odoo.
correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


@dataclass(frozen=True, slots=True)
class Cause:
    """What outside systems are asked for: a kind of work from a short list, and the number of a person or 0."""

    workflow: str = "background"
    person_id: int = 0


cause: ContextVar[Cause] = ContextVar("cause", default=Cause())  # noqa: B039 - it is frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooCall:
    """One finished call. ``outcome`` is "ok" or the ``reason`` of a gateway error."""

    connection: str
    model: str
    method: str
    outcome: str
    duration_s: float
    workflow: str = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooWait:
    """One page's wait for its turn, whether it came (``outcome`` "ok") or not."""

    connection: str
    lane: str
    outcome: str
    duration_s: float


Observer = Callable[[OdooCall], None]
WaitObserver = Callable[[OdooWait], None]

_observers: list[Observer] = []
_wait_observers: list[WaitObserver] = []


def add_observer(observer: Observer) -> None:
    """Registering the same observer twice changes nothing."""
    if observer not in _observers:
        _observers.append(observer)


def remove_observer(observer: Observer) -> None:
    if observer in _observers:
        _observers.remove(observer)


def add_wait_observer(observer: WaitObserver) -> None:
    if observer not in _wait_observers:
        _wait_observers.append(observer)


def report_odoo_call(call: OdooCall) -> None:
    """Tell all observers. One that fails is logged and never disturbs the call it was told about."""
    for observer in _observers:
        try:
            observer(call)
        except Exception:
            logger.exception("An observer of Odoo calls failed")


def report_odoo_wait(wait: OdooWait) -> None:
    for observer in _wait_observers:
        try:
            observer(wait)
        except Exception:
            logger.exception("An observer of waits for Odoo failed")
