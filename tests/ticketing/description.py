"""Holds every exchange with a stand-in against a description of the vendor's API, so that neither side makes up words.

``descriptions/`` holds what may be published: some vendors' own descriptions with their licence, and short ones in our
own words for the others, which are held against the vendors' full ones in ``tests/live/ticketing``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

HERE = Path(__file__).parent / "descriptions"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "specs"


@dataclass(frozen=True)
class Exchange:
    method: str
    path: str
    request: Any
    status: int
    answer: Any
    about: str = field(default="")


def full_descriptions() -> Path | None:
    """Where the vendors' own descriptions lie on this machine."""
    named = os.environ.get("TICKETING_DESCRIPTIONS", "")
    folder = Path(named) if named else BESIDE
    return folder if folder.is_dir() else None


class Description:
    """An OpenAPI 3.0 document, as far as bodies are concerned."""

    def __init__(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        document = yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)
        self._document = _with_nulls(document)
        resource: Resource[Any] = Resource.from_contents(self._document, DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("urn:description", resource)
        self._paths = [(_pattern(path), operations) for path, operations in self._document["paths"].items()]

    def problems(self, exchange: Exchange) -> Iterator[str]:
        """What of the exchange the description does not allow."""
        about = f"{exchange.method} {exchange.path}"
        operation = self._operation(exchange)
        if operation is None:
            yield f"{about}: not described"
            return
        if exchange.request is not None:
            wanted = self._resolved(operation.get("requestBody"))
            yield from self._differences(wanted, exchange.request, f"{about} asked")
        answer = operation["responses"].get(str(exchange.status), operation["responses"].get("default"))
        if answer is None:
            if exchange.status < 400:  # few vendors describe their errors
                yield f"{about}: {exchange.status} is not described"
            return
        yield from self._differences(self._resolved(answer), exchange.answer, f"{about} answered")

    def knows(self, exchange: Exchange) -> bool:
        return self._operation(exchange) is not None

    def _operation(self, exchange: Exchange) -> Any:
        # The most literal path wins: "/users/me" before "/users/{id}".
        for pattern, operations in sorted(self._paths, key=lambda each: each[0].groups):
            if pattern.fullmatch(exchange.path) and exchange.method.lower() in operations:
                return operations[exchange.method.lower()]
        return None

    def _resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            place: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part.replace("~1", "/").replace("~0", "~")]
            node = place
        return node

    def _differences(self, described: Any, body: Any, about: str) -> Iterator[str]:
        schema = ((described or {}).get("content") or {}).get("application/json", {}).get("schema")
        if schema is None:
            if body not in (None, "", {}) and described is not None and "content" in described:
                yield f"{about}: a body that is not described"
            return
        absolute = _absolute(schema)
        for error in Draft202012Validator(absolute, registry=self._registry).iter_errors(body):
            yield f"{about}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(path)) + "/?")


def _with_nulls(node: Any) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema has another type."""
    if isinstance(node, list):
        return [_with_nulls(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {
        name: value if name in {"example", "examples"} else _with_nulls(value) for name, value in node.items()
    }
    if made.pop("nullable", False) is True:
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
            if "enum" in made:
                made["enum"] = [*made["enum"], None]
        else:
            return {"anyOf": [made, {"type": "null"}]}
    return made


def _absolute(node: Any) -> Any:
    if isinstance(node, list):
        return [_absolute(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: f"urn:description{value}"
        if name == "$ref" and isinstance(value, str) and value.startswith("#")
        else _absolute(value)
        for name, value in node.items()
    }


@lru_cache
def published(vendor: str) -> Description:
    found = [file for file in HERE.iterdir() if file.stem == vendor and file.suffix in {".json", ".yaml"}]
    return Description(found[0])
