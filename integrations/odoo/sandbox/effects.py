"""What the bridge's effects have in common in the sandbox: refusals, places, notes, and documents as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .booking import ask_somebody, write_note
from .environment import Environment
from .errors import UserError

Values = Mapping[str, Any]
Document = tuple[str, int]


def refuse(word: str) -> UserError:
    return UserError(f"deskglass:{word}")


def same(text: Any, number: float, digits: int = 2) -> bool:
    return isinstance(text, str) and round(float(text), digits) == round(number, digits)


def positive(text: Any) -> float:
    if not isinstance(text, str) or float(text) <= 0:
        raise refuse("malformed")
    return float(text)


def check_company(env: Environment, payload: Values) -> None:
    if payload["company_id"] not in env.user.company_ids:
        raise refuse("wrong_company")


def check_order(env: Environment, payload: Values) -> int:
    """The order's id; runs after ``check_company``."""
    order = env.store.rows("sale.order")[payload["order_id"]]
    if order["name"] != payload["order_ref"]:
        raise refuse("not_of_order")
    if order["company_id"] != payload["company_id"]:
        raise refuse("wrong_company")
    return int(payload["order_id"])


def check_assignee(env: Environment, payload: Values) -> None:
    assignee = payload["assignee_id"]
    person = env.store.rows("res.users").get(assignee) if assignee else None
    if assignee and (
        not person
        or not person["active"]
        or person["share"]
        or payload["company_id"] not in person["company_ids"]
    ):
        raise refuse("assignee_unknown")


def tell(env: Environment, model: str, number: int, payload: Values) -> None:
    reference = payload["reference"]
    said = (
        f"{reference}: asked for by {payload['requested_by']}, approved by {payload['approved_by']}."
        f" {payload['reason']}"
    )
    write_note(env, number, said, model=model)
    if payload["assignee_id"]:
        summary = f"{reference}: {payload['task']}"
        ask_somebody(env, number, payload["assignee_id"], summary, model=model)


def seen(env: Environment, model: str, number: int) -> dict[str, Any]:
    row = env.store.rows(model)[number]
    answer = {"model": model, "id": number, "ref": row["name"] or "", "state": row["state"]}
    if "amount_total" in row:
        answer["currency"] = env.store.rows("res.currency")[row["currency_id"]]["name"]
        answer["total"] = f"{row['amount_total']:.2f}"
        answer["tax"] = f"{row['amount_tax']:.2f}"
    if model == "stock.picking":
        answer["due"] = row["scheduled_date"] or ""
    return answer


def seen_with(env: Environment, head: Document, others: Sequence[Document]) -> dict[str, Any]:
    """A document and what was made beside it, each as it is now; what is gone is left out."""
    answer = seen(env, *head)
    if others:
        answer["with"] = [seen(env, *one) for one in others if env.exists(*one)]
    return answer
