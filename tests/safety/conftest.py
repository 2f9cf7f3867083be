"""One running console for all the safety tests of a run, on real sockets, with its rows committed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cases.models import User
from integrations.credentials import store_credential
from integrations.models import OdooConnection
from tests.safety.canary_odoo import CanaryOdoo, Trick
from tests.safety.house import House, running_console
from tests.safety.people import (
    FAR,
    OTHER,
    OWN,
    make_case,
    make_odd_tokens,
    make_people,
    place_cases,
    place_frames,
)
from tests.safety.tokens import Mint

HERE = Path(__file__).parent
ODOO_KEY = "0123456789abcdef0123456789abcdef01234567"
ORDER, TWICE, MAILED = "S00042", "S00077", "S00099"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test database is made for tests that are marked so. Marked here, after they were put in order, the tests
    of this folder stay together at the end and the console is started once."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="package")
def odoos() -> Iterator[dict[str, CanaryOdoo]]:
    """Three Odoos: 18 and 19 with the same numbers, and one that fails in every way."""
    mint = Mint()
    made = {
        "main": CanaryOdoo(major=18, mint=mint),
        "north": CanaryOdoo(major=19, mint=mint),
        "broken": CanaryOdoo(major=18, mint=mint),
    }
    for name in ("main", "north"):
        for number, company in ((ORDER, OWN), (f"{Trick.SLOW}1", OWN), (TWICE, OWN), (TWICE, OTHER)):
            made[name].add(number, company)
        for company in (OTHER, FAR):
            made[name].add(f"{Trick.LEAKY}1", company)
    made["main"].add(MAILED, OWN)
    for trick in (Trick.PARTLY, Trick.GARBLED):
        made["broken"].add(f"{trick}1", OWN)
    with ExitStack() as running:
        for odoo in made.values():
            running.enter_context(odoo.running())
        yield made


@pytest.fixture(scope="package")
def house(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    odoos: dict[str, CanaryOdoo],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("house")
    with django_db_blocker.unblock():
        try:
            for position, (slug, odoo) in enumerate(odoos.items()):
                made = OdooConnection.objects.create(
                    slug=slug, name=slug.title(), url=odoo.url, database="shop", position=position
                )
                store_credential(connection=made, purpose="read", login="console@example.com", key=ODOO_KEY)
            people = make_people(Mint(seed=7))
            tokens = make_odd_tokens(people["finance"])
            make_case()
            place_cases()
            place_frames(people)
            with running_console(directory) as url:
                built = House(url=url, directory=directory, people=people, odd_tokens=tokens, odoos=odoos)
                built.browser("deactivated")
                User.objects.filter(username=people["deactivated"].username).update(is_active=False)
                yield built
                built.close()
        finally:
            connection.ops.execute_sql_flush([])
            connection.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    return os.environ.get("CHROMIUM") or "/usr/bin/chromium"
