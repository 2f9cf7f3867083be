"""Put there once or twice, looked at, taken out and put back: what it knows stays known or is refused."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from integrations.canonical import (
    EffectState,
    Guarantee,
    Refusal,
)
from integrations.odoo import effects
from integrations.odoo.bridge import VERSION, perform_sha256
from integrations.odoo.bridge.administering import BridgeLogins
from integrations.odoo.connections import forget_kept
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, new_key, one_of
from tests.live.bridge.conftest import administer, facts_of, run, send, status_of
from tests.live.bridge.scene import Caller, OdooSays, Scene


def test_a_second_installation_changes_nothing(door: OdooEffects, slug: str, logins: BridgeLogins) -> None:
    assert run(administer(slug).install(logins)) == []


def test_its_state_is_told_by_the_connections_own_key(door: OdooEffects) -> None:
    status = status_of(door)
    assert status.installed
    assert status.sha256 == perform_sha256()
    assert status.version == str(VERSION)
    proven = status.odoo_version in status.proven_on
    assert status.guarantee is (Guarantee.EXACTLY_ONCE if proven else Guarantee.NONE)


def test_the_command_finds_nothing_to_change_and_compares_the_text(door: OdooEffects, slug: str) -> None:
    said = StringIO()
    code = 0
    try:
        call_command("odoo_bridge", "install", slug, stdout=said, stderr=said)
    except SystemExit as end:
        code = int(end.code or 0)
    status = status_of(door)
    assert "nothing to change" in said.getvalue()
    assert "only its group may run it" in said.getvalue()
    assert code == (0 if status.guarantee is Guarantee.EXACTLY_ONCE else 2)


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


def test_a_reinstallation_knows_its_keys_or_refuses_the_older_ones(
    door: OdooEffects, scene: Scene, slug: str, logins: BridgeLogins
) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    made = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    send(door, made)
    run(administer(slug).remove(with_ledger=False))
    assert send(door, made).refusal is Refusal.NOT_INSTALLED
    run(administer(slug).install(logins))
    effects._known.clear()
    assert send(door, made).state is EffectState.ALREADY_DONE
    run(administer(slug).remove(with_ledger=True))
    effects._known.clear()
    status = status_of(door)
    assert status.guarantee is Guarantee.SEARCH_FIRST
    assert send(door, made).refusal is Refusal.CREDIT_NOTES_CHANGED  # by the standard API, looked up first
    run(administer(slug).install(logins))
    effects._known.clear()
    forget_kept()
    assert send(door, made).refusal is Refusal.KEY_TOO_OLD
    assert len(scene.notes_of(sold)) == 1
