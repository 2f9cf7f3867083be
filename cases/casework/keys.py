"""Lets a case be found by its customer's exact e-mail address or phone number, without keeping either readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cases.keyed_hashes import keyed_hash
from cases.models import CaseKey, CaseKeyKind
from cases.models.casework import Case
from integrations.canonical import MatchReason, OrderQuery, parse_phone

MOST_KEYS = 60  # of one case: a business customer's several addresses, and nothing without end


def keep_keys(case: Case, *, emails: Iterable[str] = (), phones: Iterable[str] = ()) -> None:
    """Index a case under these, as its customer writes them; what is no address and no number is passed over."""
    found = dict(_kept(emails, phones))
    room = MOST_KEYS - CaseKey.objects.filter(case=case).count() if found else 0
    rows = [CaseKey(case=case, kind=kind, key=key) for key, kind in list(found.items())[: max(0, room)]]
    CaseKey.objects.bulk_create(rows, ignore_conflicts=True)


def move_keys(source: Case, target: Case) -> None:
    """Let the case that goes on be found by what the merged one was found by."""
    known = CaseKey.objects.filter(case=target).values("key")
    CaseKey.objects.filter(case=source, key__in=known).delete()
    CaseKey.objects.filter(case=source).update(case=target)


def asked_keys(query: OrderQuery) -> dict[str, CaseKeyKind]:
    """The keys a typed text may be kept under."""
    keys: dict[str, CaseKeyKind] = {}
    if MatchReason.EMAIL in query.kinds:
        keys[_email_key(query.text)] = CaseKeyKind.EMAIL
    if MatchReason.PHONE in query.kinds and (phone := parse_phone(query.text)):
        keys |= dict.fromkeys(map(_phone_key, phone.asked_names), CaseKeyKind.PHONE)
    return keys


def _kept(emails: Iterable[str], phones: Iterable[str]) -> Iterator[tuple[str, CaseKeyKind]]:
    for field in emails:
        for address in field.replace(";", ",").split(","):  # one field of Odoo may hold several
            if "@" in address:
                yield _email_key(address), CaseKeyKind.EMAIL
    for written in phones:
        if phone := parse_phone(written):
            for name in phone.kept_names:
                yield _phone_key(name), CaseKeyKind.PHONE


def _email_key(address: str) -> str:
    return keyed_hash("case e-mail", address)


def _phone_key(name: str) -> str:
    return keyed_hash("case phone", name)
