"""The demo's people and connections: made once, kept afterwards, and no more rights than their story says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone
from django_q.models import Schedule

from cases.demo.connections import UnclearEnvironment, store_connections, wanted_connections
from cases.masking.roles import Role
from cases.models import ApiToken, User
from cases.people.access import viewer_for
from cases.people.tokens import viewer_of_token
from integrations.models import OdooConnection, OdooCredential, Purpose
from integrations.odoo.connections import forget_kept
from tests.sandbox.process import Sandbox

REAL = {
    "ODOO_URL": "https://odoo.example/",
    "ODOO_DB": "shop",
    "ODOO_LOGIN": "console",
    "ODOO_API_KEY": "key-1",
}


@pytest.fixture(scope="module")
def odoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(18, tmp_path_factory.mktemp("odoo18"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def state_file(tmp_path: Path, odoo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ODOO_URL", "DEMO_ODOO_CONNECTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SANDBOX_MAIN_URL", f"http://127.0.0.1:{odoo.port}")
    monkeypatch.setenv("SANDBOX_MAIN_DATA", str(odoo.folder))
    monkeypatch.setenv("SANDBOX_MAIN_DB", odoo.database)
    monkeypatch.setenv("DEMO_STATE", str(tmp_path / "state.json"))
    forget_kept()
    return tmp_path / "state.json"


def seed(state_file: Path) -> dict[str, Any]:
    call_command("seed_demo", stdout=StringIO())
    state: dict[str, Any] = json.loads(state_file.read_text(encoding="utf-8"))
    return state


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_filled_and_a_second_run_keeps_what_people_know(state_file: Path) -> None:
    first = seed(state_file)

    assert state_file.stat().st_mode & 0o777 == 0o600
    assert {user["role"] for user in first["users"]} == {
        *(role.value for role in Role),
        "brand_agent",
        "outsider",
    }
    assert first["connection"] == "main"
    assert len(first["sample_orders"]) > 3
    assert len({user["password"] for user in first["users"]}) == 8

    for user in first["users"]:
        request = RequestFactory().post("/sign-in/")
        assert authenticate(request, username=user["username"], password=user["password"]) is not None
        assert (
            viewer_of_token(user["token"], at=timezone.now()).user_id
            == User.objects.get(username=user["username"]).pk
        )

    second = seed(state_file)

    assert second == first
    assert (User.objects.count(), ApiToken.objects.count()) == (8, 8)
    assert Schedule.objects.filter(func="cases.tasks.anchor_audit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_agent_sees_the_first_company_others_all_and_the_outsider_none(state_file: Path) -> None:
    seed(state_file)

    seen = {user.username: viewer_for(user).companies_in("main") for user in User.objects.all()}
    every = seen["supervisor"]
    assert len(every) > 1
    assert seen["agent"] == {min(every)}
    assert seen["outsider"] == frozenset()
    assert all(seen[name] == every for name in ("senior_agent", "finance", "auditor", "admin"))


@pytest.mark.django_db(transaction=True)
def test_a_lost_state_file_gives_new_passwords(state_file: Path) -> None:
    before = seed(state_file)["users"][0]
    state_file.unlink()

    after = seed(state_file)["users"][0]

    assert after["password"] != before["password"]
    assert (
        authenticate(RequestFactory().post("/"), username=after["username"], password=after["password"])
        is not None
    )
    assert (
        authenticate(RequestFactory().post("/"), username=before["username"], password=before["password"])
        is None
    )


@pytest.mark.django_db(transaction=True)
def test_a_server_that_cannot_be_used_is_explained(state_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_MAIN_DB", "nowhere")

    with pytest.raises(CommandError, match=r"^Odoo connection main: \w+"):
        seed(state_file)

    assert not state_file.exists()


def test_a_real_server_takes_the_place_of_the_stand_ins() -> None:
    (server,) = wanted_connections({**REAL, "SANDBOX_MAIN_URL": "http://127.0.0.1:1"})

    assert (server.slug, server.url, server.database) == ("main", "https://odoo.example/", "shop")
    assert set(server.logins) == {Purpose.READ}
    assert "key-1" not in repr(server)


def test_a_key_for_writing_is_taken_only_when_writes_are_on(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("key-2\n")
    split = {**REAL, "ODOO_WRITE_LOGIN": "writer", "ODOO_WRITE_API_KEY_FILE": str(tmp_path / "key")}

    (off,) = wanted_connections(split)
    (on,) = wanted_connections({**split, "ODOO_WRITES": "1"})

    assert set(off.logins) == {Purpose.READ}
    assert (on.logins[Purpose.WRITE].login, on.logins[Purpose.WRITE].key) == ("writer", "key-2")


@pytest.mark.parametrize("missing", ["ODOO_DB", "ODOO_LOGIN", "ODOO_API_KEY"])
def test_what_is_missing_for_a_real_server_is_named(missing: str) -> None:
    with pytest.raises(UnclearEnvironment, match=missing):
        wanted_connections({name: value for name, value in REAL.items() if name != missing})


def test_several_servers_may_be_listed() -> None:
    item = {"slug": "a", "url": "https://a.example", "database": "a", "login": "x", "key": "k"}
    listed = json.dumps([item, {**item, "slug": "b", "name": "Bee"}])

    assert [(s.slug, s.name) for s in wanted_connections({"DEMO_ODOO_CONNECTIONS": listed})] == [
        ("a", "A"),
        ("b", "Bee"),
    ]
    with pytest.raises(UnclearEnvironment, match="database"):
        wanted_connections({"DEMO_ODOO_CONNECTIONS": json.dumps([{**item, "database": ""}])})


@pytest.mark.django_db
def test_storing_the_same_key_again_is_no_rotation_and_another_server_ends_the_first() -> None:
    store_connections(wanted_connections(REAL))
    rotated_at = OdooCredential.objects.get().rotated_at

    store_connections(wanted_connections(REAL))
    assert OdooCredential.objects.get().rotated_at == rotated_at

    store_connections(wanted_connections({**REAL, "ODOO_API_KEY": "key-9"}))
    assert OdooCredential.objects.get().rotated_at > rotated_at

    item = {"slug": "other", "url": "https://a.example", "database": "a", "login": "x", "key": "k"}
    store_connections(wanted_connections({"DEMO_ODOO_CONNECTIONS": json.dumps([item])}))
    assert list(OdooConnection.objects.filter(is_active=True).values_list("slug", flat=True)) == ["other"]
