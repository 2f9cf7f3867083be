"""What a record looks like once it is masked: cells a person may look at, and nothing else.

Pure. A page holds up to a thousand cells and reads each several times, so they are tuples with names, and the fields
of a record are attributes like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from cases.masking.partial_forms import BULLETS
from integrations.canonical import Sensitivity


class Mode(StrEnum):
    """What a role may see of a class of values, from nothing to all."""

    HIDE = "hide"
    PARTIAL = "partial"
    REVEAL = "reveal"  # partial, and the whole for a stated reason
    SHOW = "show"


class Cell(NamedTuple):
    """One leaf as this viewer may see it.

    ``value`` is the value itself when ``mode`` is SHOW, the partial text when PARTIAL, else None. ``empty`` tells
    "Odoo has no value" from "you may not see it"; it is False for a hidden value, which must not tell even that.
    ``place`` is the path with the keys of the lists' items on the way, of a masked cell only: where to ask for it.
    """

    path: str
    mode: Mode
    value: Any
    sensitivity: Sensitivity | None
    revealable: bool = False
    empty: bool = False
    place: str = ""

    @property
    def masked(self) -> bool:
        return self.mode is not Mode.SHOW

    def __bool__(self) -> bool:
        return self.value not in (None, "", ())

    def __str__(self) -> str:
        if self.value is None:
            return BULLETS if self.masked else ""
        return str(self.value)


class MaskedRecord(Mapping[str, Any]):
    """A record whose leaves are cells and whose nested records are masked records; read by attribute or key."""

    __slots__ = ("__dict__", "masked_paths")

    masked_paths: tuple[str, ...]

    def __init__(self, fields: dict[str, Any], masked_paths: tuple[str, ...]) -> None:
        object.__setattr__(self, "__dict__", fields)
        object.__setattr__(self, "masked_paths", masked_paths)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a masked record cannot be changed: {name}")

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)
