"""The failures an Odoo server reports, so that both protocols can word them the way Odoo does."""

from __future__ import annotations


class OdooError(Exception):
    """A failure Odoo itself would report; `name` is the Python class name it shows to clients."""

    name = "builtins.Exception"
    http_status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def arguments(self) -> list[object]:
        return [self.message]


class AccessDenied(OdooError):
    name = "odoo.exceptions.AccessDenied"
    http_status = 401

    def __init__(self, message: str = "Access Denied") -> None:
        super().__init__(message)


class AccessRefused(OdooError):
    name = "odoo.exceptions.AccessError"
    http_status = 403


class UserError(OdooError):
    name = "odoo.exceptions.UserError"
    http_status = 422


class ValidationError(OdooError):
    name = "odoo.exceptions.ValidationError"
    http_status = 422


class MissingError(OdooError):
    name = "odoo.exceptions.MissingError"
    http_status = 404

    def __init__(self, model: str, record_id: int, user_id: int) -> None:
        super().__init__(
            f"Record does not exist or has been deleted.\n(Record: {model}({record_id},), User: {user_id})"
        )


class BadValue(OdooError):
    name = "builtins.ValueError"


class BadKey(OdooError):
    name = "builtins.KeyError"

    def __init__(self, key: object) -> None:
        super().__init__(repr(key))
        self.key = key

    @property
    def arguments(self) -> list[object]:
        return [self.key]


class BadIndex(OdooError):
    name = "builtins.IndexError"


class BadArgument(OdooError):
    name = "builtins.TypeError"


class UnknownMethod(OdooError):
    name = "builtins.AttributeError"
    http_status = 404


class UnknownModel(OdooError):
    name = "odoo.exceptions.UserError"
    http_status = 404


class UnknownDatabase(OdooError):
    name = "psycopg2.OperationalError"
    http_status = 404

    def __init__(self, database: str) -> None:
        super().__init__(
            f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{database}" does not exist\n'
        )


class DatabaseGone(OdooError):
    name = "psycopg2.InterfaceError"

    def __init__(self) -> None:
        super().__init__("connection already closed")


class SerializationFailure(OdooError):
    name = "psycopg2.errors.SerializationFailure"

    def __init__(self) -> None:
        super().__init__("could not serialize access due to concurrent update\n")


class NotInSandbox(Exception):
    """Odoo can do this, the sandbox cannot: it must say so loudly instead of inventing an answer."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the sandbox does not know {what}")
