"""Every line of the process is JSON, names its request, and tells nothing about people."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import RequestFactory

from console import logs
from integrations.telemetry import correlation_id


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The handler that ``configure`` has set up, writing where the test can read."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure({"level": "INFO"})
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    handler.setStream(said)
    yield said
    root.handlers[:] = before
    root.setLevel(level)


def last(lines: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lines.getvalue().splitlines()[-1])
    return found


def test_a_line_is_json_in_utc_and_names_its_request(lines: io.StringIO) -> None:
    token = correlation_id.set("request-0001")
    logging.getLogger("cases.orders.workspace").info(
        "opened %s", "S00010", extra={"connection": "main", "calls": 2}
    )
    correlation_id.reset(token)

    line = last(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "opened S00010",
        "logger": "cases.orders.workspace",
        "request_id": "request-0001",
        "connection": "main",
        "calls": 2,
    }


def test_structlog_ends_at_the_same_handler(lines: io.StringIO) -> None:
    structlog.get_logger("cases.outbox").warning("parked", step=3, mail="ana@example.com")

    line = last(lines)
    assert (line["event"], line["step"], line["mail"]) == ("parked", 3, "[removed]")


@pytest.mark.parametrize(
    "name",
    ["django.request", "uvicorn.error", "django-q", "integrations.odoo.client", "asyncio", "py.warnings"],
)
def test_every_source_is_redacted_last(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).error(
        "call for %s failed", "ana@example.com", extra={"phone": "+43 660 1234567", "nested": object()}
    )

    text = lines.getvalue()
    assert last(lines)["logger"] == name
    assert "ana@example.com" not in text
    assert "1234567" not in text
    assert "object at" not in text


def test_an_exception_names_places_but_no_values(lines: io.StringIO) -> None:
    def pay(card: str) -> None:
        raise ValueError(f"refused for bo@example.com\nDETAIL: Key (card)=({card}) exists")

    try:
        pay("4111 1111 1111 1111")
    except ValueError:
        logging.getLogger("cases").exception("payment failed")

    (error,) = last(lines)["exception"]
    assert error["type"] == "builtins.ValueError"
    assert error["message"] == "refused for [removed]"
    assert error["frames"][-1].endswith(" pay")
    assert "4111" not in lines.getvalue()
    assert "DETAIL" not in lines.getvalue()


def test_the_cause_of_an_exception_is_told_too(lines: io.StringIO) -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        logging.getLogger("cases").exception("failed")

    assert [error["type"] for error in last(lines)["exception"]] == [
        "builtins.RuntimeError",
        "builtins.KeyError",
    ]


def test_djangos_own_lines_do_not_repeat_what_was_typed_into_the_address(lines: io.StringIO) -> None:
    request = RequestFactory().get("/orders/main/Ana Berger/")

    logging.getLogger("django.request").warning(
        "%s: %s", "Not Found", request.path, extra={"status_code": 404, "request": request}
    )

    assert last(lines)["event"] == "Not Found: [path]"
    assert "Berger" not in lines.getvalue()


@pytest.mark.parametrize("name", ["httpx", "uvicorn.access"])
def test_loggers_that_write_whole_addresses_are_silent(lines: io.StringIO, name: str) -> None:
    logging.getLogger(name).info('HTTP Request: POST https://odoo.example/?login=ana "200"')

    assert lines.getvalue() == ""
