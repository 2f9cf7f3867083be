"""A refund in a real browser: asked for, approved by somebody else, and landed; every page of it accessible."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.masking import mask
from cases.masking.roles import Role
from cases.models import Action, User
from cases.models.casework import Case
from console.views import action_forms
from integrations.canonical import Money
from integrations.errors import BusinessRefusal
from integrations.models import OdooConnection
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import ORDER_REF, SHOE, FakeOdoo
from tests.actions.rows import action_in
from tests.browsing import accessible, browser, chromium, elsewhere, enter, sticks_out
from tests.conftest import PASSWORD, PersonMaker
from tests.rules.specimens import full_record

__all__ = ["browser", "chromium"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),  # axe looks at every page, on a machine that may have much to do
]


@pytest.fixture
def place(db: None) -> OdooConnection:
    return OdooConnection.objects.create(
        slug="main", name="Main", url="https://odoo.example", database="x", version="18.0"
    )


@pytest.fixture
def shown_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order as the form draws it: two shoes with something left."""

    def opened(request: Any, form: Any) -> Any:
        record = full_record()
        line = replace(
            record.order.lines[0],
            id=SHOE,
            name="Shoe",
            invoiced=Decimal(2),
            refundable=Money(Decimal("120.00"), "EUR"),
        )
        order = replace(record.order, ref=ORDER_REF, connection="main", lines=(line,))
        return SimpleNamespace(
            record=mask(replace(record, order=order), request.viewer.matrix),
            connection="main",
            company_id=1,
            ref=ORDER_REF,
            blocked_because="",
        )

    monkeypatch.setattr(action_forms, "order_of", opened)


def test_asked_for_approved_by_another_and_landed_by_keys_alone(
    browser: Browser,
    live_server: Any,
    odoo: FakeOdoo,
    switched_on: None,
    shown_order: None,
    place: OdooConnection,
    case: Case,
    amy: User,
    sam: User,
) -> None:
    agent = enter(browser, live_server, amy)
    agent.goto(f"/cases/{case.pk}/refund/?connection=main&company=1&ref={ORDER_REF}")
    assert accessible(agent) == []

    # By keys alone: the verdict and what it changes stand beside the form while it is filled in.
    agent.locator(f"[name=quantity_{SHOE}]").focus()
    agent.keyboard.type("1")
    agent.locator("[name=goods_back]").focus()
    agent.keyboard.press("Space")
    agent.locator("[name=reason]").focus()
    agent.keyboard.type("Dam")
    expect(agent.locator("#verdict")).to_contain_text("One approval")
    expect(agent.locator("#verdict .verdict-sum")).to_contain_text("60.00")
    assert accessible(agent) == []
    agent.get_by_role("button", name="Ask for approval").focus()
    agent.keyboard.press("Enter")
    expect(agent.locator("#progress")).to_contain_text("Awaiting approval")
    expect(agent.locator("main")).to_contain_text("You asked for this yourself")
    assert accessible(agent) == []
    assert odoo.calls.count("create") == 0

    # Somebody else decides, from the inbox.
    chief = enter(browser, live_server, sam)
    chief.goto("/approvals/")
    assert accessible(chief) == []
    chief.get_by_label("Your password, because money moves").fill(PASSWORD)
    chief.get_by_role("button", name="Approve").focus()
    chief.keyboard.press("Enter")
    expect(chief.locator("#progress")).to_contain_text("Queued")
    assert accessible(chief) == []
    assert odoo.calls.count("create") == 0, "the page sends nothing itself: that is the worker's"
    assert Action.objects.get().state == ActionState.QUEUED

    # Both who look on see it land, without asking again.
    assert elsewhere(run_due)
    for looking_on in (chief, agent):
        expect(looking_on.locator("#progress")).to_contain_text("Done in Odoo")
    assert accessible(agent) == []
    assert odoo.calls.count("create") == 1


def test_what_odoo_refuses_is_parked_and_a_document_made_by_hand_is_taken_for_it(
    browser: Browser,
    live_server: Any,
    odoo: FakeOdoo,
    propose: Propose,
    approve: Approve,
    place: OdooConnection,
    sam: User,
    fin: User,
) -> None:
    def refuse() -> None:
        raise BusinessRefusal

    def park() -> Action:
        action = approve(propose())
        odoo.before_send = refuse
        assert run_due()
        odoo.add_foreign_note("60.00")  # finance does it by hand instead
        return action

    action = elsewhere(park)
    first = enter(browser, live_server, sam)
    first.goto("/parked/")
    expect(first.locator("main")).to_contain_text(action.reference)
    expect(first.locator("#progress")).to_contain_text("Needs a person")
    first.get_by_role("link", name="Runbook").click()
    expect(first.locator("main")).to_contain_text("What usually helps")
    assert accessible(first) == []
    first.go_back()
    first.get_by_role("button", name="Look after it").click()
    expect(first.get_by_role("button", name="Give it back")).to_be_visible()
    adopt(first)
    expect(first.locator("main")).to_contain_text("A second person has to say the same.")
    assert accessible(first) == []

    second = enter(browser, live_server, fin)
    second.goto(f"/actions/{action.pk}/")
    expect(second.locator("main")).to_contain_text("sam wants")
    adopt(second)
    expect(second.locator("#progress")).to_contain_text("Done in Odoo")
    assert accessible(second) == []
    assert Action.objects.get().cause == "adopted"
    assert len(odoo.notes) == 1, "nothing was made beside it"


def adopt(page: Page) -> None:
    """What somebody says who found the credit note in Odoo."""
    # Read from Odoo once the page is there.
    page.locator("[name=candidate][value='account.move/9000']").check()
    page.locator("[name=verb][value=adopt]").check()
    page.locator("[name=password]").last.fill(PASSWORD)
    page.get_by_role("button", name="Say so").click()


@pytest.mark.parametrize("width", [1440, 360])
def test_the_pages_around_are_accessible_and_fit(
    browser: Browser,
    live_server: Any,
    odoo: FakeOdoo,
    switched_on: None,
    shown_order: None,
    place: OdooConnection,
    case: Case,
    amy: User,
    sam: User,
    fin: User,
    make_person: PersonMaker,
    width: int,
) -> None:
    now = timezone.now()
    later: dict[str, Any] = {"requested_at": now, "case": case}
    waiting = action_in(ActionState.AWAITING_APPROVAL, amy, fin, **later)
    parked = action_in(ActionState.PARKED, amy, fin, **later)
    page = enter(browser, live_server, sam, width=width)
    addresses = (
        "/approvals/",
        f"/actions/{waiting.pk}/",
        "/parked/",
        f"/actions/{parked.pk}/",
        "/approvals/for-me/",
        f"/audit/?case={case.pk}",
        "/settings/writing/",
        f"/cases/{case.pk}/refund/?connection=main&company=1&ref={ORDER_REF}",
    )
    wrong: dict[str, list[str]] = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        problems = accessible(page) + sticks_out(page)
        if problems:
            wrong[address] = problems
    admin = enter(browser, live_server, make_person("ada", Role.ADMIN), width=width)
    for address in ("/settings/writing/", "/settings/erasure/"):
        admin.goto(address)
        problems = accessible(admin) + sticks_out(admin)
        if problems:
            wrong[f"admin {address}"] = problems
    assert wrong == {}
