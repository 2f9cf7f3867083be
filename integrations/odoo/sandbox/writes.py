"""What Odoo refuses before it writes; the writing itself is beyond the sandbox and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .conditions import check_date
from .environment import Environment
from .errors import BadValue, MissingError, NotInSandbox, UserError, ValidationError
from .schema import Field

Values = Mapping[str, Any]
REQUIRED_OF_CALLER = {"sale.order": ("partner_id",), "rma": ("partner_id",), "loyalty.card": ("program_id",)}


def create(env: Environment, model: str, vals_list: Sequence[Values] | Values) -> None:
    definition = env.check_model(model, "create")
    rows = [vals_list] if isinstance(vals_list, Mapping) else vals_list
    for values in rows:
        check_values(env, model, values)
        for name in REQUIRED_OF_CALLER.get(model, ()):
            if not values.get(name):
                raise missing_value(env, definition.label, definition.fields[name], model)
    raise NotInSandbox(f"how to create {model}")


def write(env: Environment, model: str, ids: Sequence[int], vals: Values) -> None:
    definition = env.check_model(model, "write")
    check_existing(env, model, ids)
    env.check_records(definition, ids, "write")
    check_values(env, model, vals)
    raise NotInSandbox(f"how to write {model}")


def unlink(env: Environment, model: str, ids: Sequence[int]) -> None:
    definition = env.check_model(model, "unlink")
    check_existing(env, model, ids)
    env.check_records(definition, ids, "unlink")
    raise NotInSandbox(f"how to delete {model}")


def confirm_order(env: Environment, model: str, ids: Sequence[int]) -> None:
    definition = env.check_model(model, "write")
    check_existing(env, model, ids)
    env.check_records(definition, ids, "write")
    settled = [i for i in ids if env.get(model, i, "state") not in ("draft", "sent")]
    if settled:
        names = ", ".join(env.get(model, i, "name") for i in settled)
        raise UserError(
            f"The following orders are not in a state requiring confirmation: {names}"
            if env.dialect.serie == 17
            else "Some orders are not in a state requiring confirmation."
        )
    raise NotInSandbox("how to confirm an order")


def check_existing(env: Environment, model: str, ids: Sequence[int]) -> None:
    for record_id in ids:
        if not env.exists(model, record_id):
            raise MissingError(model, record_id, env.user.id)


def check_values(env: Environment, model: str, values: Values) -> None:
    fields = env.model(model).fields
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            where = f"in '{model}'" if env.dialect.serie >= 19 else f"on model '{model}'"
            raise BadValue(f"Invalid field {name!r} {where}")
        check_value(env, model, field, value)


def check_value(env: Environment, model: str, field: Field, value: Any) -> None:
    if not value:
        return
    if field.type in ("date", "datetime"):
        check_date(value)
    elif field.type == "selection":
        if value not in [choice[0] for choice in field.attributes.get("selection", [])]:
            raise BadValue(f"Wrong value for {model}.{field.name}: {value!r}")
    elif field.type == "many2one" and field.relation in env.schema.models:
        check_existing(env, field.relation, [value])


def missing_value(env: Environment, label: str, field: Field, model: str) -> ValidationError:
    string = field.attributes["string"]
    if env.dialect.serie >= 19:
        return ValidationError(
            f"The operation cannot be completed: Missing required value for the field '{string}' ({field.name}).\n"
            f"Model: '{label}' ({model})\n- create/update: a mandatory field is not set\n"
            "- delete: another model requires the record being deleted, you can archive it instead\n"
        )
    return ValidationError(
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
        "- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"
        f"Model: {label} ({model})\nField: {string} ({field.name})\n"
    )
