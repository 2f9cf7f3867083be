"""Versions of the matrix: who publishes, what a version leaves behind, and when it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.disclosure import matrix_versions as masking_policy
from cases.disclosure.matrix_versions import (
    NotConfirmed,
    NotPermitted,
    Policy,
    Refused,
    current_policy,
    fields_by_class,
    newest_policy,
    policy_versions,
    publish_policy,
)
from cases.masking import Mode
from cases.masking.matrices import fingerprint, read_matrices
from cases.masking.roles import DEFAULT_MATRIX, Role
from cases.models import AuditEntry, MaskingPolicy, User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from integrations.canonical import Sensitivity
from tests.conftest import PersonMaker
from tests.policy.test_matrices import chosen

WIDER = chosen(agent__payment="partial")


def publish(viewer: Viewer, wanted: dict[str, Any] = WIDER, **options: Any) -> Policy:
    follows = newest_policy().version
    options = {
        "confirmed": fingerprint(read_matrices(wanted), follows=follows),
        "admin_may_widen": False,
        "note": "agents compare card endings",
        **options,
    }
    return publish_policy(viewer=viewer, chosen=wanted, at=timezone.now(), **options)


@pytest.mark.django_db
def test_a_new_installation_starts_with_version_0_of_the_code() -> None:
    policy = current_policy()

    assert (policy.version, policy.matrices, policy.published_at) == (0, DEFAULT_MATRIX, None)
    assert [version.policy.version for version in policy_versions()] == [0]


def test_a_published_version_counts_at_once_and_is_named_by_viewers(ada_viewer: Viewer, amy: User) -> None:
    assert viewer_for(amy).matrix[Sensitivity.PAYMENT] is Mode.HIDE

    publish(ada_viewer)

    viewer = viewer_for(amy)
    assert viewer.matrix[Sensitivity.PAYMENT] is Mode.PARTIAL
    assert viewer.policy_version == 1


def test_another_process_asks_again_within_seconds(
    ada_viewer: Viewer, amy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    masking_policy.forget_kept_policy()
    monkeypatch.setattr("cases.kept.monotonic", lambda: now[0])
    viewer_for(amy)
    monkeypatch.setattr(masking_policy, "forget_kept_policy", lambda: None)  # it was somebody else's process
    publish(ada_viewer)
    assert viewer_for(amy).policy_version == 0

    now[0] += 3.1

    assert viewer_for(amy).policy_version == 1


def test_the_trail_tells_what_changed_and_who_did(ada_viewer: Viewer) -> None:
    publish(ada_viewer)

    entry = AuditEntry.objects.get(action="masking_published")
    assert entry.actor == ada_viewer.actor
    assert entry.object_ref == "1"
    assert entry.details["changes"] == ["agent payment: hide -> partial"]
    assert "agents compare" not in str(entry.details)  # typed by a person: it stands with the version


def test_versions_are_told_newest_first_with_what_each_changed(ada_viewer: Viewer) -> None:
    publish(ada_viewer)
    publish(
        ada_viewer, chosen(agent__payment="partial", auditor__internal="hide"), note="auditors need no cost"
    )

    versions = policy_versions()

    assert [version.policy.version for version in versions] == [2, 1, 0]
    assert [str(change) for change in versions[0].changes] == ["auditor internal: show -> hide"]
    assert versions[0].policy.published_by == "ada"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_publish(make_person: PersonMaker, role: Role) -> None:
    with pytest.raises(NotPermitted):
        publish(viewer_for(make_person("rob", role, main=[1])))


def test_nobody_publishes_through_a_token(ada_viewer: Viewer) -> None:
    with pytest.raises(NotPermitted):
        publish(replace(ada_viewer, token_id=1))


def test_what_was_confirmed_is_what_is_published(ada_viewer: Viewer) -> None:
    other = fingerprint(read_matrices(chosen(agent__payment="show")), follows=0)
    for confirmed in ("", other):
        with pytest.raises(NotConfirmed):
            publish(ada_viewer, confirmed=confirmed)

    assert newest_policy().version == 0


def test_a_confirmation_is_void_once_somebody_else_published(ada_viewer: Viewer) -> None:
    looked_at = fingerprint(read_matrices(WIDER), follows=0)
    publish(ada_viewer, chosen(auditor__internal="hide"))

    with pytest.raises(NotConfirmed):
        publish(ada_viewer, confirmed=looked_at)


def test_the_administrators_own_role_is_widened_only_by_saying_so(ada_viewer: Viewer) -> None:
    wanted = chosen(admin__personal="show")
    with pytest.raises(Refused):
        publish(ada_viewer, wanted)

    publish(ada_viewer, wanted, admin_may_widen=True)

    assert newest_policy().matrices[Role.ADMIN][Sensitivity.PERSONAL] is Mode.SHOW


@pytest.mark.parametrize("statement", [
    "UPDATE cases_maskingpolicy SET note = 'x'",
    "DELETE FROM cases_maskingpolicy",
    "TRUNCATE cases_maskingpolicy",
    "INSERT INTO cases_maskingpolicy (version, matrix, note, published_by_id, published_at)"
    " SELECT 3, matrix, note, published_by_id, published_at FROM cases_maskingpolicy",
])  # fmt: skip
def test_versions_only_grow_one_by_one(ada_viewer: Viewer, statement: str) -> None:
    publish(ada_viewer)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert MaskingPolicy.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_changes_a_version(ada_viewer: Viewer, owner_database_url: str) -> None:
    publish(ada_viewer)

    with psycopg.connect(owner_database_url) as owner, pytest.raises(psycopg.Error):
        owner.execute("UPDATE cases_maskingpolicy SET note = 'x'")


def test_every_field_of_an_order_is_counted_in_one_class() -> None:
    counted = fields_by_class()

    assert "customer.email" in counted[Sensitivity.PERSONAL]
    assert "timeline.detail" in counted[Sensitivity.PERSONAL]
    assert "order.lines.unit_cost" in counted[Sensitivity.INTERNAL]
    assert counted[Sensitivity.SECRET] == ()
    paths = [path for found in counted.values() for path in found]
    assert len(paths) == len(set(paths)) > 100
