"""Finds what may be an order's number in a ticket's texts; whether it is one is for Odoo to say.

Pure. Numbers without a letter count only where a sign or their form says that they number an order: a customer's
house, phone and postcode are numbers too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cases.tickets.records import FoundIn
from integrations.ticketing.records import Thread, Ticket

MOST_REFERENCES = 8  # that Odoo is asked about; who names more has to be asked which is meant

_NUMBER = re.compile(
    r"(?<![\w@./:-])"
    r"(?:#\s?(?P<sign>[A-Za-z]{0,8}-?\d{2,15})"  # behind a sign
    r"|(?P<word>[A-Za-z]{1,8}[-/]?\d{3,12}(?:[-/]\d{1,12}){0,2})"  # letters first, as sequences are made
    r"|(?P<market>\d{3}-\d{7}-\d{7}))"  # a marketplace's
    r"(?![\w@]|[-/.]\w)"
)


def named_orders(ticket: Ticket, thread: Thread) -> Mapping[str, tuple[FoundIn, ...]]:
    """What may be numbers of orders, each with where it stands; the field's first, as it is written there."""
    found: dict[str, list[FoundIn]] = {}
    written = [text for text in (ticket.order_ref.strip(),) if 0 < len(text) <= 100]
    places = (
        (FoundIn.FIELD, written),
        (FoundIn.SUBJECT, list(_numbers([ticket.subject]))),
        (FoundIn.THREAD, list(_numbers(message.text for message in thread.messages if not message.own_key))),
    )
    for place, references in places:
        for reference in references:
            named = found.setdefault(reference, [])
            if place not in named:
                named.append(place)
    return {reference: tuple(named) for reference, named in found.items()}


def _numbers(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _NUMBER.finditer(text):
            number = match["sign"] or match["word"] or match["market"]
            yield number.upper()
