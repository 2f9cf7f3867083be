"""What real servers of 17, 18 and 19 were asked and answered, asked of the sandbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.process import Sandbox
from tests.sandbox.replay import Exchange, load, load_reads, send
from tests.sandbox.shapes import differences

READS = [exchange for exchange in load_reads() if exchange.title != "authenticate"]
VERSIONS = [e for serie in (17, 18, 19) for e in load(serie, "01-version-auth")] + load(
    19, "01-version-auth-json2"
)


@pytest.mark.parametrize("exchange", READS, ids=lambda exchange: exchange.id)
def test_recorded_reading_gets_an_answer_of_the_same_shape(
    exchange: Exchange, sandboxes: Callable[[int], Sandbox]
) -> None:
    answer = send(sandboxes(exchange.serie), exchange)
    assert answer.status == exchange.response["status"]
    assert differences(exchange.response["body"], answer.body) == []


@pytest.mark.parametrize(
    "exchange", [e for e in VERSIONS if "database list" not in e.title], ids=lambda exchange: exchange.id
)
def test_recorded_greeting_gets_an_answer_of_the_same_shape(
    exchange: Exchange, sandboxes: Callable[[int], Sandbox]
) -> None:
    answer = send(sandboxes(exchange.serie), exchange)
    assert answer.status == exchange.response["status"]
    assert differences(exchange.response["body"], answer.body) == []


@pytest.mark.parametrize("serie", [17, 18, 19])
def test_version_is_told_word_for_word(serie: int, sandboxes: Callable[[int], Sandbox]) -> None:
    recorded = next(e for e in VERSIONS if e.serie == serie and e.title.startswith("server version"))
    answer = send(sandboxes(serie), recorded)
    assert answer.body["result"] == recorded.response["body"]["result"]


def test_database_list_is_refused(odoo: Sandbox) -> None:
    answer = odoo.send("POST", "/web/database/list", {"jsonrpc": "2.0", "id": 3, "params": {}})
    assert answer.body["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


@pytest.mark.parametrize("serie", [17, 18])
def test_recorded_readings_of_return_authorizations_get_the_same_shape(
    serie: int, sandboxes: Callable[[int], Sandbox]
) -> None:
    odoo = sandboxes(serie)
    recorded = [e for e in load(serie, "15-oca-rma") if "read" in str(e.request["body"]["params"]["args"][4])]
    seen = 0
    for exchange in recorded:
        model, _, _, named = exchange.request["body"]["params"]["args"][3:7]
        if model not in ("rma", "rma.operation"):
            continue
        ids = odoo.call(
            model, "search", [["refund_id", "!=", False]] if "refund_id" in named["fields"] else []
        )
        answered = odoo.call(model, "read", ids, named["fields"])
        assert differences(exchange.response["body"]["result"], answered) == [], exchange.title
        seen += 1
    assert seen >= 8
