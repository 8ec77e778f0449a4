"""What a certificate must be to log in or sign with, beside being believed: strict, each relaxation by its name.

Every default is what HEBCA's signing certificates have (resources/protocol.md, section 4); meanings: RFC 5280, section 4.2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from hebca_helper.pki import der
from hebca_helper.pki.certificates import BASIC_CONSTRAINTS, KEY_USAGE, Certificate, KeyUsage
from hebca_helper.pki.keyinfo import P256_CURVE, KeyKind, named_curve
from hebca_helper.relying_party.results import ResultCode

EXTENDED_KEY_USAGE = "2.5.29.37"
LEAST_RSA_BITS = 2048
_FOR_PERSONS = frozenset(
    {"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.20.2.2", "2.5.29.37.0"}
)
"""clientAuth, emailProtection; documentSigning (RFC 9336); smart card logon (Microsoft); any."""


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """Each field lets in one more kind of certificates that are meant for something else, or too weak."""

    other_purposes: bool = False
    """Those whose extended key usage names nothing for persons: of servers, OCSP responders, time stamps."""
    authorities: bool = False
    """CAs by their basic constraints or key usage, and those whose constraints cannot be read."""
    no_key_usage: bool = False
    """Those without the extension that says what the key is for."""
    short_keys: bool = False
    """RSA below 2,048 bits."""
    other_curves: bool = False
    """EC on another curve than P-256. SM2 is a kind of its own and let in."""

    def problem(self, certificate: Certificate) -> ResultCode | None:
        """Why nobody may log in or sign with this certificate; None when one may."""
        if not certificate.signs:
            return ResultCode.NOT_FOR_SIGNING
        if not self.no_key_usage and KEY_USAGE not in certificate.extensions:
            return ResultCode.NO_KEY_USAGE
        if not self.authorities and _is_authority(certificate):
            return ResultCode.AUTHORITY
        if not self.other_purposes and not _is_for_persons(certificate):
            return ResultCode.OTHER_PURPOSE
        return None if self._is_key_allowed(certificate) else ResultCode.KEY_NOT_ALLOWED

    def _is_key_allowed(self, certificate: Certificate) -> bool:
        if certificate.key_kind is KeyKind.RSA:
            return self.short_keys or certificate.key_bits >= LEAST_RSA_BITS
        return (
            certificate.key_kind is not KeyKind.EC or self.other_curves or named_curve(certificate.spki) == P256_CURVE
        )


def _is_authority(certificate: Certificate) -> bool:
    """HEBCA writes cA FALSE out in full; anything but a zero there is a TRUE of some encoding."""
    if KeyUsage.KEY_CERT_SIGN in certificate.key_usage:
        return True
    extension = certificate.extensions.get(BASIC_CONSTRAINTS)
    if extension is None:
        return False
    try:
        parts = der.inside(extension.value, der.SEQUENCE)
    except ValueError:
        return True
    return any(part.tag == der.BOOLEAN and part.content != b"\0" for part in parts)


def _is_for_persons(certificate: Certificate) -> bool:
    """Old ones have no extended key usage: they are for whatever the key usage says."""
    extension = certificate.extensions.get(EXTENDED_KEY_USAGE)
    if extension is None:
        return True
    try:
        parts = der.inside(extension.value, der.SEQUENCE)
        named = {der.object_identifier(der.expect(part, der.OID).content) for part in parts}
    except ValueError:
        return False
    return bool(named & _FOR_PERSONS)
