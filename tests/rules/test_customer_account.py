"""Which account a customer belongs to: holds hang on it, so a contact and their company have to be one."""

from __future__ import annotations

from tests.rules.recorded import record_of
from tests.rules.rows import Row, order


def account_of(partner: Row) -> int | None:
    customer = record_of(order(partner_id={"id": 87, "name": "Hugo Lindqvist", **partner}), 18).customer
    return customer.account_id if customer else None


def test_a_contact_belongs_to_the_account_of_their_company() -> None:
    assert account_of({"commercial_partner_id": {"id": 40, "display_name": "Lindqvist AB"}}) == 40


def test_a_private_customer_is_their_own_account() -> None:
    assert account_of({"commercial_partner_id": {"id": 87, "display_name": "Hugo Lindqvist"}}) == 87


def test_without_the_right_to_read_the_account_the_customer_stands_for_it() -> None:
    assert account_of({}) == 87
    assert account_of({"commercial_partner_id": False}) == 87
