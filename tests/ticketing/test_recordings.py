"""What was recorded from real servers is of the shape that the stand-ins are held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ticketing.description import Exchange, published

RECORDINGS = Path(__file__).parent / "recordings"
UNDER = {"request_tracker": "/REST/2.0", "django_helpdesk": "/api"}


def recorded(vendor: str) -> list[Exchange]:
    found: list[Any] = json.loads((RECORDINGS / f"{vendor}.json").read_text(encoding="utf-8"))["exchanges"]
    return [
        Exchange(
            each["request"]["method"],
            UNDER[vendor] + urlsplit(each["request"]["path"]).path,
            each["request"]["body"],
            each["response"]["status"],
            each["response"]["body"],
        )
        for each in found
        # A search that names no fields is answered with numbers alone, and never asked by us.
        if not each["request"]["path"].startswith("/tickets?query") or "&fields=" in each["request"]["path"]
    ]


@pytest.mark.parametrize(("vendor", "least"), [("request_tracker", 8), ("django_helpdesk", 4)])
def test_real_servers_speak_as_described(vendor: str, least: int) -> None:
    description = published(vendor)
    known = [each for each in recorded(vendor) if description.knows(each) and each.status < 400]

    assert len(known) >= least
    assert [problem for each in known for problem in description.problems(each)] == []
