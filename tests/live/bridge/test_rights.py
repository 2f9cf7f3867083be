"""The least rights suffice, and others do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.credentials import store_credential
from integrations.models import OdooConnection
from integrations.odoo.connections import reread
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, one_of
from tests.bridge.asking_returns import asked_again, asked_back
from tests.live.bridge.conftest import (
    facts_of,
    raw,
    replacement_facts_of,
    return_facts_of,
    run,
)
from tests.live.bridge.scene import OdooSays, Scene
from tests.live.bridge.stockroom import Stockroom


def test_an_ordinary_user_in_the_group_is_enough(door: OdooEffects, scene: Scene, action: int) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    least = scene.user("least", "base.group_user", "deskglass.group_act")
    answer = raw(
        least, action, asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
    )
    assert not isinstance(answer, OdooSays), answer
    assert answer["state"] == "done"
    with pytest.raises(OdooSays, match=r"odoo\.exceptions\.AccessError"):
        least("account.move", "action_post", [answer["result"]["id"]])


def test_an_ordinary_user_in_the_group_may_ask_goods_back_and_send_them_again(
    door: OdooEffects, stockroom: Stockroom, scene: Scene, action: int
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 1)
    least = scene.user("least", "base.group_user", "deskglass.group_act")
    for request in (
        asked_back(return_facts_of(door, sold)),
        asked_again(replacement_facts_of(door, sold)),
    ):
        answer = raw(least, action, request)
        assert not isinstance(answer, OdooSays), answer
        assert answer["state"] == "done"
    with pytest.raises(OdooSays, match=r"odoo\.exceptions\.AccessError"):
        least("stock.picking", "action_cancel", [stockroom.returns(sold)[0]["id"]])


def test_a_user_outside_the_group_is_refused(door: OdooEffects, scene: Scene, action: int) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    mighty = scene.user("mighty", "base.group_user", "account.group_account_manager")
    for somebody in (mighty, scene.admin):
        answer = raw(
            somebody, action, asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
        )
        assert isinstance(answer, OdooSays)
        assert answer.name == "odoo.exceptions.AccessError"
    assert scene.notes_of(sold) == []


def test_the_reading_group_reads_the_facts_and_writes_nothing(
    door: OdooEffects, scene: Scene, stockroom: Stockroom, slug: str
) -> None:
    sold = scene.sold()
    whole = facts_of(door, sold)
    reader = scene.user("reader", "base.group_user", "deskglass.group_read")
    row = OdooConnection.objects.create(
        slug="reader", name="Reader", url=scene.admin.url, database=scene.admin.database, protocol="jsonrpc"
    )
    store_credential(connection=row, purpose="read", login=reader.login, key=reader.key)

    async def make() -> OdooEffects:
        config = await reread("reader")
        return OdooEffects(reading=config, writing=config)

    seen = facts_of(run(make()), sold)
    assert seen.lines == whole.lines
    assert seen.invoices == whole.invoices
    shipped = stockroom.delivered()
    for reads in (return_facts_of, replacement_facts_of):
        theirs, ours = reads(run(make()), shipped), reads(door, shipped)
        assert replace(theirs, fetched_at=ours.fetched_at, connection=ours.connection) == ours
    for model, method, arguments in (
        ("account.move", "write", [[sold.invoice_id], {"ref": "x"}]),
        ("sale.order", "write", [[sold.order_id], {"note": "x"}]),
        ("sale.order", "action_confirm", [[sold.order_id]]),
    ):
        with pytest.raises(OdooSays):
            reader(model, method, *arguments)
