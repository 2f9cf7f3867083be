"""What machines are told: alive, ready, figures; by the real server over a socket where that matters."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client, override_settings

from cases import audit
from cases.models import User
from console import health, metrics
from integrations.models import OdooConnection
from integrations.telemetry import OdooCall, add_observer, remove_observer, report_odoo_call

BEARER = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_reports_odoo_without_depending_on_it(client: Client) -> None:
    OdooConnection.objects.create(
        slug="main", name="Main", url="https://a.example", database="a", probe_state="unusable"
    )
    OdooConnection.objects.create(
        slug="off", name="Off", url="https://b.example", database="b", is_active=False
    )

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "applied",
        "odoo": {"main": "unusable"},
    }


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_all_migrated", False)
    monkeypatch.setattr("console.health.MigrationExecutor.migration_plan", lambda *_: [("cases", False)])

    response = client.get("/readyz")

    assert (response.status_code, response.json()["migrations"]) == (503, "missing")


def test_not_ready_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OperationalError("connection to 10.0.0.1 refused")

    monkeypatch.setattr(health, "_is_migrated", fail)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["database"]) == (503, "unreachable")
    assert b"10.0.0.1" not in response.content


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": settings.METRICS_TOKEN}]
)
def test_figures_are_for_the_holder_of_their_token(client: Client, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 401


@pytest.mark.django_db  # the page that says so is an ordinary one
@override_settings(METRICS_TOKEN="")
def test_without_a_token_there_is_no_such_page(client: Client) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def figure(text: str, name: str, **labels: str) -> float:
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == labels:
            return float(found[3])
    return 0.0


def scrape(client: Client) -> str:
    return client.get("/metrics", headers=BEARER).content.decode()


@pytest.mark.django_db
def test_requests_are_counted_by_route_never_by_address(client: Client, amy: User) -> None:
    labels = {"route": "orders/<slug:connection>/<path:ref>/", "method": "GET", "status": "302"}
    before = figure(scrape(client), "deskglass_requests_total", **labels)

    client.get("/orders/main/ana@example.com/")
    client.get("/nowhere/ana@example.com")
    client.generic("BREW", "/healthz")
    text = scrape(client)

    assert figure(text, "deskglass_requests_total", **labels) == before + 1
    assert 'method="OTHER"' in text
    assert "ana@" not in text


@pytest.mark.django_db
def test_calls_to_odoo_are_counted_by_group_of_models(client: Client) -> None:
    labels = {"connection": "main", "group": "inventory", "outcome": "timed_out"}
    before = figure(scrape(client), "deskglass_odoo_calls_total", **labels)

    for model in ("stock.picking", "stock.move"):
        report_odoo_call(
            OdooCall(connection="main", model=model, method="read", outcome="timed_out", duration_s=0.2)
        )

    text = scrape(client)
    assert figure(text, "deskglass_odoo_calls_total", **labels) == before + 2
    assert figure(text, "deskglass_odoo_call_seconds_count", connection="main", group="inventory") >= 2


@pytest.mark.django_db
def test_audit_entries_and_refused_sign_ins_are_figures(client: Client) -> None:
    audit.record_alone(actor="user:1", action=audit.Action.SIGN_OUT)
    before = figure(scrape(client), "deskglass_sign_in_failures_total", reason="wrong")

    client.post("/sign-in/", {"username": "x", "password": "y"})
    text = scrape(client)

    assert figure(text, "deskglass_audit_entries") == 2
    assert figure(text, "deskglass_sign_in_failures_total", reason="wrong") == before + 1


def test_an_observer_that_fails_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    told: list[OdooCall] = []

    def fail(call: OdooCall) -> None:
        raise ZeroDivisionError

    add_observer(fail)
    add_observer(told.append)
    try:
        report_odoo_call(OdooCall(connection="main", model="x", method="read", outcome="ok", duration_s=0.1))
    finally:
        remove_observer(fail)
        remove_observer(told.append)

    assert len(told) == 1
    assert "observer" in caplog.text


def test_models_nobody_thought_of_share_one_label() -> None:
    metrics.observe_odoo_call(
        OdooCall(connection="main", model="x_secret.thing", method="read", outcome="ok", duration_s=0.1)
    )

    assert b"x_secret" not in metrics.exposition()


@pytest.fixture
def server(app_database_url: str) -> Iterator[str]:
    """The real web process on the test database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": app_database_url,
        "DB_POOL_SIZE": "4",
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "STATIC_ROOT": str(settings.BASE_DIR / "static"),
    }
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            "console.asgi:application",
            "--port",
            str(port),
            "--lifespan",
            "on",
        ],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    _wait_until_alive(address, process)
    yield address
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM), said
    assert "Traceback" not in said
    assert '"level":"error"' not in said


def _wait_until_alive(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(1500):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1).close()
        except OSError:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start")


def get(address: str, **headers: str) -> tuple[int, Any, bytes]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_real_server_starts_answers_and_ends_cleanly(server: str) -> None:
    assert get(f"{server}/healthz")[0] == 200
    status, headers, body = get(f"{server}/readyz")
    assert (status, b'"ready":true' in body) == (200, True)
    assert headers["X-Request-Id"]
    assert int(headers["Content-Length"]) == len(body)
    status, headers, body = get(f"{server}/sign-in/")
    assert status == 200
    assert headers["Set-Cookie"].startswith("deskglass=")
    assert get(f"{server}/static/css/tokens.css")[1]["Content-Type"].startswith("text/css")
    assert get(f"{server}/api/v1/orders/main/S1")[0] == 401
    assert get(f"{server}/metrics", **BEARER)[0] == 200
