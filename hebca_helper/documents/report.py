"""The report of a check, with one codec: what the document host answers and what `check --json` prints.

The words are those of `seals.words`. `details` holds what goes beyond the verdict's needs and may grow. In JSON a moment
is RFC 3339 in UTC, octets are base64, a `Flat` value's keys lie among those of its owner, and a field whose default is
None is left out while it is None.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from hebca_helper.errors import Code
from hebca_helper.seals.words import Content, Reason, Standing, State, Trust, Verdict


class Flat:
    """There when its first key is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Problem:
    code: Code
    detail: str


@dataclass(frozen=True, slots=True)
class Certificate:
    holder: str
    unique_id: str
    issuer: str
    serial: str
    standing: Standing
    trust: Trust
    forged: bool
    signs: bool
    revocation_known: bool


@dataclass(frozen=True, slots=True)
class TimeStamp(Flat):
    """`time_stamp` is None without one; UNKNOWN: not to be read, or not to be checked."""

    time_stamp: State | None
    time_stamp_at: datetime | None
    time_stamp_service: Certificate | None

    @property
    def proves_time(self) -> bool:
        """Whether the moment is more than a claim."""
        service = self.time_stamp_service
        return self.time_stamp is State.VALID and service is not None and service.trust is Trust.TRUSTED


@dataclass(frozen=True, slots=True)
class Picture:
    type: str
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class SealDetails:
    type: int
    vendor: str
    created: datetime
    algorithm: str
    maker: Certificate | None
    maker_at_creation: Standing
    signers: tuple[str, ...]
    signer_digests: int
    signer_identifier: str
    picture_kind: str
    picture_pixels: tuple[int, int] | None
    picture_octets: int
    picture_as_named: bool
    extensions: tuple[tuple[str, bool, int], ...]
    stamp: TimeStamp


@dataclass(frozen=True, slots=True)
class Seal:
    """`signer_listed` is None where there is no signer, or the list cannot say."""

    version: str
    signature: State
    valid_from: datetime
    valid_to: datetime
    name: str
    id: str
    picture: Picture
    signer_listed: bool | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    trust: Trust
    period: Standing
    details: SealDetails


@dataclass(frozen=True, slots=True)
class Counter:
    """A countersignature."""

    signature: State
    signed_at: datetime | None
    signer: Certificate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing(Flat):
    """Of a signature that was read. `property_info` and `algorithm` of a seal signature, `countersignatures` of a CMS."""

    signer: Certificate | None
    property_info: str | None = None
    algorithm: str | None = None
    time_doubtful: bool
    stamp: TimeStamp
    countersignatures: tuple[Counter, ...] | None = None


_UNREAD = Signing(signer=None, time_doubtful=False, stamp=TimeStamp(None, None, None))


@dataclass(frozen=True, slots=True)
class Files(Flat):
    """Of an OFD, with the first of the names."""

    altered: tuple[str, ...]
    altered_count: int
    unprotected: tuple[str, ...]
    unprotected_count: int
    seal_file_differs: bool
    list_altered: bool


@dataclass(frozen=True, slots=True)
class Stamps(Flat):
    """Of an OFD: in how many places the seal shows."""

    stamps: int
    riding: bool
    provider: str


class After(StrEnum):
    """What a PDF's later updates did."""

    NOTHING = "nothing"
    RECORDS = "records"
    """Nothing that is seen: what describes the file, or what checks its signatures."""
    SIGNATURES = "signatures"
    """Further signatures and time stamps, with what checks them."""
    FORMS = "forms"
    """Form fields were filled in: what is seen is no longer what was signed."""
    ANNOTATIONS = "annotations"
    """Somebody put notes, text or pictures on the pages; what was signed is under them."""
    FIELDS = "fields"
    """Empty signature fields, which show nothing."""
    COVERED = "covered"
    """What a later signature shows hides something that was signed."""
    LOOKS = "looks"
    """Pages look different although nothing in the file says why."""
    CHANGES = "changes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a later update did where. `page` from 1; `box`: left, top, right, bottom in mm as the page is shown."""

    kind: After
    page: int | None
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Pdf(Flat):
    """`time_stamp` is told of every PDF's signature and takes the place of the one in `Signing`.

    `allowed`: the signature itself allows what was done `after` it. `not_compared`: pages, from 1, that later updates touched
    and whose pictures were not compared, being too many. `signed_octets`: the file's beginning, as it was signed, where
    something follows.
    """

    sub_filter: str
    filter: str
    reason: str
    covers_its_revision: bool | None
    after: After
    time_stamp: State | None
    certificates: State
    is_time_stamp: bool
    seal_covered: bool | None = None
    allowed: bool | None = None
    differences: tuple[Difference, ...] | None = None
    not_compared: tuple[int, ...] | None = None
    signed_octets: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureDetails:
    signing: Signing | None = None
    files: Files | None = None
    stamps: Stamps | None = None
    pdf: Pdf | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """`format`: ses, cms-rsa, cms-ec, cms-sm2, raw or unknown. `reasons`: what `verdict` follows from, the worst first."""

    name: str
    format: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    document: Content
    signature: State
    signed_at: datetime | None
    certificate_at_signing: Standing
    trust: Trust
    seal: Seal | None
    details: SignatureDetails
    problem: Problem | None = None

    @property
    def signing(self) -> Signing:
        return self.details.signing or _UNREAD

    @property
    def time_is_proven(self) -> bool:
        """A seal signature's time is its signer's, whatever stands beside it."""
        return self.format != "ses" and self.signing.stamp.proves_time


@dataclass(frozen=True, slots=True)
class Package:
    """GM/T 0099-2020: the list of all files, and whether it is signed and true."""

    verdict: Verdict
    signature: State
    extra: tuple[str, ...]
    extra_count: int
    missing: tuple[str, ...]
    missing_count: int
    signer: Certificate | None


@dataclass(frozen=True, slots=True)
class OfdDetails:
    unsigned_bodies: int
    package: Package | None


@dataclass(frozen=True, slots=True)
class Report:
    """Of one file. `kind`: pdf, ofd, signature or seal. `reasons`: of all that is in it."""

    kind: str
    verdict: Verdict
    trust: Trust
    signatures: tuple[Signature, ...]
    seal: Seal | None
    details: OfdDetails | None = None
    problem: Problem | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def package(self) -> Package | None:
        return self.details.package if self.details else None

    @property
    def partly_signed(self) -> bool:
        return bool(self.signatures and self.details and self.details.unsigned_bodies)

    @property
    def encrypted(self) -> bool:
        return self.problem is not None and self.problem.code is Code.DOCUMENT_ENCRYPTED


def unreadable(kind: str, problem: Problem) -> Report:
    return Report(kind, Verdict.UNREADABLE, Trust.UNKNOWN, (), None, problem=problem)


@dataclass(frozen=True, slots=True)
class TokenObject:
    """A data object of a USBKEY; `kind` tells which:

    seal: with `report`, `data` (SESeal), `png` (empty when the picture cannot be shown, `picture_problem` says why) and
    `listed`: for each certificate on the tokens, by SHA-256 in hex, whether the seal is its: "yes", "no", "unknown", or
    "renewed" when its list holds an earlier one of the same holder.
    damaged: something that should be a seal, with `problem`. picture: `png`, `pixels`. other: anything else.
    """

    kind: str
    report: Report | None = None
    problem: Problem | None = None
    data: bytes = b""
    png: bytes = b""
    picture_problem: Problem | None = None
    pixels: tuple[int, int] | None = None
    listed: dict[str, str] = field(default_factory=dict)


Decoded = TypeVar("Decoded")
_hints = cache(get_type_hints)


def encoded(found: Any) -> Any:
    """As it goes into JSON."""
    if is_dataclass(found):
        row: dict[str, Any] = {}
        for each in fields(found):
            value = getattr(found, each.name)
            if value is not None or each.default is not None:
                row |= encoded(value) if isinstance(value, Flat) else {each.name: encoded(value)}
        return row
    if isinstance(found, tuple):
        return [encoded(each) for each in found]
    if isinstance(found, datetime):
        return found.isoformat()
    return b64encode(found).decode("ascii") if isinstance(found, bytes) else found


def decoded(kind: type[Decoded], row: object) -> Decoded:
    """What was `encoded`. ValueError for anything else."""
    try:
        return cast(Decoded, _read(kind, row))
    except (KeyError, TypeError) as problem:
        raise ValueError(f"no {kind.__name__}") from problem


def _object(kind: Any, row: Any) -> Any:
    given = {}
    for each in fields(kind):
        hint = _hints(kind)[each.name]
        flat: Any = next(
            (part for part in (hint, *get_args(hint)) if isinstance(part, type) and issubclass(part, Flat)), None
        )
        key = fields(flat)[0].name if flat else each.name
        if key in row or each.default is not None:
            given[each.name] = _object(flat, row) if flat else _read(hint, row[key])
    return kind(**given)


def _read(hint: Any, value: Any) -> Any:
    parts = get_args(hint)
    if NoneType in parts:
        return None if value is None else _read(parts[0], value)
    if is_dataclass(hint):
        return _object(hint, value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is bytes:
        return b64decode(value, validate=True)
    if not parts and issubclass(hint, StrEnum):
        return hint(value)
    return _plain(get_origin(hint) or hint, parts, value)


def _plain(kind: Any, parts: Any, value: Any) -> Any:
    """What JSON has, too; True is no number."""
    wanted: Any = list if kind is tuple else kind
    if type(value) is not wanted:
        raise TypeError(kind)
    if kind is dict:
        return {key: _read(parts[1], part) for key, part in value.items()}
    if kind is not tuple:
        return value
    kinds = parts[:1] * len(value) if parts[-1] is Ellipsis else parts
    return tuple(_read(each, part) for each, part in zip(kinds, value, strict=True))
