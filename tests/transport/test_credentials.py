"""Keys: encrypted at rest, bound to their place, never shown, rotated without a restart."""

from __future__ import annotations

import base64
import pickle
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError
from pytest_django import Settings

from integrations import database, errors
from integrations.credentials import CannotDecrypt, Secret, decrypt, encrypt, store_credential
from integrations.models import OdooConnection
from integrations.odoo.budget import Budget
from integrations.odoo.capabilities import Protocol
from integrations.odoo.client import OdooAnswer, OdooClient
from integrations.odoo.connections import UnknownConnection, connection, reread
from tests.transport.conftest import KEY, Connect, Serve, in_thread
from tests.transport.raw_odoo import Reply, Request, rpc, rpc_error
from tests.transport.test_reading import COUNT

NEW_KEY = "fedcba9876543210fedcba9876543210fedcba98"


def new_encryption_key(letter: bytes) -> str:
    return base64.urlsafe_b64encode(letter * 32).decode()


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret(KEY)

    assert KEY not in f"{secret} {secret!r} {secret!s} {[secret]} {secret:>80}"
    assert secret.reveal() == KEY
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_what_is_stored_is_neither_readable_nor_movable() -> None:
    ciphertext, key_id = encrypt(KEY, place="odoo-credential/1/read")

    assert KEY.encode() not in ciphertext
    assert encrypt(KEY, place="odoo-credential/1/read")[0] != ciphertext
    assert decrypt(ciphertext, key_id=key_id, place="odoo-credential/1/read").reveal() == KEY
    with pytest.raises(CannotDecrypt):
        decrypt(ciphertext, key_id=key_id, place="odoo-credential/1/write")
    with pytest.raises(CannotDecrypt):
        decrypt(ciphertext[:-1] + b"x", key_id=key_id, place="odoo-credential/1/read")


def test_an_older_encryption_key_still_opens_what_it_closed(settings: Settings) -> None:
    settings.DESKGLASS_ENCRYPTION_KEY = new_encryption_key(b"a")
    old, old_id = encrypt(KEY, place="p")
    settings.DESKGLASS_ENCRYPTION_KEY = f"{new_encryption_key(b'b')}, {new_encryption_key(b'a')}"

    assert decrypt(old, key_id=old_id, place="p").reveal() == KEY
    assert encrypt(KEY, place="p")[1] != old_id

    settings.DESKGLASS_ENCRYPTION_KEY = new_encryption_key(b"b")
    with pytest.raises(CannotDecrypt):
        decrypt(old, key_id=old_id, place="p")


@pytest.mark.parametrize("configured", ["", "short", "????"])
def test_an_unusable_encryption_key_stops_at_once(settings: Settings, configured: str) -> None:
    settings.DESKGLASS_ENCRYPTION_KEY = configured

    with pytest.raises(ImproperlyConfigured):
        encrypt(KEY, place="p")


class OneKey:
    """A server that knows one key, whichever protocol it is asked in."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, request: Request) -> Reply:
        if request.path.startswith("/json/2/"):
            known = request.headers["authorization"] == f"bearer {self.key}"
            return rpc(request, 1) if known else rpc_error(request, "x.Unauthorized", status=401)
        args = request.json["params"]["args"]
        known = self.key in args[:3]
        if request.call == ("common", "authenticate"):
            return rpc(request, 6 if known else False)
        return rpc(request, 1) if known else rpc_error(request, "odoo.exceptions.AccessDenied")


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_a_rotated_key_works_without_a_restart(
    serve: Serve, connect: Connect, protocol: Protocol
) -> None:
    server = OneKey(KEY)
    odoo = await serve(server)
    client = OdooClient(await connect(odoo.url, protocol=protocol))
    (before,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")

    server.key = NEW_KEY
    await in_thread(
        lambda: store_credential(
            connection=OdooConnection.objects.get(), purpose="read", login="console@example.com", key=NEW_KEY
        )
    )
    (after,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(before, OdooAnswer)
    assert isinstance(after, OdooAnswer), "the same client, within the three seconds a connection is kept"


@pytest.mark.parametrize("protocol", list(Protocol))
async def test_wrong_key_is_named_without_showing_it(
    serve: Serve, connect: Connect, protocol: Protocol, capsys: pytest.CaptureFixture[str]
) -> None:
    odoo = await serve(OneKey("another"))
    config = await connect(odoo.url, protocol=protocol)

    (outcome,) = await OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(outcome, errors.AuthenticationFailed)
    printed = capsys.readouterr()
    assert KEY not in f"{outcome!r} {outcome} {config!r} {printed.out} {printed.err}"


async def test_a_login_whose_number_changed_is_asked_again(serve: Serve, connect: Connect) -> None:
    number = 6

    def script(request: Request) -> Reply:
        if request.call == ("common", "authenticate"):
            return rpc(request, number)
        if request.json["params"]["args"][1] != number:
            return rpc_error(request, "odoo.exceptions.AccessDenied")
        return rpc(request, 1)

    odoo = await serve(script)
    client = OdooClient(await connect(odoo.url))
    await client.read([COUNT], budget=Budget.page(), correlation_id="r")
    number = 7

    (outcome,) = await client.read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(outcome, OdooAnswer)


async def test_a_new_process_need_not_sign_in_again(serve: Serve, connect: Connect) -> None:
    from integrations.odoo import exchange

    odoo = await serve(OneKey(KEY))
    await OdooClient(await connect(odoo.url)).read([COUNT], budget=Budget.page(), correlation_id="r")
    exchange._uids.clear()

    await OdooClient(await reread("main")).read([COUNT], budget=Budget.page(), correlation_id="r")

    assert odoo.asked(("common", "authenticate")) == 1


async def test_a_connection_is_kept_for_seconds_and_an_inactive_one_is_unknown(
    connect: Connect, serve: Serve
) -> None:
    first = await connect("https://odoo.example.com")

    assert await connection("main") is first
    await database.rows("UPDATE integrations_odooconnection SET is_active = false", ())
    assert await connection("main") is first
    with pytest.raises(UnknownConnection):
        await reread("main")
    with pytest.raises(UnknownConnection):
        await connection("main")


async def test_a_connection_without_a_key_is_named(connect: Connect, serve: Serve) -> None:
    await connect("https://odoo.example.com")
    await database.rows("DELETE FROM integrations_odoocredential", ())

    with pytest.raises(errors.AuthenticationFailed, match="no key for read"):
        await reread("main")


async def test_a_key_of_a_lost_encryption_key_is_named(
    connect: Connect, serve: Serve, settings: Settings
) -> None:
    from integrations.odoo.connections import forget_kept

    await connect("https://odoo.example.com")
    settings.DESKGLASS_ENCRYPTION_KEY = new_encryption_key(b"z")
    forget_kept()

    with pytest.raises(errors.AuthenticationFailed, match="cannot be decrypted"):
        await reread("main")


@pytest.mark.parametrize("url", ["http://odoo.example.com", "ftp://x", "https://a:b@odoo.example.com"])
@pytest.mark.django_db
def test_an_open_address_is_refused_with_a_clear_sentence(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        OdooConnection(slug="x", name="X", url=url, database="x").full_clean()

    assert "url" in refused.value.message_dict


@pytest.mark.parametrize(
    "url", ["http://odoo.example.com", "ftp://localhost", "http://127.0.0.1.example.com/"]
)
@pytest.mark.django_db
def test_the_database_itself_refuses_an_open_address(url: str) -> None:
    make = partial(OdooConnection.objects.create, slug="x", name="X", url=url, database="x")

    with pytest.raises(IntegrityError, match="odoo_connection_is_encrypted_or_loopback"):
        make()
