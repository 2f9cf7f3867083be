"""Reason codes from files: every problem with its line, and nothing is taken while there is one."""

from __future__ import annotations

import pytest

from cases.rules.code_import import LARGEST, ImportRefused, export_codes, import_codes
from cases.rules.matter import Nature
from cases.rules.reasons import CodeSet, ReasonCode, Reasons

OURS = Reasons()
HEAD = "set,code,words,counts_as,odoo,channels,in_use\n"


def refused(content: str | bytes, name: str = "codes.csv") -> list[tuple[int, str, str]]:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(ImportRefused) as refusal:
        import_codes(data, name, OURS)
    return [(found.line, found.column, found.wrong.code) for found in refusal.value.problems]


def test_codes_of_a_csv_file_are_added_and_replaced() -> None:
    rows = 'refund,dead,Dead on arrival,fault,DOA,"DOA, dead-on-arrival",yes\nrefund,price,Price,,,,no\n'
    taken = import_codes((HEAD + rows).encode("utf-8-sig"), "Codes.CSV", OURS)
    assert taken.find(CodeSet.REFUND, "dead") == ReasonCode(
        code="dead",
        words="Dead on arrival",
        nature=Nature.FAULT,
        odoo="DOA",
        channels=("DOA", "dead-on-arrival"),
    )
    price = taken.find(CodeSet.REFUND, "price")
    assert price is not None
    assert not price.active
    assert taken.nature(CodeSet.REFUND, "dead") is Nature.FAULT
    assert taken.of_channel(CodeSet.REFUND, "doa") == taken.find(CodeSet.REFUND, "dead")
    assert taken.customer == OURS.customer
    assert len(taken.refund) == len(OURS.refund) + 1


def test_codes_of_a_yaml_file_are_the_same() -> None:
    text = """
refund:
  - code: dead
    words: Dead on arrival
    counts_as: fault
    odoo: DOA
    channels: [DOA, dead-on-arrival]
disposition:
  - {code: museum, words: To the museum, in_use: no}
"""
    taken = import_codes(text.encode(), "codes.yml", OURS)
    found = taken.find(CodeSet.REFUND, "dead")
    assert found is not None
    assert found.channels == ("DOA", "dead-on-arrival")
    museum = taken.find(CodeSet.DISPOSITION, "museum")
    assert museum is not None
    assert not museum.active


def test_every_wrong_line_is_named_at_once() -> None:
    rows = (
        "refund,Damaged,Words,fault,,,\n"
        "gift,dead,Words,,,,\n"
        "\n"
        "refund,dead,,fault,,,\n"
        'refund,torn,"two\nlines",fault,,,\n'
        "refund,worn,Words,sometimes,,,maybe\n"
        "refund,torn,Words,fault,,,\n"
    )
    assert refused(HEAD + rows) == [
        (2, "code", "wrong_form"),
        (3, "set", "unknown_set"),
        (5, "words", "missing"),
        (8, "in_use", "not_yes_or_no"),
        (9, "code", "twice"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        ("", "codes.csv", (1, "", "no_column")),
        (HEAD, "codes.csv", (1, "", "file_empty")),
        (HEAD, "codes.xlsx", (1, "", "unknown_format")),
        (b"\xff\xfe", "codes.csv", (1, "", "not_utf8")),
        (b"x" * (LARGEST + 1), "codes.csv", (1, "", "file_too_large")),
        ("set,code\n", "codes.csv", (1, "", "no_column")),
        ("set,code,words,colour\n", "codes.csv", (1, "", "unknown_column")),
        ("set,code,words,words\n", "codes.csv", (1, "", "column_twice")),
        (HEAD + "refund,a,b,c,d,e,f,g\n", "codes.csv", (2, "", "too_many_cells")),
        (HEAD + 'refund,"a"b,c\n', "codes.csv", (2, "", "not_csv")),
        (HEAD + "refund,many,Many,,,,\n" * 401, "codes.csv", (1, "", "too_many")),
        ("", "codes.yaml", (1, "", "file_empty")),
        ("- a\n", "codes.yaml", (1, "", "yaml_shape")),
        ("\nrefund: 3\n", "codes.yaml", (2, "", "yaml_shape")),
        ("refund:\n  - damaged\n", "codes.yaml", (2, "", "yaml_shape")),
        ("refund:\n  - {code: a1, words: {x: y}}\n", "codes.yaml", (2, "", "yaml_shape")),
        ("refund:\n  - {code: a1, colour: red}\n", "codes.yaml", (2, "", "unknown_column")),
        ("refund:\n  - {code: a1, code: a2}\n", "codes.yaml", (2, "", "column_twice")),
        ("refund:\n  - &a {code: a1}\n  - *a\n", "codes.yaml", (1, "", "no_aliases")),
        ("refund:\n  - {code: [\n", "codes.yaml", (3, "", "not_yaml")),
        ("refund: !!python/object:os.system {}\n", "codes.yaml", (1, "", "yaml_shape")),
        (
            "refund:\n  - {code: dead, words: D}\n  - {code: torn, words: T, channels: [A1, a1]}\n",
            "codes.yaml", (1, "refund", "channel_twice"),
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_says_why(
    content: str | bytes, name: str, found: tuple[int, str, str]
) -> None:
    assert refused(content, name) == [found]


def test_semicolons_are_what_some_spreadsheets_write() -> None:
    taken = import_codes(b"set;code;words\nrefund;dead;Dead\n", "codes.csv", OURS)
    assert taken.find(CodeSet.REFUND, "dead") is not None


def test_what_is_exported_comes_back_and_begins_no_formula() -> None:
    odd = import_codes((HEAD + "refund,dead,'=1+1,,'-x,'@a,\n").encode(), "codes.csv", OURS)
    text = export_codes(odd)
    assert "refund,dead,'=1+1,other,'-x,'@a,yes" in text
    assert import_codes(text.encode(), "codes.csv", OURS) == odd
    assert import_codes(export_codes(OURS).encode(), "codes.csv", OURS) == OURS
