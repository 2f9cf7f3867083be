"""Carries out actions until it is told to stop, with or without the queue: it looks into the table by itself."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from cases.actions.pace import current_pace
from cases.actions.running import run_due
from cases.actions.waking import expire_what_waited, queue_what_may_go

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Carry out approved actions and expire those nobody decided about, until SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2, help="actions carried out at the same time")
        parser.add_argument("--once", action="store_true", help="end when nothing is due any more")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: _end(stop, _frame))
        workers = [
            threading.Thread(target=_work, args=(stop, options["once"], number == 0), daemon=True)
            for number in range(max(1, options["workers"]))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(0.5)


def _end(stop: threading.Event, _frame: FrameType | None) -> None:
    stop.set()


def _work(stop: threading.Event, once: bool, sweeps: bool) -> None:
    """One worker; the first also does what is nobody's: expiring, and queueing what a switch held back."""
    pace = current_pace()
    while not stop.is_set():
        busy = False
        try:
            close_old_connections()
            if sweeps:
                expire_what_waited()
                queue_what_may_go()
            busy = run_due(pace=pace)
        except (OperationalError, InterfaceError):
            logger.warning("The database did not answer; trying again")
            connection.close()
        except Exception:
            # One action that cannot be carried out must not keep the others waiting; its attempts are counted.
            logger.exception("An action could not be carried out")
        if once and not busy:
            break
        if not busy:
            stop.wait(pace.sweep_s)
    connection.close()
