"""Reads an order's invoices, credit notes and payments flat and works out what may still be refunded.

Documents are found through their lines' link to the order's lines, and credit notes also through the invoice they
reverse: Odoo's order does not list those. Payments are found through the ledger's own reconciliations.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cached_property

from tests.live.flat_wire import FlatOdoo, Row, id_of, name_of
from tests.live.flat_words import Purse, amount, day, midnight, moment, text

ZERO = Decimal(0)
INVOICES = ("out_invoice", "out_receipt")
STATES = {"draft": "draft", "posted": "posted", "cancel": "cancelled"}
PROGRESS = {"not_paid", "partial", "in_payment", "paid", "reversed", "blocked"}
TRANSACTIONS = {
    "draft": "pending",
    "pending": "pending",
    "authorized": "authorized",
    "done": "done",
    "cancel": "cancelled",
    "error": "failed",
}
_MOVE = (
    "name move_type state payment_state invoice_date invoice_date_due amount_total amount_residual ref "
    "currency_id reversed_entry_id"
)
_LINE = "move_id name quantity price_total display_type sale_line_ids product_id"


class Purses:
    """Currencies by id."""

    def __init__(self, odoo: FlatOdoo) -> None:
        self._odoo = odoo
        self._known: dict[int, Purse] = {}

    def of(self, many2one: Row | list[object]) -> Purse:
        key = id_of(many2one) or 0
        if key not in self._known:
            row = self._odoo.read_one("res.currency", key, "name decimal_places")
            self._known[key] = Purse(row["name"], row["decimal_places"])
        return self._known[key]


class Billing:
    def __init__(self, odoo: FlatOdoo, purses: Purses, order_id: int, order_lines: list[Row]) -> None:
        self._odoo = odoo
        self._purses = purses
        self._order_id = order_id
        self._order_lines = {line["id"]: line for line in order_lines}
        listed = odoo.search("account.move.line", [["sale_line_ids.order_id", "=", order_id]], "move_id")
        self._listed = {id_of(row["move_id"]) or 0 for row in listed}
        documents = odoo.read("account.move", self._listed, _MOVE)
        invoices = [key for key, row in documents.items() if row["move_type"] in INVOICES]
        reversing = odoo.search(
            "account.move", [["reversed_entry_id", "in", invoices], ["move_type", "=", "out_refund"]], _MOVE
        )
        documents |= {row["id"]: row for row in reversing}
        self.invoices = [row for key, row in sorted(documents.items()) if row["move_type"] in INVOICES]
        self.notes = [row for key, row in sorted(documents.items()) if row["move_type"] == "out_refund"]
        self._lines: dict[int, list[Row]] = defaultdict(list)
        rows = odoo.search("account.move.line", [["move_id", "in", list(documents)]], _LINE, order="id")
        for row in rows:
            if row["display_type"] == "product":
                self._lines[id_of(row["move_id"]) or 0].append(row)

    def lines_of(self, document: Row) -> list[Row]:
        return self._lines[document["id"]]

    # --- Documents ---------------------------------------------------------------------------------------------

    def invoice_facts(self) -> list[Row]:
        return [self._facts(row) for row in self.invoices]

    def note_facts(self) -> list[Row]:
        return [
            {**self._facts(row), "reason": text(row["ref"]), "linked": row["id"] in self._listed}
            for row in self.notes
        ]

    def _facts(self, row: Row) -> Row:
        purse = self._purses.of(row["currency_id"])
        return {
            "id": row["id"],
            "ref": _number(row),
            "state": STATES[row["state"]],
            "total": purse.money(row["amount_total"]),
            "residual": purse.money(row["amount_residual"]),
            "payment_state": row["payment_state"] if row["payment_state"] in PROGRESS else "unknown",
            "issued_on": day(row["invoice_date"]),
            "due_on": day(row["invoice_date_due"]),
            "reverses": self._reversed.get(id_of(row["reversed_entry_id"]) or 0),
            "lines": [
                {
                    "line_ids": sorted(line["sale_line_ids"]),
                    "name": text(line["name"]) or name_of(line["product_id"]) or "",
                    "quantity": amount(line["quantity"]),
                    "total": purse.money(line["price_total"]),
                }
                for line in self._lines[row["id"]]
            ],
        }

    @cached_property
    def _reversed(self) -> dict[int, str | None]:
        """The number of every document that a credit note takes back."""
        keys = {id_of(row["reversed_entry_id"]) or 0 for row in (*self.invoices, *self.notes)} - {0}
        return {key: _number(row) for key, row in self._odoo.read("account.move", keys, "name").items()}

    # --- What may still be refunded ----------------------------------------------------------------------------

    def refundable(self, purse: Purse) -> tuple[Row | None, dict[int, Row | None]]:
        """Of the order as a whole and of each line: posted invoices less every credit note that is not cancelled."""
        billed = [row for row in self.invoices if row["state"] == "posted"]
        credited = [row for row in self.notes if row["state"] != "cancel"]
        codes = {self._purses.of(row["currency_id"]).code for row in (*billed, *credited)}
        if codes - {purse.code}:
            return None, dict.fromkeys(self._order_lines)
        left: dict[int, Decimal] = defaultdict(Decimal)
        for row in billed:
            for line in self._lines[row["id"]]:
                for key in line["sale_line_ids"]:
                    left[key] += amount(line["price_total"]) / len(line["sale_line_ids"])
        loose: list[tuple[int | None, Decimal]] = []
        for row in credited:
            for line in self._lines[row["id"]]:
                for key in line["sale_line_ids"]:
                    left[key] -= amount(line["price_total"]) / len(line["sale_line_ids"])
                if not line["sale_line_ids"]:
                    loose.append((id_of(line["product_id"]), amount(line["price_total"])))
        self._charge(loose, left)
        whole = max(ZERO, sum(map(self._own_share, billed), ZERO) - sum(map(self._own_share, credited), ZERO))
        return purse.money(whole), {
            key: purse.money(min(whole, max(ZERO, left[key]))) for key in self._order_lines
        }

    def _charge(self, loose: list[tuple[int | None, Decimal]], left: dict[int, Decimal]) -> None:
        """A credited line without a link is charged to the order's lines of the same product, first line first."""
        for product, credited in loose:
            for key, line in self._order_lines.items():
                if product is not None and id_of(line["product_id"]) == product:
                    part = min(credited, max(ZERO, left[key]))
                    left[key] -= part
                    credited -= part

    def _own_share(self, document: Row) -> Decimal:
        """What of a document is this order's: all of it, unless it bills other orders too."""
        linked = [line for line in self._lines[document["id"]] if line["sale_line_ids"]]
        if all(set(line["sale_line_ids"]) & set(self._order_lines) for line in linked):
            return amount(document["amount_total"])
        return sum(
            (
                amount(line["price_total"]) * len(own) / len(line["sale_line_ids"])
                for line in linked
                if (own := set(line["sale_line_ids"]) & set(self._order_lines))
            ),
            ZERO,
        )

    # --- Payments ----------------------------------------------------------------------------------------------

    def payment_facts(self) -> list[Row]:
        return [*self._transactions(), *self._reconciled()]

    def _transactions(self) -> list[Row]:
        if not self._odoo.has("sale.order", "transaction_ids"):
            return []
        rows = self._odoo.search(
            "payment.transaction",
            [["sale_order_ids", "in", [self._order_id]]],
            "reference provider_reference provider_code payment_method_id state amount currency_id operation "
            "last_state_change create_date",
        )
        return [
            {
                "id": row["id"],
                "source": "provider",
                "ref": text(row["reference"]),
                "provider_ref": text(row["provider_reference"]),
                "state": TRANSACTIONS[row["state"]],
                "amount": self._purses.of(row["currency_id"]).money(row["amount"]),
                "at": moment(row["last_state_change"]) or moment(row["create_date"]),
                "provider": text(row["provider_code"]),
                "method": name_of(row["payment_method_id"]),
                "document_ref": None,
                "is_refund": row["operation"] == "refund" or row["amount"] < 0,
            }
            for row in rows
        ]

    def _reconciled(self) -> list[Row]:
        documents = {row["id"]: row for row in (*self.invoices, *self.notes)}
        items = {
            row["id"]: row
            for row in self._odoo.search(
                "account.move.line",
                [
                    ["move_id", "in", list(documents)],
                    ["account_id.account_type", "in", ["asset_receivable", "liability_payable"]],
                ],
                "move_id",
            )
        }
        partials = self._odoo.search(
            "account.partial.reconcile",
            ["|", ["debit_move_id", "in", list(items)], ["credit_move_id", "in", list(items)]],
            "debit_move_id credit_move_id debit_amount_currency credit_amount_currency exchange_move_id",
        )
        found: list[Row] = []
        for partial in partials:
            for own, other in (("debit", "credit"), ("credit", "debit")):
                item, counterpart = (
                    id_of(partial[f"{own}_move_id"]) or 0,
                    id_of(partial[f"{other}_move_id"]) or 0,
                )
                if item in items:
                    document = documents[id_of(items[item]["move_id"]) or 0]
                    found.append({"partial": partial, "document": document, "other": counterpart, "own": own})
        return self._ledger_payments(found, set(documents))

    def _ledger_payments(self, found: list[Row], own_documents: set[int]) -> list[Row]:
        others = self._odoo.read(
            "account.move.line", {entry["other"] for entry in found}, "move_id date journal_id payment_id"
        )
        moves = self._odoo.read(
            "account.move", {id_of(row["move_id"]) or 0 for row in others.values()}, "name ref"
        )
        payments = self._odoo.read(
            "account.payment",
            {id_of(row["payment_id"]) or 0 for row in others.values()} - {0},
            "payment_method_line_id",
        )
        methods = self._method_names(payments)
        exchanges = {id_of(entry["partial"]["exchange_move_id"]) for entry in found} - {None}
        facts = []
        for entry in found:
            other = others[entry["other"]]
            move = moves[id_of(other["move_id"]) or 0]
            # Settling a credit note against its invoice, or rounding an exchange rate, moves no money.
            if move["id"] in own_documents or move["id"] in exchanges:
                continue
            payment = payments.get(id_of(other["payment_id"]) or 0)
            purse = self._purses.of(entry["document"]["currency_id"])
            facts.append(
                {
                    "id": payment["id"] if payment else entry["partial"]["id"],
                    "source": "ledger",
                    "ref": f"{move['name']} ({move['ref']})" if move["ref"] else move["name"],
                    "provider_ref": None,
                    "state": "done",
                    "amount": purse.money(entry["partial"][f"{entry['own']}_amount_currency"]),
                    "at": midnight(other["date"]),
                    "provider": name_of(other["journal_id"]),
                    "method": methods[id_of(payment["payment_method_line_id"]) or 0] if payment else None,
                    "document_ref": _number(entry["document"]),
                    "is_refund": entry["document"]["move_type"] == "out_refund",
                }
            )
        return facts

    def _method_names(self, payments: dict[int, Row]) -> dict[int, str | None]:
        keys = {id_of(row["payment_method_line_id"]) or 0 for row in payments.values()} - {0}
        found = self._odoo.read("account.payment.method.line", keys, "name")
        return {0: None, **{key: text(row["name"]) for key, row in found.items()}}


def _number(row: Row) -> str | None:
    name = text(row["name"])
    return None if name == "/" else name
