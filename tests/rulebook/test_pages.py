"""The pages of the rules: nothing typed is lost, what changes is said in words, and two people put it in force."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cases.actions.policies import newest_rules
from cases.models import AuditEntry, PolicyDraft, ScopeRule, User
from cases.rules.book import PARTS, RuleBook
from cases.rules.parts import typed_part
from cases.scopes.placing import forget_kept_rules
from tests.conftest import PASSWORD
from tests.rulebook.conftest import Browse

pytestmark = pytest.mark.django_db
LIST = "/settings/policies/"


@pytest.fixture
def author(browse: Browse, ada: User) -> Client:
    return browse(ada)


@pytest.fixture
def publisher(browse: Browse, sam: User) -> Client:
    return browse(sam)


def begin(author: Client, **form: Any) -> str:
    """A draft's address."""
    answer = author.post(LIST, {"version": "0", "note": "Season ends", **form})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def typed(rule: str, **changed: str) -> dict[str, str]:
    return {**typed_part(RuleBook().part(rule)), **changed}


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def confirmed(page: str) -> str:
    found = re.search(r'name="confirmed" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def test_every_rule_has_a_form_that_keeps_what_it_shows(author: Client) -> None:
    draft = begin(author)
    for rule in PARTS:
        page = f"{draft}rules/{rule}/"
        shown = text(author, page)
        assert "<textarea" in shown or "<input" in shown
        assert author.post(page, typed(rule)).status_code == 302, rule
    row = PolicyDraft.objects.get()
    assert row.rules == RuleBook().as_json(), "saving what is shown changes nothing"
    assert "Nothing differs from what is in force." in text(author, draft)


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(author: Client) -> None:
    draft = begin(author)
    page = f"{draft}rules/thresholds/"
    wrong = {"no_approval_up_to": "a few", "second_approval_above": "99999999999"}
    answer = author.post(page, wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not a number." in shown
    assert "At most 10000000." in shown
    assert 'value="a few"' in shown
    assert 'value="99999999999"' in shown
    assert PolicyDraft.objects.get().rules == RuleBook().as_json()


def test_a_row_is_added_and_removed_without_losing_the_others(author: Client) -> None:
    draft = begin(author)
    page = f"{draft}rules/windows/"
    form = typed("windows", add="rows", **{"rows.0.days": "12"})
    shown = author.post(page, form).content.decode()
    assert 'name="rows.4.days"' in shown
    assert 'value="12"' in shown
    assert newest_rules() == RuleBook()
    more = {
        "rows.4.remedy": "return", "rows.4.category": "Lamps", "rows.4.counted_from": "delivery",
        "rows.4.days": "60", "rows.1.days": "20",
    }  # fmt: skip
    assert author.post(page, typed("windows", **more)).status_code == 302
    shown = text(author, draft)
    assert "Return · Lamps · Counted from: the delivery · 60 days" in shown
    stored = PolicyDraft.objects.get().rules["rules"]["windows"]["rows"]
    assert [row["days"] for row in stored] == [365, 20, 365, 30, 60]
    gone = {**typed("windows", **more), "rows.4.remove": "1"}
    assert author.post(page, gone).status_code == 302
    assert len(PolicyDraft.objects.get().rules["rules"]["windows"]["rows"]) == 4


def test_a_draft_goes_through_two_people_and_stands_in_the_trail(author: Client, publisher: Client) -> None:
    draft = begin(author)
    author.post(f"{draft}rules/thresholds/", typed("thresholds", second_approval_above="250"))
    shown = text(publisher, draft)
    assert "<del>500</del>" in shown
    assert "<ins>250</ins>" in shown
    own = author.post(f"{draft}publish/", {"confirmed": confirmed(shown), "password": PASSWORD})
    assert own.status_code == 403
    assert "You wrote it: somebody else publishes it." in own.content.decode()
    for password, why in (("", "Give your password"), ("wrong", "That is not your password.")):
        form = {"confirmed": confirmed(shown), "password": password}
        answer = publisher.post(f"{draft}publish/", form)
        assert (answer.status_code, why in answer.content.decode()) == (422, True)
    answer = publisher.post(f"{draft}publish/", {"confirmed": confirmed(shown), "password": PASSWORD})
    assert answer.status_code == 302
    assert newest_rules().thresholds.second_approval_above == 250
    entry = AuditEntry.objects.get(action="action_policy_published")
    assert entry.details["changes"] == ["thresholds.second_approval_above: 500 -> 250"]
    assert "written by ada, published by sam" in text(publisher, LIST)
    assert "This became version 1." in text(author, draft)


def test_a_draft_that_changed_since_it_was_looked_at_is_looked_at_again(
    author: Client, publisher: Client
) -> None:
    draft = begin(author)
    author.post(f"{draft}rules/keep_item/", {"up_to": "60"})
    seen = confirmed(text(publisher, draft))
    author.post(f"{draft}rules/keep_item/", {"up_to": "6000"})
    answer = publisher.post(f"{draft}publish/", {"confirmed": seen, "password": PASSWORD})
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.content.decode()
    assert newest_rules().version == 0


def test_an_older_version_comes_back_as_a_draft(author: Client, publisher: Client) -> None:
    draft = begin(author)
    author.post(f"{draft}rules/keep_item/", {"up_to": "60"})
    form = {"confirmed": confirmed(text(publisher, draft)), "password": PASSWORD}
    publisher.post(f"{draft}publish/", form)
    assert "Start a draft like this" in text(author, f"{LIST}versions/0/")
    back = begin(author, version="0", note="Back to version 0")
    shown = text(publisher, back)
    assert "<del>60</del>" in shown
    assert "<ins>50</ins>" in shown


def test_a_brand_does_it_differently_until_it_does_as_all(author: Client) -> None:
    ScopeRule.objects.create(connection="main", position=1, company_id=1, brand="Lumo", region="")
    forget_kept_rules()
    draft = begin(author)
    page = f"{draft}rules/keep_item/"
    assert "Lumo" in text(author, page)
    assert author.post(page, {"brand": "Lumo", "up_to": "5"}).status_code == 302
    assert PolicyDraft.objects.get().rules["brands"] == {"Lumo": {"keep_item": {"up_to": "5"}}}
    shown = text(author, draft)
    assert "Lumo" in shown
    assert "own rule of the brand" in shown
    assert author.post(page, {"brand": "Lumo", "up_to": "5", "as_all": "1"}).status_code == 302
    assert PolicyDraft.objects.get().rules["brands"] == {}
    assert author.get(f"{page}?brand=Nobody").status_code == 404
    assert "Lumo" not in text(author, f"{draft}rules/agent_day/")
    forget_kept_rules()


def test_nobody_changes_the_draft_of_somebody_else(author: Client, publisher: Client) -> None:
    draft = begin(author)
    assert publisher.get(f"{draft}rules/keep_item/").status_code == 404
    assert publisher.post(f"{draft}rules/keep_item/", {"up_to": "1"}).status_code == 404
    assert publisher.post(f"{draft}withdraw/").status_code == 403
    assert author.post(f"{draft}withdraw/").status_code == 302
    assert "Withdrawn by ada." in text(publisher, draft)
    assert author.post(f"{draft}rules/keep_item/", {"up_to": "1"}).status_code == 404
    assert author.post(f"{draft}withdraw/").status_code == 404
    assert "<button" not in text(publisher, draft).partition("<main")[2].partition("</main")[0]


def test_readers_read_and_agents_do_not(browse: Browse, amy: User, fin: User, author: Client) -> None:
    draft = begin(author)
    reader, stranger = browse(fin), browse(amy)
    for address in (LIST, draft, f"{LIST}versions/0/", f"{LIST}codes/"):
        assert reader.get(address).status_code == 200, address
        assert stranger.get(address).status_code == 403, address
    assert reader.post(LIST, {"version": "0", "note": "x"}).status_code == 403
    assert reader.post(f"{draft}publish/", {}).status_code == 403
    assert stranger.post(f"{draft}trial/").status_code == 403
    assert "Start a draft" not in text(reader, LIST)


def test_a_draft_needs_a_reason(author: Client) -> None:
    answer = author.post(LIST, {"version": "0", "note": " "})
    assert answer.status_code == 422
    assert author.post(LIST, {"version": "7", "note": "x"}).status_code == 404
    assert not PolicyDraft.objects.exists()
