"""What may be typed into a rule, and what is said where it may not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cases.rules.book import PARTS, RuleBook
from cases.rules.fields import Amount, Choice, Names, Text, Unit, Whole, Wrong
from cases.rules.matter import Remedy, is_in_category
from cases.rules.parts import Unclear, parse_part, typed_part

DAYS = Whole(1, 90, Unit.DAYS)
MONEY = Amount(Decimal(0), Decimal(1000), Unit.MONEY)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (DAYS, " 30 ", 30),
        (DAYS, "30.0", 30),
        (MONEY, "12,50", Decimal("12.5")),
        (MONEY, "1.000,00", Decimal(1000)),
        (MONEY, "1,000.00", Decimal(1000)),
        (MONEY, "1 000", Decimal(1000)),
        (MONEY, "0", Decimal(0)),
        (Choice(Remedy), "return", Remedy.RETURN),
        (Text(5), "  a   b ", "a b"),
        (Text(5), "", ""),
        (Names(), "A, B\nA;C,,", ("A", "B", "C")),
        (Names(2, upper=True, pattern="[A-Z]{2}"), "at, de", ("AT", "DE")),
    ],
)
def test_what_may_be_typed(kind: Any, text: str, value: Any) -> None:
    taken = kind.parse(text)
    assert taken == value
    assert kind.parse(kind.typed(taken)) == value
    assert kind.read(kind.plain(taken)) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (DAYS, "", "missing"),
        (DAYS, "ten", "not_a_number"),
        (DAYS, "1e3", "not_a_number"),
        (DAYS, "NaN", "not_a_number"),
        (DAYS, "1" * 21, "not_a_number"),
        (DAYS, "1.5", "not_whole"),
        (DAYS, "0", "too_small"),
        (DAYS, "-1", "too_small"),
        (DAYS, "91", "too_large"),
        (MONEY, "1000.01", "too_large"),
        (MONEY, "1.001", "too_fine"),
        (Choice(Remedy), "gift", "unknown_choice"),
        (Text(3), "abcd", "too_long"),
        (Text(3, optional=False), " ", "missing"),
        (Text(9, pattern="[a-z]+"), "A", "wrong_form"),
        (Names(3), "abcd", "too_long"),
        (Names(3, 1), "a,b", "too_many"),
        (Names(2, upper=True, pattern="[A-Z]{2}"), "A1", "wrong_name"),
    ],
)
def test_what_may_not_be_typed(kind: Any, text: str, code: str) -> None:
    with pytest.raises(Wrong) as wrong:
        kind.parse(text)
    assert wrong.value.code == code


def problems(rule: str, **typed: str) -> dict[str, str]:
    with pytest.raises(Unclear) as unclear:
        parse_part(PARTS[rule], {**typed_part(RuleBook().part(rule)), **typed})
    return {name: wrong.code for name, wrong in unclear.value.problems.items()}


@pytest.mark.parametrize(
    ("rule", "typed", "found"),
    [
        ("windows", {"rows.0.remove": "1"}, {"rows": "no_general_window"}),
        ("windows", {"rows.0.category": "Lamps"}, {"rows": "no_general_window"}),
        ("windows", {"rows.0.remedy": "return"}, {"rows.1.region": "twice"}),
        (
            "windows", {"rows.0.days": "x", "transit_days": ""},
            {"rows.0.days": "not_a_number", "transit_days": "missing"},
        ),
        ("statutory", {"rows.0.days": "13", "rows.0.countries": "AT"}, {"rows.0.days": "below_law"}),
        ("statutory", {"rows.0.countries": "Austria"}, {"rows.0.countries": "too_long"}),
        ("thresholds", {"no_approval_up_to": "501"}, {"no_approval_up_to": "above_second"}),
        (
            "approval_limits",
            dict.fromkeys(("limits.senior_agent", "limits.supervisor", "limits.finance"), ""),
            {"limits.supervisor": "nobody_approves"},
        ),
        ("payout", {"days.card": ""}, {"days.card": "missing"}),
        ("payout", {"days.card": "61"}, {"days.card": "too_large"}),
        ("reasons", {"refund.0.code": "Damaged!"}, {"refund.0.code": "wrong_form"}),
        ("reasons", {"refund.0.code": "other"}, {"refund.9.code": "twice"}),
        ("reasons", {"customer.0.channels": "OTHER"}, {"customer": "channel_twice"}),
        ("reasons", {f"disposition.{n}.active": "" for n in range(8)}, {"disposition": "no_code"}),
        ("customer_limit", {"days": "91"}, {"days": "too_large"}),
        ("restocking", {"rows.0.percent": "51", "rows.0.at_most": "1"}, {"rows.0.percent": "too_large"}),
    ],
)  # fmt: skip
def test_a_rule_says_what_is_wrong_with_it(rule: str, typed: dict[str, str], found: dict[str, str]) -> None:
    assert problems(rule, **typed) == found


def test_a_floor_below_the_law_is_taken_where_the_law_is_another() -> None:
    typed = typed_part(RuleBook().statutory)
    made: Any = parse_part(PARTS["statutory"], {**typed, "rows.0.days": "7", "rows.0.countries": "us"})
    assert made.rows[0].countries == ("US",)


def test_an_empty_row_is_no_row_and_a_role_without_a_limit_has_none() -> None:
    typed = typed_part(RuleBook().warranty)
    made: Any = parse_part(PARTS["warranty"], {**typed, "rows.7.category": " ", "rows.7.days": ""})
    assert made == RuleBook().warranty
    limits = {**typed_part(RuleBook().agent_day), "limits.agent": ""}
    assert "agent" not in parse_part(PARTS["agent_day"], limits).limits


@pytest.mark.parametrize(
    ("category", "wanted", "within"),
    [
        ("All / Home / Lamps", "lamps", True),
        ("All / Home / Lamps", "Home/Lamps", True),
        ("All / Home / Lamps", "All", True),
        ("All / Home / Lamps", "All / Lamps", False),
        ("All / Home / Lamps", "Lamp", False),
        ("", "Lamps", False),
        ("", "", False),
    ],
)
def test_a_category_holds_what_is_below_it(category: str, wanted: str, within: bool) -> None:
    assert is_in_category(category, wanted) is within
