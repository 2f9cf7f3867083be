"""Whatever HTML a customer sends, what may be shown holds tags of the list and nothing that runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.ticketing.marks import mark, read_mark
from integrations.ticketing.markup import as_html, cleaned, is_web_address, tidy
from integrations.ticketing.records import Author

ALLOWED = re.compile(
    r"</?(?:p|b|strong|i|em|u|ul|ol|li|blockquote|pre|a|code)>|<(?:br|hr)>|"
    r'<a href="https?://[^"<>]*" rel="noopener noreferrer nofollow">'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello</p><p>World</p>", "Hello\n\nWorld"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<div>x</div><script>alert(1)</script>y", "x\ny"),
        ("<style>p{}</style>z", "z"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("<svg onload=alert(1)><p>in</p></svg>out", "out"),
        ("<b>never closed", "never closed"),
        ("</p></p>stray", "stray"),
        ("", ""),
    ],
)
def test_the_words_of_markup_are_kept(html: str, text: str) -> None:
    assert re.sub(r"\n+", "\n", cleaned(html)[0]) == re.sub(r"\n+", "\n", text)


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' https://ok.example/' onclick=alert(1)>x</a>",
        '<a href="https://x.example/"onmouseover="alert(1)">x</a>',
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<p style='position:fixed' onclick=x>y</p>",
        "<form action=//evil.example><input name=password></form>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<math><mtext><script>alert(1)</script></mtext></math>",
        "<" * 1000,
        "<b>" * 1000 + "x",
        '<a href="https://x.example/\'&quot;><script>">x</a>',
    ],
)
def test_nothing_that_runs_survives(html: str) -> None:
    _, shown = cleaned(html)
    assert "<" not in ALLOWED.sub("", shown)
    assert shown.count("<b>") == shown.count("</b>")


TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<a href='",
        "'>",
        "<script>",
        "</script>",
        "<b",
        ">",
        "<!--",
        "-->",
        "&lt;",
        "<svg/",
        "<br/>",
    ]
)


@given(st.lists(st.one_of(TAGS, st.text(max_size=8)), max_size=40))
def test_nothing_that_runs_survives_of_any_mixture(parts: list[str]) -> None:
    _, shown = cleaned("".join(parts))
    assert "<" not in ALLOWED.sub("", shown)


@given(st.text(max_size=200))
def test_our_own_text_goes_through_a_tool_that_wants_markup(text: str) -> None:
    assert "<" not in as_html(text).replace("<br>", "")
    assert cleaned(as_html(text))[0].split() == tidy(text).split()


def test_links_lead_to_the_web_only() -> None:
    assert is_web_address("https://example.com/a")
    for address in (
        "javascript:alert(1)",
        "//example.com",
        "/a",
        "https://",
        "file:///etc/passwd",
        "http://[",
    ):
        assert not is_web_address(address)


def test_a_mark_is_read_at_the_end_only_and_never_from_a_customer() -> None:
    text = mark("Approved.", "key-00000001")

    assert read_mark(text + "\n ", Author.AGENT, is_public=False) == "key-00000001"
    assert read_mark(text + "\nmore", Author.AGENT, is_public=False) == ""
    assert read_mark(text, Author.CUSTOMER, is_public=True) == ""
    for key in ("short", "with space 1", "x" * 65, "a]b-------"):
        with pytest.raises(ValueError, match="8 to 64"):
            mark("text", key)
