"""Odoo 19's JSON-2 end point: bearer key, named arguments, HTTP status codes that mean something."""

from __future__ import annotations

from typing import Any

from .database import Database
from .errors import OdooError, UnknownMethod, UnknownModel
from .methods import find_method
from .tracebacks import traceback_of

NO_DATABASE_PAGE = (
    "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n"
    "<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n"
    "<!-- Alternatively, use the X-Odoo-Database header. -->\n"
)
WRONG_TYPE_PAGE = (
    "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n"
    "<h1>Unsupported Media Type</h1>\n<p>Request inferred type is compatible with [&#39;http&#39;] but "
    "&#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.<br><br>"
    "Please verify the Content-Type request header and try again.</p>\n"
)
NO_KEY = "User not authenticated, use an API Key with a Bearer Authorization header."


class Failure(Exception):
    """An HTTP failure of the web layer itself (werkzeug), not of a model."""

    def __init__(self, *, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name
        self.message = message

    def body(self) -> dict[str, Any]:
        return {
            "name": f"werkzeug.exceptions.{self.name}",
            "message": self.message,
            "arguments": [self.message, self.status],
            "context": {},
            "debug": traceback_of(self),
        }


def unauthorized(message: str) -> Failure:
    return Failure(status=401, name="Unauthorized", message=message)


def not_found(message: str) -> Failure:
    return Failure(status=404, name="NotFound", message=message)


def unprocessable(message: str) -> Failure:
    return Failure(status=422, name="UnprocessableEntity", message=message)


def bad_request(problem: ValueError) -> Failure:
    message = f"could not parse the body as json: {problem}"
    return Failure(status=400, name="BadRequest", message=message)


def call(database: Database, model: str, name: str, key: str | None, body: Any) -> Any:
    """Runs one call; `body` is the parsed JSON (anything but an object counts as no arguments)."""
    if key is None:
        raise unauthorized(NO_KEY)
    user = database.user_with_key(key)
    if user is None:
        raise unauthorized("Invalid apikey")
    named = dict(body) if isinstance(body, dict) else {}
    ids = named.pop("ids", None) or []
    context = named.pop("context", None) or {}
    env = database.environment(user, context, model=model if name == "run" else "")
    try:
        method = find_method(env, model, name)
    except UnknownModel:
        raise not_found(f"the model {model!r} does not exist") from None
    except UnknownMethod as problem:
        raise not_found(problem.message) from None
    if ids and not method.on_records:
        raise unprocessable(f"cannot call {model}.{name} with ids")
    try:
        method.signature.bind(**named)
    except TypeError as problem:
        raise unprocessable(str(problem)) from None
    return database.call_named(env, method, model, ids, named)


def describe(problem: OdooError) -> dict[str, Any]:
    return {
        "name": problem.name,
        "message": problem.message,
        "arguments": problem.arguments,
        "context": {},
        "debug": traceback_of(problem),
    }
