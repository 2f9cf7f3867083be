"""One caller's view of the records: user, context, companies, and the value of every field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from . import access
from .access import User
from .dialect import Dialect
from .errors import AccessRefused, BadValue, NotInSandbox, UnknownModel, UserError
from .ordering import sort_ids
from .schema import Field, Model, Schema
from .store import Record, Store

Compute = Callable[["Environment", int], Any]
Context = Mapping[str, Any]
INSTALLED_LANGUAGES = ("en_US", "de_DE", "fr_FR", "nl_NL")


class Environment:
    """Cheap to make for every call; computed values are remembered for its life only."""

    def __init__(
        self,
        store: Store,
        schema: Schema,
        dialect: Dialect,
        computes: Mapping[tuple[str, str], Compute],
        user: User,
        context: Context,
        now: datetime,
        su: bool = False,
    ) -> None:
        self.store = store
        self.schema = schema
        self.dialect = dialect
        self.computes = computes
        self.user = user
        self.context = context
        self.now = now
        self.su = su
        self._values: dict[tuple[str, int, str], Any] = {}
        self._relatives: dict[tuple[str, bool], Environment] = {}
        if not su:
            self._check_companies()
            self._check_language()

    # -- relatives ---------------------------------------------------------------------------

    def with_context(self, **changes: Any) -> Environment:
        return self._relative({**self.context, **changes}, self.su)

    def sudo(self) -> Environment:
        return self._relative(self.context, True)

    def _relative(self, context: Context, su: bool) -> Environment:
        if su == self.su and context == self.context:
            return self
        key = (json.dumps(context, sort_keys=True), su)
        if key not in self._relatives:
            relative = Environment(
                self.store, self.schema, self.dialect, self.computes, self.user, context, self.now, su
            )
            relative._relatives = self._relatives
            self._relatives[key] = relative
        return self._relatives[key]

    # -- companies and language --------------------------------------------------------------

    @property
    def company_ids(self) -> tuple[int, ...]:
        asked = self.context.get("allowed_company_ids")
        return tuple(asked) if asked else self.user.company_ids

    @property
    def company_id(self) -> int:
        asked = self.context.get("allowed_company_ids")
        return int(asked[0]) if asked else self.user.company_id

    def _check_companies(self) -> None:
        asked = self.context.get("allowed_company_ids") or []
        if not set(asked) <= set(self.user.company_ids):
            raise AccessRefused("Access to unauthorized or invalid companies.")

    def _check_language(self) -> None:
        language = self.context.get("lang")
        if language and language not in INSTALLED_LANGUAGES and self.dialect.serie >= 18:
            raise UserError(f"Invalid language code: {language}")

    # -- models and rights -------------------------------------------------------------------

    def model(self, name: str) -> Model:
        model = self.schema.models.get(name)
        if model is not None:
            return model
        if name in self.schema.other_models:
            raise NotInSandbox(f"the records of {name}")
        raise UnknownModel(f"Object {name} doesn't exist")

    def field(self, model: str, name: str) -> Field:
        definition = self.model(model)
        field = definition.fields.get(name)
        if field is None and name in definition.other_fields:
            raise NotInSandbox(f"the field {model}.{name}")
        if field is None:
            where = f"'{model}'" if self.dialect.serie >= 19 else f"model '{model}'"
            raise BadValue(f"Invalid field {name!r} on {where}")
        return field

    def check_model(self, name: str, operation: str = "read") -> Model:
        model = self.model(name)
        if not self.su and not access.may(self.user, model, operation):
            raise access.refuse_model(self.schema, model, operation)
        return model

    def check_fields(self, model: Model, names: Iterable[str], operation: str = "read") -> None:
        if self.su:
            return
        hidden = [n for n in names if not access.may_see_field(self.user, self.field(model.name, n))]
        if hidden:
            raise access.refuse_fields(self.schema, self.user, model, hidden, operation)

    def is_visible(self, model: str, record: Record) -> bool:
        """The multi-company rules: a record without company is everybody's."""
        if self.su:
            return True
        if model == "res.company":
            return record["id"] in self.company_ids
        if model == "res.users.apikeys":
            return bool(record.get("user_id") == self.user.id)
        if model == "res.partner" and not record.get("company_id"):
            return True
        company = record.get("company_id")
        return not company or company in self.company_ids

    def check_records(self, model: Model, ids: Iterable[int], operation: str = "read") -> None:
        rows = self.store.rows(model.name)
        if any(not self.is_visible(model.name, rows[i]) for i in ids if i in rows):
            raise access.refuse_record(self.dialect.serie, self.user, model, operation)

    # -- values ------------------------------------------------------------------------------

    def exists(self, model: str, record_id: int) -> bool:
        return record_id in self.store.rows(model)

    def get(self, model: str, record_id: int, name: str) -> Any:
        """The raw value: an id or False for many2one, a list of ids for x2many."""
        key = (model, record_id, name)
        if key not in self._values:
            self._values[key] = self._find_value(model, record_id, name)
        return self._values[key]

    def _find_value(self, model: str, record_id: int, name: str) -> Any:
        if name == "id":
            return record_id
        compute = self.computes.get((model, name))
        if compute is not None:
            return compute(self, record_id)
        if name == "message_ids":
            return self._read_messages(model, record_id)
        field = self.field(model, name)
        if field.type == "one2many" and field.inverse:
            self.check_model(field.relation)
            return self._read_one2many(field, record_id)
        record = self.store.rows(model)[record_id]
        if field.type == "many2many" and (name in record or field.stored):
            self.check_model(field.relation)
            return self.related_ids(field.relation, record.get(name) or [])
        if name in record:
            return record[name]
        if field.stored or field.attributes.get("company_dependent"):
            return field.empty
        if field.attributes.get("related"):
            return self.walk(model, record_id, field.attributes["related"])
        raise NotInSandbox(f"how Odoo computes {model}.{name}")

    def walk(self, model: str, record_id: int, path: str) -> Any:
        """Follows a dotted path as a related field does, over the first record of a to-many."""
        name, _, rest = path.partition(".")
        value = self.get(model, record_id, name)
        if not rest:
            return value
        relation = self.field(model, name).relation
        if isinstance(value, list):
            value = value[:1] and value[0]
        if not value:
            return self.end_of_path(relation, rest).empty
        return self.walk(relation, value, rest)

    def end_of_path(self, model: str, path: str) -> Field:
        name, _, rest = path.partition(".")
        field = self.field(model, name)
        return self.end_of_path(field.relation, rest) if rest else field

    def _read_one2many(self, field: Field, record_id: int) -> list[int]:
        return self.related_ids(field.relation, self.store.inverse(field.relation, field.inverse, record_id))

    def related_ids(self, model: str, ids: Iterable[int]) -> list[int]:
        """What a to-many field shows: existing, visible records, archived ones too, in their model's order."""
        rows = self.store.rows(model)
        return sort_ids(self, model, [i for i in ids if i in rows and self.is_visible(model, rows[i])])

    def _read_messages(self, model: str, record_id: int) -> list[int]:
        rows = self.store.rows("mail.message")
        ids = self.store.inverse("mail.message", "res_id", record_id)
        return sorted((i for i in ids if rows[i]["model"] == model), reverse=True)

    def display_name(self, model: str, record_id: int) -> Any:
        return self.sudo().get(model, record_id, "display_name")
