"""Describes a model's fields to the caller, leaving out those his groups may not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .access import may, may_see_field

if TYPE_CHECKING:
    from .environment import Environment
    from .schema import Field

FLAGS = {
    "store": True,
    "searchable": True,
    "sortable": True,
    "required": False,
    "readonly": False,
    "manual": False,
    "company_dependent": False,
    "change_default": False,
    "default_export_compatible": False,
    "exportable": True,
}
NUMBERS = ("integer", "float", "monetary")
TEXTS = ("char", "text", "html")
OPTIONAL = ("relation", "relation_field", "selection", "currency_field", "model_field", "groups", "related")


def describe_fields(
    env: Environment, model: str, names: Sequence[str] | None, attributes: Sequence[str] | None
) -> dict[str, dict[str, Any]]:
    definition = env.model(model)
    locked = not (may(env.user, definition, "write") or may(env.user, definition, "create"))
    wanted = [definition.fields[n] for n in names if n in definition.fields] if names else None
    found = {}
    for field in wanted if wanted is not None else definition.fields.values():
        if may_see_field(env.user, field):
            found[field.name] = describe(field, locked, attributes, env.dialect.serie)
    return found


def describe(field: Field, locked: bool, attributes: Sequence[str] | None, serie: int) -> dict[str, Any]:
    known = field.attributes
    full: dict[str, Any] = {"name": field.name, "type": field.type, "string": known.get("string", field.name)}
    full.update({flag: known.get(flag, default) for flag, default in FLAGS.items()})
    full.update({name: known[name] for name in OPTIONAL if known.get(name)})
    full["depends"] = []
    if serie >= 18:
        full["groupable"] = field.stored and not field.is_to_many and field.type != "binary"
    if field.type in NUMBERS and field.name != "id" and field.stored:
        full["aggregator" if serie >= 18 else "group_operator"] = "sum"
    if field.type in TEXTS:
        full["translate"] = known.get("translate", False)
    if field.type == "char":
        full["trim"] = True
    if field.relation:
        full.setdefault("domain", [])
        full.setdefault("context", {})
    if locked:
        full["readonly"] = True
    return {k: v for k, v in full.items() if k in attributes} if attributes else full
