"""Puts the bridge into an Odoo, renews it and takes it out, as that Odoo's administrator and by its external API only.

Every object is remembered in Odoo under the module name ``deskglass``, so a second run finds what the first one made
and changes only what differs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.credentials import Secret
from integrations.errors import BusinessRefusal, Garbled
from integrations.odoo.bridge import LEDGER, VERSION, perform_code, set_up_code
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Protocol
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.discovery import MODELS, ServerVersion, ask_version, protocol_for
from integrations.odoo.exchange import exchange

SILENCE_S = 120.0  # making a model reloads Odoo's registry
MODULE = "deskglass"
CORRELATION_ID = "odoo-bridge"
LEDGER_FIELDS = (
    ("x_key", "Key", "char"),
    ("x_kind", "Kind", "char"),
    ("x_payload_sha256", "Payload SHA-256", "char"),
    ("x_res_model", "Document model", "char"),
    ("x_res_id", "Document", "integer"),
    ("x_result", "Result", "json"),
)
# What the order page reads beyond the models it starts from: Odoo asks for a right on each of them.
ALSO_READ = (
    "account.account",
    "account.journal",
    "account.tax",
    "loyalty.history",
    "mail.activity",
    "payment.method",
    "payment.provider",
    "product.pricelist",
    "product.template",
    "res.users",
    "rma.operation",
    "stock.package",
    "stock.quant.package",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLogins:
    """Whose keys the connection holds: the one that acts, and the one that only reads."""

    acting: str | None
    reading: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The bridge as an administrator sees it."""

    group_act: int | None
    group_read: int | None
    ledger: int | None
    action: int | None
    code_is_ours: bool = False
    action_has_its_group: bool = False


@dataclass(slots=True)
class Administrator:
    """One Odoo spoken to with its administrator's key, which is held for this run only."""

    config: ConnectionConfig
    protocol: Protocol
    version: ServerVersion
    done: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, config: ConnectionConfig, *, login: str, key: str) -> Administrator:
        """``config`` gives the address; its own key is not used."""
        mine = replace(
            config, login=login, key=Secret(key), credential_id=0, credential_version=0, odoo_uid=None
        )
        version = await ask_version(mine, correlation_id=CORRELATION_ID)
        return cls(mine, protocol_for(version, chosen=mine.protocol), version)

    # -- the four things that are asked of Odoo here ---------------------------------------------

    async def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        positional: tuple[str, ...] = (),
        context: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> Any:
        call = OdooCall(
            model=model,
            method=method,
            ids=None if ids is None else tuple(ids),
            params=params,
            positional=positional,
            context=context or {},
        )
        return await exchange(
            self.config, call, protocol=self.protocol, correlation_id=CORRELATION_ID, silence_s=SILENCE_S
        )

    async def search(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        rows = await self.call(model, "search_read", domain=domain, fields=fields)
        if not isinstance(rows, list):
            raise Garbled(f"{model}.search_read: the answer does not hold records")
        return rows

    async def create(self, model: str, values: Mapping[str, Any]) -> int:
        made = await self.call(model, "create", positional=("vals_list",), vals_list=[values])
        return int(made[0])

    async def write(self, model: str, number: int, values: Mapping[str, Any]) -> None:
        await self.call(model, "write", [number], positional=("vals",), vals=values)

    @property
    def groups_field(self) -> str:
        return "group_ids" if self.version.major >= 19 else "groups_id"

    # -- install ---------------------------------------------------------------------------------

    async def install(self, logins: BridgeLogins) -> list[str]:
        """Bring everything to what this release needs; returns what was changed, nothing where all was right."""
        self.done = []
        group_act = await self._group("group_act", "Deskglass: act")
        group_read = await self._group("group_read", "Deskglass: read")
        ledger = await self._ledger(group_act, group_read)
        await self._reading_rights(group_read)
        action = await self._action(ledger, group_act)
        await self._set_up(ledger, action)
        await self._membership(logins.acting, group_act, "may act through the bridge")
        await self._membership(logins.reading, group_read, "may read")
        return self.done

    async def _known(self, name: str, model: str) -> int | None:
        rows = await self.search("ir.model.data", [["module", "=", MODULE], ["name", "=", name]], ["res_id"])
        if not rows:
            return None
        number = int(rows[0]["res_id"])
        found = await self.search(model, [["id", "=", number]], ["id"])
        return number if found else None

    async def _remember(self, name: str, model: str, number: int) -> None:
        rows = await self.search("ir.model.data", [["module", "=", MODULE], ["name", "=", name]], ["id"])
        values = {"module": MODULE, "name": name, "model": model, "res_id": number, "noupdate": True}
        if rows:
            await self.write("ir.model.data", rows[0]["id"], values)
        else:
            await self.create("ir.model.data", values)

    async def _group(self, name: str, title: str) -> int:
        known = await self._known(name, "res.groups")
        if known is not None:
            return known
        made = await self.create("res.groups", {"name": title})
        await self._remember(name, "res.groups", made)
        self.done.append(f"made the group “{title}”")
        return made

    async def _ledger(self, group_act: int, group_read: int) -> int:
        """The keys that were used. Nobody gets a right to change it: only the action writes, past all rights."""
        rows = await self.search("ir.model", [["model", "=", LEDGER]], ["id"])
        if rows:
            ledger = int(rows[0]["id"])
            await self._missing_fields(ledger)
        else:
            fields = [[0, 0, _field_values(*one)] for one in LEDGER_FIELDS]
            ledger = await self.create(
                "ir.model",
                {"name": "Deskglass effect", "model": LEDGER, "state": "manual", "field_id": fields},
            )
            await self._remember("model_ledger", "ir.model", ledger)
            self.done.append("made the ledger of keys")
        await self._read_rows(group_act, [ledger], "the ledger")
        await self._read_rows(group_read, [ledger], "the ledger")
        return ledger

    async def _missing_fields(self, ledger: int) -> None:
        rows = await self.search("ir.model.fields", [["model_id", "=", ledger]], ["name"])
        there = {row["name"] for row in rows}
        for name, title, kind in LEDGER_FIELDS:
            if name not in there:
                await self.create("ir.model.fields", {**_field_values(name, title, kind), "model_id": ledger})
                self.done.append(f"added {name} to the ledger")

    async def _reading_rights(self, group: int) -> None:
        rows = await self.search("ir.model", [["model", "in", [*MODELS, *ALSO_READ]]], ["id"])
        await self._read_rows(group, [int(row["id"]) for row in rows], "what the order page shows")

    async def _read_rows(self, group: int, models: Sequence[int], what: str) -> None:
        """One read-only row per model; a row that came to allow more is set back."""
        wanted = {"perm_read": True, "perm_write": False, "perm_create": False, "perm_unlink": False}
        rows = await self.search(
            "ir.model.access",
            [["group_id", "=", group], ["model_id", "in", list(models)]],
            ["model_id", "active", *wanted],
        )
        there = {int(row["model_id"][0]): row for row in rows}
        for number, row in there.items():
            if number in models and any(row[name] is not value for name, value in wanted.items()):
                await self.write("ir.model.access", row["id"], wanted)
                self.done.append(f"set a right on {row['model_id'][1]} back to reading")
        missing = [
            {"name": f"deskglass {group}/{number}", "model_id": number, "group_id": group, **wanted}
            for number in models
            if number not in there
        ]
        if missing:
            await self.call("ir.model.access", "create", positional=("vals_list",), vals_list=missing)
            self.done.append(f"allowed reading {what} ({len(missing)})")

    async def _action(self, ledger: int, group: int) -> int:
        wanted = {"code": perform_code(), "state": "code", "model_id": ledger}
        known = await self._known("action_perform", "ir.actions.server")
        if known is None:
            made = await self.create(
                "ir.actions.server",
                {"name": "Deskglass: perform", **wanted, self.groups_field: [[6, 0, [group]]]},
            )
            await self._remember("action_perform", "ir.actions.server", made)
            self.done.append(f"made the action, version {VERSION}")
            return made
        row = (await self.search("ir.actions.server", [["id", "=", known]], [*wanted, self.groups_field]))[0]
        held = {"code": row["code"], "state": row["state"], "model_id": row["model_id"][0]}
        if held != wanted or row[self.groups_field] != [group]:
            await self.write("ir.actions.server", known, {**wanted, self.groups_field: [[6, 0, [group]]]})
            self.done.append(f"brought the action to version {VERSION}")
        return known

    async def _set_up(self, ledger: int, action: int) -> None:
        """Through an action of its own that lives for one call, for administrators only from its first moment."""
        rows = await self.search(
            "ir.model.data", [["module", "=", "base"], ["name", "=", "group_system"]], ["res_id"]
        )
        values = {
            "name": "Deskglass: set up",
            "model_id": ledger,
            "state": "code",
            "code": set_up_code(),
            self.groups_field: [[6, 0, [rows[0]["res_id"]]]],
        }
        made = await self.create("ir.actions.server", values)
        asked = {"action_id": action, "version": VERSION, "now_ms": int(time.time() * 1000)}
        try:
            answer = await self.call("ir.actions.server", "run", [made], context={"deskglass": asked})
        finally:
            await self.call("ir.actions.server", "unlink", [made])
        if answer["deskglass"]["is_new"]:
            self.done.append("made keys unique and opened the ledger")

    async def _membership(self, login: str | None, group: int, what: str) -> None:
        if login is None:
            return
        rows = await self.search("res.users", [["login", "=", login]], [self.groups_field])
        if not rows:
            raise BusinessRefusal("the connection's login is not a user of this Odoo")
        if group not in rows[0][self.groups_field]:
            await self.write("res.users", rows[0]["id"], {self.groups_field: [[4, group]]})
            self.done.append(f"the connection's login {what}")

    # -- look, remove ----------------------------------------------------------------------------

    async def look(self) -> Found:
        group_act = await self._known("group_act", "res.groups")
        ledgers = await self.search("ir.model", [["model", "=", LEDGER]], ["id"])
        action = await self._known("action_perform", "ir.actions.server")
        row: Mapping[str, Any] = {}
        if action is not None:
            row = (
                await self.search("ir.actions.server", [["id", "=", action]], ["code", self.groups_field])
            )[0]
        return Found(
            group_act=group_act,
            group_read=await self._known("group_read", "res.groups"),
            ledger=int(ledgers[0]["id"]) if ledgers else None,
            action=action,
            code_is_ours=row.get("code") == perform_code(),
            action_has_its_group=row.get(self.groups_field) == [group_act],
        )

    async def remove(self, *, with_ledger: bool) -> list[str]:
        """Take the action out. The ledger stays unless told otherwise: with it every used key stays used."""
        self.done = []
        found = await self.look()
        if found.action is not None:
            await self._drop("ir.actions.server", found.action, "removed the action")
        if not with_ledger:
            return self.done
        if found.ledger is not None:
            await self._drop("ir.model", found.ledger, "removed the ledger with all keys")
        for group, title in ((found.group_act, "act"), (found.group_read, "read")):
            if group is None:
                continue
            rows = await self.search("ir.model.access", [["group_id", "=", group]], ["id"])
            if rows:
                await self.call("ir.model.access", "unlink", [row["id"] for row in rows])
            await self._drop("res.groups", group, f"removed the group “Deskglass: {title}”")
        rows = await self.search("ir.model.data", [["module", "=", MODULE]], ["id"])
        if rows:
            await self.call("ir.model.data", "unlink", [row["id"] for row in rows])
        return self.done

    async def _drop(self, model: str, number: int, what: str) -> None:
        await self.call(model, "unlink", [number])
        self.done.append(what)


def _field_values(name: str, title: str, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "field_description": title,
        "ttype": kind,
        "required": name == "x_key",
        "index": name == "x_key",
        "copied": False,
        "state": "manual",
    }
