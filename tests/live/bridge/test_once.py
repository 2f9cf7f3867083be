"""One key, one effect in a real Odoo, whoever sends it, however often, and whatever becomes of the document."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from integrations.canonical import (
    CreditNoteRequest,
    DocumentState,
    EffectState,
    split_amount,
)
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, one_of, told
from tests.bridge.asking_returns import asked_again, asked_back, coming_back
from tests.live.bridge.conftest import (
    facts_of,
    find,
    raw,
    replacement_facts_of,
    return_facts_of,
    send,
)
from tests.live.bridge.scene import Caller, OdooSays, Scene
from tests.live.bridge.stockroom import Stockroom


def test_the_same_key_again_gets_the_stored_result(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
    assert find(door, request) is None
    first, second = send(door, request), send(door, request)
    assert (first.state, second.state) == (EffectState.DONE, EffectState.ALREADY_DONE)
    assert second == replace(first, state=EffectState.ALREADY_DONE)
    assert find(door, request) == second
    assert len(scene.notes_of(sold)) == 1


def test_the_same_key_with_another_payload_is_an_error(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
    send(door, request)
    other = asked(
        facts_of(door, sold),
        sold.invoice_id,
        one_of(facts, sold.invoice_id, 2, goods_back=True),
        key=request.key,
    )
    assert send(door, other).state is EffectState.KEY_CONFLICT
    assert len(scene.notes_of(sold)) == 1


def test_twenty_at_once_with_one_key_make_one_draft(
    door: OdooEffects, scene: Scene, caller: Caller, action: int
) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: raw(caller, action, request), range(20)))
    heard = [answer for answer in answers if isinstance(answer, dict)]
    lost = [answer for answer in answers if isinstance(answer, OdooSays)]
    assert all(answer.name.endswith("SerializationFailure") for answer in lost)
    assert [answer["state"] for answer in heard].count("done") == 1
    assert {answer["state"] for answer in heard} <= {"done", "already_done"}
    assert len({answer["result"]["id"] for answer in heard}) == 1
    assert len(scene.notes_of(sold)) == 1


def test_many_at_once_with_one_key_make_one_return_and_one_replacement(
    door: OdooEffects, stockroom: Stockroom, caller: Caller, action: int
) -> None:
    sold = stockroom.delivered()
    stockroom.stock(sold.product_id, 5)
    for request in (
        asked_back(return_facts_of(door, sold)),
        asked_again(replacement_facts_of(door, sold)),
    ):
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _, one=request: raw(caller, action, one), range(6)))
        heard = [answer for answer in answers if isinstance(answer, dict)]
        lost = [answer for answer in answers if isinstance(answer, OdooSays)]
        assert all(answer.name.endswith("SerializationFailure") for answer in lost)
        assert [answer["state"] for answer in heard].count("done") == 1
        assert len({answer["result"]["id"] for answer in heard}) == 1
    assert len(stockroom.returns(sold)) == len(stockroom.replacements(sold.order_ref)) == 1


def test_two_returns_at_once_never_bring_back_more_than_was_delivered(
    door: OdooEffects, stockroom: Stockroom, caller: Caller, action: int
) -> None:
    sold = stockroom.delivered()
    facts = return_facts_of(door, sold)
    requests = [asked_back(facts, coming_back(facts, 3)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: raw(caller, action, one), requests))
    refused = [answer.message for answer in answers if isinstance(answer, OdooSays)]
    assert refused == ["deskglass:returns_changed"]
    assert len(stockroom.returns(sold)) == 1


def test_two_keys_at_once_on_one_order_never_go_over_what_was_approved(
    door: OdooEffects, scene: Scene, caller: Caller, action: int
) -> None:
    for _round in range(3):
        sold = scene.sold()
        facts = facts_of(door, sold)
        invoice = facts.invoice(sold.invoice_id)
        lines = split_amount(invoice, Decimal("50.00"), label="Goodwill")
        requests = [asked(facts, sold.invoice_id, lines), asked(facts, sold.invoice_id, lines)]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda request: raw(caller, action, request), requests))
        done = [answer for answer in answers if isinstance(answer, dict)]
        refused = [answer for answer in answers if isinstance(answer, OdooSays)]
        assert len(done) == 1
        assert [answer.message for answer in refused] == ["deskglass:credit_notes_changed"]
        assert [note["amount_total"] for note in scene.notes_of(sold)] == [50.0]


def test_a_client_that_hangs_up_and_sends_again_makes_one_draft(
    door: OdooEffects, scene: Scene, caller: Caller, action: int
) -> None:
    for pause_s in (0.0, 0.3):
        sold = scene.sold()
        facts = facts_of(door, sold)
        request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
        hang_up(caller, action, request, pause_s)
        assert send(door, request).has_effect
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and threading.active_count() > 50:
            time.sleep(0.1)
        assert len(scene.notes_of(sold)) == 1


def hang_up(caller: Caller, action: int, request: CreditNoteRequest, pause_s: float) -> None:
    parts = urlsplit(caller.url)
    arguments = [
        caller.database,
        caller.uid,
        caller.key,
        "ir.actions.server",
        "run",
        [[action]],
        {"context": told(request)},
    ]
    body = json.dumps(
        {"jsonrpc": "2.0", "method": "call", "id": 1,
         "params": {"service": "object", "method": "execute_kw", "args": arguments}}
    ).encode()  # fmt: skip
    head = f"POST /jsonrpc HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as line:
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(pause_s)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_deleted_document_does_not_free_its_key(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    made = send(door, request)
    scene.admin("account.move", "unlink", [made.documents[0].id], context=scene.context)
    again = send(door, request)
    assert again.state is EffectState.GONE
    assert again.documents[0].id == made.documents[0].id
    assert again.documents[0].state is None
    assert again.total == made.total
    assert find(door, request) == again
    assert scene.notes_of(sold) == []


def test_what_finance_does_with_the_draft_is_seen(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, 2, goods_back=False))
    made = send(door, request)
    note = made.documents[0].id
    (line,) = scene.read("account.move", note, "invoice_line_ids")["invoice_line_ids"]
    edited = {"invoice_line_ids": [[1, line, {"quantity": 1}]]}
    scene.admin("account.move", "write", [note], edited, context=scene.context)
    seen = find(door, request)
    assert seen is not None
    assert seen.total == made.total
    assert seen.documents[0].total is not None
    assert made.total is not None
    assert seen.documents[0].total.amount < made.total.amount
    today = datetime.now(UTC).date().isoformat()
    scene.admin("account.move", "write", [note], {"invoice_date": today}, context=scene.context)
    scene.admin("account.move", "action_post", [note], context=scene.context)
    seen = find(door, request)
    assert seen is not None
    assert seen.documents[0].state is DocumentState.POSTED
    assert seen.documents[0].ref
