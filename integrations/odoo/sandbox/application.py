"""Maps addresses to answers: Odoo's own, and the sandbox's side door for faults and statistics."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Any
from urllib.parse import quote

from . import by_hand, json2, jsonrpc
from .database import Database
from .errors import AccessDenied, NotInSandbox, OdooError
from .faults import BadRule, Faults
from .statistics import Call, Statistics
from .wire import JSON_TYPE, Request, Response, html_response, json_response

log = logging.getLogger(__name__)
SIDE_DOOR = "/sandbox/"
NOT_FOUND_PAGE = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on the server. If you entered the URL manually please check your "
    "spelling and try again.</p>\n"
)
CRASH_PAGE = "<!doctype html>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"


class Application:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.faults = Faults()
        self.statistics = Statistics()

    # -- what a request asks for -------------------------------------------------------------

    def identify(self, request: Request) -> Call:
        """Model, method and caller for faults and statistics, without judging them."""
        model, method, key, verb = request.path, request.method, "", ""
        if request.path.startswith("/json/2/"):
            parts = request.path.split("/")
            if len(parts) == 5:
                model, method = parts[3], parts[4]
            key = bearer_key(request) or ""
            verb = self._verb_in(request.body) if model == "ir.actions.server" else ""
        elif request.path == "/jsonrpc":
            model, method, key = self._identify_jsonrpc(request.body)
            verb = self._verb_in(request.body) if model == "ir.actions.server" else ""
        user = self.database.user_with_key(key) if key else None
        return Call(
            model=model,
            method=method,
            login=user.login if user else "",
            role=user.role if user else "",
            request_id=request.headers.get("x-request-id", "")[:100],
            user_agent=request.headers.get("user-agent", "")[:200],
            verb=verb,
        )

    @staticmethod
    def _verb_in(body: bytes) -> str:
        """What a call asks of the bridge; it travels in the context."""
        try:
            told = json.loads(body)
            named = told["params"]["args"][6] if "params" in told else told
            return str(named["context"]["deskglass"]["verb"])
        except (ValueError, KeyError, IndexError, TypeError):
            return ""

    @staticmethod
    def _identify_jsonrpc(body: bytes) -> tuple[str, str, str]:
        try:
            params = json.loads(body)["params"]
            args = params.get("args") or []
            if params["service"] == "object":
                return str(args[3]), str(args[4]), str(args[2])
            return str(params["service"]), str(params["method"]), str(args[2]) if len(args) > 2 else ""
        except (ValueError, KeyError, IndexError, TypeError):
            return "/jsonrpc", "POST", ""

    # -- answers -----------------------------------------------------------------------------

    def answer(self, request: Request) -> Response:
        try:
            return self._route(request)
        except NotInSandbox as problem:
            return json_response({"error": str(problem)}, status=501)
        except Exception:
            log.exception("the sandbox itself failed")
            return html_response(CRASH_PAGE, 500)

    def _route(self, request: Request) -> Response:
        path = request.path
        if path == "/jsonrpc":
            return self._answer_jsonrpc(request)
        if path.startswith("/json/2") and self.database.dialect.has_json2:
            return self._answer_json2(request)
        if path.startswith("/json/") and self.database.dialect.serie == 18:
            return redirect_to_login(path)
        if path == "/web/version" and self.database.dialect.serie >= 19 and request.method == "GET":
            facts = self.database.dialect
            answer = {"version_info": facts.version_info, "version": facts.server_version}
            return json_response(answer, headers=session_cookie())
        if path == "/web/webclient/version_info" and request.method == "POST":
            return self._answer_json_route(request, self.database.dialect.version)
        if path == "/web/database/list" and request.method == "POST":
            return self.describe_problem(request, AccessDenied())
        return html_response(NOT_FOUND_PAGE, 404)

    def _answer_jsonrpc(self, request: Request) -> Response:
        if request.method != "POST" or request.content_type not in (
            "application/json",
            "application/json-rpc",
        ):
            status, title = (
                (415, "Unsupported Media Type") if self.database.dialect.serie >= 19 else (400, "Bad Request")
            )
            return html_response(jsonrpc.WRONG_TYPE_PAGE.format(title=f"{status} {title}"), status)
        try:
            return json_response(jsonrpc.answer(self.database, json.loads(request.body)))
        except ValueError:
            return html_response("Invalid JSON data", 400)
        except jsonrpc.NotJsonRpc as problem:
            return html_response(str(problem), 400)

    def _answer_json_route(self, request: Request, result: Any) -> Response:
        reply = {"jsonrpc": "2.0", "id": self._request_id(request), "result": result}
        return json_response(reply, headers=session_cookie())

    def _answer_json2(self, request: Request) -> Response:
        try:
            return self._run_json2(request)
        except json2.Failure as failure:
            headers = {"WWW-Authenticate": "Bearer "} if failure.status == 401 else {}
            return json_response(failure.body(), status=failure.status, headers=headers)
        except OdooError as problem:
            return json_response(json2.describe(problem), status=problem.http_status)

    def _run_json2(self, request: Request) -> Response:
        asked_database = request.headers.get("x-odoo-database", self.database.name)
        if asked_database != self.database.name:
            return html_response(json2.NO_DATABASE_PAGE, 404)
        parts = request.path.split("/")
        if request.method != "POST" or len(parts) != 5:
            raise json2.not_found("Did you mean POST /json/2/<model>/<method>?")
        if request.content_type != "application/json":
            return html_response(json2.WRONG_TYPE_PAGE, 415)
        try:
            body = json.loads(request.body) if request.body else {}
        except ValueError as problem:
            raise json2.bad_request(problem) from None
        result = json2.call(self.database, parts[3], parts[4], bearer_key(request), body)
        return Response(content_type=JSON_TYPE, body=json.dumps(result).encode())

    def describe_problem(self, request: Request, problem: OdooError) -> Response:
        """One of Odoo's own failures, worded for the protocol the request speaks."""
        if request.path.startswith("/json/2/"):
            return json_response(json2.describe(problem), status=problem.http_status)
        return json_response(jsonrpc.failure(self.database, self._request_id(request), problem))

    @staticmethod
    def _request_id(request: Request) -> Any:
        try:
            return json.loads(request.body).get("id")
        except (ValueError, AttributeError):
            return None

    # -- the side door -----------------------------------------------------------------------

    def answer_side_door(self, request: Request) -> Response:
        if not request.from_loopback:
            return html_response(NOT_FOUND_PAGE, 404)
        match request.method, request.path:
            case "GET", "/sandbox/faults":
                return json_response([rule.as_json() for rule in self.faults.rules])
            case "POST", "/sandbox/faults":
                return self._set_faults(request.body)
            case "DELETE", "/sandbox/faults":
                self.faults.replace_all([])
                return json_response([])
            case "GET", "/sandbox/stats":
                return json_response(self.statistics.as_json())
            case "POST", "/sandbox/stats/reset":
                self.statistics.reset()
                return json_response(self.statistics.as_json())
            case "POST", "/sandbox/by-hand":
                return self._act_by_hand(request.body)
            case "GET", "/sandbox/story":
                return json_response(json.loads(self.database.store.fact("story") or "{}"))
        return html_response(NOT_FOUND_PAGE, 404)

    def _act_by_hand(self, body: bytes) -> Response:
        env = self.database.environment(self.database.users[0], {}).sudo()
        try:
            return json_response(by_hand.act(env, json.loads(body)))
        except (ValueError, KeyError, TypeError, by_hand.BadDeed) as problem:
            return json_response({"error": str(problem)}, status=400)

    def _set_faults(self, body: bytes) -> Response:
        try:
            self.faults.replace_all(json.loads(body))
        except (ValueError, TypeError, BadRule) as problem:
            return json_response({"error": str(problem)}, status=400)
        return json_response([rule.as_json() for rule in self.faults.rules])


def bearer_key(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def redirect_to_login(path: str) -> Response:
    """18 keeps /json/ for signed-in browsers, so a client without a session is sent away."""
    page = html_response("<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n", 303)
    target = f"/web/login?redirect={quote(path, safe='')}%3F"
    return Response(status=303, content_type=page.content_type, body=page.body, headers={"Location": target})


def session_cookie() -> dict[str, str]:
    return {"Set-Cookie": f"session_id={secrets.token_urlsafe(32)}; HttpOnly; Path=/"}
