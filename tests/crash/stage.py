"""Everything the run needs, started by itself: a durable database, an Odoo, and workers that come back."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from console.runtime.embedded_postgres import EmbeddedPostgres, wait_until_ready
from console.runtime.processes import Process, Warden, die_with_parent, kill_group
from tests.crash.injuries import Doses
from tests.crash.odoos import ROOT, OdooSide


class Stage:
    """Use as a context manager: leaving it ends every process it started."""

    def __init__(self, folder: Path, *, odoo: OdooSide, factor: float) -> None:
        self.folder = folder
        self.odoo = odoo
        self.log = folder / "injuries.log"
        self._warden = Warden()
        self._server = EmbeddedPostgres(folder / "pg", durable=True)
        self._postgres: Process | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.commands: list[list[str]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ODOO_")},
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "SECRET_KEY": secrets.token_hex(32),
            "DESKGLASS_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "DESKGLASS_SEARCH_KEY": secrets.token_hex(32),
            "ODOO_WRITES": "1",
            "ACTION_TIME_FACTOR": str(factor),
            "LOG_LEVEL": "ERROR",
        }

    def __enter__(self) -> Stage:
        self._server.prepare()
        self._start_postgres()
        self._server.set_up()
        self.environment["DATABASE_URL"] = self._server.app_url
        self.environment["DATABASE_OWNER_URL"] = self._server.owner_url
        self.odoo.start()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"],
            cwd=ROOT,
            env=self.environment,
            check=True,
        )
        os.environ.update(self.environment)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            kill_group(worker.pid)
            worker.wait()
        self.odoo.stop()
        if self._postgres is not None:
            self._postgres.end()
        self._server.release()
        self._warden.close()

    # --- the database

    def _start_postgres(self) -> None:
        self._postgres = Process(self._server.command, warden=self._warden)
        wait_until_ready(self._server, self._postgres)

    def restart_database(self) -> None:
        """At once, without letting anybody finish: as after a crash, it has to recover by itself."""
        if self._postgres is None:
            return
        self._postgres.signal(signal.SIGQUIT)
        self._postgres.bury()
        self._server.clear_remains()
        self._start_postgres()

    # --- workers

    def start_workers(self, what: str, count: int, doses: Doses, *, keyless: bool = False) -> None:
        words = [sys.executable, "-m", "tests.crash.worker", what, "--log", str(self.log), *doses.as_words()]
        for _ in range(count):
            self.commands.append([*words, *(["--keyless"] if keyless else [])])
            self.workers.append(self._spawn(self.commands[-1]))

    def revive_workers(self) -> int:
        """Start again who died; each leads a group of its own, of which nothing is left behind."""
        revived = 0
        for place, worker in enumerate(self.workers):
            if worker.poll() is not None:
                kill_group(worker.pid)
                self.workers[place] = self._spawn(self.commands[place])
                revived += 1
        return revived

    def kill_cluster(self) -> bool:
        """The queue with all its processes, all at once."""
        for place, command in enumerate(self.commands):
            if "cluster" in command and self.workers[place].poll() is None:
                kill_group(self.workers[place].pid)
                self.workers[place].wait()
                return True
        return False

    def end_workers(self) -> None:
        for worker in self.workers:
            kill_group(worker.pid)
            worker.wait()
        self.workers, self.commands = [], []

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "workers.log").open("ab") as output:
            worker = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGKILL),
            )
        self._warden.watch(worker.pid)  # children of a cluster outlive it, and us
        return worker
