"""A tiny client for Odoo of the tests' own, so that the comparison shares no line with what it judges."""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

Row = dict[str, Any]

PATIENCE_S = 60.0
CHUNK = 500

_numbers = itertools.count(1)


class WireRefused(Exception):
    """Odoo said no: the name of its error, never its text."""


class Wire(Protocol):
    def call(self, model: str, method: str, **parameters: Any) -> Any: ...


class JsonRpc:
    """``/jsonrpc``: what 17 and 18 speak, and 19 still."""

    def __init__(self, url: str, database: str, login: str, key: str) -> None:
        self._url = f"{url.rstrip('/')}/jsonrpc"
        self._database = database
        self._key = key
        self._uid = self._ask("common", "authenticate", [database, login, key, {}])
        if not self._uid:
            raise WireRefused("login")

    def call(self, model: str, method: str, **parameters: Any) -> Any:
        ids = parameters.pop("ids", None)
        positional = [] if ids is None else [ids]
        return self._ask(
            "object",
            "execute_kw",
            [self._database, self._uid, self._key, model, method, positional, parameters],
        )

    def _ask(self, service: str, method: str, arguments: list[Any]) -> Any:
        number = next(_numbers)
        question = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": number,
            "params": {"service": service, "method": method, "args": arguments},
        }
        answer = json.loads(_post(self._url, question, {}))
        if answer.get("id") != number:
            raise WireRefused("an answer to another question")
        if "error" in answer:
            raise WireRefused(str((answer["error"].get("data") or {}).get("name")))
        return answer.get("result")


class Json2:
    """``/json/2``: what 19 speaks."""

    def __init__(self, url: str, database: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": database}

    def call(self, model: str, method: str, **parameters: Any) -> Any:
        try:
            return json.loads(_post(f"{self._url}/json/2/{model}/{method}", parameters, self._headers))
        except urllib.error.HTTPError as error:
            raise WireRefused(str(error.code)) from None


def server_major(url: str) -> int:
    question = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": 1,
        "params": {"service": "common", "method": "version", "args": []},
    }
    answer = json.loads(_post(f"{url.rstrip('/')}/jsonrpc", question, {}))
    return int(answer["result"]["server_version_info"][0])


def _post(url: str, body: Any, headers: dict[str, str]) -> bytes:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return bytes(answer.read())


class FlatOdoo:
    """Plain ``search_read`` and ``read``, one model at a time, in the companies given."""

    def __init__(self, wire: Wire, *, companies: Sequence[int]) -> None:
        self._wire = wire
        self.companies = list(companies)
        self._fields: dict[str, dict[str, Any]] = {}

    def within(self, companies: Sequence[int]) -> FlatOdoo:
        """The same Odoo looked at from these companies; the first one is the current one."""
        other = FlatOdoo(self._wire, companies=companies)
        other._fields = self._fields
        return other

    def fields(self, model: str) -> dict[str, Any]:
        """The model's fields as this user has them; none where there is no such model."""
        if model not in self._fields:
            try:
                self._fields[model] = self._wire.call(model, "fields_get", attributes=["type"])
            except WireRefused:
                self._fields[model] = {}
        return self._fields[model]

    def has(self, model: str, field: str) -> bool:
        return field in self.fields(model)

    def first_of(self, model: str, *names: str) -> str:
        """The name under which this version has a field."""
        return next(name for name in names if self.has(model, name))

    def search(
        self,
        model: str,
        domain: list[Any],
        fields: str,
        *,
        limit: int | None = None,
        order: str = "",
        **context: Any,
    ) -> list[Row]:
        more: dict[str, Any] = {"limit": limit} if limit else {}
        if order:
            more["order"] = order
        rows: list[Row] = self._wire.call(
            model,
            "search_read",
            domain=domain,
            fields=self._known(model, fields),
            context=self._context(context),
            **more,
        )
        return rows

    def read(self, model: str, ids: Iterable[int], fields: str, **context: Any) -> dict[int, Row]:
        wanted = sorted(set(ids))
        found: dict[int, Row] = {}
        for start in range(0, len(wanted), CHUNK):
            rows = self._wire.call(
                model,
                "read",
                ids=wanted[start : start + CHUNK],
                fields=self._known(model, fields),
                context=self._context(context),
            )
            found |= {row["id"]: row for row in rows}
        return found

    def read_one(self, model: str, key: int, fields: str) -> Row:
        return self.read(model, [key], fields)[key]

    def _known(self, model: str, fields: str) -> list[str]:
        known = self.fields(model)
        return [name for name in fields.split() if name in known]

    def _context(self, context: dict[str, Any]) -> dict[str, Any]:
        return {"allowed_company_ids": self.companies, **context}


def id_of(value: Any) -> int | None:
    """The id in a many2one as ``read`` gives it: ``[id, name]`` or false."""
    return int(value[0]) if value else None


def name_of(value: Any) -> str | None:
    return str(value[1]) if value else None
