"""Odoo's JSON-RPC end point: HTTP 200 for everything, errors inside the answer."""

from __future__ import annotations

from typing import Any

from .database import Database
from .errors import AccessDenied, BadArgument, BadKey, OdooError, UnknownMethod
from .tracebacks import traceback_of

WRONG_TYPE_PAGE = (
    "<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{title}</h1>\n<p>Request inferred type is "
    "compatible with [&#39;http&#39;] but &#39;/jsonrpc&#39; is type=&#39;json&#39;.</p>\n"
)


class NotJsonRpc(Exception):
    """The body is no JSON-RPC request; Odoo answers HTTP 400 with this text."""


def answer(database: Database, request: Any) -> dict[str, Any]:
    """A method that returns nothing gives an answer with neither result nor error, as in Odoo."""
    if not isinstance(request, dict):
        raise NotJsonRpc("Invalid JSON-RPC data")
    try:
        result = dispatch(database, request.get("params") or {})
    except OdooError as problem:
        return failure(database, request.get("id"), problem)
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": request.get("id")}
    if result is not None:
        reply["result"] = result
    return reply


def failure(database: Database, request_id: Any, problem: OdooError) -> dict[str, Any]:
    error = {
        "code": database.dialect.error_code,
        "message": "Odoo Server Error",
        "data": describe(database, problem),
    }
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


def describe(database: Database, problem: OdooError) -> dict[str, Any]:
    facts = {"message": problem.message, "arguments": problem.arguments, "context": {}}
    debug = traceback_of(problem)
    if isinstance(problem, AccessDenied) and database.dialect.serie >= 19:
        debug = "odoo.exceptions.AccessDenied: Access Denied\n"
    if database.dialect.serie >= 19:
        return {"name": problem.name, **facts, "debug": debug}
    return {"name": problem.name, "debug": debug, **facts}


def dispatch(database: Database, params: dict[str, Any]) -> Any:
    missing = [repr(name) for name in ("service", "method", "args") if name not in params]
    if missing:
        count = f"{len(missing)} required positional argument{'s' if len(missing) > 1 else ''}"
        raise BadArgument(f"jsonrpc() missing {count}: {', '.join(missing)}")
    service, method = params["service"], params["method"]
    args = params.get("args") or []
    if service == "common":
        return dispatch_common(database, str(method), args)
    if service == "object" and method in ("execute_kw", "execute"):
        return dispatch_object(database, str(method), args)
    if service == "object":
        raise UnknownMethod(f"Method not available: {method}")
    raise BadKey(service)


def dispatch_common(database: Database, method: str, args: list[Any]) -> Any:
    if method == "version":
        return database.dialect.version
    if method in ("authenticate", "login") and len(args) >= 3:
        database.check_name(args[0])
        user = database.authenticate(args[1], args[2])
        return user.id if user else False
    if method in ("authenticate", "login"):
        raise BadArgument(f"exp_{method}() missing required positional arguments")
    raise UnknownMethod(f"Method not found: {method}")


def dispatch_object(database: Database, method: str, args: list[Any]) -> Any:
    if len(args) < 5:
        raise BadArgument(f"{method}() missing required positional arguments")
    name, user_id, key, model, called, *rest = args
    database.check_name(name)
    user = database.check_credentials(user_id, key)
    if method == "execute":
        return database.call_positional(user, model, called, rest, {})
    positional = rest[0] if rest else []
    named = rest[1] if len(rest) > 1 and rest[1] else {}
    return database.call_positional(user, model, called, positional, named)
