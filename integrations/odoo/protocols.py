"""Words a call in Odoo's two protocols and reads the answer: a result, or what the refusal means for the caller.

An error is judged by its class name and the HTTP status only. Message texts change between versions and may name
people; ``debug`` is a traceback: none of them is kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from integrations.errors import (
    AuthenticationFailed,
    BusinessRefusal,
    Forbidden,
    Garbled,
    GatewayError,
    Missing,
    NotSupported,
    Overloaded,
    Unavailable,
)
from integrations.http import HttpAnswer
from integrations.odoo.calls import OdooCall

_BY_NAME: Mapping[str, type[GatewayError]] = {
    "odoo.exceptions.AccessDenied": AuthenticationFailed,
    "odoo.http.SessionExpiredException": AuthenticationFailed,
    "werkzeug.exceptions.Unauthorized": AuthenticationFailed,
    "odoo.exceptions.AccessError": Forbidden,
    "werkzeug.exceptions.Forbidden": Forbidden,
    "odoo.exceptions.MissingError": Missing,
    "odoo.exceptions.UserError": BusinessRefusal,
    "odoo.exceptions.ValidationError": BusinessRefusal,
    "odoo.exceptions.RedirectWarning": BusinessRefusal,
    # A 500 that is the caller's fault: the model, field, method or argument is not there, or not of that kind.
    "builtins.AssertionError": NotSupported,
    "builtins.AttributeError": NotSupported,
    "builtins.KeyError": NotSupported,
    "builtins.TypeError": NotSupported,
    "builtins.ValueError": NotSupported,
    "werkzeug.exceptions.NotFound": NotSupported,
    "werkzeug.exceptions.BadRequest": NotSupported,
    "werkzeug.exceptions.UnprocessableEntity": NotSupported,
}
_BY_STATUS: Mapping[int, type[GatewayError]] = {
    401: AuthenticationFailed,
    403: Forbidden,
    404: NotSupported,
    422: BusinessRefusal,
}
# Odoo itself, or the proxy before it, has too much to do or is not up yet.
_TOO_MUCH = frozenset({429, 502, 503, 504})
# What Odoo says when its database cannot be opened: the wrong name, or its database server is down.
DATABASE_CLOSED = "psycopg2.OperationalError"

_request_ids = itertools.count(1)
_OWN_CODE = re.compile(r"deskglass:([a-z_]{1,40})")


@dataclass(frozen=True, slots=True)
class WireRequest:
    path: str
    headers: Mapping[str, str]
    content: bytes
    request_id: int | None = None  # JSON-RPC's own

    def __repr__(self) -> str:
        return f"WireRequest({self.path!r})"  # headers and content hold the key


def json2_request(call: OdooCall, *, database: str, key: str, context: Mapping[str, Any]) -> WireRequest:
    body: dict[str, Any] = {**call.params, "context": context}
    if call.ids is not None:
        body["ids"] = list(call.ids)
    return WireRequest(
        path=f"/json/2/{call.model}/{call.method}",
        headers={
            "Authorization": f"bearer {key}",
            "X-Odoo-Database": database,
            "Content-Type": "application/json; charset=utf-8",
        },
        content=orjson.dumps(body),
    )


def jsonrpc_request(
    call: OdooCall, *, database: str, uid: int, key: str, context: Mapping[str, Any]
) -> WireRequest:
    positional: list[Any] = [] if call.ids is None else [list(call.ids)]
    positional += [call.params[name] for name in call.positional]
    named = {name: value for name, value in call.params.items() if name not in call.positional}
    arguments = [database, uid, key, call.model, call.method, positional, {**named, "context": context}]
    return _jsonrpc("object", "execute_kw", arguments)


def authenticate_request(*, database: str, login: str, key: str) -> WireRequest:
    return _jsonrpc("common", "authenticate", [database, login, key, {}])


def version_request() -> WireRequest:
    return _jsonrpc("common", "version", [])


def _jsonrpc(service: str, method: str, arguments: list[Any]) -> WireRequest:
    number = next(_request_ids)
    body = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": number,
        "params": {"service": service, "method": method, "args": arguments},
    }
    return WireRequest(
        path="/jsonrpc",
        headers={"Content-Type": "application/json; charset=utf-8"},
        content=orjson.dumps(body),
        request_id=number,
    )


def read_json2(answer: HttpAnswer, *, reference: str) -> Any:
    """Return the result or raise."""
    body, is_json = _parse(answer)
    if answer.status == 200 and is_json:
        return body
    name = body.get("name") if isinstance(body, dict) else None
    if answer.status == 200 or not isinstance(name, str):
        if answer.status == 404:
            # Without a database there is no JSON-2 at all, so Odoo answers with a web page.
            raise NoSuchDatabase(f"{reference}: no such database at this address")
        raise _without_a_name(answer, reference)
    raise _named(name, answer, reference, body.get("message"))


def read_jsonrpc(answer: HttpAnswer, *, request_id: int | None, reference: str) -> Any:
    """Return the result (``None`` where Odoo gave none) or raise."""
    body, is_json = _parse(answer)
    if answer.status != 200 or not is_json:
        raise _without_a_name(answer, reference)
    if not isinstance(body, dict) or body.get("id") != request_id:
        raise Garbled(f"{reference}: the answer belongs to another question")
    error = body.get("error")
    if error is None:
        return body.get("result")
    data = error.get("data") if isinstance(error, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    message = data.get("message") if isinstance(data, dict) else None
    raise _named(name if isinstance(name, str) else "", answer, reference, message)


class NoSuchDatabase(AuthenticationFailed):
    """The address is right, the database name is not."""


class DatabaseClosed(Unavailable):
    """Odoo cannot open its database: a wrong name, or its database server is down."""


def _named(name: str, answer: HttpAnswer, reference: str, message: Any) -> GatewayError:
    if name == DATABASE_CLOSED:
        return DatabaseClosed(f"{reference}: Odoo cannot open its database")
    if answer.status in _TOO_MUCH:
        return Overloaded(
            f"{reference}: the server answered {answer.status}", retry_after_s=retry_after_s(answer)
        )
    known = _BY_NAME.get(name) or _BY_STATUS.get(answer.status)
    if known is None:
        known = BusinessRefusal if name.startswith("odoo.exceptions.") else Unavailable
    error = known(
        f"{reference}: {_WORDS[known]}", retry_after_s=retry_after_s(answer) if known is Unavailable else None
    )
    if isinstance(error, BusinessRefusal):
        error.code = _own_code(message)
    return error


def _own_code(message: Any) -> str | None:
    """The word our own code inside Odoo refused with. Any other text may hold values and is dropped."""
    found = _OWN_CODE.fullmatch(message) if isinstance(message, str) else None
    return found[1] if found else None


_WORDS: Mapping[type[GatewayError], str] = {
    AuthenticationFailed: "the key is wrong, expired or revoked",
    Forbidden: "the integration user lacks a right",
    Missing: "a record is not there",
    NotSupported: "the model, field, method or argument is not there",
    BusinessRefusal: "Odoo's own rules refused",
    Unavailable: "the server failed",
}


def _without_a_name(answer: HttpAnswer, reference: str) -> GatewayError:
    status = answer.status
    if status == 401:
        return AuthenticationFailed(f"{reference}: {_WORDS[AuthenticationFailed]}")
    if status in _TOO_MUCH:
        return Overloaded(f"{reference}: the server answered {status}", retry_after_s=retry_after_s(answer))
    if status >= 500:
        return Unavailable(f"{reference}: the server answered {status}", retry_after_s=retry_after_s(answer))
    if 300 <= status < 400:
        return Garbled(f"{reference}: the server answered with a redirect, which is never followed")
    return Garbled(f"{reference}: the server answered {status} with something that is not Odoo's")


def parsed_or_none(answer: HttpAnswer) -> Any:
    """The JSON in an answer that may be anything."""
    return _parse(answer)[0]


def _parse(answer: HttpAnswer) -> tuple[Any, bool]:
    if answer.content_type != "application/json":
        return None, False
    try:
        return orjson.loads(answer.body), True
    except orjson.JSONDecodeError:
        return None, False


def retry_after_s(answer: HttpAnswer, *, now: datetime | None = None) -> float | None:
    """Retry-After as seconds from now, whether it came as seconds or as a date."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(min(int(text), 3600))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), 3600.0)
