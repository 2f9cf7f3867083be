"""What a page and a program are told about a search: reasons, questions to ask, refusals, in words."""

from __future__ import annotations

from django.utils.translation import gettext

from cases.search.identity_questions import Asked, Question
from console.vocabulary import find_word

# The same words in every language: programs compare them.
WHY = {
    "order_number": "order number",
    "channel_reference": "channel reference",
    "invoice": "invoice",
    "credit_note": "credit note",
    "delivery": "delivery",
    "return": "return",
    "tracking_number": "tracking number",
    "serial": "serial or lot",
    "email": "e-mail",
    "phone": "phone",
    "name": "name",
    "account": "same account",
    "case_number": "case number",
    "ticket_number": "ticket number",
}


def reason_label(reason: str) -> str:
    return str(find_word(reason, kind="MatchReason").label)


def case_reason_label(reason: str) -> str:
    return str(find_word(reason, kind="CaseReason").label)


def question_sentence(question: Question) -> str:
    """What to ask the customer; holds no candidate's answer."""
    return {
        Asked.POSTCODE: gettext("Which postcode was the parcel to go to?"),
        Asked.CITY: gettext("Which town was the parcel to go to?"),
        Asked.PLACED_ON: gettext("On which day did you order?"),
        Asked.TOTAL: gettext("What was the total of the order?"),
        Asked.SHOP: gettext("In which of our shops did you order?"),
        Asked.ORDER_NUMBER: gettext("Which number stands on your order confirmation?"),
    }[question.asked]


def question_notes(question: Question) -> list[str]:
    notes = []
    if question.same_account:
        notes.append(gettext("All of them belong to one account; only the order is open."))
    if not question.settles:
        notes.append(gettext("The answer may leave more than one: ask for the order number then."))
    if not question.comparable:
        notes.append(
            gettext("Your role does not show the answer. A colleague whose role shows it can compare it.")
        )
    return notes


def refusal_sentence(limit: str) -> str:
    return {
        "names": gettext("You have looked for very many names in a short time."),
        "misses": gettext("Many of the e-mail addresses or phone numbers you looked for belong to nobody."),
        "neighbours": gettext(
            "Your last searches differ by single letters only, as if somebody was guessing."
        ),
    }[limit]
