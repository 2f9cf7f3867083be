"""``odoo_bridge``: says how the bridge is, needs an administrator to change it, and keeps no key."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrations.models import OdooCredential
from integrations.odoo import bridge
from integrations.odoo.bridge import SUPPORTED, Proof, missing_proofs, perform_sha256, read_proofs
from integrations.odoo.bridge.__main__ import main as check
from tests.bridge.conftest import Open
from tests.sandbox.process import ROOT, Sandbox
from tests.transport.conftest import in_thread


@pytest.fixture(autouse=True)
def no_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ODOO_ADMIN_LOGIN", "ODOO_ADMIN_API_KEY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def bare18(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(18, tmp_path, "--no-bridge")
    yield sandbox
    sandbox.stop()


async def said_by(*words: str) -> tuple[int, str]:
    """The command's exit code and what it printed."""
    out = StringIO()

    def call() -> int:
        try:
            call_command("odoo_bridge", *words, stdout=out, stderr=out)
        except SystemExit as end:
            return int(end.code or 0)
        except CommandError as error:
            out.write(str(error))
            return error.returncode
        return 0

    code = await in_thread(call)
    return code, out.getvalue()


async def test_status_tells_the_guarantee_and_both_hashes(odoo18: Sandbox, open_door: Open) -> None:
    await open_door(odoo18)
    code, said = await said_by("status")
    assert code == 0
    assert "exactly once" in said
    assert said.count(perform_sha256()) == 2


async def test_status_ends_with_1_where_there_is_no_bridge(bare18: Sandbox, open_door: Open) -> None:
    await open_door(bare18)
    code, said = await said_by("status", "main")
    assert code == 1
    assert "no bridge" in said


async def test_status_ends_with_2_for_a_login_that_may_not_act(odoo18: Sandbox, open_door: Open) -> None:
    await open_door(odoo18, role="sales")
    code, said = await said_by("status", "main")
    assert code == 2
    assert "nothing is written" in said


@pytest.mark.parametrize("what", ["install", "remove"])
async def test_changing_it_needs_an_administrator(odoo18: Sandbox, open_door: Open, what: str) -> None:
    await open_door(odoo18)
    code, said = await said_by(what, "main")
    assert code == 2
    assert "ODOO_ADMIN_LOGIN" in said


async def test_a_wrong_administrators_key_is_named_and_neither_shown_nor_kept(
    odoo18: Sandbox, open_door: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await open_door(odoo18)
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef01234567\n")
    monkeypatch.setenv("ODOO_ADMIN_LOGIN", "admin")
    monkeypatch.setenv("ODOO_ADMIN_API_KEY_FILE", str(key))
    code, said = await said_by("install", "main")
    assert code == 2
    assert "refused" in said
    assert "0123456789abcdef" not in said
    logins = await in_thread(lambda: set(OdooCredential.objects.values_list("login", flat=True)))
    assert "admin" not in logins


async def test_a_connection_that_is_not_there_is_named(odoo18: Sandbox, open_door: Open) -> None:
    await open_door(odoo18)
    code, said = await said_by("status", "nowhere")
    assert code == 2
    assert "nowhere" in said


# -- what was proven ---------------------------------------------------------------------------------------------


def test_the_text_is_proven_on_every_supported_odoo() -> None:
    assert missing_proofs() == ()
    assert {proof.odoo for proof in read_proofs() if proof.sha256 == perform_sha256()} == set(SUPPORTED)


def test_the_check_fails_for_a_text_that_was_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check() == 0
    monkeypatch.setattr(bridge, "perform_sha256", lambda: "0" * 64)
    assert check() == 1


def test_the_check_is_a_command_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "integrations.odoo.bridge"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_proof_names_when_and_where(tmp_path: Path) -> None:
    entry: dict[str, Any] = {
        "sha256": "a" * 64, "version": 1, "odoo": 18, "server_version": "18.0", "on": "2026-11-21",
    }  # fmt: skip
    path = tmp_path / "proven.json"
    path.write_text(json.dumps([entry]))
    (proof,) = read_proofs(path)
    assert isinstance(proof, Proof)
    assert (proof.odoo, proof.on.isoformat()) == (18, "2026-11-21")
    assert read_proofs(tmp_path / "none.json") == ()
