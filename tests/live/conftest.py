"""The live suite's cast: the real Odoo named by the environment, the console as a process, people with roles.

Without ``ODOO_URL`` nothing here runs. ``ODOO_URL ODOO_DB ODOO_LOGIN ODOO_API_KEY`` are enough; where these are set
too, more is tested: ``ODOO_NOINV_*`` (no invoicing right), ``ODOO_SALES_*`` (sales only), ``ODOO_C2_*`` (another
company only), each ``LOGIN`` and ``API_KEY``; ``ODOO_EXPIRED_API_KEY`` (a key of ``ODOO_LOGIN`` that has expired).
``LIVE_ORDERS`` says how many orders to compare (45; 0 for all), ``LIVE_READER=json2`` lets the flat reader use JSON-2.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cases.masking.roles import Role
from cases.models import Scope, User
from cases.people.access import grant_scope, make_role_groups
from cases.people.tokens import TokenScope, issue_token
from integrations.credentials import store_credential
from integrations.models import OdooConnection
from tests.conftest import _address
from tests.live.choose_orders import ChosenOrder, choose_orders
from tests.live.console_process import Browser, ConsoleProcess
from tests.live.flat_reader import FlatReader
from tests.live.flat_wire import FlatOdoo, Json2, JsonRpc, Wire, server_major
from tests.live.interposer import Interposer

PASSWORD = "correct horse battery staple"
EVERYTHING = (Role.FINANCE, Role.SUPERVISOR)  # together these two may see all there is to see


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        item.add_marker(pytest.mark.live)
        item.add_marker(pytest.mark.timeout(1800))
        if here / "ticketing" in item.path.parents:
            continue  # they name their servers themselves
        if not os.environ.get("ODOO_URL"):
            item.add_marker(pytest.mark.skip(reason="ODOO_URL names no Odoo to compare with"))


@dataclass(frozen=True, slots=True)
class Account:
    login: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RealOdoo:
    url: str
    database: str
    account: Account
    major: int

    def wire(self, account: Account | None = None) -> Wire:
        who = account or self.account
        if os.environ.get("LIVE_READER") == "json2" and self.major >= 19:
            return Json2(self.url, self.database, who.key)
        return JsonRpc(self.url, self.database, who.login, who.key)


def account_of(purpose: str) -> Account:
    """The account the environment names for a purpose; without one the test is skipped and says why."""
    login, key = os.environ.get(f"ODOO_{purpose}_LOGIN"), os.environ.get(f"ODOO_{purpose}_API_KEY")
    if not login or not key:
        pytest.skip(f"ODOO_{purpose}_LOGIN and ODOO_{purpose}_API_KEY are not set")
    return Account(login, key)


@pytest.fixture(scope="session")
def real_odoo() -> RealOdoo:
    environment = os.environ
    account = Account(environment["ODOO_LOGIN"], environment["ODOO_API_KEY"])
    url = environment["ODOO_URL"]
    return RealOdoo(url, environment["ODOO_DB"], account, server_major(url))


@pytest.fixture(scope="session")
def flat_odoo(real_odoo: RealOdoo) -> FlatOdoo:
    wire = real_odoo.wire()
    companies = wire.call("res.company", "search_read", domain=[], fields=["id"], order="id")
    return FlatOdoo(wire, companies=[row["id"] for row in companies])


@pytest.fixture(scope="session")
def flat_reader(flat_odoo: FlatOdoo, real_odoo: RealOdoo) -> FlatReader:
    return FlatReader(flat_odoo, real_odoo.major)


@pytest.fixture(scope="session")
def chosen_orders(flat_odoo: FlatOdoo) -> list[ChosenOrder]:
    wanted = int(os.environ.get("LIVE_ORDERS", "45")) or 1_000_000
    return choose_orders(flat_odoo, wanted)


@pytest.fixture(scope="session")
def rows_stay(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of the suite's own whose rows are committed: the console's process has to see them."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, aliases={"default": None}, serialized_aliases=set()
        )
        yield
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def console(rows_stay: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleProcess]:
    environment = {
        "DATABASE_URL": _address(settings.APP_DATABASE),
        "DB_POOL_SIZE": "10",
        "SECRET_KEY": settings.SECRET_KEY,
        "DESKGLASS_ENCRYPTION_KEY": settings.DESKGLASS_ENCRYPTION_KEY,
        "DESKGLASS_SEARCH_KEY": settings.DESKGLASS_SEARCH_KEY,
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "STATIC_ROOT": str(tmp_path_factory.mktemp("static")),
        "API_CALLS_PER_SECOND": "1000",
        "API_BURST": "1000",
    }
    process = ConsoleProcess(environment=environment, log=tmp_path_factory.mktemp("console") / "log")
    try:
        process.wait_until_ready()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def interposer(real_odoo: RealOdoo) -> Iterator[Interposer]:
    """Between the console's connection "main" and Odoo; it only counts."""
    middle = Interposer(real_odoo.url)
    yield middle
    middle.stop()


Connect = Callable[..., str]


@pytest.fixture(scope="session")
def connect(rows_stay: None, real_odoo: RealOdoo, flat_odoo: FlatOdoo, people: People) -> Connect:
    """Make a connection that everybody of the cast may see all companies of; answers its slug."""

    def make(
        slug: str, url: str, account: Account | None = None, *, database: str = "", protocol: str = "auto"
    ) -> str:
        connection = OdooConnection.objects.create(
            slug=slug, name=slug.title(), url=url, database=database or real_odoo.database, protocol=protocol
        )
        who = account or real_odoo.account
        store_credential(connection=connection, purpose="read", login=who.login, key=who.key)
        for company in flat_odoo.companies:
            scope, _ = Scope.objects.get_or_create(
                connection=slug, company_id=company, defaults={"company_name": f"Company {company}"}
            )
            grant_scope(group=people.team, scope=scope)
            if company == flat_odoo.companies[0]:
                grant_scope(group=people.first_company_only, scope=scope)
        return slug

    return make


@dataclass(frozen=True, slots=True)
class People:
    """Who looks: ``seeing`` may see everything, ``agent`` what an agent sees, ``narrow`` only the first company."""

    team: Group
    first_company_only: Group
    seeing: str = field(repr=False)
    agent: str = field(repr=False)
    narrow: str = field(repr=False)


@pytest.fixture(scope="session")
def people(rows_stay: None) -> People:
    """Their API tokens; each signs in with its own name and ``PASSWORD``."""
    groups = make_role_groups()
    team = Group.objects.create(name="team: everywhere")
    first = Group.objects.create(name="team: first company")

    def person(username: str, where: Group, *roles: Role) -> str:
        # The tests' own quick hash means nothing to a console with the real settings.
        hasher = PBKDF2PasswordHasher()
        user = User.objects.create(username=username, password=hasher.encode(PASSWORD, hasher.salt()))
        user.groups.add(where, *(groups[role] for role in roles))
        now = timezone.now()
        return issue_token(
            user=user,
            name="live",
            scopes=[TokenScope.ORDERS_READ],
            expires_at=now + timedelta(days=1),
            issued_by="system:live",
            at=now,
        )

    return People(
        team=team,
        first_company_only=first,
        seeing=person("seeing", team, *EVERYTHING),
        agent=person("agent", team, Role.AGENT),
        narrow=person("narrow", first, *EVERYTHING),
    )


@pytest.fixture(scope="session")
def main_connection(connect: Connect, interposer: Interposer, console: ConsoleProcess) -> str:
    """Probed before its first use, as whoever sets a connection up does."""
    slug = connect("main", interposer.url)
    console.manage("check_odoo", slug)
    return slug


@pytest.fixture(scope="session")
def browser(console: ConsoleProcess, people: People) -> Browser:
    return console.sign_in("seeing", PASSWORD)
