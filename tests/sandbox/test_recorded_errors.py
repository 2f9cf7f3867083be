"""What real servers refused, and how they said so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.process import Sandbox
from tests.sandbox.replay import Exchange, load, send

RECORDED = [e for serie in (17, 18, 19) for e in load(serie, "20-errors")] + load(19, "20-errors-json2")
# The account names the recording and the sandbox tell in this sentence are not the same.
NAMES_PEOPLE = ("record rule",)
# 18.0 with another set of modules: a group more or less may be named, the sentence before it is the same.
NAMES_GROUPS = ("missing access right", "delete a confirmed order")


def error_of(body: Any) -> Any:
    return body["error"]["data"] if isinstance(body, dict) and "error" in body else body


@pytest.mark.parametrize("exchange", RECORDED, ids=lambda exchange: exchange.id)
def test_recorded_refusal_is_repeated(exchange: Exchange, sandboxes: Callable[[int], Sandbox]) -> None:
    odoo = sandboxes(exchange.serie)
    recorded = exchange.response
    answer = send(odoo, exchange)
    assert answer.status == recorded["status"]
    expected, found = error_of(recorded["body"]), error_of(answer.body)
    if not isinstance(expected, dict) or "name" not in expected:
        assert type(found) is type(expected)
        return
    assert list(found) == list(expected), "the keys come in Odoo's order"
    assert found["name"] == expected["name"]
    assert len(found["arguments"]) == len(expected["arguments"])
    compare_messages(exchange, odoo, expected["message"], found["message"])


def compare_messages(exchange: Exchange, odoo: Sandbox, expected: str, found: str) -> None:
    if any(words in exchange.title for words in NAMES_PEOPLE + NAMES_GROUPS):
        assert found.split("\n")[0] == expected.split("\n")[0]
        return
    expected = expected.replace("S00010", odoo.order_name("return_received_and_refunded"))
    user = odoo.user_id()
    for recorded_user in (5, 6):
        expected = expected.replace(f"User: {recorded_user})", f"User: {user})")
    assert found == expected


@pytest.mark.parametrize(("serie", "code"), [(17, 200), (18, 200), (19, 0)])
def test_error_code_differs_by_version(serie: int, code: int, sandboxes: Callable[[int], Sandbox]) -> None:
    answer = sandboxes(serie).execute("no.such.model", "search_count", [])
    assert answer.body["error"]["code"] == code
    assert answer.body["error"]["message"] == "Odoo Server Error"


def test_errors_carry_a_server_traceback_as_real_ones_do(odoo: Sandbox) -> None:
    assert "Traceback" in odoo.refusal("no.such.model", "search_count", [])["debug"]
