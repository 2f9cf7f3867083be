"""What lies in the table: nothing readable, nothing that must not be kept, and for how long."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from cases.models import Snapshot
from cases.orders.workspace import Source
from cases.schedules import JOBS
from cases.snapshots import decoded
from cases.snapshots.sealing import seal, unseal
from cases.tasks import forget_old_snapshots
from integrations.canonical import OrderReading
from integrations.credentials import store_credential
from integrations.errors import Forbidden
from integrations.models import OdooConnection
from integrations.odoo.connections import forget_kept
from tests.gateway.conftest import read, reset_statistics, trees
from tests.rules.recorded import loyalty_rows, order_row, record_of
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import (
    BOTH,
    FINANCE,
    Connect,
    differs,
    let_pass,
    open_and_keep,
    opening,
    settle,
    stored,
    until,
)
from tests.transport.conftest import in_thread

NEW_KEY = base64.urlsafe_b64encode(b"n" * 32).decode()


async def test_every_order_of_the_sandbox_comes_back_as_it_was(connect: Connect, odoo18: Sandbox) -> None:
    config = await connect(odoo18)
    for key in sorted(odoo18.story):
        name = odoo18.order_name(key)
        reading = await read(config, name, companies=BOTH, payment_details=False)
        sealed = seal(reading, place=name)
        opened = unseal(
            sealed.content, key_id=sealed.key_id, place=name, fetched_at=reading.fetched_at
        ).reading
        if key == "awkward_messages":  # people typed card numbers there, which are cut out before
            opened, reading = without_messages(opened), without_messages(reading)
        assert opened == reading, key


def without_messages(reading: OrderReading) -> OrderReading:
    return replace(reading, records=tuple(replace(record, messages=()) for record in reading.records))


async def test_the_table_shows_neither_the_order_nor_anything_in_it(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    name = odoo18.order_name("prepaid_without_invoice")
    opened = await open_and_keep(FINANCE, name)
    (row,) = await in_thread(lambda: list(Snapshot.objects.values_list()))
    shown = " ".join(str(bytes(cell) if isinstance(cell, memoryview) else cell) for cell in row)
    customer = opened.record.customer
    assert opened.record.payments[0].ref.value
    for secret in (name, customer.name.value, customer.email.value, opened.record.payments[0].ref.value):
        assert secret not in shown


async def test_payment_details_are_not_in_it_even_when_opened(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    name = odoo18.order_name("prepaid_without_invoice")
    await open_and_keep(FINANCE, name)
    row = await in_thread(Snapshot.objects.get)
    place = f"snapshot/{row.connection_id}/{row.key}"
    opened = unseal(bytes(row.content), key_id=row.encryption_key_id, place=place, fetched_at=row.fetched_at)
    payments = opened.reading.records[0].payments
    assert payments
    for payment in payments:
        assert (payment.ref, payment.provider_ref, payment.provider, payment.method) == (None,) * 4


async def test_a_snapshot_of_an_earlier_key_opens_while_that_key_is_configured(
    connect: Connect, odoo18: Sandbox, settings: Settings
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await settle()
    before = await in_thread(lambda: Snapshot.objects.get().encryption_key_id)
    settings.DESKGLASS_ENCRYPTION_KEY = f"{NEW_KEY},{settings.DESKGLASS_ENCRYPTION_KEY}"
    decoded.forget_all()

    assert (await opening()).source is Source.SNAPSHOT
    await opening(anew=True)
    await until(lambda: is_under_another_key(before))


async def is_under_another_key(key_id: str) -> bool:
    return bool(await in_thread(lambda: Snapshot.objects.get().encryption_key_id) != key_id)


async def test_a_snapshot_of_a_key_that_is_gone_is_as_good_as_none(
    connect: Connect, odoo18: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await settle()
    await in_thread(lambda: Snapshot.objects.update(encryption_key_id="0123456789abcdef"))
    await read_anew_and_kept(odoo18)
    assert "snapshot_unreadable" in caplog.text


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 900])
async def test_a_damaged_snapshot_is_as_good_as_none(
    connect: Connect, odoo18: Sandbox, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await settle()
    await in_thread(lambda: Snapshot.objects.update(content=content))
    await read_anew_and_kept(odoo18)
    assert "snapshot_unreadable" in caplog.text
    assert "S00001" not in caplog.text


async def test_a_snapshot_moved_to_another_row_is_as_good_as_none(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    mine = await stored()
    await open_and_keep(ref=odoo18.order_name("prepaid_without_invoice"))
    await settle()
    (key,) = mine
    other = await in_thread(lambda: bytes(Snapshot.objects.exclude(pk=key).get().content))
    await in_thread(lambda: Snapshot.objects.filter(pk=key).update(content=other))
    await read_anew_and_kept(odoo18)


async def read_anew_and_kept(odoo: Sandbox) -> None:
    """The next look is live, costs one reading and puts a good one in the place of what could not be opened."""
    decoded.forget_all()
    reset_statistics(odoo)
    before = await stored()
    assert (await opening()).source is Source.LIVE
    assert trees(odoo) == 1
    await until(lambda: differs(before))
    await settle()
    decoded.forget_all()
    assert (await opening()).source is Source.SNAPSHOT


async def test_what_another_login_read_is_not_shown(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await settle()
    other = odoo18.keys["no_invoicing"]
    await in_thread(
        lambda: store_credential(
            connection=OdooConnection.objects.get(slug="main"),
            purpose="read",
            login=other["login"],
            key=other["key"],
        )
    )
    forget_kept()
    with pytest.raises(Forbidden):  # this one may not, and Odoo was asked
        await opening()


async def test_a_page_opened_often_is_decoded_once(
    connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await settle()
    decoded.forget_all()
    opened: list[Any] = []
    real = decoded.remember

    def remember(*given: Any, **more: Any) -> decoded.Entry:
        opened.append(given)
        return real(*given, **more)

    monkeypatch.setattr(decoded, "remember", remember)
    for _ in range(5):
        assert (await opening()).source is Source.SNAPSHOT
    assert len(opened) == 1


def test_what_is_decoded_is_bounded_in_bytes_and_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(decoded, "monotonic", lambda: now)
    reading = _reading()
    keys = [uuid.uuid4() for _ in range(30)]
    for key in keys:
        decoded.remember(key, reading, facts="f", size=100_000)
    kept = [key for key in keys if decoded.find(key, has_payments=False)]
    assert kept == keys[-20:]
    decoded.remember(keys[0], reading, facts="f", size=10, has_payments=True)
    now += decoded.PAYMENTS_KEPT_S + 1
    assert decoded.find(keys[0], has_payments=True) is None
    assert decoded.find(keys[-1], has_payments=False)
    now += decoded.KEPT_S
    assert not [key for key in keys if decoded.find(key, has_payments=False)]


def _reading() -> OrderReading:
    record = record_of(order_row(18, "SO-40837"), 18, loyalty_rows(18), payment_details=False)
    return OrderReading(
        records=(record,), problems={}, fetched_at=datetime.now(UTC), calls=2, slowest_call_ms=1.0
    )


async def test_old_snapshots_and_leases_are_swept(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(29 * 24 * 3600)
    await open_and_keep(ref=odoo18.order_name("prepaid_without_invoice"))
    await in_thread(forget_old_snapshots)
    assert len(await stored()) == 2
    await let_pass(2 * 24 * 3600)
    await in_thread(forget_old_snapshots)
    assert len(await stored()) == 1
    assert await in_thread(_leases) == 0
    assert "cases.tasks.forget_old_snapshots" in {job.task for job in JOBS}


def _leases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_readinglease")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


async def test_a_connection_takes_its_snapshots_with_it(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await in_thread(lambda: OdooConnection.objects.get(slug="main").delete())
    assert await stored() == {}


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "cases", check=True, dry_run=True, verbosity=0)
