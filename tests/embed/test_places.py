"""Administrators say where the console may be framed: to the letter, in the trail, and with keys that nobody sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cases.embedding.places import key_of
from cases.masking.roles import Role
from cases.models import AuditEntry, Embedding, EmbeddingPerson, User
from integrations.models import TicketingConnection
from tests.conftest import PersonMaker
from tests.embed.signing import AUDIENCE, CONSUMER_SECRET, ORGANISATION, SUBJECT, public_pem

pytestmark = pytest.mark.django_db

PLACE = {
    "do": "set",
    "slug": "acme",
    "name": "Acme’s Zendesk",
    "host": "zendesk",
    "origins": "https://ACME.zendesk.com/\nhttps://acme.zendesk.com:8443",
    "ticketing": "desk",
    "audience": AUDIENCE,
    "key_id": "key-1",
    "is_active": "1",
}


@pytest.fixture
def ada(make_person: PersonMaker) -> User:
    return make_person("ada", Role.ADMIN)


@pytest.fixture
def browser(ada: User) -> Client:
    TicketingConnection.objects.create(
        slug="desk", name="Zendesk of Acme", vendor="zendesk", url="https://acme.zendesk.com"
    )
    client = Client()
    client.force_login(ada)
    return client


def change(client: Client, **form: str) -> Any:
    return client.post("/settings/embedding/change/", form)


def test_a_place_is_set_changed_and_told(browser: Client, ada: User) -> None:
    answer = change(browser, **PLACE, key=public_pem())
    assert answer.status_code == 302
    made = Embedding.objects.get()
    assert made.origins == ["https://acme.zendesk.com", "https://acme.zendesk.com:8443"]
    assert made.ticketing is not None
    assert bytes(made.key or b"") != public_pem().encode(), "it is encrypted"
    assert key_of(made) == public_pem().strip()

    # Without a key the stored one stays; switched off it is gone for everybody.
    assert change(browser, **{**PLACE, "is_active": ""}).status_code == 302
    made.refresh_from_db()
    assert (key_of(made), made.is_active) == (public_pem().strip(), False)
    assert Client().get("/embed/acme/").status_code == 403

    page = browser.get("/settings/embedding/?edit=acme").content.decode()
    assert "https://acme.zendesk.com:8443" in page
    assert "BEGIN PUBLIC KEY" not in page
    entries = AuditEntry.objects.filter(action="embedding_changed").order_by("seq")
    assert [entry.actor for entry in entries] == [f"user:{ada.pk}"] * 2
    assert [entry.details["is_new_key"] for entry in entries] == [True, False]
    assert "BEGIN" not in str([entry.details for entry in entries])


def test_a_key_that_is_moved_to_another_place_opens_nothing(browser: Client) -> None:
    change(browser, **PLACE, key=public_pem())
    Embedding.objects.update(slug="moved")
    assert key_of(Embedding.objects.get()) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"slug": "Ä"}, "short name"),
        ({"name": " "}, "Give it a name"),
        ({"host": "elsewhere"}, "Choose the tool"),
        ({"origins": ""}, "exact origin"),
        ({"origins": "https://*.zendesk.com"}, "exact origin"),
        ({"origins": "http://acme.zendesk.com"}, "exact origin"),
        ({"origins": "https://acme.zendesk.com/agent"}, "exact origin"),
        ({"origins": "https://acme.zendesk.com; script-src *"}, "exact origin"),
        ({"origins": " ".join(f"https://a{number}.example" for number in range(11))}, "exact origin"),
        ({"key": ""}, "store the key"),
        ({"audience": "acme"}, "begins with https"),
        ({"key": "-----BEGIN PRIVATE KEY-----"}, "no public RSA key"),
        ({"ticketing": "nowhere"}, "no such connection"),
    ],
)
def test_what_does_not_do_is_said_and_nothing_is_kept(
    browser: Client, changes: dict[str, str], told: str
) -> None:
    answer = change(browser, **{**PLACE, "key": public_pem(), **changes})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Embedding.objects.exists()


def test_a_person_is_named_by_the_tools_own_number_alone(browser: Client, amy: User) -> None:
    change(
        browser,
        **{**PLACE, "host": "salesforce", "audience": ORGANISATION, "ticketing": "", "key": CONSUMER_SECRET},
    )
    place = str(Embedding.objects.get().pk)
    named = {"do": "name", "place": place, "subject": SUBJECT}
    assert change(browser, **named, username="nobody").status_code == 422
    assert change(browser, **{**named, "subject": ""}, username="amy").status_code == 422
    assert change(browser, **named, username="amy").status_code == 302
    person = EmbeddingPerson.objects.get()
    assert (person.subject, person.user) == (SUBJECT, amy)
    page = browser.get("/settings/embedding/").content.decode()
    assert SUBJECT in page
    assert CONSUMER_SECRET not in page
    assert change(browser, do="forget", person=str(person.pk)).status_code == 302
    assert not EmbeddingPerson.objects.exists()


def test_nobody_else_says_where(sam: User) -> None:
    client = Client()
    client.force_login(sam)
    assert client.get("/settings/embedding/").status_code == 403
    assert change(client, **PLACE, key=public_pem()).status_code == 403
    assert not Embedding.objects.exists()
