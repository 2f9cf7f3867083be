"""The trail holds what was done, and nothing that was done to it stays unseen."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from cases import audit
from cases.audit.anchor import ANCHORS, PRIVATE_KEY, make_anchor_key, read_anchors, write_anchor
from cases.audit.chain import GENESIS, canonical_json, entry_hash, require_plain, timestamp
from cases.audit.check import check_trail, read_heads
from cases.models import AuditEntry, AuditHead
from cases.tasks import anchor_audit

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def write_entries(count: int, *, company_id: int = 1) -> None:
    for number in range(count):
        audit.record_alone(
            actor="user:1",
            action=audit.Action.ORDER_OPENED,
            object_kind="order",
            object_ref=f"S{number:05}",
            connection_slug="main",
            company_id=company_id,
        )


def as_owner(url: str, *statements: str) -> None:
    """What only the tables' owner can do: switch the guard off, change rows, switch it on again."""
    with psycopg.connect(url) as owner:
        for table in ("cases_auditentry", "cases_audithead"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in statements:
            owner.execute(statement.encode())
        names = owner.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'audit_%'"
        )
        for table, trigger in names.fetchall():
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}".encode())


@pytest.mark.django_db
def test_an_entry_follows_the_one_before_it() -> None:
    write_entries(2)

    first, second = AuditEntry.objects.order_by("seq")

    assert (first.chain, first.seq, first.prev_hash) == ("main:1", 1, GENESIS)
    assert (second.seq, second.prev_hash) == (2, first.hash)
    assert AuditHead.objects.get().hash == second.hash


@pytest.mark.django_db
def test_companies_have_chains_of_their_own_and_the_rest_goes_to_the_installation() -> None:
    write_entries(1, company_id=1)
    write_entries(1, company_id=2)
    audit.record_alone(actor="user:1", action=audit.Action.SIGN_IN)

    assert {chain: seq for chain, (seq, _) in read_heads().items()} == {
        "main:1": 1,
        "main:2": 1,
        "installation": 1,
    }


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_act() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(actor="user:1", action=audit.Action.SIGN_IN)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap() -> None:
    write_entries(1)
    with transaction.atomic():
        audit.record(actor="user:1", action=audit.Action.SIGN_IN, connection_slug="main", company_id=1)
        transaction.set_rollback(True)
    write_entries(1)

    assert check_trail(anchor_directory=None).exit_status == 0
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_auditentry SET actor = 'user:2'",
        "DELETE FROM cases_auditentry",
        "TRUNCATE cases_auditentry",
        "UPDATE cases_audithead SET seq = seq + 1",
        "DELETE FROM cases_audithead",
        "TRUNCATE cases_audithead",
        "INSERT INTO cases_audithead VALUES ('main:9', 0, '')",
        "ALTER TABLE cases_auditentry DISABLE TRIGGER audit_entry_stays",
        "SET session_replication_role = replica",
        "DROP FUNCTION audit_deny() CASCADE",
    ],
)
def test_the_apps_role_can_only_append(statement: str) -> None:
    write_entries(1)

    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError) as refusal:
            cursor.execute(statement)
        transaction.set_rollback(True)

    assert getattr(refusal.value.__cause__, "sqlstate", "") == "42501"  # insufficient privilege
    assert check_trail(anchor_directory=None).exit_status == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_auditentry SET actor = 'user:2'",
        "DELETE FROM cases_auditentry",
        "TRUNCATE cases_auditentry",
        "UPDATE cases_audithead SET seq = seq + 1",
        "UPDATE cases_audithead SET seq = seq - 1",
        "DELETE FROM cases_audithead",
        "TRUNCATE cases_audithead CASCADE",
    ],
)
def test_even_the_owner_is_refused_while_the_guard_is_on(owner_database_url: str, statement: str) -> None:
    write_entries(2)

    with psycopg.connect(owner_database_url) as owner, pytest.raises(psycopg.Error):
        owner.execute(statement.encode())

    assert check_trail(anchor_directory=None).exit_status == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("seq", "prev_hash"), [(3, None), (1, None), (2, GENESIS)])
def test_an_entry_that_does_not_follow_the_head_is_refused(seq: int, prev_hash: str | None) -> None:
    write_entries(1)
    prev_hash = prev_hash or AuditEntry.objects.get().hash

    with pytest.raises(Exception, match=r"does not follow|audit_entry_seq_once"), transaction.atomic():
        AuditEntry.objects.create(
            chain="main:1",
            seq=seq,
            at=AT,
            actor="user:1",
            action="x",
            version=1,
            prev_hash=prev_hash,
            hash="0",
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_leave_no_gap_and_no_fork() -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            write_entries(25)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failures == []
    report = check_trail(anchor_directory=None)
    assert (report.entries, report.problems) == (400, ())
    assert AuditHead.objects.get().seq == 400


TAMPERINGS: dict[str, tuple[str, ...]] = {
    "edited": ("UPDATE cases_auditentry SET actor = 'user:2' WHERE seq = 3",),
    "details edited": ("UPDATE cases_auditentry SET details = '{\"a\": 1}' WHERE seq = 3",),
    "time edited": ("UPDATE cases_auditentry SET at = at + interval '1 microsecond' WHERE seq = 3",),
    "deleted": ("DELETE FROM cases_auditentry WHERE seq = 3",),
    "first deleted": ("DELETE FROM cases_auditentry WHERE seq = 1",),
    "swapped": (
        "UPDATE cases_auditentry SET seq = 99 WHERE seq = 2",
        "UPDATE cases_auditentry SET seq = 2 WHERE seq = 3",
        "UPDATE cases_auditentry SET seq = 3 WHERE seq = 99",
    ),
    "tail cut": ("DELETE FROM cases_auditentry WHERE seq > 3",),
    "head set back": ("UPDATE cases_audithead SET seq = 3",),
    "head forged": ("UPDATE cases_audithead SET hash = repeat('a', 64)",),
    "head removed": ("DELETE FROM cases_audithead",),
}
EXPECTED = {"deleted": 3, "first deleted": 3, "tail cut": 3}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_the_owner_did_to_the_rows_is_found(owner_database_url: str, tampering: str) -> None:
    write_entries(5)

    as_owner(owner_database_url, *TAMPERINGS[tampering])

    assert check_trail(anchor_directory=None).exit_status == EXPECTED.get(tampering, 2)


@pytest.mark.django_db(transaction=True)
def test_a_guard_that_is_off_is_found(owner_database_url: str) -> None:
    write_entries(1)
    with psycopg.connect(owner_database_url) as owner:
        owner.execute("ALTER TABLE cases_auditentry DISABLE TRIGGER audit_entry_stays")

    (problem,) = check_trail(anchor_directory=None).problems

    assert "audit_entry_stays" in problem.message


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    make_anchor_key(tmp_path)
    return tmp_path


def rewrite_all(url: str) -> None:
    """A forger who knows how hashes are made and has the owner's rights."""
    statements, previous = [], GENESIS
    for entry in AuditEntry.objects.order_by("seq").values():
        content = {**entry, "actor": "user:2", "prev_hash": previous, "at": timestamp(entry["at"])}
        number = content.pop("id")
        del content["hash"]
        digest = entry_hash(content)
        values = f"actor = 'user:2', prev_hash = '{previous}', hash = '{digest}'"
        statements.append(f"UPDATE cases_auditentry SET {values} WHERE id = {number}")  # noqa: S608
        previous = digest
    as_owner(url, *statements, f"UPDATE cases_audithead SET hash = '{previous}'")  # noqa: S608


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(rewrite_all, id="rewritten with good hashes"),
        pytest.param(
            lambda url: as_owner(url, "TRUNCATE cases_auditentry, cases_audithead"), id="all emptied"
        ),
    ],
)
def test_a_trail_that_is_consistent_in_itself_is_found_by_its_anchors(
    owner_database_url: str, anchors: Path, tamper: Callable[[str], None]
) -> None:
    write_entries(4)
    write_anchor(anchors, read_heads(), at=AT)

    tamper(owner_database_url)

    assert check_trail(anchor_directory=None).exit_status == 0
    assert check_trail(anchor_directory=anchors).exit_status == 4


@pytest.mark.django_db(transaction=True)
def test_a_tail_cut_together_with_its_head_is_found_by_the_anchors(
    owner_database_url: str, anchors: Path
) -> None:
    write_entries(4)
    write_anchor(anchors, read_heads(), at=AT)
    last = AuditEntry.objects.get(seq=2).hash

    as_owner(
        owner_database_url,
        "DELETE FROM cases_auditentry WHERE seq > 2",
        f"UPDATE cases_audithead SET seq = 2, hash = '{last}'",  # noqa: S608
    )

    assert check_trail(anchor_directory=None).exit_status == 0
    report = check_trail(anchor_directory=anchors)
    assert (report.exit_status, report.problems[0].seq) == (4, 4)


def _drop_first(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def _edit(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"main:1":[2,', b'"main:1":[1,'), *lines[1:]]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [_drop_first, _edit, lambda lines: [lines[0], b"{}"]])
def test_a_changed_anchor_file_is_found(anchors: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    for _ in range(2):
        write_entries(2)
        write_anchor(anchors, read_heads(), at=AT)
    file = anchors / ANCHORS

    file.write_bytes(b"\n".join(change(file.read_bytes().splitlines())) + b"\n")

    assert check_trail(anchor_directory=anchors).exit_status == 4


@pytest.mark.django_db
def test_anchors_are_written_only_when_something_happened(anchors: Path) -> None:
    write_entries(1)

    assert write_anchor(anchors, read_heads(), at=AT) is True
    assert write_anchor(anchors, read_heads(), at=AT) is False
    write_entries(1)
    assert write_anchor(anchors, read_heads(), at=AT) is True

    found, problems = read_anchors(anchors)
    assert (len(found), problems) == (2, [])


def test_the_anchor_key_is_for_its_owner_only_and_made_once(tmp_path: Path) -> None:
    make_anchor_key(tmp_path)
    before = (tmp_path / PRIVATE_KEY).read_bytes()
    make_anchor_key(tmp_path)

    assert (tmp_path / PRIVATE_KEY).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / PRIVATE_KEY).read_bytes() == before


@pytest.mark.django_db
def test_the_schedule_writes_anchors_and_the_command_compares_them(anchors: Path) -> None:
    write_entries(3)
    said = StringIO()

    with override_settings(AUDIT_ANCHOR_DIR=str(anchors)):
        anchor_audit()
        call_command("audit_verify", "--anchors", str(anchors), stdout=said)

    assert said.getvalue().strip() == "ok: 3 entries in 1 chains, 1 anchors"


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_the_first_bad_number_and_exits_with_what_it_found(
    owner_database_url: str,
) -> None:
    write_entries(5)
    as_owner(owner_database_url, TAMPERINGS["edited"][0])
    said = StringIO()

    with pytest.raises(SystemExit) as ending:
        call_command("audit_verify", stdout=said)

    assert ending.value.code == 2
    assert said.getvalue().startswith("broken: main:1 3: ")


@pytest.mark.django_db
def test_what_somebody_searched_for_is_kept_as_a_keyed_hash_only(sam_viewer: Any) -> None:
    audit.record_alone(**audit.searched(sam_viewer, kind="email", text="Ana@Example.com", hits=1))
    audit.record_alone(**audit.searched(sam_viewer, kind="email", text=" ana@example.com ", hits=1))
    audit.record_alone(**audit.order_not_visible(sam_viewer, connection_slug="main", typed="ana@example.com"))

    entries = list(AuditEntry.objects.order_by("seq").values())

    assert "ana" not in json.dumps(entries, default=str).lower()
    assert entries[0]["object_ref"] == entries[1]["object_ref"] != entries[2]["object_ref"]


@pytest.mark.parametrize("value", [{"a": 1.5}, {"ä": 1}, {"a": object()}, {"a": "\0"}])
def test_details_that_have_no_single_spelling_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        require_plain(value)


def test_equal_values_have_one_spelling() -> None:
    assert canonical_json({"b": [True, None, "ä\n"], "a": 1}) == '{"a":1,"b":[true,null,"ä\\n"]}'.encode()
