"""The sandbox answers the bridge's calls as real servers were heard to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from integrations.odoo.sandbox.bridge import ACTION
from tests.bridge.asking import asked, one_of
from tests.bridge.asking_returns import asked_again, asked_back
from tests.bridge.conftest import Open, Shop, facts_of
from tests.bridge.dialogue import Say, differences_between, load, place_of, talk, talk_of_goods
from tests.bridge.goods import Goods, replacement_facts_of, return_facts_of
from tests.sandbox.process import Sandbox

HEARD = ((17, "jsonrpc"), (18, "jsonrpc"), (19, "jsonrpc"), (19, "json2"))


def by_jsonrpc(sandbox: Sandbox, role: str) -> Say:
    def say(context: Mapping[str, Any]) -> tuple[int, Any]:
        answer = sandbox.execute("ir.actions.server", "run", [ACTION], role=role, context=dict(context))
        return answer.status, answer.body

    return say


def by_json2(sandbox: Sandbox, role: str) -> Say:
    def say(context: Mapping[str, Any]) -> tuple[int, Any]:
        key = sandbox.keys[role]["key"]
        headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": sandbox.database}
        body = {"ids": [ACTION], "context": dict(context)}
        answer = sandbox.send("POST", "/json/2/ir.actions.server/run", body, headers)
        return answer.status, answer.body

    return say


@pytest.mark.parametrize(("serie", "protocol"), HEARD)
async def test_the_sandbox_answers_as_a_real_server_was_heard_to(
    serie: int, protocol: str, sandboxes: Callable[[int], Sandbox], open_door: Open
) -> None:
    sandbox = sandboxes(serie)
    door = await open_door(sandbox)
    order, invoice = Shop(sandbox).refundable()
    facts = await facts_of(door, order)
    by = by_json2 if protocol == "json2" else by_jsonrpc
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False))
    heard = talk(by(sandbox, "integration"), by(sandbox, "sales"), request)
    assert differences_between(load(place_of(serie, protocol)), heard) == []


@pytest.mark.parametrize(("serie", "protocol"), HEARD)
async def test_the_sandbox_answers_about_goods_as_a_real_server_was_heard_to(
    serie: int, protocol: str, sandboxes: Callable[[int], Sandbox], open_door: Open
) -> None:
    sandbox = sandboxes(serie)
    door = await open_door(sandbox)
    order, ref = Goods(sandbox).delivered()
    back = asked_back(await return_facts_of(door, order))
    again = asked_again(await replacement_facts_of(door, order, ref), must_reserve=False)
    by = by_json2 if protocol == "json2" else by_jsonrpc
    heard = talk_of_goods(by(sandbox, "integration"), back, again)
    assert differences_between(load(place_of(serie, protocol, "-goods")), heard) == []
