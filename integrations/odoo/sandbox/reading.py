"""Reads records in the two shapes Odoo has: the classic read, and the nested web specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .domain import search
from .errors import AccessRefused, BadKey, BadValue, MissingError

if TYPE_CHECKING:
    from .environment import Environment
    from .schema import Field

Specification = Mapping[str, Mapping[str, Any]]
Values = dict[str, Any]


def present(field: Field, value: Any) -> Any:
    """Date-times travel in whole seconds, floats as floats."""
    if field.type == "datetime" and value:
        return value[:19]
    if field.type in ("float", "monetary"):
        return float(value or 0.0)
    return value


def read(
    env: Environment, model: str, ids: Iterable[int], names: Sequence[str] | None, classic: bool = True
) -> list[Values]:
    """Missing records are left out; hidden ones are an error."""
    definition = env.check_model(model)
    if names:
        fields = [env.field(model, name) for name in names]
        env.check_fields(definition, [field.name for field in fields])
    else:
        fields = readable_fields(env, model)
    known = [i for i in ids if env.exists(model, i)]
    env.check_records(definition, known)
    found = []
    for record_id in known:
        # Odoo drops a record whose computed value runs into a missing one.
        with suppress(MissingError):
            found.append(read_one(env, model, record_id, fields, classic))
    return found


def readable_fields(env: Environment, model: str) -> list[Field]:
    from .access import may_see_field

    return [f for f in env.model(model).fields.values() if env.su or may_see_field(env.user, f)]


def read_one(env: Environment, model: str, record_id: int, fields: list[Field], classic: bool) -> Values:
    values: Values = {"id": record_id}
    for field in fields:
        value = env.get(model, record_id, field.name)
        if classic and field.type == "many2one" and value:
            values[field.name] = [value, env.display_name(field.relation, value)]
        else:
            values[field.name] = present(field, value)
    return values


def web_read(env: Environment, model: str, ids: Sequence[int], specification: Specification) -> list[Values]:
    if not isinstance(specification, Mapping):
        raise BadValue(f"specification must be an object, not {type(specification).__name__}")
    if set(specification) <= {"id"}:
        return [{"id": i} for i in ids]
    records = read(env, model, ids, list(specification), classic=False)
    for name, branch in specification.items():
        field = env.model(model).fields[name]
        if field.type == "many2one" and "fields" in branch:
            nest_many2one(env, field, branch, records)
        elif field.is_to_many and branch:
            nest_to_many(env, field, branch, records)
        elif field.type in ("reference", "many2one_reference") and branch:
            nest_reference(env, field, branch, records)
    return records


def branch_environment(env: Environment, branch: Mapping[str, Any]) -> Environment:
    return env.with_context(**branch["context"]) if "context" in branch else env


def nest_many2one(env: Environment, field: Field, branch: Mapping[str, Any], records: list[Values]) -> None:
    """`display_name` is read without rights and comes last, as in Odoo."""
    inner = branch_environment(env, branch)
    wanted = dict(branch["fields"])
    with_name = wanted.pop("display_name", None) is not None
    ids = unique(record[field.name] for record in records if record[field.name])
    found = {values["id"]: values for values in web_read(inner, field.relation, ids, wanted)}
    if with_name:
        for record_id, values in found.items():
            values["display_name"] = inner.display_name(field.relation, record_id)
    for record in records:
        if record[field.name] is False:
            continue
        if record[field.name] not in found:
            raise BadKey(record[field.name])
        record[field.name] = found[record[field.name]]


def nest_to_many(env: Environment, field: Field, branch: Mapping[str, Any], records: list[Values]) -> None:
    if branch.get("order"):
        for record in records:
            inner = env.with_context(active_test=False)
            domain = [["id", "in", record[field.name]]]
            record[field.name] = search(inner, field.relation, domain, order=branch["order"])
    if "fields" not in branch:
        return
    inner = branch_environment(env, branch)
    limit = branch.get("limit")
    ids = unique(i for record in records for i in record[field.name][:limit])
    found = {values["id"]: values for values in web_read(inner, field.relation, ids, branch["fields"])}
    for record in records:
        record[field.name] = [found.get(i) or {"id": i} for i in record[field.name]]


def nest_reference(env: Environment, field: Field, branch: Mapping[str, Any], records: list[Values]) -> None:
    for record in records:
        target = reference_target(env, field, record)
        if target is None:
            record[field.name] = False
            continue
        model, record_id = target
        if "fields" not in branch:
            continue
        inner = branch_environment(env, branch)
        try:
            values = web_read(inner, model, [record_id], branch["fields"])[0]
        except AccessRefused:
            values = {"id": record_id, "display_name": "You don't have access to this record"}
        if field.type == "reference":
            values["id"] = {"id": record_id, "model": model}
        record[field.name] = values


def reference_target(env: Environment, field: Field, record: Values) -> tuple[str, int] | None:
    value = record[field.name]
    if not value:
        return None
    if field.type == "reference":
        model, _, number = str(value).partition(",")
        target = (model, int(number))
    else:
        target = (record.get(field.attributes.get("model_field", "model")) or "", int(value))
    return target if target[0] and env.exists(*target) else None


def unique(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))
