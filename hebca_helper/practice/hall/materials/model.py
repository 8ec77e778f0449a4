"""The people a unit reports, and the papers about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    """What a paper is."""

    REGISTER = "register"
    """企业养老保险人员参保登记名册: everybody added this month."""
    SCAN = "scan"
    """社会保险参保人员登记表 of one person, and the scans that belong to it."""


class PaperState(StrEnum):
    """The word of the column 上传状态."""

    MADE = "made"
    UPLOADED = "uploaded"
    COUNTER = "counter"
    """Handed in without a seal: somebody has to go to the counter."""


@dataclass(frozen=True, slots=True)
class Insured:
    """One person. `wage` in yuan a month; `added_at` seconds since 1970."""

    id: int
    account: int
    name: str
    id_number: str
    wage: int
    flexible: bool
    """灵活就业: files alone, with scans."""
    added_at: float


@dataclass(frozen=True, slots=True)
class Paper:
    """`made` is what the hall issued, `stamped` what came back (empty until then); both PDF. `received` counts the
    pieces of an upload that is under way. `serial` is the number printed on it."""

    id: int
    account: int
    person: int | None
    kind: PaperKind
    serial: str
    title: str
    state: PaperState
    made: bytes
    stamped: bytes
    uploaded_at: float | None
