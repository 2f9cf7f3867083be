"""An installation with one real Odoo, and three people: who asks, who approves, and finance."""

from __future__ import annotations

import os

import pytest
from pytest_django import Settings

from tests.crash.checker import OdooAccess
from tests.crash.people import People, settle
from tests.live.bridge.scene import Scene
from tests.live.conftest import RealOdoo


@pytest.fixture(scope="session")
def scene() -> Scene:
    if not os.environ.get("ODOO_ADMIN_API_KEY"):
        pytest.skip("ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY are not set")
    return Scene()


@pytest.fixture(scope="session")
def people(rows_stay: None, real_odoo: RealOdoo, scene: Scene) -> People:
    account = real_odoo.account
    access = OdooAccess(url=real_odoo.url, database=real_odoo.database, login=account.login, key=account.key)
    return settle(access, [scene.company], slug="route", at_once=16)


@pytest.fixture(autouse=True)
def writes(settings: Settings) -> None:
    settings.ODOO_WRITES = True
