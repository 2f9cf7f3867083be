"""Who ordered: contact, addresses, loyalty and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from integrations.canonical.sensitivity import FINANCIAL, PAYMENT, PERSONAL, PUBLIC, Money, Partial


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    name: Annotated[str | None, PERSONAL, Partial.NAME]
    street: Annotated[str | None, PERSONAL]
    postcode: Annotated[str | None, PERSONAL]
    city: Annotated[str | None, PERSONAL]
    country: Annotated[str | None, PERSONAL, Partial.PLACE]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoyaltyBalance:
    program: Annotated[str, PUBLIC]
    points: Annotated[Decimal, FINANCIAL]
    unit: Annotated[str | None, PUBLIC]
    code: Annotated[str | None, PAYMENT, Partial.LAST_FOUR]  # whoever knows the code can spend the points
    expires_on: Annotated[date | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPreferences:
    email_opted_out: Annotated[bool | None, PUBLIC]
    phone_opted_out: Annotated[bool | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: Annotated[int, PUBLIC]
    account_id: Annotated[int, PUBLIC]  # of the company a contact belongs to, or the customer's own
    name: Annotated[str, PERSONAL, Partial.NAME]
    account: Annotated[str | None, PERSONAL, Partial.NAME]  # the company a contact belongs to
    is_company: Annotated[bool, PUBLIC]
    email: Annotated[str | None, PERSONAL, Partial.EMAIL]
    phone: Annotated[str | None, PERSONAL, Partial.PHONE]
    mobile: Annotated[str | None, PERSONAL, Partial.PHONE]
    address: Address | None
    delivery_address: Address | None
    invoice_address: Address | None
    language: Annotated[str | None, PUBLIC]
    tax_id: Annotated[str | None, PERSONAL, Partial.LAST_FOUR]
    tax_profile: Annotated[str | None, PUBLIC]  # the fiscal position's name
    orders_count: Annotated[int | None, PUBLIC]
    total_invoiced: Annotated[Money | None, FINANCIAL]
    credit: Annotated[Money | None, FINANCIAL]
    loyalty: tuple[LoyaltyBalance, ...]
    preferences: ContactPreferences
    has_warning: Annotated[bool, PUBLIC]  # that there is one may be known to those who may not read it
    warnings: Annotated[tuple[str, ...], PERSONAL]  # typed freely by people
