"""Cuts card numbers and IBANs out of free text, for people's eyes and for logs alike."""

from __future__ import annotations

import re

from cases.masking.payment_numbers import find_payment_numbers

CUT = "[removed]"


def redact_payment_numbers(text: str) -> str:
    """The text with every card number and IBAN replaced; other numbers stay."""
    pieces, end = [], 0
    for start, stop in find_payment_numbers(text):
        pieces += [text[end:start], CUT]
        end = stop
    return "".join([*pieces, text[end:]])


# What else must never stand in a log line, with what takes its place. Order matters: whole credentials first.
_NAMED_VALUE = r"(?i)\b(api[_-]?key|token|secret|password|passwd|authorization)(\"?\s*[:=]\s*\"?)[^\s\",;&]+"
_LOG_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {CUT}"),
    (re.compile(_NAMED_VALUE), rf"\1\2{CUT}"),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), CUT),  # credentials in an address
    (re.compile(r"\bdgl_[A-Za-z0-9_-]{16,}"), CUT),  # our own API tokens
    (re.compile(r"(?<![0-9A-Za-z-])[0-9a-fA-F]{40}(?![0-9A-Za-z-])"), CUT),  # Odoo's API keys
    (re.compile(r"(?<=[\w/])\?[^\s\"']+"), "?" + CUT),  # query strings
    (
        re.compile(r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+"),
        CUT,
    ),  # e-mail addresses
)
# With a trunk or country prefix and separators, or in groups of three, three and four.
_PHONES = (
    re.compile(r"(?<![\w.+:-])(?:\+|\(?0)\d?(?:[ /()\u00a0-]{0,2}\d){6,14}(?![\w:-])"),
    re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
)


_EMAIL = re.compile(r"[^\s@<>(),;:]{1,64}@[^\s@<>(),;:]{1,253}")
# Seven digits or more, however they are grouped: phone, customer and account numbers. Document numbers are shorter.
_LONG_NUMBER = re.compile(
    r"(?P<date>(?<![\d./-])(?:(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d)(?![./-]?\d))"
    r"|\+?\(?\d(?:[ /().\u00a0\u202f-]{0,2}\d){6,40}"
)


def redact_contact_data(text: str, *, mark: str) -> str:
    """What somebody said, without payment numbers, e-mail addresses and every number that could be a phone's."""
    text = redact_payment_numbers(text)
    return _LONG_NUMBER.sub(lambda found: found["date"] or mark, _EMAIL.sub(mark, text))


def redact_name(text: str, name: str, *, mark: str) -> str:
    """The text without the words of a name; shorter ones than three letters are words of every language."""
    words = [re.escape(word) for word in re.split(r"[\s,;()]+", name) if len(word) >= 3]
    if not words:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", mark, text, flags=re.IGNORECASE)


def redact_for_logs(text: str) -> str:
    """The text without credentials, e-mail addresses, phone numbers, payment numbers and query strings."""
    if len(text) < 6:
        return text
    for pattern, replacement in _LOG_PATTERNS:
        text = pattern.sub(replacement, text)
    text = redact_payment_numbers(text)
    for pattern in _PHONES:
        text = pattern.sub(CUT, text)
    return text
