"""Who may read what: users, API keys, groups on models and fields, and companies on records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .errors import AccessRefused
from .schema import Field, Model, Schema

READ_GROUP = "deskglass.group_read"

OPERATION_WORDS = {
    "read": "access",
    "write": "modify",
    "create": "create",
    "unlink": "delete",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account with one API key; `role` is the name the key has in keys.json."""

    id: int
    role: str
    login: str
    name: str
    key: str
    groups: frozenset[str]
    company_id: int
    company_ids: tuple[int, ...]
    expires_at: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


def close_over_implied(groups: Iterable[str], implied: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """All groups a user has through the ones he was given."""
    found: set[str] = set()
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting.extend(implied.get(group, ()))
    return frozenset(found)


def groups_for(model: Model, operation: str) -> frozenset[str]:
    return {
        "read": model.readers,
        "write": model.writers,
        "create": model.creators,
        "unlink": model.deleters,
    }[operation]


def may(user: User, model: Model, operation: str) -> bool:
    if operation == "read" and READ_GROUP in user.groups:
        return True  # the bridge's installation lets this group read all that the console asks for
    allowed = groups_for(model, operation)
    return "" in allowed or not allowed.isdisjoint(user.groups)


def may_see_field(user: User, field: Field) -> bool:
    if not field.groups:
        return True
    wanted = {group for group in field.groups if not group.startswith("!")}
    banned = {group[1:] for group in field.groups if group.startswith("!")}
    if banned & user.groups:
        return False
    return not wanted or bool(wanted & user.groups)


def refuse_model(schema: Schema, model: Model, operation: str) -> AccessRefused:
    """Odoo's own sentence for a model right that is missing, with the groups that have it."""
    allowed = groups_for(model, operation) - {""}
    labels = sorted(schema.group_labels.get(group, group) for group in allowed)
    verb = OPERATION_WORDS[operation]
    message = f"You are not allowed to {verb} '{model.label}' ({model.name}) records.\n\n"
    if labels:
        listing = "".join(f"\n\t- {label}" for label in labels)
        message += f"This operation is allowed for the following groups:{listing}\n\n"
    else:
        message += "No group currently allows this operation.\n\n"
    return AccessRefused(message + "Contact your administrator to request access if necessary.")


def refuse_record(serie: int, user: User, model: Model, operation: str) -> AccessRefused:
    """Odoo's own sentence for a record that a rule hides."""
    message = (
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
        f"Sorry, {user.name} (id={user.id}) doesn't have '{operation}' access to:\n"
        f"- {model.label} ({model.name})\n\n"
        "If you really, really need access, perhaps you can win over your friendly administrator "
        "with a batch of freshly baked cookies."
    )
    if serie >= 18:
        message += (
            "\n\nThis seems to be a multi-company issue, but you do not have access to the proper company "
            "to access the record anyhow."
        )
    return AccessRefused(message)


def refuse_fields(
    schema: Schema, user: User, model: Model, names: list[str], operation: str
) -> AccessRefused:
    """Odoo's own sentence for fields that are kept for certain groups."""
    labels = {
        name: ", ".join(f"'{schema.group_labels.get(group, group)}'" for group in model.fields[name].groups)
        for name in names
    }
    where = f"{model.label} ({model.name})"
    listing = "".join(f"\n- {name} (allowed for groups {groups})" for name, groups in labels.items())
    if schema.serie == 17:
        return AccessRefused(
            "The requested operation can not be completed due to security restrictions.\n\n"
            f"Document type: {where}\nOperation: {operation}\nUser: {user.id}\nFields:{listing}"
        )
    ask = "Please contact your system administrator."
    if schema.serie == 18:
        quoted = ", ".join(names)
        return AccessRefused(
            f'You do not have enough rights to access the fields "{quoted}" on {where}. {ask}\n\n'
            f"Operation: {operation}\nUser: {user.id}\nFields:{listing}"
        )
    return AccessRefused(
        f'You do not have enough rights to access the field "{names[0]}" on {where}. {ask}\n\n'
        f"Operation: {operation}\nUser: {user.id}\nGroups: allowed for groups {labels[names[0]]}"
    )
