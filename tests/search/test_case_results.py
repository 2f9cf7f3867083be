"""Cases among the results of a search, on the page and in the API, where no shop is asked."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.casework import Ticket, open_case
from cases.models import AuditEntry, SearchAttempt, User
from cases.people.viewer import Viewer
from tests.casework.conftest import AT, identity

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "ana.bergstrom@mail.example"


@pytest.fixture
def client(amy: User) -> Client:
    client = Client()
    client.force_login(amy, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def numbers(amy_viewer: Viewer) -> list[int]:
    return [
        open_case(
            viewer=amy_viewer,
            order=identity(f"S0004{number}", emails=(EMAIL,)),
            ticket=Ticket(source="zendesk", ref=f"T-{number}7"),
            subject=f"Ana Bergström asks, number {number}",
            at=AT,
        )
        for number in range(2)
    ]


def test_the_only_case_is_opened_at_once(client: Client, numbers: list[int]) -> None:
    for typed in (f"C-{numbers[0]:06d}", "T-07", "S00040"):
        answer = client.post("/search/", {"q": typed})
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, f"/cases/{numbers[0]}/"), (
            typed
        )


def test_several_cases_are_shown_masked_with_why_they_match(client: Client, numbers: list[int]) -> None:
    answer = client.post("/search/", {"q": EMAIL.upper()})
    page = answer.content.decode()
    assert answer.status_code == 200
    for number in numbers:
        assert f"C-{number:06d}" in page
    assert "e-mail address" in page
    assert "2 cases match" in page
    assert "Bergström" not in page
    entry = AuditEntry.objects.get(action="search")
    assert entry.details["hits"] == 2
    assert SearchAttempt.objects.get().hits == 2  # no miss: whoever finds a case is not guessing
