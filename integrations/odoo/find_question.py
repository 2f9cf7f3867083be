"""A typed text turned into the few calls that look for it, each asking only what this Odoo can search by.

A condition on a field that cannot be searched is ignored without a word by Odoo 17 and 18 and would find
everything: each hop of a path is looked up in the capabilities first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from integrations.canonical import MatchReason, OrderQuery, OriginCondition, parse_phone
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.dialects import dialect_for
from integrations.odoo.origin_domain import origin_domain
from integrations.odoo.specification import origin_specification

MAX_FOUND = 20
MAX_PARTNERS = 40

Condition = list[Any]
Hops = tuple[tuple[str, str], ...]

_ORDER_NUMBERS = frozenset({MatchReason.ORDER_NUMBER, MatchReason.CHANNEL_REFERENCE})
_DOCUMENTS = frozenset({MatchReason.INVOICE, MatchReason.CREDIT_NOTE})
_PEOPLE = frozenset({MatchReason.EMAIL, MatchReason.PHONE, MatchReason.NAME})

_LOTS: Hops = (
    ("sale.order", "picking_ids"),
    ("stock.picking", "move_line_ids"),
    ("stock.move.line", "lot_id"),
    ("stock.lot", "name"),
)


class FindQuestion:
    """One text, one connection, the companies it may be looked for in."""

    def __init__(
        self,
        capabilities: Capabilities,
        query: OrderQuery,
        companies: frozenset[int],
        origins: frozenset[OriginCondition] | None = None,
    ) -> None:
        self._origins = origins
        self._capabilities = capabilities
        self._companies = sorted(companies)
        self.query = query
        self.reversals = dialect_for(capabilities.version).reversals
        squeezed = "".join(query.text.split())
        spellings = (query.text, query.text.upper(), query.text.lower(), squeezed, squeezed.upper())
        self.names = sorted(set(spellings))

    def unsearched(self) -> frozenset[MatchReason]:
        """Kinds the text can be but this Odoo, or our key there, cannot look for."""
        asked: set[MatchReason] = set(self._kinds(_ORDER_NUMBERS))
        asked |= {kind for kind, _ in self._document_conditions()}
        asked |= {kind for kind, _ in self._goods_conditions()}
        asked |= {kind for kind, _ in self._people_conditions()}
        return self.query.kinds - asked

    def numbers(self) -> OdooCall | None:
        if not self._kinds(_ORDER_NUMBERS):
            return None
        reference = escaped(self.query.text)
        return self.orders(either([["name", "in", self.names], ["client_order_ref", "=ilike", reference]]))

    def documents(self) -> OdooCall | None:
        conditions = [condition for _, condition in self._document_conditions()]
        if not conditions:
            return None
        note: dict[str, Any] = {"fields": {"name": {}}}
        fields: dict[str, Any] = {"name": {}, "move_type": {}}
        if self._can((("account.move", self.reversals),)):
            fields[self.reversals] = note
        return self.orders(either(conditions), {"invoice_ids": {"fields": fields}})

    def goods(self) -> OdooCall | None:
        conditions = [condition for _, condition in self._goods_conditions()]
        if not conditions:
            return None
        fields: dict[str, Any] = {
            name: {}
            for name in ("name", "carrier_tracking_ref", "picking_type_code", "return_id")
            if self._capabilities.has("stock.picking", name)
        }
        more: dict[str, Any] = {"picking_ids": {"fields": fields}}
        if self._can((("sale.order", "rma_ids"), ("rma", "name"))):
            more["rma_ids"] = {"fields": {"name": {}}}
        return self.orders(either(conditions), more)

    def people(self) -> OdooCall | None:
        conditions = [condition for _, condition in self._people_conditions()]
        if not conditions:
            return None
        names = ("email", "email_normalized", "phone", "mobile", "phone_sanitized", "commercial_partner_id")
        return OdooCall(
            model="res.partner",
            method="search_read",
            params={
                "domain": either(conditions),
                "fields": [name for name in names if self._capabilities.has("res.partner", name)],
                "limit": MAX_PARTNERS + 1,
                "order": "id desc",
            },
            context=self._context(),
        )

    def orders_of(self, partners: Collection[int]) -> OdooCall:
        """Orders that one of these contacts placed, receives or is billed for."""
        ids = sorted(partners)
        paths = ("partner_id", "partner_shipping_id", "partner_invoice_id")
        return self.orders(either([[path, "in", ids] for path in paths]), {"partner_invoice_id": {}})

    def orders_of_accounts(self, accounts: Collection[int], *, without: Collection[int]) -> OdooCall:
        domain = [["partner_id.commercial_partner_id", "in", sorted(accounts)]]
        if without:
            domain.append(["id", "not in", sorted(without)])
        return self.orders(domain)

    def orders(self, domain: Sequence[Any], more: dict[str, Any] | None = None) -> OdooCall:
        return OdooCall(
            model="sale.order",
            method="web_search_read",
            params={
                "domain": [
                    *origin_domain(self._origins, self._capabilities, companies=self._companies),
                    *domain,
                ],
                "specification": found_order_specification(self._capabilities) | (more or {}),
                "limit": MAX_FOUND + 1,  # one more than is shown tells that there are more
                "order": "date_order desc, id desc",
            },
            context=self._context(),
        )

    def _context(self) -> dict[str, Any]:
        return {"allowed_company_ids": self._companies}

    def _kinds(self, group: frozenset[MatchReason]) -> frozenset[MatchReason]:
        return self.query.kinds & group

    def _can(self, hops: Hops) -> bool:
        known = self._capabilities
        return all(known.may_read(model) and known.may_search(model, name) for model, name in hops)

    def _document_conditions(self) -> list[tuple[MatchReason, Condition]]:
        on_order: Hops = (("sale.order", "invoice_ids"), ("account.move", "name"))
        if not self._kinds(_DOCUMENTS) or not self._can(on_order):
            return []
        # A credit note is among an order's invoices too, where its lines come from the order.
        found = [(kind, ["invoice_ids.name", "in", self.names]) for kind in sorted(self._kinds(_DOCUMENTS))]
        if self._can((("account.move", self.reversals),)):
            path = f"invoice_ids.{self.reversals}.name"
            found.append((MatchReason.CREDIT_NOTE, [path, "in", self.names]))
        return found

    def _goods_conditions(self) -> list[tuple[MatchReason, Condition]]:
        kinds, names, found = self.query.kinds, self.names, list[tuple[MatchReason, Condition]]()
        has_parcels = self._can((("sale.order", "picking_ids"), ("stock.picking", "name")))
        for kind in (MatchReason.DELIVERY, MatchReason.RETURN):
            if kind in kinds and has_parcels:
                found.append((kind, ["picking_ids.name", "in", names]))
        if MatchReason.RETURN in kinds and self._can((("sale.order", "rma_ids"), ("rma", "name"))):
            found.append((MatchReason.RETURN, ["rma_ids.name", "in", names]))
        tracked = has_parcels and self._can((("stock.picking", "carrier_tracking_ref"),))
        if MatchReason.TRACKING_NUMBER in kinds and tracked:
            squeezed = "".join(self.query.text.split())
            for spelling in sorted({self.query.text, squeezed}):
                condition = ["picking_ids.carrier_tracking_ref", "ilike", escaped(spelling)]
                found.append((MatchReason.TRACKING_NUMBER, condition))
        if MatchReason.SERIAL in kinds and self._can(_LOTS):
            found.append((MatchReason.SERIAL, ["picking_ids.move_line_ids.lot_id.name", "in", names]))
        return found

    def _people_conditions(self) -> list[tuple[MatchReason, Condition]]:
        kinds, text = self._kinds(_PEOPLE), self.query.text
        found: list[tuple[MatchReason, Condition]] = []
        if not kinds or not self._capabilities.may_read("res.partner"):
            return found
        if MatchReason.EMAIL in kinds:
            for name, operator, value in (
                ("email_normalized", "=", text.lower()),
                ("email", "=ilike", escaped(text)),
            ):
                if self._can((("res.partner", name),)):
                    found.append((MatchReason.EMAIL, [name, operator, value]))
        if MatchReason.PHONE in kinds:
            found += self._phone_conditions()
        if MatchReason.NAME in kinds and self._can((("res.partner", "name"),)):
            words = [["name", "ilike", escaped(word)] for word in text.split()]
            found.append((MatchReason.NAME, [*["&"] * (len(words) - 1), *words]))
        return found

    def _phone_conditions(self) -> list[tuple[MatchReason, Condition]]:
        """Asks for all that holds the subscriber's digits; which of them is the number is decided on the answer."""
        phone = parse_phone(self.query.text)
        if phone is None:
            return []
        names = ("phone_mobile_search", "phone_sanitized")
        usable = [name for name in names if self._can((("res.partner", name),))]
        if not usable:
            # Without Odoo's own phone module only what was typed there letter by letter is found.
            usable = [name for name in ("phone", "mobile") if self._can((("res.partner", name),))]
        return [(MatchReason.PHONE, [name, "ilike", phone.shortest]) for name in usable]


def found_order_specification(capabilities: Capabilities) -> dict[str, Any]:
    """What a list of found orders shows, which every Odoo we speak to has, and where each comes from."""
    named: dict[str, Any] = {"fields": {"display_name": {}}}
    place: dict[str, Any] = {"city": {}, "zip": {}}
    origin = origin_specification(capabilities)
    shipped_to = origin.pop("partner_shipping_id", {"fields": {}})["fields"]
    return {
        **origin,
        "name": {},
        "client_order_ref": {},
        "state": {},
        "date_order": {},
        "amount_total": {},
        "currency_id": {"fields": {"name": {}, "decimal_places": {}}},
        "company_id": named,
        "partner_id": {"fields": {"name": {}, "commercial_partner_id": named, **place}},
        "partner_shipping_id": {"fields": {**place, **shipped_to}},
    }


def escaped(text: str) -> str:
    """Odoo hands patterns on to PostgreSQL as they are: a percent sign finds everything."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def either(conditions: Sequence[Condition]) -> list[Any]:
    """The conditions joined by "or", each once; one that brings its own operators is spread out."""
    once = [condition for number, condition in enumerate(conditions) if condition not in conditions[:number]]
    joined: list[Any] = ["|"] * (len(once) - 1)
    for condition in once:
        if condition[0] == "&" or isinstance(condition[0], list):
            joined += condition
        else:
            joined.append(condition)
    return joined
