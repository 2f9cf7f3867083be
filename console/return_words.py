"""What the customer is told of a return once Odoo awaits it: text to copy, from what the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.masking import MaskedRecord

_TRANSFERS = ("stock.picking", "rma")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions:
    label: str  # what the parcel has to name
    text: str


def instructions_of(action: MaskedRecord) -> Instructions | None:
    """None while nothing is awaited in Odoo, or not any more."""
    awaited = [
        one
        for one in action.effects
        if one.model.value in _TRANSFERS and one.ref.value and not one.due_at.value
    ]  # what is promised to the customer goes the other way
    open_ones = [one for one in awaited if one.state.value not in ("done", "cancelled", "gone", "received")]
    if action.state.value != "succeeded" or not open_ones or not action.goods:
        return None
    label = ", ".join(dict.fromkeys(str(one.ref.value) for one in open_ones))
    lines = [
        _("Please send back:"),
        *(f"- {_line(goods)}" for goods in action.goods),
        "",
        _("Write on the parcel: %(label)s") % {"label": label},
        _("Put a note with %(reference)s and your order number %(order)s into it.")
        % {"reference": action.reference.value, "order": action.order.value},
        "",
        _("Send it to:"),
        *_address(action),
    ]
    return Instructions(label=label, text="\n".join(lines))


def _line(goods: MaskedRecord) -> str:
    much = f"{goods.quantity.value:f} {goods.unit.value}".strip()
    numbers = f" ({', '.join(goods.numbers.value)})" if goods.numbers.value else ""
    return f"{much} {goods.name.value}{numbers}"


def _address(action: MaskedRecord) -> list[str]:
    places = dict.fromkeys((goods.place.value, goods.address.value) for goods in action.goods)
    return [line for place, address in places for line in (address or place).split("\n")]
