"""What stops a start says so in one sentence, before anything runs or is written."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.runtime import postgres_placement
from console.runtime.demo import prepare_directory, remove_data, take_lock
from console.runtime.demo_environment import ROOT
from console.runtime.failure import RuntimeFailure, explain_os_error
from console.runtime.keys import MAKERS, ensure_keys
from console.runtime.ports import check_port, same_port_again


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


def _start_demo(directory: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = dict(os.environ, DEMO_DIR=str(directory), **variables)
    return subprocess.run(
        [sys.executable, "-m", "console.runtime.demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, taken_port: int) -> None:
    directory = tmp_path / "demo"

    done = _start_demo(directory, PORT=str(taken_port))

    assert done.returncode == 1
    assert f"Port {taken_port} is taken: set PORT" in done.stderr
    assert "Traceback" not in done.stderr
    assert not directory.exists()


@pytest.mark.parametrize("text", ["web", "-1", "70000", ""])
def test_a_port_that_is_none_is_explained(text: str) -> None:
    with pytest.raises(RuntimeFailure, match="must be a number from 1 to 65535"):
        check_port(text)


def test_a_closing_connection_does_not_make_a_port_taken() -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listener.accept()[0].close()

    assert check_port(str(port)) == port


def test_a_second_demo_on_the_same_data_is_refused(tmp_path: Path) -> None:
    prepare_directory(tmp_path)
    lock = take_lock(tmp_path)

    done = _start_demo(tmp_path, PORT="0")

    os.close(lock)
    assert done.returncode == 1
    assert "A demo already runs in" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = _start_demo(tmp_path / "file" / "demo", PORT="0")

    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full: make room or set DEMO_DIR"),
        (errno.EDQUOT, "is full: make room or set DEMO_DIR"),
        (errno.EACCES, "cannot be written: give it to this user"),
        (errno.EROFS, "cannot be written: give it to this user"),
        (errno.ENOTDIR, "Not a directory"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(number: int, words: str) -> None:
    assert words in str(explain_os_error(OSError(number, os.strerror(number)), "/data"))


def test_a_port_is_kept_for_the_next_start_unless_it_is_taken(tmp_path: Path, taken_port: int) -> None:
    memory = tmp_path / "port"
    first = same_port_again(memory)
    assert same_port_again(memory) == first

    memory.write_text(str(taken_port))
    assert same_port_again(memory) != taken_port


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MAKERS:
        monkeypatch.delenv(name, raising=False)
    first = ensure_keys(tmp_path / "secrets")
    values = {name: Path(file).read_text() for name, file in first.items()}

    second = ensure_keys(tmp_path / "secrets")

    assert set(first) == {f"{name}_FILE" for name in MAKERS}
    assert {name: Path(file).read_text() for name, file in second.items()} == values
    assert len(set(values.values())) == len(MAKERS)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {Path(file).stat().st_mode & 0o777 for file in first.values()} == {0o600}


def test_a_key_from_the_environment_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")

    assert "SECRET_KEY_FILE" not in ensure_keys(tmp_path / "secrets")


def test_removing_the_data_leaves_a_place_that_another_account_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    place = tmp_path / "open"
    place.mkdir()
    monkeypatch.setattr(postgres_placement, "OPEN_PLACE", place)
    monkeypatch.setattr(Path, "rmdir", refuse)

    postgres_placement.forget_binaries()

    assert place.is_dir()


def test_removing_the_data_leaves_what_is_not_ours(tmp_path: Path) -> None:
    prepare_directory(tmp_path)
    (tmp_path / "letter.txt").write_text("mine")

    remove_data(tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]
