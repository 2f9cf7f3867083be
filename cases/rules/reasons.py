"""The four sets of codes why something comes back, was decided, is paid, and where goods go.

Pure: no Django. The words of the codes that Deskglass comes with are message ids; words of an organisation's own codes
are shown as they were typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from cases.rules.fields import Choice, Flag, Names, Rows, Text, Wrong
from cases.rules.matter import Nature
from cases.sentences import gettext_noop as _

CODE = "[a-z][a-z0-9_]{1,39}"


class CodeSet(StrEnum):
    CUSTOMER = "customer"  # why the customer comes back
    DECISION = "decision"  # why it was accepted or declined
    REFUND = "refund"  # why money goes back
    DISPOSITION = "disposition"  # where goods go that came back


def codes_of_kind(kind: str) -> CodeSet:
    """Which set the reason of an action comes from: only money has one of its own."""
    return CodeSet.REFUND if kind == "refund" else CodeSet.CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    code: Annotated[str, Text(40, optional=False, pattern=CODE)]
    words: Annotated[str, Text(80, optional=False)]
    nature: Annotated[Nature, Choice(Nature)] = Nature.OTHER
    odoo: Annotated[str, Text(80)] = ""  # what Odoo's document says; the words where nothing is said
    channels: Annotated[tuple[str, ...], Names(60, 40)] = ()  # how shops and marketplaces name it
    active: Annotated[bool, Flag()] = True


_MOST = 120
Codes = tuple[ReasonCode, ...]


def _code(code: str, words: str, nature: Nature = Nature.OTHER, channels: str = "") -> ReasonCode:
    return ReasonCode(code=code, words=words, nature=nature, channels=tuple(channels.split()))


_REFUND = (
    _code("damaged", _("Damaged"), Nature.FAULT),
    _code("wrong_item", _("Wrong item"), Nature.FAULT),
    _code("missing", _("Something is missing"), Nature.FAULT),
    _code("late", _("Too late")),
    _code("not_as_described", _("Not as described"), Nature.FAULT),
    _code("changed_mind", _("No longer wanted"), Nature.WITHDRAWAL),
    _code("price", _("Price corrected")),
    _code("paid_twice", _("Paid twice")),
    _code("goodwill", _("Goodwill")),
    _code("other", _("Other")),
)
_CUSTOMER = (
    _code("defective", _("Does not work"), Nature.FAULT, "DEFECTIVE defective_item"),
    _code("damaged", _("Damaged"), Nature.FAULT, "arrived_damaged"),
    _code("wrong_item", _("Wrong item"), Nature.FAULT, "WRONG_ITEM"),
    _code("missing", _("Something is missing"), Nature.FAULT),
    _code("not_as_described", _("Not as described"), Nature.FAULT, "NOT_AS_DESCRIBED different_from_listing"),
    _code("too_small", _("Too small"), Nature.WITHDRAWAL, "SIZE_TOO_SMALL"),
    _code("too_large", _("Too large"), Nature.WITHDRAWAL, "SIZE_TOO_LARGE"),
    _code("style", _("Colour or style"), Nature.WITHDRAWAL, "STYLE COLOR"),
    _code("unwanted", _("No longer wanted"), Nature.WITHDRAWAL, "UNWANTED"),
    _code("late", _("Too late"), Nature.OTHER, "arrived_late"),
    _code("other", _("Other"), Nature.OTHER, "OTHER UNKNOWN"),
)
_DECISION = (
    _code("received_sound", _("Received in good order")),
    _code("confirmed_fault", _("Fault confirmed"), Nature.FAULT),
    _code("lost_on_the_way", _("Lost on the way"), Nature.FAULT),
    _code("goodwill", _("Goodwill")),
    _code("period_ended", _("The period has ended")),
    _code("final_sale", _("Sold as final")),
    _code("used_or_damaged", _("Used or damaged by the customer")),
    _code("incomplete", _("Came back incomplete")),
    _code("not_ours", _("Not bought here")),
)
_DISPOSITION = (
    _code("restock", _("Back into stock")),
    _code("refurbish", _("Refurbish")),
    _code("repair", _("Repair")),
    _code("to_vendor", _("Back to the vendor")),
    _code("second_choice", _("Sell as second choice")),
    _code("donate", _("Give away")),
    _code("scrap", _("Scrap")),
    _code("kept", _("Stays with the customer")),
)

OWN_WORDS = frozenset(code.words for code in (*_REFUND, *_CUSTOMER, *_DECISION, *_DISPOSITION))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    customer: Annotated[Codes, Rows(ReasonCode, _MOST, once=("code",))] = _CUSTOMER
    decision: Annotated[Codes, Rows(ReasonCode, _MOST, once=("code",))] = _DECISION
    refund: Annotated[Codes, Rows(ReasonCode, _MOST, once=("code",))] = _REFUND
    disposition: Annotated[Codes, Rows(ReasonCode, _MOST, once=("code",))] = _DISPOSITION

    def objections(self) -> Mapping[str, Wrong]:
        for name in CodeSet:
            codes = self.of(name)
            if not any(code.active for code in codes):
                return {name.value: Wrong("no_code")}
            seen: set[str] = set()
            for code in codes:
                for channel in code.channels:
                    if channel.casefold() in seen:
                        return {name.value: Wrong("channel_twice", name=channel)}
                    seen.add(channel.casefold())
        return {}

    def of(self, name: CodeSet) -> Codes:
        codes: Codes = getattr(self, name.value)
        return codes

    def find(self, name: CodeSet, code: str) -> ReasonCode | None:
        return next((found for found in self.of(name) if found.code == code), None)

    def of_channel(self, name: CodeSet, word: str) -> ReasonCode | None:
        """The code a shop or marketplace means; None: somebody has to say."""
        sought = word.casefold()
        return next(
            (
                found
                for found in self.of(name)
                if sought in {channel.casefold() for channel in found.channels}
            ),
            None,
        )

    def nature(self, name: CodeSet, code: str) -> Nature:
        """What a reason comes down to; an unknown one is nothing special."""
        found = self.find(name, code)
        return found.nature if found else Nature.OTHER
