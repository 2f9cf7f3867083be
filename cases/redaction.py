"""Cuts card numbers and IBANs out of free text, for people's eyes and for logs alike."""

from __future__ import annotations

import re

CUT = "[removed]"

# Thirteen to nineteen digits, single separators allowed between them.
_CARD = re.compile(r"(?<![\w])(?:\d[ \-.\u00a0]?){12,18}\d(?![\w])")
# Two letters, two check digits, then eleven to thirty letters or digits in groups.
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-\u00a0]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")


def redact_payment_numbers(text: str) -> str:
    """The text with every valid card number (Luhn) and IBAN (mod 97) replaced; other numbers stay."""
    text = _CARD.sub(lambda m: CUT if _is_card(m.group()) else m.group(), text)
    return _IBAN.sub(_cut_iban, text)


def _is_card(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    if len(set(digits)) == 1:
        return False
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    return total % 10 == 0


def _cut_iban(match: re.Match[str]) -> str:
    """An IBAN may run into the next word of a sentence: the longest valid start of the match is cut."""
    found = match.group()
    for end in range(len(found), 14, -1):
        compact = re.sub(r"[ \-\u00a0]", "", found[:end])
        if len(compact) >= 15 and found[end - 1].isalnum() and _is_iban(compact):
            return CUT + found[end:]
    return found


def _is_iban(compact: str) -> bool:
    if not (compact.isascii() and compact.isalnum()):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in rearranged)) % 97 == 1


# What else must never stand in a log line, with what takes its place. Order matters: whole credentials first.
_NAMED_VALUE = r"(?i)\b(api[_-]?key|token|secret|password|passwd|authorization)(\"?\s*[:=]\s*\"?)[^\s\",;&]+"
_LOG_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {CUT}"),
    (re.compile(_NAMED_VALUE), rf"\1\2{CUT}"),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), CUT),  # credentials in an address
    (re.compile(r"\bdgl_[A-Za-z0-9_-]{16,}"), CUT),  # our own API tokens
    (re.compile(r"(?<![0-9A-Za-z-])[0-9a-fA-F]{40}(?![0-9A-Za-z-])"), CUT),  # Odoo's API keys
    (re.compile(r"(?<=[\w/])\?[^\s\"']+"), "?" + CUT),  # query strings
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+"), CUT),  # e-mail addresses
)
# With a trunk or country prefix and separators, or in groups of three, three and four.
_PHONES = (
    re.compile(r"(?<![\w.+:-])(?:\+|\(?0)\d?(?:[ /()\u00a0-]{0,2}\d){6,14}(?![\w:-])"),
    re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
)


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
