"""Whatever dies in the queue, tasks come to their end again, and nothing works on that nobody looks after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from tests.conftest import _address
from tests.crash.odoos import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(3600)]

LIMIT_S = 480.0  # of a busy machine; with its own times it is 90: a beat, the patience, and a start
HARMLESS = "cases.tasks.forget_old_sessions"


class Queue:
    """The command as a process; its whole family is known by a mark in the environment."""

    def __init__(self, log: Path) -> None:
        self._mark = f"QUEUE_UNDER_TEST={uuid4()}"
        name, _, value = self._mark.partition("=")
        environment = {
            **{key: text for key, text in os.environ.items() if not key.startswith("DATABASE_")},
            "DATABASE_URL": _address(settings.APP_DATABASE),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "QUEUE_WORKERS": "2",
            name: value,
        }
        words = [sys.executable, "manage.py", "run_queue", "--beat-s", "1", "--patience-s", "15"]
        with log.open("wb") as output:
            self.watch = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def family(self) -> dict[int, int]:
        """Every living process of it, and its parent."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark.encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue  # gone meanwhile
        return found

    def children(self, parent: int) -> list[int]:
        return sorted(pid for pid, its_parent in self.family().items() if its_parent == parent)

    def main(self) -> int:
        return wait_for(lambda: self.children(self.watch.pid))[0]

    def sentinel(self) -> int:
        return wait_for(lambda: self.children(self.main()))[0]

    def guarded(self) -> list[int]:
        """Two workers, the monitor and the pusher, in the order in which they were started."""
        return wait_for(lambda: found if len(found := self.children(self.sentinel())) == 4 else [])


def wait_for(look: Callable[[], list[int]]) -> list[int]:
    until = time.monotonic() + LIMIT_S
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.1)
    assert found, "it did not come about in time"
    return found


def finishes_a_task() -> bool:
    """Sent again now and then: what a dying worker held is redelivered minutes later."""
    until, sent = time.monotonic() + LIMIT_S, []
    while time.monotonic() < until:
        sent.append(async_task(HARMLESS))
        for _look in range(50):
            if Task.objects.filter(id__in=sent, success=True).exists():
                return True
            time.sleep(0.1)
    return False


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    running = Queue(tmp_path / "queue.log")
    try:
        yield running
    finally:
        running.watch.terminate()
        running.watch.wait(60)
        connection.close()


VICTIMS: dict[str, Callable[[Queue], int]] = {
    "one idle worker": lambda queue: queue.guarded()[0],
    "the other idle worker": lambda queue: queue.guarded()[1],
    "the monitor": lambda queue: queue.guarded()[2],
    "the pusher": lambda queue: queue.guarded()[3],
    "who guards them": Queue.sentinel,
    "the main process": Queue.main,
}


def test_whoever_dies_tasks_are_finished_again_and_no_orphan_works_on(queue: Queue) -> None:
    assert finishes_a_task()
    for name, victim in VICTIMS.items():
        os.kill(victim(queue), signal.SIGKILL)
        assert finishes_a_task(), name
        queue.guarded()
        assert len(queue.family()) == 7, name  # who watches, main, sentinel, and four

    os.kill(queue.watch.pid, signal.SIGKILL)
    wait_for(lambda: [] if set(queue.family()) - {queue.watch.pid} else [1])


def test_a_task_that_kills_its_worker_and_one_of_another_key_stop_nobody(queue: Queue) -> None:
    async_task("os.kill", 0, 0)  # harmless, and shows that the queue runs anything
    async_task("os.abort")
    foreign = signing.dumps({"id": "1", "func": HARMLESS}, key="the key of before", salt="django_q.q")
    OrmQ.objects.create(key=OrmQ.objects.values_list("key", flat=True)[0], payload=foreign)
    assert finishes_a_task()
    queue.guarded()
    assert len(queue.family()) == 7
