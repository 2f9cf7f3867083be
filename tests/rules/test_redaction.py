"""Card numbers and IBANs are cut out of free text; the numbers of a shop's daily work stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.masking.payment_numbers import find_payment_numbers
from cases.masking.redaction import CUT, redact_payment_numbers

# The schemes' own test numbers.
CARDS = [
    "4111111111111111", "4012888888881881", "4222222222222", "4000000000000000006",  # Visa
    "5555555555554444", "5105105105105100", "2223003122003222", "2720990000000015",  # Mastercard
    "378282246310005", "371449635398431",  # American Express
    "30569309025904", "38520000023237", "36700102000000",  # Diners Club
    "6011111111111117", "6011000990139424",  # Discover
    "3530111333300000", "3566002020360505",  # JCB
    "6759649826438453", "6799990100000000019", "5018000000000009",  # Maestro
    "6205500000000000004", "6250946000000016",  # UnionPay
    "2200000000000004",  # Mir
]  # fmt: skip

# The examples of the IBAN registry.
IBANS = [
    "AD1200012030200359100100", "AE070331234567890123456", "AL47212110090000000235698741", "AT611904300234573201",
    "AZ21NABZ00000000137010001944", "BA391290079401028494", "BE68539007547034", "BG80BNBG96611020345678",
    "BH67BMAG00001299123456", "BR1800360305000010009795493C1", "BY13NBRB3600900000002Z00AB00",
    "CH9300762011623852957", "CR05015202001026284066", "CY17002001280000001200527600", "CZ6508000000192000145399",
    "DE89370400440532013000", "DK5000400440116243", "DO28BAGR00000001212453611324", "EE382200221020145685",
    "EG380019000500000000263180002", "ES9121000418450200051332", "FI2112345600000785", "FO6264600001631634",
    "FR1420041010050500013M02606", "GB29NWBK60161331926819", "GE29NB0000000101904917", "GI75NWBK000000007099453",
    "GL8964710001000206", "GR1601101250000000012300695", "GT82TRAJ01020000001210029690", "HR1210010051863000160",
    "HU42117730161111101800000000", "IE29AIBK93115212345678", "IL620108000000099999999", "IQ98NBIQ850123456789012",
    "IS140159260076545510730339", "IT60X0542811101000000123456", "JO94CBJO0010000000000131000302",
    "KW81CBKU0000000000001234560101", "KZ86125KZT5004100100", "LB62099900000001001901229114",
    "LC55HEMM000100010012001200023015", "LI21088100002324013AA", "LT121000011101001000", "LU280019400644750000",
    "LV80BANK0000435195001", "LY83002048000020100120361", "MC5811222000010123456789030", "MD24AG000225100013104168",
    "ME25505000012345678951", "MK07250120000058984", "MR1300020001010000123456753",
    "MT84MALT011000012345MTLCAST001S", "MU17BOMM0101101030300200000MUR", "NL91ABNA0417164300", "NO9386011117947",
    "PK36SCBL0000001123456702", "PL61109010140000071219812874", "PS92PALS000000000400123456702",
    "PT50000201231234567890154", "QA58DOHB00001234567890ABCDEFG", "RO49AAAA1B31007593840000",
    "RS35260005601001611379", "SA0380000000608010167519", "SC18SSCB11010000000000001497USD", "SE4550000000058398257466",
    "SI56263300012039086", "SK3112000000198742637541", "SM86U0322509800000000270100", "ST23000100010051845310146",
    "SV62CENR00000000000000700025", "TL380080012345678910157", "TN5910006035183598478831", "TR330006100519786457841326",
    "UA213223130000026007233566001", "VA59001123000012345678", "VG96VPVG0000012345678901", "XK051212012345678906",
]  # fmt: skip

STAYS = [
    "SO-40770 was shipped on 2026-11-21 at 16:17",
    "QM2383 delivered, invoiced and paid in full",
    "INV/2026/00031 and RINV/2026/00001, PBNK1/2026/00024",
    "AMZ-302-1127022-7788123 and 113-7424408-0042137",  # marketplace order numbers
    "call +49 151 23456789 or (503) 555-0142 or 0171/2345678 or +1 415 555 1057",
    "+4915123456789",
    "EAN 4006381333931, 5901234123457, 9780201379624, GTIN 10614141000415, UPC 012345678905",
    "00340434161094042557 by parcel, 1Z999AA10123456784, JJD000390007123456789, RR123456785DE, 9400111899223197428490",
    "AX8066653148, NP05056590812DE, GH002949005763",
    "550e8400-e29b-41d4-a716-446655440000",
    "4111111111111112 has a wrong check digit, DE89370400440532013001 too",
    "1234567890123456 starts like no card",
    "2026-11-21 2026-11-22 2026-11-23",
    "page 1 of 4111",
    "",
]


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_cut(number: str) -> None:
    assert redact_payment_numbers(f"pay with {number}, thanks") == f"pay with {CUT}, thanks"


@pytest.mark.parametrize("number", IBANS)
def test_an_iban_is_cut_in_every_writing(number: str) -> None:
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for written in (
        number,
        number.lower(),
        grouped,
        grouped.replace(" ", "-"),
        grouped.replace(" ", "\u00a0"),
    ):
        assert redact_payment_numbers(f"to {written}, please") == f"to {CUT}, please"
        assert redact_payment_numbers(written) == CUT


@pytest.mark.parametrize("separator", [" ", "-", ".", "  ", " - ".strip(), "\u00a0", "–", "/"])
@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (6, 10), (8, 8), (2,) * 8, (1,) * 16])
def test_a_card_number_is_cut_however_it_is_grouped(separator: str, sizes: tuple[int, ...]) -> None:
    groups, start = [], 0
    for size in sizes:
        groups.append("5555555555554444"[start : start + size])
        start += size
    assert redact_payment_numbers(f"card {separator.join(groups)}!") == f"card {CUT}!"


@pytest.mark.parametrize(("text", "expected"), [
    ("card4111111111111111exp", f"card{CUT}exp"),
    ("2026-11-21 4111 1111 1111 1111 12/26 123", f"2026-11-21 {CUT} 12/26 123"),
    ("order 40770 4111-1111-1111-1111", f"order 40770 {CUT}"),
    ("4111111111111111 5555555555554444", f"{CUT} {CUT}"),
    ("IBANDE89370400440532013000Danke", f"IBAN{CUT}Danke"),
    ("DE89 3704 0044 0532 0130 00 and then some words", f"{CUT} and then some words"),
    ("FR14 2004 1010 0505 0001 3M02 606 merci", f"{CUT} merci"),
    ("DE 89 3704 0044 0532 0130 00", CUT),
    ("DE89370400440532013000/4111111111111111", f"{CUT}/{CUT}"),
])  # fmt: skip
def test_what_stands_beside_a_number_stays(text: str, expected: str) -> None:
    assert redact_payment_numbers(text) == expected


@pytest.mark.parametrize("text", STAYS)
def test_numbers_of_daily_work_stay(text: str) -> None:
    assert redact_payment_numbers(text) == text


def test_a_long_text_of_digits_takes_no_time_to_speak_of() -> None:
    text = "1 " * 20_000 + "4111 1111 1111 1111" + " 7" * 20_000
    assert CUT in redact_payment_numbers(text)


@given(st.text(alphabet="0123456789 -DEGBnwbk./", max_size=120))
def test_the_places_found_are_in_order_and_inside_the_text(text: str) -> None:
    spans = find_payment_numbers(text)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    cut = redact_payment_numbers(text)
    assert cut.count(CUT) == len(spans)


@given(
    st.text(alphabet="abc xyz,.", max_size=20),
    st.sampled_from(CARDS + IBANS[:20]),
    st.text(alphabet=" ,.!xyz", max_size=20),
)
def test_no_payment_number_survives_between_words(before: str, number: str, after: str) -> None:
    assert number not in redact_payment_numbers(f"{before} {number} {after}")
