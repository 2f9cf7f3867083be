"""The processes of the demo: what each is called with, which variables it may see, when it serves."""

import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console.runtime.embedded_postgres import EmbeddedPostgres, explain_postgres
from console.runtime.ports import HOST
from console.runtime.processes import Command
from console.runtime.supervisor import Service, served_by_http

WEB_POOL_SIZE = 10
MOST_WEB_PROCESSES = 4  # beyond that the sandboxes and PostgreSQL need the cores
SANDBOXES = {"main": "18", "north": "19"}
"""Connection code -> dialect, one sandbox Odoo each."""

DATABASE_VARIABLES = {"DATABASE_URL_FILE", "DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE"}


def names_an_odoo(variable: str) -> bool:
    """Addresses and keys of real servers: only the step that stores them, encrypted, may see these."""
    return variable == "DEMO_ODOO_CONNECTIONS" or (variable.startswith("ODOO_") and variable != "ODOO_WRITES")


def database_of_sandbox(connection: str) -> str:
    return f"sandbox{SANDBOXES[connection]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """Where the demo lives and how its processes reach the database."""

    root: Path
    directory: Path
    port: int
    app_url: str
    owner_url: str
    keys: Mapping[str, str]
    may_write: bool  # into Odoo

    @property
    def figures(self) -> Path:
        """Where the web processes keep what /metrics adds up."""
        return self.directory / "figures"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def shared(self) -> dict[str, str]:
        """What every process that loads the settings needs, signed in as the app's role."""
        return {
            **self.keys,
            "DJANGO_SETTINGS_MODULE": "console.settings",
            "DATABASE_URL": self.app_url,
            "DEMO_DIR": str(self.directory),
            "AUDIT_ANCHOR_DIR": str(self.directory / "anchors"),
            "STATIC_ROOT": str(self.directory / "static"),
            "ODOO_WRITES": "1" if self.may_write else "0",
        }

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in DATABASE_VARIABLES and not names_an_odoo(name)
        }
        return {**kept, "PYTHONUNBUFFERED": "1", **self.shared, **more}


def manage(settings: DemoSettings, name: str, *arguments: str, **more: str) -> Command:
    return Command(
        name=name,
        argv=[sys.executable, settings.root / "manage.py", *arguments],
        environment=settings.environment(**more),
        directory=settings.root,
    )


def postgres(server: EmbeddedPostgres) -> Service:
    return Service(
        command=server.command,
        is_ready=lambda process: server.is_ready(process.pid),
        ready_within=60.0,
        before_restart=server.clear_remains,
        explain=lambda said: explain_postgres(said, server.placement),
        ends_last=True,
        quiet=True,
    )


def sandbox(settings: DemoSettings, connection: str, port: int) -> Service:
    data = settings.directory / "sandbox" / connection
    data.mkdir(parents=True, exist_ok=True)
    return Service(
        command=Command(
            name=f"odoo-{connection}",
            argv=[
                *(sys.executable, "-m", "integrations.odoo.sandbox", "--host", HOST, "--port", str(port)),
                *("--dialect", SANDBOXES[connection], "--data", data),
            ],
            environment=_environment_of_sandbox(),
            directory=settings.root,
        ),
        is_ready=lambda _process: _accepts(port),
        quiet=True,
    )


def worker(settings: DemoSettings) -> Service:
    return Service(
        command=manage(settings, "worker", "run_queue"),
        is_ready=lambda _process: True,  # work waits in the database, so nobody has to wait for the worker
    )


def actions(settings: DemoSettings) -> Service:
    """Carries out approved actions by itself; the queue only tells it sooner."""
    return Service(
        command=manage(settings, "actions", "run_actions"),
        is_ready=lambda _process: True,
    )


def web_processes() -> int:
    """One per core: a page that is drawn keeps one busy. ``WEB_CONCURRENCY`` says otherwise."""
    asked = os.environ.get("WEB_CONCURRENCY", "")
    return int(asked) if asked.isdecimal() and int(asked) else min(os.cpu_count() or 1, MOST_WEB_PROCESSES)


def web(settings: DemoSettings) -> Service:
    return Service(
        command=Command(
            name="web",
            argv=[
                *(sys.executable, "-m", "uvicorn", "console.asgi:application"),
                *("--host", HOST, "--port", str(settings.port), "--lifespan", "on"),
                # A process that is busy is not a process that hangs.
                *("--workers", str(web_processes()), "--timeout-worker-healthcheck", "20"),
                # An open live-update stream would otherwise keep the server from ending.
                *("--timeout-graceful-shutdown", "2"),
                # Access logs of the server hold whole addresses; the application writes its own, without queries.
                *("--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level", "warning"),
            ],
            environment=settings.environment(
                DB_POOL_SIZE=str(WEB_POOL_SIZE), PROMETHEUS_MULTIPROC_DIR=str(settings.figures)
            ),
            directory=settings.root,
            ending=((signal.SIGTERM, 4.0),),
        ),
        is_ready=served_by_http(f"{settings.url}/readyz"),
        ready_within=60.0,
    )


def _environment_of_sandbox() -> dict[str, str]:
    """The stand-in for somebody else's server gets none of our secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _accepts(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
