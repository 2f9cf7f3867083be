"""Places in tools that may frame the console, and somebody who enters such a frame as the scripts do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from cases.models import Embedding, EmbeddingPerson, User
from console.views import embed_launch
from integrations.models import TicketingConnection
from tests.embed.places import ORIGIN, make_place
from tests.embed.signing import AUDIENCE, CONSUMER_SECRET, ORGANISATION, SUBJECT, encode, public_pem
from tests.ticketing.conftest import forget_everything
from tests.tickets.conftest import Orders, connected, orders, rt

__all__ = ["Orders", "connected", "forget_everything", "orders", "rt"]

ZENDESK = "https://acme.zendesk.com"
SALESFORCE = "https://acme.lightning.force.com"


@pytest.fixture(autouse=True)
def strangers_are_few() -> None:
    embed_launch._strangers._buckets.clear()


@pytest.fixture
def tool(db: None) -> Embedding:
    """A tool that signs nothing, and through which no ticket can be read."""
    return make_place("tool", "generic")


@pytest.fixture
def chat(connected: TicketingConnection) -> Embedding:
    """A tool that signs nothing, whose tickets are read through Request Tracker's connector."""
    return make_place("chat", "chatwoot", ticketing=connected)


@pytest.fixture
def zendesk(db: None) -> Embedding:
    return make_place("acme", "zendesk", ZENDESK, key=public_pem(), audience=AUDIENCE, key_id="key-1")


@pytest.fixture
def salesforce(amy: User) -> Embedding:
    made = make_place("force", "salesforce", SALESFORCE, key=CONSUMER_SECRET, audience=ORGANISATION)
    EmbeddingPerson.objects.create(embedding=made, subject=SUBJECT, user=amy)
    return made


VERIFIER = "what only this frame knows"
CHALLENGE = encode(hashlib.sha256(VERIFIER.encode()).digest())


@dataclass
class Window:
    """The window beside the frame, in which somebody is signed in."""

    client: Client

    def code(self, slug: str, *, origin: str = ORIGIN, challenge: str = CHALLENGE) -> str:
        answer = self.client.post(f"/embed/{slug}/code/", {"challenge": challenge, "origin": origin})
        assert answer.status_code == 200, answer.content
        return str(answer.json()["code"])


@dataclass
class Frame:
    """The frame itself: no cookie, and a bearer once somebody has entered."""

    slug: str
    client: Client
    bearer: str = ""

    def post(self, name: str, **form: str) -> Any:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return self.client.post(f"/embed/{self.slug}/{name}/", form, headers=headers)

    def get(self, address: str) -> Any:
        return self.client.get(
            address, headers={"Authorization": f"Bearer {self.bearer}", "HX-Request": "true"}
        )

    def enter(self, **form: str) -> Any:
        answer = self.post("token", **form)
        if answer.status_code == 200:
            self.bearer = answer.json()["token"]
        return answer


def window_of(person: User) -> Window:
    client = Client()
    client.force_login(person)
    return Window(client)


def entered(slug: str, person: User, *, origin: str = ORIGIN, launch: str = "") -> Frame:
    frame = Frame(slug, Client())
    code = window_of(person).code(slug, origin=origin)
    answer = frame.enter(code=code, verifier=VERIFIER, origin=origin, launch=launch)
    assert answer.status_code == 200, answer.content
    return frame
