"""The command that adds connections and rotates keys."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.credentials import credential_place, decrypt
from integrations.models import OdooConnection

pytestmark = pytest.mark.django_db

ADDRESS = {"url": "https://odoo.shop.example", "database": "shop"}


def connect(slug: str = "shop", **options: Any) -> str:
    out = io.StringIO()
    call_command("connect_odoo", slug, stdout=out, **options)
    return out.getvalue()


def stored_key(slug: str = "shop") -> str:
    connection = OdooConnection.objects.get(slug=slug)
    credential = connection.credentials.get(purpose="read")
    place = credential_place(connection_id=connection.pk, purpose="read")
    return decrypt(bytes(credential.key), key_id=credential.encryption_key_id, place=place).reveal()


def test_a_connection_is_added_with_its_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("0123456789abcdef\n")

    said = connect(**ADDRESS, login="api@shop.example", key_file=tmp_path / "key")

    assert stored_key() == "0123456789abcdef"
    assert "0123456789abcdef" not in said


def test_a_key_is_rotated_without_touching_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("old")
    connect(**ADDRESS, login="api@shop.example", key_file=tmp_path / "key")
    monkeypatch.setattr("sys.stdin", io.StringIO("new\n"))

    connect(login="api@shop.example")

    assert stored_key() == "new"
    assert OdooConnection.objects.get(slug="shop").url == ADDRESS["url"]


def test_an_unencrypted_address_is_refused() -> None:
    with pytest.raises(CommandError):
        connect(url="http://odoo.shop.example", database="shop")

    assert not OdooConnection.objects.filter(slug="shop").exists()


def test_an_empty_key_is_refused_and_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))

    with pytest.raises(CommandError, match="empty"):
        connect(**ADDRESS, login="api@shop.example")

    assert not OdooConnection.objects.filter(slug="shop").exists()


def test_a_connection_is_switched_off_and_on() -> None:
    connect(**ADDRESS)

    connect(inactive=True)
    assert not OdooConnection.objects.get(slug="shop").is_active

    connect(active=True)
    assert OdooConnection.objects.get(slug="shop").is_active
