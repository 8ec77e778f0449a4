"""Certificate revocation lists (RFC 5280, 5) and the one question put to them: does this list cover this certificate,
and does it name it? Whatever cannot be checked is "unknown", never "fine"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, keys, pem
from hebca_helper.pki.certificates import KEY_USAGE, Certificate, KeyUsage
from hebca_helper.pki.distribution import DISTRIBUTION_POINT, covers
from hebca_helper.pki.names import Name
from hebca_helper.pki.structure import Extension, Signed, read_extensions
from hebca_helper.texts import tr

LARGEST_CRL = 16 * 1024 * 1024
"""Octets, DER or PEM."""
REASON_CODE = "2.5.29.21"
_UNDERSTOOD = frozenset({DISTRIBUTION_POINT})
"""Critical CRL extensions this module acts upon; a delta list (2.5.29.27) is not among them."""


class Reason(IntEnum):
    """CRLReason, RFC 5280, 5.3.1."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


class Revocation(NamedTuple):
    """`date` is aware UTC."""

    date: datetime
    reason: Reason


class Standing(Enum):
    """What the lists say of a certificate."""

    NOT_REVOKED = "not-revoked"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """No list that covers it is there, rightly signed and current."""


@dataclass(frozen=True, eq=False)
class Crl:
    """One list. `revoked` maps the serial number (as Certificate.serial_number) to its revocation."""

    der: bytes = field(repr=False)
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    revoked: Mapping[int, Revocation] = field(repr=False)
    extensions: Mapping[str, Extension] = field(repr=False)
    direct: bool
    """False when an entry carries a critical extension, as those of other issuers in an indirect list do."""
    outer: Signed = field(repr=False)
    inner_algorithm: bytes = field(repr=False)
    _verified: dict[bytes, bool] = field(default_factory=dict, repr=False)
    """Public key to answer: a login page asks the same question of the same list all day."""

    @classmethod
    def parse(cls, data: bytes) -> Crl:
        """From DER or text ("X509 CRL"). HelperError(CRL_UNREADABLE) for anything else, or over 16 MiB."""
        if len(data) > LARGEST_CRL:
            raise HelperError(Code.CRL_UNREADABLE, tr("吊销列表超过 16 MiB"))
        try:
            return _read(pem.der_in(bytes(data), "X509 CRL", "CRL"))
        except ValueError as error:
            raise HelperError(Code.CRL_UNREADABLE) from error

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether `issuer` has the list's issuer name, may sign lists, and its key made the signature.

        HelperError(NOT_SUPPORTED) when the scheme cannot be checked (a curve unknown here).
        """
        if not self.issuer.same(issuer.subject) or self.inner_algorithm != self.outer.algorithm:
            return False
        if KEY_USAGE in issuer.extensions and KeyUsage.CRL_SIGN not in issuer.key_usage:
            return False
        if issuer.spki not in self._verified:
            self._verified[issuer.spki] = self._signature_right(issuer.spki)
        return self._verified[issuer.spki]

    def _signature_right(self, spki: bytes) -> bool:
        algorithm = keys.algorithm_of(self.outer.algorithm)
        return algorithm is not None and keys.verify(spki, algorithm, self.outer.signed, self.outer.signature)

    def current(self, at: datetime) -> bool:
        """Whether `at` lies between the list's updates; a list without a next update is never current."""
        return self.next_update is not None and self.this_update <= at <= self.next_update

    def complete(self) -> bool:
        """Whether not being named means not being revoked: no delta list, nothing critical that is not understood."""
        critical = {oid for oid, extension in self.extensions.items() if extension.critical}
        return self.direct and critical <= _UNDERSTOOD


def standing(certificate: Certificate, issuer: Certificate, crls: Sequence[Crl], at: datetime) -> Standing:
    """What those of `crls` that `issuer` signed say of its `certificate` at the moment `at` (aware).

    A right signature is enough to be believed about a revocation, also on a list out of date: nothing un-revokes.
    """
    signed = [crl for crl in crls if _believed(crl, issuer)]
    if any(_named(certificate, crl, at) for crl in signed):
        return Standing.REVOKED
    usable = (crl for crl in signed if crl.current(at) and crl.complete() and covers(crl.extensions, certificate))
    return Standing.NOT_REVOKED if any(usable) else Standing.UNKNOWN


def _believed(crl: Crl, issuer: Certificate) -> bool:
    try:
        return crl.direct and crl.signed_by(issuer)
    except HelperError:
        return False


def _named(certificate: Certificate, crl: Crl, at: datetime) -> bool:
    found = crl.revoked.get(certificate.serial_number)
    if found is None or found.reason is Reason.REMOVE_FROM_CRL:
        return False
    # a list newer than `at` may tell of what came later; on any other list the entry counts whatever date it bears
    return crl.this_update <= at or found.date <= at


def _read(encoded: bytes) -> Crl:
    outer = Signed.read(encoded)
    content = outer.body.content
    fields = [element for element in der.children(content) if element.tag != der.INTEGER]
    algorithm, issuer, this_update, *rest = fields
    der.expect(issuer, der.SEQUENCE)
    next_update = next((der.moment(e) for e in rest[:1] if e.tag in (der.UTC_TIME, der.GENERALIZED_TIME)), None)
    entries = next((element.content for element in rest[:2] if element.tag == der.SEQUENCE), b"")
    extensions = next((element.content for element in rest if element.tag == 0xA0), b"\x30\x00")
    revoked, direct = _entries(entries)
    return Crl(
        der=encoded[: der.read(encoded).end],
        issuer=Name.parse(content[issuer.start : issuer.end]),
        this_update=der.moment(this_update),
        next_update=next_update,
        revoked=MappingProxyType(revoked),
        extensions=read_extensions(extensions),
        direct=direct,
        outer=outer,
        inner_algorithm=content[algorithm.start : algorithm.end],
    )


def _entries(content: bytes) -> tuple[dict[int, Revocation], bool]:
    """Entries by serial number, and whether none has a critical extension."""
    revoked: dict[int, Revocation] = {}
    direct = True
    for entry in der.children(content):
        serial, moment, *rest = der.children(der.expect(entry, der.SEQUENCE).content)
        number = der.integer(der.expect(serial, der.INTEGER).content)
        extensions = _entry_extensions(rest[0].content) if rest else {}
        direct = direct and not any(extension.critical for extension in extensions.values())
        revoked[number] = Revocation(_date(moment.tag, moment.content), _reason(extensions))
    return revoked, direct


@lru_cache(maxsize=4096)
def _date(tag: int, content: bytes) -> datetime:
    return der.moment(der.Element(tag, content, 0, 0))


@lru_cache(maxsize=4096)
def _entry_extensions(content: bytes) -> Mapping[str, Extension]:
    return read_extensions(der.wrap(der.SEQUENCE, content))


def _reason(extensions: Mapping[str, Extension]) -> Reason:
    """An unknown or unreadable reason is UNSPECIFIED: revoked all the same."""
    found = extensions.get(REASON_CODE)
    try:
        return Reason(der.integer(der.expect(der.read(found.value), der.ENUMERATED).content)) if found else Reason(0)
    except ValueError:
        return Reason.UNSPECIFIED
