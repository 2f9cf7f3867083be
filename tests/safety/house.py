"""The console as it runs in production: a web server and a worker as processes of their own, on the test database."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.conf import settings

from console.runtime.processes import die_with_parent
from tests.conftest import _address
from tests.safety.canary_odoo import CanaryOdoo
from tests.safety.people import Person

ROOT = Path(__file__).resolve().parents[2]
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(kw_only=True)
class House:
    url: str
    directory: Path  # where the processes may write: logs, figures, temporary files
    people: dict[str, Person]
    odd_tokens: dict[str, str]
    odoos: dict[str, CanaryOdoo]
    signed_in: dict[str, httpx.Client] = field(default_factory=dict)
    answers: list[tuple[str, httpx.Response]] = field(default_factory=list)

    def client(self, who: str | None = None) -> httpx.Client:
        """A browser without scripts; everything it is answered is kept for the tests about all answers."""
        client = httpx.Client(base_url=self.url, timeout=120, trust_env=False, verify=False)  # noqa: S501 - plain HTTP; a context for TLS costs more than a request
        client.event_hooks["response"] = [lambda response: self._keep(who or "anonymous", response)]
        return client

    def browser(self, who: str) -> httpx.Client:
        """Signed in, once per person."""
        if who not in self.signed_in:
            client, person = self.client(who), self.people[who]
            answer = sign_in(client, person.username, person.password)
            assert answer.status_code == 302, answer.text[:500]
            self.signed_in[who] = client
        return self.signed_in[who]

    def api(self, who: str, token: str | None = None) -> httpx.Client:
        client = self.client(who)
        client.headers["Authorization"] = f"Bearer {token if token is not None else self.people[who].token}"
        return client

    def _keep(self, who: str, response: httpx.Response) -> None:
        response.read()
        self.answers.append((who, response))

    def odoo_calls(self) -> int:
        return sum(odoo.calls for odoo in self.odoos.values())

    def close(self) -> None:
        for client in self.signed_in.values():
            client.close()

    def log_text(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.directory.glob("*.log")))


def csrf_token(page: str) -> str:
    found = _CSRF.search(page)
    assert found, "the page has no form with a token"
    return found[1]


def sign_in(client: httpx.Client, username: str, password: str, **more: str) -> httpx.Response:
    token = csrf_token(client.get("/sign-in/").text)
    form = {"csrfmiddlewaretoken": token, "username": username, "password": password, **more}
    return client.post("/sign-in/", data=form)


def post_form(client: httpx.Client, path: str, **form: Any) -> httpx.Response:
    """As a form of a page would send it."""
    return client.post(path, data={"csrfmiddlewaretoken": token_of(client), **form})


def token_of(client: httpx.Client) -> str:
    """The session's token against forged forms, read once from the start page (or where that leads)."""
    if "X-Test-Form-Token" not in client.headers:
        page = client.get("/", follow_redirects=True).text
        client.headers["X-Test-Form-Token"] = csrf_token(page)
    return str(client.headers["X-Test-Form-Token"])


def settled(client: httpx.Client, path: str) -> httpx.Response:
    """The answer after the page that only says "waiting", which a busy machine may get first."""
    for _ in range(5):
        answer = client.get(path)
        if "metrics-waiting" not in answer.text:
            break
    return answer


@contextmanager
def running_console(directory: Path, *options: str, **variables: str) -> Iterator[str]:
    """The web server and the worker; ends them and everything they started.

    ``options`` are the web server's own; with a certificate among them it speaks TLS.
    """
    (directory / "figures").mkdir()
    (directory / "tmp").mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")},
        "DATABASE_URL": _address(settings.APP_DATABASE),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DB_POOL_SIZE": "6",
        "LOG_LEVEL": "DEBUG",  # what is logged then must be clean as well
        "PROMETHEUS_MULTIPROC_DIR": str(directory / "figures"),
        "TMPDIR": str(directory / "tmp"),
        "QUEUE_WORKERS": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "default",
        **variables,
    }
    port = _free_port()
    web = [
        sys.executable,
        "-m",
        "uvicorn",
        "console.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    web += ["--lifespan", "on", "--no-access-log", "--no-server-header", "--no-proxy-headers", *options]
    with ExitStack() as running:
        running.enter_context(_process("web", web, environment, directory))
        running.enter_context(
            _process("worker", [sys.executable, "manage.py", "qcluster"], environment, directory)
        )
        url = f"{'https' if options else 'http'}://127.0.0.1:{port}"
        _wait_for(url, directory)
        yield url


@contextmanager
def _process(name: str, argv: list[str], environment: dict[str, str], directory: Path) -> Iterator[None]:
    with (directory / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # whatever ends the tests ends it
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, directory: Path) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        try:
            answer = httpx.get(f"{url}/readyz", timeout=2, trust_env=False, verify=False)  # noqa: S501 - our own
            if answer.status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError((directory / "web.log").read_text()[-3000:])


def dump_database() -> dict[str, str]:
    """Every table of the database as the text of a copy, and what the server shows of running statements."""
    dumped: dict[str, str] = {}
    with psycopg.connect(_address(settings.OWNER_DATABASE)) as owner:
        tables = owner.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        sources = {table: table for (table,) in tables} | {
            "statements": "(SELECT query FROM pg_stat_activity)"
        }
        for name, source in sources.items():
            with owner.cursor().copy(f"COPY {source} TO STDOUT".encode()) as copy:
                dumped[name] = b"".join(bytes(part) for part in copy).decode("utf-8", "replace")
    return dumped
