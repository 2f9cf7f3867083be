"""manage.py signs in as the right role, and finds the demo that runs."""

import os
from pathlib import Path

import pytest

import manage
from console.runtime.demo_environment import load_running_demo, publish_environment, withdraw_environment

NAMES = ("DATABASE_URL", "DATABASE_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE")
BOTH = ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE", *NAMES)


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No installation is named; DEMO_DIR points to an empty directory."""
    for name in BOTH:
        monkeypatch.setenv(name, "to be restored afterwards")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))
    return tmp_path


def test_schema_commands_sign_in_as_the_owner(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "app")
    monkeypatch.setenv("DATABASE_OWNER_URL", "owner")

    manage.sign_in_as_owner()

    assert os.environ["DATABASE_URL"] == "owner"


def test_an_owner_address_in_a_file_wins_over_the_app_address_in_a_file(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", "/run/app")
    monkeypatch.setenv("DATABASE_OWNER_URL_FILE", "/run/owner")

    manage.sign_in_as_owner()

    assert os.environ["DATABASE_URL_FILE"] == "/run/owner"
    assert "DATABASE_URL" not in os.environ


def test_without_an_owner_the_only_role_does_everything(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "only")

    manage.sign_in_as_owner()

    assert os.environ["DATABASE_URL"] == "only"


def test_commands_find_the_running_demo(bare_environment: Path) -> None:
    publish_environment(bare_environment, {"DATABASE_URL": "demo", "SECRET_KEY_FILE": "/keys/secret"})

    load_running_demo()

    assert os.environ["DATABASE_URL"] == "demo"
    assert os.environ["SECRET_KEY_FILE"] == "/keys/secret"
    assert (bare_environment / "environment").stat().st_mode & 0o777 == 0o600


def test_a_named_installation_is_never_mixed_with_the_demo(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_environment(bare_environment, {"DATABASE_URL": "demo"})
    monkeypatch.setenv("SECRET_KEY", "of another installation")

    load_running_demo()

    assert "DATABASE_URL" not in os.environ


def test_a_stopped_demo_is_not_found(bare_environment: Path) -> None:
    publish_environment(bare_environment, {"DATABASE_URL": "demo"})
    withdraw_environment(bare_environment)

    load_running_demo()

    assert "DATABASE_URL" not in os.environ
