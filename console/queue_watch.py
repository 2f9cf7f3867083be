"""Starts the queue and looks whether tasks still come to their end, because django-q2 can stop without ending.

A worker killed while it waits may hold the queue's lock for ever, and a killed monitor leaves every result
unrecorded: in both cases all processes look alive. So a task is sent now and then, and when neither it nor any other is
recorded as finished for a while, the queue is ended with all its processes and started anew.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from threading import Event

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from console.runtime.processes import die_with_parent, kill_group

logger = logging.getLogger(__name__)

BEAT = "cases.tasks.beat"
LOOK_EVERY_S = 0.5
MOST_PATIENCE = 16  # times the usual one
GRACE_S = 4.0  # for a queue that is told to end: whoever ends us waits little longer


class QueueWatch:
    """One queue after another, until it is told to stop."""

    def __init__(self, *, beat_s: float, patience_s: float) -> None:
        self._beat = timedelta(seconds=beat_s)
        self._patience = self._usual_patience = timedelta(seconds=patience_s)
        self._stop = Event()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        while not self._stop.is_set():
            queue = _start()
            try:
                why = self._look_on(queue)
            finally:
                _end(queue)
            if why:
                logger.critical("The queue is started anew: %s", why)

    def _look_on(self, queue: subprocess.Popen[bytes]) -> str:
        """Why it has to be started anew; empty where it shall not."""
        sent: datetime | None = None
        next_beat = timezone.now()
        while not self._stop.wait(LOOK_EVERY_S):
            if queue.poll() is not None:
                return "it ended"
            now = timezone.now()
            try:
                if sent is None and now >= next_beat:
                    async_task(BEAT)
                    sent, next_beat = now, now + self._beat
                elif sent is not None and _has_finished_something(since=sent):
                    sent, self._patience = None, self._usual_patience
            except (OperationalError, InterfaceError):
                connection.close()
                sent = None  # without its database it cannot finish anything
            if sent is not None and now - sent > self._patience:
                # On a machine that is this slow, starting anew is no help: the next one gets more time.
                self._patience = min(2 * self._patience, MOST_PATIENCE * self._usual_patience)
                return "no task comes to its end"
        return ""


def _has_finished_something(*, since: datetime) -> bool:
    """Recorded by the monitor, so a worker and the monitor are both at work."""
    found: bool = Task.objects.filter(stopped__gte=since).exists()
    if found:
        Task.objects.filter(func=BEAT).delete()
    return found


def _start() -> subprocess.Popen[bytes]:
    """Leads a group of its own, of which nothing is left behind."""
    connection.close()
    return subprocess.Popen(
        [sys.executable, "-m", "django", "run_queue", "--unwatched"],
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGKILL),
    )


def _end(queue: subprocess.Popen[bytes]) -> None:
    if queue.poll() is None:
        queue.terminate()
        until = time.monotonic() + GRACE_S
        while queue.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
    kill_group(queue.pid)
    queue.wait()


def die_together() -> None:
    """Every process that this one forks, and those they fork, ends when its parent does: no orphans work on."""
    os.register_at_fork(after_in_child=lambda: die_with_parent(signal.SIGKILL))
