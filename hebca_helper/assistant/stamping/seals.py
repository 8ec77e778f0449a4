"""The electronic seals on the USBKEYs: found, checked in the document host, told with what keeps them from being used.

Objects are read and never written. What they hold is parsed by the document host only.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor
from hebca_helper.documents.client import examine_objects
from hebca_helper.documents.report import Seal, TokenObject
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.words import Reason, Standing, Trust, Verdict, outcome
from hebca_helper.texts import tr
from hebca_helper.tokens.model import DataObject, TokenInfo

LARGEST_OBJECT = 1024 * 1024
"""Octets of a data object that is looked at (resources/protocol.md, section 8)."""
MOST_OBJECTS = 64
"""Objects of one token that are looked at."""
TIME_LIMIT = 30.0
"""Seconds for the objects of all tokens."""
FRESH_FOR = 60.0
"""Seconds after which the same objects are checked anew."""
_SMALLEST_MM, _LARGEST_MM = 3, 200
"""Sides of a picture that can be a seal's; real ones have 20 to 60 mm."""
_FIRST = ("seal", "signpic", "eseal")
_SEAL_NAMES = frozenset({"seal", "eseal"})
_VERDICTS = {Verdict.INVALID: Code.SEAL_INVALID, Verdict.UNREADABLE: Code.SEAL_UNREADABLE}
_LISTED: dict[Code | None, bool | None] = {None: True, Code.SEAL_UNCHECKED: None}
_TOLD_BELOW = (Reason.SEAL_EXPIRED, Reason.SEAL_NOT_YET_VALID, Reason.MAKER_UNKNOWN)
"""An unknown maker is told and keeps nobody from stamping: that the seal is the holder's own, the USBKEY says."""
_PERIODS = {Standing.EXPIRED: Code.SEAL_EXPIRED, Standing.NOT_YET_VALID: Code.SEAL_NOT_YET_VALID}


@dataclass(frozen=True, slots=True)
class TokenSeal:
    """A seal on a token. `id` tells it from all others on this computer; `data` is the SESeal (DER).

    `report`: of the check, its `signer_listed` telling whether the certificate now in use
    on the same token is listed; None when the seal cannot be read. `verdict` and `trust` are the
    check's words. `picture_png`: RGBA at any resolution for width_mm × height_mm on paper, empty when it cannot be shown.
    `problem`: why it may not be used for stamping; None only when everything was checked and found good.
    """

    token: TokenInfo
    id: str
    label: str
    private: bool
    data: bytes = field(repr=False)
    report: Seal | None
    verdict: Verdict
    trust: Trust
    name: str
    picture_png: bytes = field(repr=False)
    width_mm: float
    height_mm: float
    problem: HelperError | None
    listed: Mapping[str, str] = field(repr=False)
    """By fingerprint of each certificate on the tokens: "yes", "no", "unknown" or "renewed"."""

    @property
    def token_id(self) -> str:
        return self.token.id

    @property
    def valid_now(self) -> bool:
        """Whether it may be used for stamping now."""
        return self.problem is None

    def signer_listed(self, certificate: Certificate) -> bool | None:
        """Whether the seal is this certificate's; None when that could not be found out."""
        return {"yes": True, "no": False, "renewed": False}.get(self.listed.get(certificate.fingerprint, ""))


@dataclass(frozen=True, slots=True)
class TokenPicture:
    """A picture in an object of its own: no seal, it proves nothing."""

    token: TokenInfo
    label: str
    picture_png: bytes = field(repr=False)
    pixels: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    seals: list[TokenSeal]
    pictures: list[TokenPicture]


@dataclass(frozen=True, slots=True)
class _Held:
    """An object with its content."""

    token: TokenInfo
    item: DataObject
    content: bytes


class Seals:
    def __init__(self, parts: Parts, authorities: AuthoritiesFor) -> None:
        self._parts = parts
        self._authorities = authorities
        self._checked: dict[bytes, tuple[float, tuple[TokenObject, ...]]] = {}

    async def listed(self, connection: Connection) -> list[TokenSeal]:
        """Every seal this connection may know of, the damaged ones too; those of private objects under its own login.

        HelperError(DENIED_BY_POLICY), DOCUMENT_HOST_FAILED, or whatever reading the tokens raises.
        """
        return (await self.found(connection)).seals

    async def found(self, connection: Connection) -> Found:
        """The same, with the pictures that lie beside seals or instead of them."""
        await self._parts.admit(connection)
        tokens = await self._tokens(connection)
        held = [each for token in tokens for each in await self._held(connection, token)]
        entries = [entry for entry in await self._parts.inventory.entries() if entry.certificate.signs]
        objects = [
            pair
            for practice in (False, True)
            for pair in await self._examined([each for each in held if each.token.practice is practice], entries)
        ]
        seals = [_seal(each, found, entries) for each, found in objects if _means_a_seal(each, found)]
        pictures = [_picture(each, found) for each, found in objects if found.pixels]
        return Found(seals, pictures)

    async def _tokens(self, connection: Connection) -> list[TokenInfo]:
        """A page learns of seals where it may learn of certificates; the person of all of them."""
        tokens = await self._parts.tokens.tokens()
        if connection.asker.origin is None and not self._parts.inventory.practice_only:
            return tokens
        offered = {entry.token.id for entry in await self._parts.inventory.offered(connection)}
        return [token for token in tokens if token.id in offered]

    async def _held(self, connection: Connection, token: TokenInfo) -> list[_Held]:
        own_login = self._parts.logins.of(connection, token.id) is not None
        found = [item for private in (False, True)[: 1 + own_login] for item in await self._objects(token, private)]
        fitting = sorted((item for item in found if 0 < item.size <= LARGEST_OBJECT), key=_rank)[:MOST_OBJECTS]
        held = []
        for item in fitting:
            content = await self._parts.tokens.read_data(token.id, item.label, item.private)
            if len(content) <= LARGEST_OBJECT:
                held.append(_Held(token, item, content))
        return held

    async def _objects(self, token: TokenInfo, private: bool) -> list[DataObject]:
        return await self._parts.tokens.data_objects(token.id, private)

    async def _examined(
        self, held: list[_Held], entries: Sequence[CertificateEntry]
    ) -> list[tuple[_Held, TokenObject]]:
        if not held:
            return []
        now = self._parts.clock.now()
        certificates = [entry.certificate.der for entry in entries]
        contents = [each.content for each in held]
        trusted, crls = await asyncio.to_thread(self._authorities, held[0].token.practice)
        key = _digest([*contents, b"", *certificates, b"", *trusted, b"", *crls])
        found = self._remembered(key)
        if found is None:
            found = await asyncio.to_thread(
                examine_objects, contents, certificates, trusted, crls, now, time_limit=TIME_LIMIT
            )
            self._checked[key] = self._parts.clock.monotonic(), found
        return list(zip(held, found, strict=True))

    def _remembered(self, key: bytes) -> tuple[TokenObject, ...] | None:
        since = self._parts.clock.monotonic() - FRESH_FOR
        self._checked = {each: found for each, found in self._checked.items() if found[0] > since}
        return self._checked[key][1] if key in self._checked else None


def _means_a_seal(held: _Held, found: TokenObject) -> bool:
    """Also what cannot be read where a seal should be: it is told, not passed over."""
    return found.kind in ("seal", "damaged") or (found.kind == "other" and _name(held.item) in _SEAL_NAMES)


def _seal(held: _Held, found: TokenObject, entries: Sequence[CertificateEntry]) -> TokenSeal:
    own = [entry for entry in entries if entry.token.id == held.token.id]
    seal = found.report.seal if found.report else None
    if seal:
        seal = replace(seal, signer_listed=_LISTED.get(_not_for_these(found.listed, own), False))
    return TokenSeal(
        token=held.token,
        id=_digest([held.token.id.encode(), held.item.label.encode(), held.content]).hex()[:32],
        label=held.item.label,
        private=held.item.private,
        data=found.data,
        report=seal,
        verdict=seal.verdict if seal else Verdict.UNREADABLE,
        trust=seal.trust if seal else Trust.UNKNOWN,
        name=seal.name if seal else "",
        picture_png=found.png,
        width_mm=float(seal.picture.width_mm if seal else 0),
        height_mm=float(seal.picture.height_mm if seal else 0),
        problem=_problem(found, seal, own),
        listed=found.listed,
    )


def _problem(found: TokenObject, seal: Seal | None, entries: Sequence[CertificateEntry]) -> HelperError | None:
    """The first thing that keeps the seal from being used. What could not be checked keeps it too."""
    if seal is None:
        return HelperError(Code.SEAL_UNREADABLE, found.problem.detail if found.problem else "")
    against = outcome(reason for reason in seal.reasons if reason not in _TOLD_BELOW)
    if against is not Verdict.VALID:
        return HelperError(_VERDICTS.get(against, Code.SEAL_UNCHECKED))
    if seal.trust is Trust.UNTRUSTED:
        return HelperError(Code.SEAL_UNCHECKED, tr("制章人的证书不是由信任的机构签发的"))
    of_whom = _not_for_these(found.listed, entries)
    if of_whom is not None:
        return HelperError(of_whom)
    if seal.period is not Standing.VALID:
        return HelperError(_PERIODS.get(seal.period, Code.SEAL_UNCHECKED))
    if not all(_SMALLEST_MM <= side <= _LARGEST_MM for side in (seal.picture.width_mm, seal.picture.height_mm)):
        return HelperError(Code.SEAL_UNCHECKED, tr("印章的尺寸不正常"))
    return None if found.png else HelperError(Code.NOT_SUPPORTED, tr("印章图片无法显示"))


def _not_for_these(listed: Mapping[str, str], entries: Iterable[CertificateEntry]) -> Code | None:
    """None when the seal is for a certificate of the token that is in use."""
    said = [(listed.get(entry.certificate.fingerprint, "unknown"), entry.replaced) for entry in entries]
    if any(word == "yes" and not replaced for word, replaced in said):
        return None
    if any(word == "renewed" or (word == "yes" and replaced) for word, replaced in said):
        return Code.SEAL_NEEDS_RENEWAL
    return Code.SEAL_UNCHECKED if any(word == "unknown" for word, _ in said) else Code.SEAL_NOT_SIGNERS


def _picture(held: _Held, found: TokenObject) -> TokenPicture:
    return TokenPicture(held.token, held.item.label, found.png, found.pixels or (0, 0))


def _name(item: DataObject) -> str:
    return item.label.strip(" \0\t\r\n").casefold()


def _rank(item: DataObject) -> tuple[int, str, bool]:
    """The usual names first."""
    name = _name(item)
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), item.label, item.private)


def _digest(parts: Iterable[bytes]) -> bytes:
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.digest()
