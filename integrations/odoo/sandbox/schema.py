"""Which models, fields, methods and rights each Odoo version has, as recorded from a server of that version.

`other_models` and `other_fields` exist in Odoo but not here: asking for them must fail as "not in the sandbox",
never as "not in Odoo".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from integrations.odoo.bridge import LEDGER

DEFINITIONS = Path(__file__).parent / "definitions"
EMPTY_OF_TYPE: Mapping[str, Any] = {"integer": 0, "float": 0.0, "monetary": 0.0}
TO_MANY = ("one2many", "many2many")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    type: str
    relation: str
    inverse: str
    stored: bool
    searchable: bool
    groups: tuple[str, ...]
    attributes: Mapping[str, Any]

    @property
    def empty(self) -> Any:
        return EMPTY_OF_TYPE.get(self.type, False)

    @property
    def is_to_many(self) -> bool:
        return self.type in TO_MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    name: str
    label: str
    order: str
    fields: Mapping[str, Field]
    other_fields: frozenset[str]
    methods: frozenset[str]
    readers: frozenset[str]
    writers: frozenset[str]
    creators: frozenset[str]
    deleters: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    serie: int
    models: Mapping[str, Model]
    other_models: frozenset[str]
    group_labels: Mapping[str, str]
    implied_groups: Mapping[str, tuple[str, ...]]


def build_field(name: str, attributes: Mapping[str, Any]) -> Field:
    kind = attributes["type"]
    return Field(
        name=name,
        type=kind,
        relation=attributes.get("relation", ""),
        inverse=attributes.get("relation_field", ""),
        stored=attributes.get("store", True),
        searchable=attributes.get("searchable", True),
        groups=tuple(filter(None, attributes.get("groups", "").replace(" ", "").split(","))),
        attributes=attributes,
    )


def build_model(name: str, raw: Mapping[str, Any], common_methods: frozenset[str]) -> Model:
    access = raw["access"]
    return Model(
        name=name,
        label=raw["label"],
        order=raw["order"],
        fields={field: build_field(field, attributes) for field, attributes in raw["fields"].items()},
        other_fields=frozenset(raw["other_fields"]),
        methods=common_methods | frozenset(raw["methods"]),
        readers=frozenset(access["read"]),
        writers=frozenset(access["write"]),
        creators=frozenset(access["create"]),
        deleters=frozenset(access["unlink"]),
    )


LEDGER_FIELDS = (
    ("id", "ID", "integer"),
    ("x_key", "Key", "char"),
    ("x_kind", "Kind", "char"),
    ("x_payload_sha256", "Payload SHA-256", "char"),
    ("x_res_model", "Document model", "char"),
    ("x_res_id", "Document", "integer"),
    ("x_result", "Result", "json"),
    ("create_date", "Created on", "datetime"),
    ("create_uid", "Created by", "integer"),
    ("write_date", "Last Updated on", "datetime"),
    ("write_uid", "Last Updated by", "integer"),
)


def ledger_model(common_methods: frozenset[str]) -> Model:
    """The model that installing the bridge makes: two groups may read it, nobody may change it from outside."""
    fields = {
        name: build_field(name, {"type": kind, "string": label, "store": True, "searchable": True})
        for name, label, kind in LEDGER_FIELDS
    }
    return Model(
        name=LEDGER,
        label="Deskglass effect",
        order="id",
        fields=fields,
        other_fields=frozenset(),
        methods=common_methods,
        readers=frozenset({"deskglass.group_act", "deskglass.group_read"}),
        writers=frozenset(),
        creators=frozenset(),
        deleters=frozenset(),
    )


@cache
def load_schema(serie: int) -> Schema:
    raw = json.loads((DEFINITIONS / f"odoo{serie}.json").read_text(encoding="utf-8"))
    common = frozenset(raw["common_methods"])
    return Schema(
        serie=serie,
        models={
            **{name: build_model(name, model, common) for name, model in raw["models"].items()},
            LEDGER: ledger_model(common),
        },
        other_models=frozenset(raw["other_models"]),
        group_labels=raw["groups"],
        implied_groups={group: tuple(implied) for group, implied in raw["implied"].items()},
    )


def without_ledger(schema: Schema) -> Schema:
    """The same Odoo before the bridge was installed."""
    return replace(schema, models={name: model for name, model in schema.models.items() if name != LEDGER})
