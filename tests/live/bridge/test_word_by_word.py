"""What real servers answer is what the sandbox is compared with."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, one_of
from tests.bridge.asking_returns import asked_again, asked_back
from tests.bridge.dialogue import (
    Say,
    differences_between,
    load,
    place_of,
    save,
    talk,
    talk_of_goods,
)
from tests.live.bridge.conftest import facts_of, replacement_facts_of, return_facts_of
from tests.live.bridge.scene import Caller, Scene
from tests.live.bridge.stockroom import Stockroom


def test_every_answer_is_as_it_was_recorded(door: OdooEffects, scene: Scene, action: int) -> None:
    """With ``BRIDGE_RECORD=1`` what is heard becomes the recording that the sandbox is compared with."""
    outsider = scene.user("outside", "base.group_user")
    for protocol in ("jsonrpc", "json2") if scene.major >= 19 else ("jsonrpc",):
        sold = scene.sold()
        facts = facts_of(door, sold)
        request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
        heard = talk(
            speaker(scene, action, protocol, os.environ["ODOO_LOGIN"], os.environ["ODOO_API_KEY"]),
            speaker(scene, action, protocol, *outside_of(protocol, outsider)),
            request,
        )
        if os.environ.get("BRIDGE_RECORD"):
            save(heard, place_of(scene.major, protocol))
        assert differences_between(load(place_of(scene.major, protocol)), heard) == []


def test_every_answer_about_goods_is_as_it_was_recorded(
    door: OdooEffects, scene: Scene, stockroom: Stockroom, action: int
) -> None:
    for protocol in ("jsonrpc", "json2") if scene.major >= 19 else ("jsonrpc",):
        sold = stockroom.delivered()
        stockroom.stock(sold.product_id, 2)
        request = asked_back(return_facts_of(door, sold))
        heard = talk_of_goods(
            speaker(scene, action, protocol, os.environ["ODOO_LOGIN"], os.environ["ODOO_API_KEY"]),
            request,
            asked_again(replacement_facts_of(door, sold)),
        )
        place = place_of(scene.major, protocol, "-goods")
        if os.environ.get("BRIDGE_RECORD"):
            save(heard, place)
        assert differences_between(load(place), heard) == []


def outside_of(protocol: str, outsider: Caller) -> tuple[str, str]:
    """JSON-2 takes only keys, and an administrator is outside the group too."""
    if protocol == "jsonrpc":
        return outsider.login, outsider.key
    return os.environ["ODOO_ADMIN_LOGIN"], os.environ["ODOO_ADMIN_API_KEY"]


def speaker(scene: Scene, action: int, protocol: str, login: str, key: str) -> Say:
    uid = 0 if protocol == "json2" else Caller(scene.admin.url, scene.admin.database, login, key).uid

    def say(context: Mapping[str, Any]) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        body: dict[str, Any] = {"ids": [action], "context": dict(context)}
        path = "/json/2/ir.actions.server/run"
        if protocol == "json2":
            headers |= {"Authorization": f"bearer {key}", "X-Odoo-Database": scene.admin.database}
        else:
            path = "/jsonrpc"
            arguments = [scene.admin.database, uid, key, "ir.actions.server", "run", [[action]]]
            params: dict[str, Any] = {"service": "object", "method": "execute_kw"}
            params["args"] = [*arguments, {"context": dict(context)}]
            body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        request = urllib.request.Request(scene.admin.url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return int(answer.status), json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return int(error.code), json.loads(error.read())

    return say
