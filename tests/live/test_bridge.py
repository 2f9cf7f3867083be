"""The bridge on a real Odoo: one key, one effect, exactly what was approved; also what proves its text.

Needs ``ODOO_ADMIN_LOGIN`` and ``ODOO_ADMIN_API_KEY`` beside the usual variables, and makes orders of its own. With
``BRIDGE_PROOF`` naming the file of proofs, a run in which everything passed is entered there.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync

from integrations.canonical import (
    BridgeStatus,
    CreditNoteRequest,
    DocumentState,
    EffectResult,
    EffectState,
    Guarantee,
    InvoiceProgress,
    Money,
    RefundFacts,
    Refusal,
    credit_amount,
    split_amount,
)
from integrations.credentials import store_credential
from integrations.errors import NotSent
from integrations.models import OdooConnection
from integrations.odoo import effects
from integrations.odoo.bridge import VERSION, perform_sha256
from integrations.odoo.bridge.administering import Administrator, BridgeLogins
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, forget_kept, reread
from integrations.odoo.effects import OdooEffects
from integrations.odoo.effects_forecast import forecast
from tests.bridge.asking import REASON, TASK, all_lines, asked, new_key, one_of, told
from tests.live.bridge_scene import Caller, OdooSays, Scene, Sold
from tests.live.conftest import RealOdoo, account_of

T = TypeVar("T")
CENT = Decimal("0.01")

pytestmark = pytest.mark.skipif(
    not os.environ.get("ODOO_ADMIN_API_KEY"), reason="ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY are not set"
)


def run(work: Coroutine[Any, Any, T]) -> T:
    async def alone() -> T:
        return await work

    return async_to_sync(alone)()


# -- the cast --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


@pytest.fixture(scope="module")
def slug(rows_stay: None, real_odoo: RealOdoo) -> str:
    row = OdooConnection.objects.create(
        slug="bridge", name="Bridge", url=real_odoo.url, database=real_odoo.database, max_in_flight=8
    )
    for purpose in ("read", "write"):
        store_credential(
            connection=row, purpose=purpose, login=real_odoo.account.login, key=real_odoo.account.key
        )
    return "bridge"


def administer(slug: str) -> Administrator:
    account = account_of("ADMIN")

    async def make() -> Administrator:
        return await Administrator.of(await reread(slug), login=account.login, key=account.key)

    return run(make())


@pytest.fixture(scope="module")
def logins(real_odoo: RealOdoo) -> BridgeLogins:
    return BridgeLogins(acting=real_odoo.account.login, reading=real_odoo.account.login)


@pytest.fixture(scope="module")
def door(slug: str, logins: BridgeLogins, request: pytest.FixtureRequest) -> Iterator[OdooEffects]:
    """The verbs, on a bridge put there by this run; whether it is proven is what the run finds out."""
    run(administer(slug).install(logins))
    yield make_door(slug)
    if request.session.testsfailed == 0 and os.environ.get("BRIDGE_PROOF"):
        enter_proof(Path(os.environ["BRIDGE_PROOF"]), slug)


def make_door(slug: str) -> OdooEffects:
    async def make() -> OdooEffects:
        return OdooEffects(
            reading=await reread(slug),
            writing=await reread(slug, purpose=Purpose.WRITE),
            must_be_proven=False,
        )

    return run(make())


def enter_proof(path: Path, slug: str) -> None:
    row = OdooConnection.objects.get(slug=slug)
    major = int(row.capabilities["version"])
    entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    sha256 = perform_sha256()
    kept = [entry for entry in entries if entry["sha256"] == sha256 and entry["odoo"] != major]
    kept.append(
        {
            "sha256": sha256,
            "version": VERSION,
            "odoo": major,
            "server_version": row.version,
            "on": datetime.now(UTC).date().isoformat(),
        }
    )
    path.write_text(json.dumps(sorted(kept, key=lambda entry: entry["odoo"]), indent=2) + "\n")


# -- small words -----------------------------------------------------------------------------------------------------


Asked = Callable[[], Coroutine[Any, Any, T]]


def patiently(ask: Asked[T]) -> T:
    """A busy machine does not always take a connection in time: what was not sent may be sent again."""
    for _try in range(10):
        try:
            return run(ask())
        except NotSent:
            time.sleep(1.0)
    raise AssertionError("nothing could be sent")


def facts_of(door: OdooEffects, sold: Sold) -> RefundFacts:
    budget, company = Budget.of(60.0), sold.company_id
    return patiently(
        lambda: door.read_refund_facts(
            sold.order_id, company_id=company, budget=budget, correlation_id="live"
        )
    )


def send(door: OdooEffects, request: CreditNoteRequest) -> EffectResult:
    return patiently(lambda: door.create_credit_note(request, budget=Budget.of(60.0), correlation_id="live"))


def find(door: OdooEffects, request: CreditNoteRequest) -> EffectResult | None:
    budget, company = Budget.of(60.0), request.company_id
    return patiently(
        lambda: door.find_effect(request.key, company_id=company, budget=budget, correlation_id="live")
    )


def revoke(door: OdooEffects, request: CreditNoteRequest) -> EffectResult:
    budget, company = Budget.of(60.0), request.company_id
    return patiently(
        lambda: door.revoke_key(request.key, company_id=company, budget=budget, correlation_id="live")
    )


def status_of(door: OdooEffects) -> BridgeStatus:
    return patiently(lambda: door.bridge_status(budget=Budget.probe(), correlation_id="live"))


def raw(caller: Caller, action: int, request: CreditNoteRequest) -> Any:
    """The same call past our own client: as many at once as wanted. Odoo's error, or the answer."""
    try:
        return caller("ir.actions.server", "run", [action], context=told(request))["deskglass"]
    except OdooSays as said:
        return said


@pytest.fixture(scope="module")
def action(door: OdooEffects, scene: Scene) -> int:
    domain = [["module", "=", "deskglass"], ["name", "=", "action_perform"]]
    rows = scene.admin("ir.model.data", "search_read", domain, fields=["res_id"])
    return int(rows[0]["res_id"])


@pytest.fixture(scope="module")
def caller(real_odoo: RealOdoo) -> Caller:
    return Caller(real_odoo.url, real_odoo.database, real_odoo.account.login, real_odoo.account.key)


# -- putting it there ------------------------------------------------------------------------------------------------


def test_a_second_installation_changes_nothing(door: OdooEffects, slug: str, logins: BridgeLogins) -> None:
    assert run(administer(slug).install(logins)) == []


def test_its_state_is_told_by_the_connections_own_key(door: OdooEffects) -> None:
    status = status_of(door)
    assert status.installed
    assert status.sha256 == perform_sha256()
    assert status.version == str(VERSION)
    proven = status.odoo_version in status.proven_on
    assert status.guarantee is (Guarantee.EXACTLY_ONCE if proven else Guarantee.NONE)


def test_nobody_can_write_the_ledger_from_outside(door: OdooEffects, scene: Scene, caller: Caller) -> None:
    for somebody in (caller, scene.admin):
        rows = scene_rows(somebody)
        assert rows
        for method, arguments in (
            ("create", [[{"x_key": new_key()}]]),
            ("write", [[rows[0]], {"x_kind": "forged"}]),
            ("unlink", [[rows[0]]]),
        ):
            with pytest.raises(OdooSays, match=r"odoo\.exceptions\.AccessError"):
                somebody("x_deskglass_effect", method, *arguments)


def scene_rows(somebody: Caller) -> list[int]:
    """Administrators have no reading right either unless they are in a group; then the row's number is guessed."""
    try:
        return list(somebody("x_deskglass_effect", "search", [], limit=1))
    except OdooSays:
        return [1]


# -- what is made ----------------------------------------------------------------------------------------------------


def test_a_full_refund_over_two_rates_is_a_draft_of_the_invoices_total(
    door: OdooEffects, scene: Scene
) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    invoice = facts.invoice(sold.invoice_id)
    assert len({line.tax_ids for line in invoice.lines}) == 2
    result = send(
        door,
        asked(
            facts,
            sold.invoice_id,
            all_lines(facts, sold.invoice_id, goods_back=True),
            assignee=scene.admin.uid,
        ),
    )
    assert result.state is EffectState.DONE
    assert result.total == invoice.total
    (document,) = result.documents
    assert (document.state, document.ref, document.total) == (DocumentState.DRAFT, None, invoice.total)
    row = scene.read(
        "account.move", document.id, "move_type state amount_total amount_tax ref invoice_origin"
    )
    assert (row["move_type"], row["state"]) == ("out_refund", "draft")
    assert Decimal(str(row["amount_total"])) == invoice.total.amount
    assert row["invoice_origin"] == sold.order_ref
    assert row["ref"].endswith(f"{REASON} [RF-000042]")


def test_the_document_names_the_people_and_asks_finance(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    result = send(
        door,
        asked(
            facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False), assignee=scene.admin.uid
        ),
    )
    note = result.documents[0].id
    place = [["model", "=", "account.move"], ["res_id", "=", note], ["message_type", "=", "comment"]]
    (message,) = scene.admin("mail.message", "search_read", place, fields=["body", "subtype_id"])
    assert "Ana Agent" in message["body"]
    assert "Sam Supervisor" in message["body"]
    assert "RF-000042" in message["body"]
    assert "<b>" not in message["body"]
    assert scene.read("mail.message.subtype", message["subtype_id"][0], "internal")["internal"]
    place = [["res_model", "=", "account.move"], ["res_id", "=", note]]
    (activity,) = scene.admin("mail.activity", "search_read", place, fields=["user_id", "summary"])
    assert activity["user_id"][0] == scene.admin.uid
    assert activity["summary"] == f"RF-000042: {TASK}"


@pytest.mark.parametrize("goods_back", [True, False])
def test_a_quantity_of_a_line_counts_as_foretold(door: OdooEffects, scene: Scene, goods_back: bool) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    lines = one_of(facts, sold.invoice_id, goods_back=goods_back)
    foretold = forecast(facts, sold.invoice_id, lines)
    assert send(door, asked(facts, sold.invoice_id, lines)).total == foretold.total
    after = facts_of(door, sold)
    assert after.invoicing is foretold.invoicing_after
    assert after.invoice(sold.invoice_id).refundable == foretold.refundable_after
    now = {line.id: line for line in after.lines}
    for line in foretold.lines:
        assert (now[line.id].invoiced, now[line.id].to_invoice) == (
            line.invoiced_after,
            line.to_invoice_after,
        )
    changed = {line.id for line in facts.lines if now[line.id] != line}
    assert changed == {line.id for line in foretold.lines}
    assert bool(changed) is goods_back
    assert (after.invoicing is InvoiceProgress.TO_INVOICE) is goods_back


AMOUNTS = ("0.01", "0.02", "0.99", "10.00", "33.33", "77.77", "100.01")


def test_an_amount_over_two_rates_comes_to_the_cent(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold(((19, 4, 333.33), (7, 3, 112.49)))
    for number, text in enumerate(AMOUNTS):
        facts = facts_of(door, sold)
        invoice = facts.invoice(sold.invoice_id)
        assert len(invoice.notes) == number
        lines = split_amount(invoice, Decimal(text), label="Goodwill")
        result = send(door, asked(facts, sold.invoice_id, lines))
        assert (text, result.state) == (text, EffectState.DONE)
        assert result.total == Money(Decimal(text), invoice.total.currency)
        note = scene.read("account.move", result.documents[0].id, "amount_total amount_untaxed amount_tax")
        assert Decimal(str(note["amount_total"])) == Decimal(text)
    after = facts_of(door, sold)
    assert after.invoicing is facts.invoicing
    assert [line.invoiced for line in after.lines] == [line.invoiced for line in facts.lines]


def test_an_amount_of_one_line_comes_to_the_cent(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    for text in ("10.00", "7.77"):
        facts = facts_of(door, sold)
        line = facts.invoice(sold.invoice_id).lines[0]
        result = send(door, asked(facts, sold.invoice_id, (credit_amount(line, Decimal(text)),)))
        assert result.total is not None
        assert result.total.amount == Decimal(text)
        after = facts_of(door, sold).invoice(sold.invoice_id).line(line.id)
        assert after.credited_total - line.credited_total == Decimal(text)
        assert after.credited_quantity == line.credited_quantity


# -- once ------------------------------------------------------------------------------------------------------------


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


def test_two_keys_at_once_on_one_order_never_go_over_what_was_approved(
    door: OdooEffects, scene: Scene, caller: Caller, action: int
) -> None:
    for _round in range(5):
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
    for pause_s in (0.0, 0.05, 0.2, 0.5):
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


# -- refused ---------------------------------------------------------------------------------------------------------


def test_what_is_not_as_approved_is_refused_and_nothing_is_made(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
    expected = request.expected
    line, order_line = expected.invoice_lines[0], expected.order_lines[0]
    changed = {
        "residual": replace(expected, invoice_residual=expected.invoice_residual - CENT),
        "total": replace(expected, invoice_total=expected.invoice_total + CENT),
        "payment": replace(expected, payment_state="paid"),
        "line": replace(
            expected, invoice_lines=(replace(line, quantity=Decimal(3)), *expected.invoice_lines[1:])
        ),
        "fewer lines": replace(expected, invoice_lines=expected.invoice_lines[1:]),
        "order state": replace(expected, order_state="cancel"),
        "delivered": replace(expected, order_lines=(replace(order_line, delivered=Decimal(3)),)),
        "invoiced": replace(expected, order_lines=(replace(order_line, invoiced=Decimal(3)),)),
    }
    found = {
        what: send(door, replace(request, key=new_key(), expected=other)).refusal
        for what, other in changed.items()
    }
    assert found == {
        **dict.fromkeys(["residual", "total", "payment", "line", "fewer lines"], Refusal.INVOICE_CHANGED),
        **dict.fromkeys(["order state", "delivered", "invoiced"], Refusal.ORDER_CHANGED),
    }
    assert scene.notes_of(sold) == []
    assert find(door, request) is None
    assert send(door, request).state is EffectState.DONE


def test_a_draft_of_somebody_else_is_noticed(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    foreign = scene.draft_by_hand(sold)
    assert send(door, request).refusal is Refusal.CREDIT_NOTES_CHANGED
    assert [note["id"] for note in scene.notes_of(sold)] == [foreign]
    after = facts_of(door, sold).invoice(sold.invoice_id)
    assert [note.id for note in after.drafts] == [foreign]
    assert after.refundable.amount == 0


def test_more_than_is_left_another_order_or_an_unknown_assignee_is_refused(
    door: OdooEffects, scene: Scene
) -> None:
    sold, other = scene.sold(), scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    line = request.lines[0]
    wrong = {
        "quantity": replace(request, lines=(replace(line, quantity=Decimal(5)),)),
        "money": replace(
            request,
            lines=(replace(line, quantity=None, amount=Decimal(9999), total=Decimal(9999)),),
            total=replace(request.total, amount=Decimal(9999)),
        ),
        "invoice": replace(request, invoice_id=other.invoice_id),
        "line": replace(request, lines=(replace(line, invoice_line_id=line.invoice_line_id + 1000000),)),
        "company": replace(request, company_id=sold.company_id + 1000),
        "assignee": replace(request, assignee_id=999999),
        "cents": replace(request, total=replace(request.total, amount=request.total.amount - Decimal(1))),
    }
    found = {what: send(door, replace(one, key=new_key())).refusal for what, one in wrong.items()}
    assert found == {
        "quantity": Refusal.MORE_THAN_LEFT,
        "money": Refusal.MORE_THAN_LEFT,
        "invoice": Refusal.NOT_OF_ORDER,
        "line": Refusal.NOT_OF_ORDER,
        "company": Refusal.WRONG_COMPANY,
        "assignee": Refusal.ASSIGNEE_UNKNOWN,
        "cents": Refusal.TOTAL_DIFFERS,
    }
    assert scene.notes_of(sold) == scene.notes_of(other) == []


def test_a_key_that_was_given_up_never_has_an_effect(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    given_up = revoke(door, request)
    assert given_up.state is EffectState.REVOKED
    assert send(door, request).refusal is Refusal.KEY_REVOKED
    assert scene.notes_of(sold) == []
    late = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    made = send(door, late)
    too_late = revoke(door, late)
    assert too_late.state is EffectState.ALREADY_DONE
    assert too_late.documents == made.documents


def test_a_key_older_than_the_ledger_is_refused(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(
        facts,
        sold.invoice_id,
        one_of(facts, sold.invoice_id, goods_back=False),
        key=new_key(at_ms=1_600_000_000_000),
    )
    assert send(door, request).refusal is Refusal.KEY_TOO_OLD
    assert scene.notes_of(sold) == []


# -- rights ----------------------------------------------------------------------------------------------------------


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
    door: OdooEffects, scene: Scene, slug: str
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
    for model, method, arguments in (
        ("account.move", "write", [[sold.invoice_id], {"ref": "x"}]),
        ("sale.order", "write", [[sold.order_id], {"note": "x"}]),
        ("sale.order", "action_confirm", [[sold.order_id]]),
    ):
        with pytest.raises(OdooSays):
            reader(model, method, *arguments)


# -- taking it out ---------------------------------------------------------------------------------------------------


def test_a_reinstallation_knows_its_keys_or_refuses_the_older_ones(
    door: OdooEffects, scene: Scene, slug: str, logins: BridgeLogins
) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    made = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    send(door, made)
    run(administer(slug).remove(with_ledger=False))
    run(administer(slug).install(logins))
    effects._known.clear()
    assert send(door, made).state is EffectState.ALREADY_DONE
    run(administer(slug).remove(with_ledger=True))
    effects._known.clear()
    status = status_of(door)
    assert status.guarantee is Guarantee.SEARCH_FIRST
    assert send(door, made).refusal is Refusal.NOT_INSTALLED
    run(administer(slug).install(logins))
    effects._known.clear()
    forget_kept()
    assert send(door, made).refusal is Refusal.KEY_TOO_OLD
    assert len(scene.notes_of(sold)) == 1
