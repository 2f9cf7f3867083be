"""Turns what customers and tools send as HTML into text, and into HTML that is built anew from an allow-list.

Nothing of the original markup survives: tags outside the list lose their frame and keep their words, what is inside
scripts and styles is dropped, and of all attributes only a link's address is kept, where it leads to the web.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

LONGEST = 200_000
DEEPEST = 40

_KEPT = frozenset({"p", "b", "strong", "i", "em", "u", "ul", "ol", "li", "blockquote", "pre", "code", "a"})
_EMPTY = frozenset({"br", "hr"})
_DROPPED = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"})
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "blockquote",
        "pre",
        "table",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
    ]
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_AROUND_LINE_END = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n[ \t]*(\n[ \t]*)+\n")


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self._dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropped or tag in _DROPPED:
            if tag in _DROPPED:
                self._dropped.append(tag)
            return
        if tag in _EMPTY:
            self.html.append(f"<{tag}>")
            self.text.append("\n")
        if tag in _BLOCKS:
            self.text.append("\n")
        if tag == "li":
            self.text.append("- ")
        if tag in _KEPT and len(self._open) < DEEPEST:
            self._open.append(tag)
            self.html.append(_link(attrs) if tag == "a" else f"<{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
            return
        if tag in _BLOCKS:
            self.text.append("\n")
            if tag not in _KEPT:
                self.html.append("<br>")
        if tag in self._open:
            while self._open:
                last = self._open.pop()
                self.html.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.html.append(escape(data))
            # Line ends of the source mean nothing, except where they were meant to be seen.
            self.text.append(data if "pre" in self._open else _SPACE.sub(" ", data))

    def finish(self) -> None:
        self.close()
        while self._open:
            self.html.append(f"</{self._open.pop()}>")


def _link(attrs: list[tuple[str, str | None]]) -> str:
    address = next((value for name, value in attrs if name == "href" and value), "")
    if not is_web_address(address):
        return "<a>"
    return f'<a href="{escape(address.strip())}" rel="noopener noreferrer nofollow">'


def is_web_address(address: str) -> bool:
    """Whether a link may be followed at all: to the web, by its full address."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def cleaned(html: str) -> tuple[str, str]:
    """The plain text of some HTML, and the HTML that may be shown."""
    builder = _Builder()
    builder.feed(html[:LONGEST])
    builder.finish()
    text = _AROUND_LINE_END.sub("\n", "".join(builder.text))
    return tidy(text), "".join(builder.html).strip()


def tidy(text: str) -> str:
    """Text without what only layout needs: no carriage returns, no NULs, no runs of empty lines."""
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\xa0", " ")
    return _BLANK_LINES.sub("\n\n", text).strip()


def as_html(text: str) -> str:
    """Our own plain text for a tool that wants HTML."""
    return escape(text).replace("\n", "<br>")
