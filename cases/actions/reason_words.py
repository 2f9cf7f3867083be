"""The words of reason codes: in the reader's language where they are ours, as they were typed where they are not."""

from __future__ import annotations

from django.utils.translation import gettext

from cases.actions.policies import current_rules, rules_of_version
from cases.rules.reasons import OWN_WORDS, CodeSet, ReasonCode


def words_of_code(code: ReasonCode) -> str:
    return gettext(code.words) if code.words in OWN_WORDS else code.words


def reasons_in_use(codes: CodeSet) -> list[tuple[str, str]]:
    """What can be chosen now."""
    return [(code.code, words_of_code(code)) for code in current_rules().reasons.of(codes) if code.active]


def words_of_reason(codes: CodeSet, code: str) -> str:
    """Also of one that is not in use any more; a code nobody knows stands for itself."""
    found = current_rules().reasons.find(codes, code)
    return words_of_code(found) if found else code


def reason_for_odoo(codes: CodeSet, code: str, version: int) -> str:
    """What the document in Odoo says, by the version it was judged by: our word in the language of the code."""
    found = rules_of_version(version).reasons.find(codes, code)
    if found is None:
        return code
    return found.odoo or found.words
