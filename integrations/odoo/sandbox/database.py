"""One sandbox database: its records, its users, and the door through which every call comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .access import User
from .computed import COMPUTES
from .dialect import Dialect
from .environment import Environment
from .errors import AccessDenied, BadArgument, MissingError, UnknownDatabase
from .methods import Method, find_method
from .schema import Schema
from .store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    dialect: Dialect
    schema: Schema
    store: Store
    users: tuple[User, ...]

    @property
    def name(self) -> str:
        return self.dialect.database

    def check_name(self, name: str) -> None:
        if name != self.name:
            raise UnknownDatabase(name)

    def user_with_key(self, key: str) -> User | None:
        """The living user behind an API key."""
        now = datetime.now(UTC)
        return next((u for u in self.users if u.key == key and u.is_alive(now)), None)

    def authenticate(self, login: str, key: str) -> User | None:
        user = self.user_with_key(key)
        return user if user is not None and user.login == login else None

    def check_credentials(self, user_id: int, key: str) -> User:
        user = self.user_with_key(key)
        if user_id and user_id not in self.store.rows("res.users"):
            raise MissingError("res.users", user_id, user_id)
        if user is None or user.id != user_id:
            raise AccessDenied
        return user

    def environment(self, user: User, context: Mapping[str, Any], *, model: str = "") -> Environment:
        """A server action never looks at the companies it was called with, unless its own code does."""
        past_rights = model == "ir.actions.server"
        now = datetime.now(UTC)
        return Environment(self.store, self.schema, self.dialect, COMPUTES, user, context, now, past_rights)

    def call_positional(
        self, user: User, model: str, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """JSON-RPC's way: ids of record methods are the first positional argument."""
        named = dict(kwargs)
        context = named.pop("context", None) or {}
        env = self.environment(user, context, model=model if name == "run" else "")
        method = find_method(env, model, name)
        rest = list(args)
        ids = self._take_ids(rest) if method.on_records else None
        try:
            method.signature.bind(*rest, **named)
        except TypeError as problem:
            reason = str(problem).replace(
                "missing a required argument", "missing 1 required positional argument"
            )
            raise BadArgument(f"BaseModel.{name}() {reason}") from None
        return self._run(env, method, model, ids, rest, named)

    def _run(
        self,
        env: Environment,
        method: Method,
        model: str,
        ids: list[int] | None,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        if method.on_records:
            return method.run(env, model, ids or [], *args, **kwargs)
        return method.run(env, model, *args, **kwargs)

    def call_named(
        self, env: Environment, method: Method, model: str, ids: Sequence[int], kwargs: Mapping[str, Any]
    ) -> Any:
        """JSON-2's way: everything by name."""
        return self._run(env, method, model, list(ids), (), kwargs)

    @staticmethod
    def _take_ids(args: list[Any]) -> list[int]:
        first = args.pop(0) if args else []
        return [first] if isinstance(first, int) else list(first)
