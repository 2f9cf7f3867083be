"""The public methods of Odoo models that the sandbox answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import access, booking, bridge, importing, writes
from .domain import matching
from .domain import search as find
from .environment import Environment
from .errors import AccessRefused, BadArgument, NotInSandbox, UnknownMethod
from .fields_get import describe_fields
from .reading import read as read_records
from .reading import web_read as read_nested

ORM = "*"
REPEATED_READ_ARGUMENTS = ("load",)
PRIVATE_SINCE_19 = frozenset(
    [
        "browse",
        "sudo",
        "with_context",
        "with_company",
        "with_user",
        "with_env",
        "mapped",
        "filtered",
        "filtered_domain",
        "sorted",
        "ensure_one",
        "env",
        "fetch",
        "search_fetch",
        "modified",
        "concat",
        "union",
        "flush_model",
        "flush_recordset",
        "invalidate_model",
        "invalidate_recordset",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """`on_records` methods take ids first; the others belong to the model."""

    run: Callable[..., Any]
    on_records: bool

    @property
    def signature(self) -> inspect.Signature:
        skipped = 3 if self.on_records else 2
        parameters = list(inspect.signature(self.run).parameters.values())[skipped:]
        return inspect.Signature(parameters)


# -- on the model --------------------------------------------------------------------------------


def search(
    env: Environment,
    model: str,
    domain: Sequence[Any],
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[int]:
    return find(env, model, domain, offset, limit, order)


def search_count(env: Environment, model: str, domain: Sequence[Any], limit: int | None = None) -> int:
    count = len(matching(env, model, domain))
    return min(count, limit) if limit else count


def search_read(
    env: Environment,
    model: str,
    domain: Sequence[Any] | None = None,
    fields: Sequence[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    **read_kwargs: Any,
) -> list[dict[str, Any]]:
    for name in read_kwargs:
        if name not in REPEATED_READ_ARGUMENTS:
            raise BadArgument(f"BaseModel._read_format() got an unexpected keyword argument {name!r}")
    for name in fields or ():
        env.field(model, name)
    ids = find(env, model, domain or [], offset, limit, order)
    return read_records(env, model, ids, fields, classic=read_kwargs.get("load", "_classic_read") is not None)


def web_search_read(
    env: Environment,
    model: str,
    domain: Sequence[Any],
    specification: Mapping[str, Any],
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    count_limit: int | None = None,
) -> dict[str, Any]:
    for name in specification:
        env.field(model, name)
    ids = find(env, model, domain, offset, limit, order)
    records = read_nested(env, model, ids, specification)
    if not records:
        return {"length": 0, "records": []}
    length = len(records) + offset
    count_reached = count_limit is not None and 0 < count_limit <= length
    full = bool(limit) and len(records) == limit and not count_reached
    if full or (limit and env.context.get("force_search_count")):
        length = search_count(env, model, domain, limit=count_limit)
    return {"length": length, "records": records}


def fields_get(
    env: Environment,
    model: str,
    allfields: Sequence[str] | None = None,
    attributes: Sequence[str] | None = None,
) -> dict[str, dict[str, Any]]:
    return describe_fields(env, model, allfields, attributes)


def name_search(
    env: Environment,
    model: str,
    name: str = "",
    domain: Sequence[Any] | None = None,
    operator: str = "ilike",
    limit: int | None = 100,
) -> list[list[Any]]:
    terms = [*(domain or [])]
    if name:
        terms.append(["display_name", operator, name])
    return [[i, env.display_name(model, i)] for i in find(env, model, terms, 0, limit)]


def name_search_with_args(
    env: Environment,
    model: str,
    name: str = "",
    args: Sequence[Any] | None = None,
    operator: str = "ilike",
    limit: int | None = 100,
) -> list[list[Any]]:
    return name_search(env, model, name, args, operator, limit)


def context_get(env: Environment, model: str) -> dict[str, Any]:
    user = env.user.id
    return {"lang": env.get("res.users", user, "lang"), "tz": env.get("res.users", user, "tz"), "uid": user}


def check_access_rights(env: Environment, model: str, operation: str, raise_exception: bool = True) -> bool:
    if not raise_exception:
        return access.may(env.user, env.model(model), operation)
    env.check_model(model, operation)
    return True


# -- on records ----------------------------------------------------------------------------------


def read(
    env: Environment,
    model: str,
    ids: Sequence[int],
    fields: Sequence[str] | None = None,
    load: str | None = "_classic_read",
) -> list[dict[str, Any]]:
    return read_records(env, model, ids, fields, classic=load == "_classic_read")


def web_read(
    env: Environment, model: str, ids: Sequence[int], specification: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return read_nested(env, model, ids, specification)


def check_access(env: Environment, model: str, ids: Sequence[int], operation: str) -> None:
    definition = env.check_model(model, operation)
    env.check_records(definition, ids, operation)


def has_access(env: Environment, model: str, ids: Sequence[int], operation: str) -> bool:
    try:
        check_access(env, model, ids, operation)
    except AccessRefused:
        return False
    return True


def get_metadata(env: Environment, model: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    names = ["create_uid", "create_date", "write_uid", "write_date"]
    records = read_records(env, model, ids, names)
    for record in records:
        known = importing.external_ids(env, model, record["id"])
        record.update(xmlid=known[0]["xmlid"] if known else False, noupdate=False, xmlids=known)
    return records


def message_post(
    env: Environment,
    model: str,
    ids: Sequence[int],
    body: str = "",
    message_type: str = "notification",
    subtype_xmlid: str | None = None,
) -> int | list[int]:
    if (message_type, subtype_xmlid) != ("comment", "mail.mt_note"):
        raise NotInSandbox("any message but an internal note")
    env.check_model(model, "write")
    (record,) = ids
    with env.store.transaction():
        number = booking.write_note(env.sudo(), record, body)
    return [number] if env.dialect.serie >= 19 else number


def activity_schedule(
    env: Environment,
    model: str,
    ids: Sequence[int],
    act_type_xmlid: str = "",
    summary: str = "",
    user_id: int = 0,
) -> str | list[int]:
    env.check_model(model, "write")
    (record,) = ids
    with env.store.transaction():
        number = booking.ask_somebody(env.sudo(), record, user_id or env.user.id, summary)
    return [number] if env.dialect.has_json2 else f"mail.activity({number},)"


def on_model(run: Callable[..., Any]) -> Method:
    return Method(run=run, on_records=False)


def on_records(run: Callable[..., Any]) -> Method:
    return Method(run=run, on_records=True)


METHODS: Mapping[tuple[str, str], Method] = {
    (ORM, "search"): on_model(search),
    (ORM, "search_count"): on_model(search_count),
    (ORM, "search_read"): on_model(search_read),
    (ORM, "web_search_read"): on_model(web_search_read),
    (ORM, "fields_get"): on_model(fields_get),
    (ORM, "name_search"): on_model(name_search),
    (ORM, "check_access_rights"): on_model(check_access_rights),
    (ORM, "read"): on_records(read),
    (ORM, "web_read"): on_records(web_read),
    (ORM, "has_access"): on_records(has_access),
    (ORM, "check_access"): on_records(check_access),
    (ORM, "get_metadata"): on_records(get_metadata),
    (ORM, "create"): on_model(writes.create),
    (ORM, "write"): on_records(writes.write),
    (ORM, "unlink"): on_records(writes.unlink),
    (ORM, "load"): on_model(importing.load),
    ("account.move", "message_post"): on_records(message_post),
    ("account.move", "activity_schedule"): on_records(activity_schedule),
    ("ir.actions.server", "run"): on_records(bridge.run_action),
    ("sale.order", "action_confirm"): on_records(writes.confirm_order),
    ("res.users", "context_get"): on_model(context_get),
}


def find_method(env: Environment, model: str, name: str) -> Method:
    """Fails as Odoo does for a private or unknown method, and loudly for one only Odoo has."""
    serie = env.dialect.serie
    if name.startswith("_") or (serie >= 19 and name in PRIVATE_SINCE_19):
        shown = name if serie == 17 else f"'{model}.{name}'"
        raise AccessRefused(f"Private methods (such as {shown}) cannot be called remotely.")
    if name not in env.model(model).methods:
        if serie == 17:
            raise UnknownMethod(f"The method '{name}' does not exist on the model '{model}'")
        raise UnknownMethod(f"The method '{model}.{name}' does not exist")
    method = METHODS.get((model, name)) or METHODS.get((ORM, name))
    if method is None:
        raise NotInSandbox(f"the method {model}.{name}")
    if name == "name_search" and serie < 19:
        return on_model(name_search_with_args)
    return method
