"""One order is one matter for each kind: two open requests would each be judged without the other."""

from __future__ import annotations

from cases.actions.states import FINAL
from cases.models import Action


class AlreadyOpen(Exception):
    """The same matter is being asked for already."""

    def __init__(self, reference: str) -> None:
        super().__init__("the same is being asked for already")
        self.reference = reference


def business_key(order_id: int) -> str:
    return f"order/{order_id}"


def refuse_second(kind: str, connection: str, company_id: int, order_id: int) -> None:
    same = (
        Action.objects.filter(
            connection=connection,
            company_id=company_id,
            kind=kind,
            business_key=business_key(order_id),
        )
        .exclude(state__in=[state.value for state in FINAL])
        .first()
    )
    if same is not None:
        raise AlreadyOpen(same.reference)
