"""Compares one finished action with what Odoo holds of it. Nothing is read here: both sides are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cases.actions.kinds import Owed, kind_named
from cases.models import Action, FindingKind
from cases.reconciliation.difference import Difference, about_action
from integrations.canonical.evidence import DocumentName, Evidence, KeyRecord

_CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What Odoo holds: by key, where it keeps keys at all, and the documents that are still there."""

    keys: Mapping[str, KeyRecord] | None
    documents: Mapping[DocumentName, Evidence]


def documents_of(action: Action) -> tuple[DocumentName, ...]:
    """Those that the action says it made, or that were taken for it."""
    return tuple(DocumentName(model=str(one["model"]), id=int(one["id"])) for one in action.effects)


def differences_of(action: Action, journaled: Mapping[str, str], held: Held) -> Iterator[Difference]:
    """``journaled``: the hash of what was sent, by key, of the steps that were done."""
    if action.cause == "marked_done" and not journaled:
        return  # two people said so, and Odoo has nothing of it to be compared with
    owed = {one.step.key: one for one in kind_named(action.kind).owed(action)}
    if action.cause == "adopted" or held.keys is None:
        yield from _by_documents(action, held, _sum_of(owed))
        return
    for key, sha256 in journaled.items():
        yield from _by_key(action, held, key=key, sha256=sha256, owed=owed.get(key))
    if action.cause != "marked_done":
        for key in owed.keys() - journaled.keys():
            yield about_action(FindingKind.NO_EFFECT, action, expected=owed[key].total)


def _by_key(action: Action, held: Held, *, key: str, sha256: str, owed: Owed | None) -> Iterator[Difference]:
    expected = owed.total if owed else None
    record = (held.keys or {}).get(key)
    if record is None or record.is_revoked or not record.documents:
        yield about_action(FindingKind.NO_EFFECT, action, expected=expected)
        return
    head, *others = record.documents
    document = held.documents.get(head)
    if sha256 and record.payload_sha256 != sha256:
        yield about_action(FindingKind.OTHER_CONTENT, action, name=head, document=document, expected=expected)
    yield from _as_owed(action, head, document, expected, owed.quantities if owed else None)
    for other in others:
        if other not in held.documents:
            yield about_action(FindingKind.GONE, action, name=other)


def _as_owed(
    action: Action,
    name: DocumentName,
    document: Evidence | None,
    expected: Decimal | None,
    quantities: tuple[Decimal, ...] | None,
) -> Iterator[Difference]:
    if document is None:
        yield about_action(FindingKind.GONE, action, name=name, expected=expected)
        return
    if document.state.value == _CANCELLED:
        yield about_action(FindingKind.CANCELLED, action, document=document, expected=expected)
        return
    if expected is not None and (document.total is None or document.total.amount != expected):
        yield about_action(FindingKind.AMOUNT_DIFFERS, action, document=document, expected=expected)
    if quantities is not None and document.quantities != quantities:
        yield about_action(FindingKind.QUANTITY_DIFFERS, action, document=document, expected=expected)


def _by_documents(action: Action, held: Held, expected: Decimal | None) -> Iterator[Difference]:
    """Without keys, or for what was not made by us: the documents it stands for, and their sum."""
    names = documents_of(action)
    if not names:
        yield about_action(FindingKind.NO_EFFECT, action, expected=expected)
        return
    for name in names:
        yield from _as_owed(action, name, held.documents.get(name), None, None)
    found = [held.documents[name] for name in names if name in held.documents]
    whole = sum((one.total.amount for one in found if one.total), Decimal(0))
    if expected is not None and len(found) == len(names) and whole != expected:
        yield about_action(FindingKind.AMOUNT_DIFFERS, action, document=found[0], expected=expected)


def _sum_of(owed: Mapping[str, Owed]) -> Decimal | None:
    totals = [one.total for one in owed.values() if one.total is not None]
    return sum(totals, Decimal(0)) if totals else None
