"""An agent in a real browser asks for one masked value, reads it, and it goes away; a supervisor looks at it later."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import _address
from tests.safety.conftest import ORDER
from tests.safety.house import House
from tests.safety.people import OWN

pytestmark = [pytest.mark.browser]
expect.set_options(timeout=60_000)  # a busy machine draws late

MAIL = "#panel-customer a.masked[href$='customer.email']"


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield started
        started.close()


def sign_in(browser: Browser, house: House, who: str, *, scripts: bool = True) -> Page:
    context = browser.new_context(
        base_url=house.url, java_script_enabled=scripts, viewport={"width": 1440, "height": 1000}
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", house.people[who].username)
    page.fill("[name=password]", house.people[who].password)
    page.click("button[type=submit]")
    return page


def end_all_reveals() -> None:
    """Five minutes later, for the database; not even the service can do this."""
    with psycopg.connect(_address(settings.OWNER_DATABASE)) as owner:
        owner.execute("ALTER TABLE cases_reveal DISABLE TRIGGER reveal_stays")
        owner.execute("UPDATE cases_reveal SET at = at - interval '6 min', until = until - interval '6 min'")
        owner.execute("ALTER TABLE cases_reveal ENABLE ALWAYS TRIGGER reveal_stays")


def accessible(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:120]}" for violation in found]


def test_an_agent_sees_one_masked_value_for_a_while(browser: Browser, house: House) -> None:
    value = house.odoos["main"].books[ORDER, OWN].values["customer.email"]
    page = sign_in(browser, house, "agent")
    page.clock.install()
    page.goto(f"/orders/main/{ORDER}/")
    mask = page.locator(MAIL)

    # By keys: the mask says why, and has the focus back when its dialog is closed.
    mask.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#field-dialog")
    expect(dialog).to_contain_text("For a reason to")
    expect(dialog.locator("[name=reason]")).to_be_focused()
    assert accessible(page) == []
    page.keyboard.press("Escape")
    expect(mask).to_be_focused()

    # Too little said is refused inside the dialog, with what was typed still there.
    mask.click()
    dialog.locator("[name=reason]").select_option("contact_customer")
    text = dialog.locator("[name=reason_text]")
    text.evaluate("field => field.removeAttribute('minlength')")
    text.fill("because")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("at least 10 characters")
    expect(dialog.locator("[name=reason_text]")).to_have_value("because")
    assert value not in page.content()

    # With a reason the value takes the mask's place and the focus.
    dialog.locator("[name=reason_text]").fill("The parcel came back, they have to be told")
    page.keyboard.press("Enter")
    shown = page.locator(".revealed")
    expect(shown).to_contain_text(value)
    expect(shown).to_be_focused()
    expect(dialog).not_to_be_visible()
    assert accessible(page) == []

    # When its time is over it goes by itself.
    end_all_reveals()
    page.clock.fast_forward("05:02")
    expect(shown).to_have_count(0)
    expect(page.locator(MAIL)).to_be_visible()
    assert value not in page.content()


def test_without_scripts_it_is_a_page_of_its_own(browser: Browser, house: House) -> None:
    value = house.odoos["main"].books[ORDER, OWN].values["customer.email"]
    page = sign_in(browser, house, "agent", scripts=False)
    page.goto(f"/orders/main/{ORDER}/")
    for _ in range(5):
        if page.locator(MAIL).count():
            break
        page.reload()  # the page that only says "waiting" on a busy machine
    page.click(MAIL)
    page.select_option("[name=reason]", "other")
    page.fill("[name=reason_text]", "The parcel came back")
    page.click("main button[type=submit]")

    expect(page.locator(".revealed-value")).to_contain_text(value)
    page.get_by_role("link", name="Back to the order").click()
    page.wait_for_url(f"**/orders/main/{ORDER}/**")
    assert value not in page.content()


def test_a_supervisor_looks_at_it_afterwards(browser: Browser, house: House) -> None:
    page = sign_in(browser, house, "supervisor")
    page.goto("/reveals/")
    before = page.locator(".review button", has_text="Reviewed").count()
    assert before > 0
    assert accessible(page) == []
    page.locator(".review button", has_text="Reviewed").first.click()
    page.wait_for_load_state()
    assert page.locator(".review button", has_text="Reviewed").count() == before - 1 or before == 50


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize(
    "path",
    ["/settings/masking/", "/settings/scopes/", "/settings/people/", "PERSON", "/why/?field=customer.email"],
)
def test_the_pages_about_rights_are_accessible_and_fit(
    browser: Browser, house: House, path: str, width: int
) -> None:
    page = sign_in(browser, house, "admin")
    page.set_viewport_size({"width": width, "height": 900})
    if path == "PERSON":
        page.goto("/settings/people/")
        page.get_by_role("link", name=house.people["supervisor"].full_name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(house.people["supervisor"].full_name)
    else:
        page.goto(path)

    assert accessible(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
