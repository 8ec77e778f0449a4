"""One signer of a SignedData (RFC 5652, 5.3 to 5.6)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, tsp

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, sm2
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.algorithms import (
    DigestAlgorithm,
    digest_of_identifier,
    signature_of_identifier,
)
from hebca_helper.pki.cms.identifiers import Identifier
from hebca_helper.pki.cms.message import DATA, plain_type
from hebca_helper.pki.keys import SignatureAlgorithm, verify, verify_digest

CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
"""RFC 5652, 11."""
TIME_STAMP_TOKEN, COUNTERSIGNATURE = "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.6"
"""Unsigned attributes: RFC 3161, appendix A; RFC 5652, 11.4."""
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
"""RFC 2634, 5.4 and RFC 5035, 3."""
_CONTENT_TYPE_AHEAD = bytes.fromhex("06092a864886f70d010903")


@dataclass(frozen=True, slots=True)
class Signer:
    """`problem` is set when an algorithm is not supported; `digest` and `algorithm` may then be None.

    `attributes` maps object identifiers to the only value of each signed attribute (DER); None without any.
    """

    identifier: Identifier
    digest: DigestAlgorithm | None
    algorithm: SignatureAlgorithm | None
    attributes: dict[str, bytes] | None
    signed: tuple[bytes, ...]
    """What the signature may be over: the SET of attributes in DER, and as it was sent; empty without attributes."""
    signature: bytes
    signing_time: datetime | None
    problem: HelperError | None
    unsigned: tuple[tuple[str, bytes], ...] = ()
    """Unsigned attributes: object identifier and one value (DER) each."""

    @classmethod
    def read(cls, info: cms.SignerInfo, *, counter: bool = False) -> Signer:
        """From a SignerInfo, or one that countersigns. ValueError (and what asn1crypto raises) for one that cannot be read."""
        sent = info["signed_attrs"].dump()
        attributes = _attributes(sent, counter=counter) if sent else None
        digest, algorithm, problem = None, None, None
        try:
            digest = digest_of_identifier(info["digest_algorithm"].dump())
            algorithm = signature_of_identifier(info["signature_algorithm"].dump(), digest)
        except HelperError as unsupported:
            problem = unsupported
        return cls(
            identifier=Identifier.read(info["sid"]),
            digest=digest,
            algorithm=algorithm,
            attributes=attributes,
            signed=_to_sign(sent) if sent else (),
            signature=info["signature"].native,
            signing_time=_signing_time(attributes or {}),
            problem=problem,
            unsigned=_unsigned(info["unsigned_attrs"].dump()),
        )

    def certificate_among(self, certificates: Iterable[Certificate]) -> Certificate | None:
        return next((each for each in certificates if self.identifier.means(each)), None)

    def digest_matches(self, digest: bytes, content_type: str, beginning: bytes) -> bool:
        """Whether the attributes speak of this content. Without attributes the signature itself does.

        A signature over attributes is also one over the octets of their SET: somebody could leave the attributes out
        and present them as content. So without attributes content that begins like such a SET is refused.
        """
        if self.attributes is None:
            return plain_type(content_type) == DATA and not (
                beginning[:1] == b"\x31" and _CONTENT_TYPE_AHEAD in beginning[:32]
            )
        return self._digest_named(digest) and self._type_named(content_type)

    def countersigns(self, digest: bytes) -> bool:
        """Whether the attributes speak of this signature; there is no type of content (RFC 5652, 11.4)."""
        return self.attributes is None or (self._digest_named(digest) and CONTENT_TYPE not in self.attributes)

    def _type_named(self, content_type: str) -> bool:
        named = der.object_identifier(der.read((self.attributes or {})[CONTENT_TYPE]).content)
        return plain_type(named) == plain_type(content_type)

    def _digest_named(self, digest: bytes) -> bool:
        claimed = der.expect(der.read((self.attributes or {})[MESSAGE_DIGEST]), der.OCTET_STRING).content
        return hmac.compare_digest(claimed, digest)

    def content_prefix(self, certificate: Certificate) -> bytes:
        """What goes into the digest before the content: with SM2 over the content itself, what names the key."""
        if self.attributes is not None or self.algorithm is not SignatureAlgorithm.SM2_SM3:
            return b""
        return sm2.prefix(certificate.spki) or b""

    def signature_matches(self, certificate: Certificate, digest: bytes) -> bool:
        """Whether the key of `certificate` made the signature, and the attributes do not name another certificate.

        `digest`: of the content, after `content_prefix`.
        """
        if self.algorithm is None:
            return False
        if self.attributes is None:
            return verify_digest(certificate.spki, self.algorithm, digest, self.signature)
        if not _means(self.attributes, certificate):
            return False
        return any(verify(certificate.spki, self.algorithm, signed, self.signature) for signed in self.signed)


def _attributes(sent: bytes, *, counter: bool) -> dict[str, bytes]:
    """The value of each attribute. Those we rely on must be there once, with one value (RFC 5652, 5.3 and 11)."""
    found: dict[str, bytes] = {}
    for oid, (first, *others) in _values(sent):
        if oid in found or (others and oid in (CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME)):
            raise ValueError("signed attribute occurs twice")
        found[oid] = first
    if not counter:
        der.object_identifier(der.expect(der.read(found[CONTENT_TYPE]), der.OID).content)
    der.expect(der.read(found[MESSAGE_DIGEST]), der.OCTET_STRING)
    return found


def _unsigned(sent: bytes) -> tuple[tuple[str, bytes], ...]:
    """Each value of each attribute; nothing is asked of what nobody signed. ValueError."""
    return tuple((oid, value) for oid, values in (_values(sent) if sent else ()) for value in values)


def _values(sent: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Object identifier and values (DER) of each attribute."""
    for attribute in der.children(der.read(sent).content):
        kind, values = list(der.children(der.expect(attribute, der.SEQUENCE).content))[:2]
        oid = der.object_identifier(der.expect(kind, der.OID).content)
        children = der.children(der.expect(values, der.SET).content)
        yield oid, [values.content[each.start : each.end] for each in children]


def _to_sign(sent: bytes) -> tuple[bytes, ...]:
    """The signature is over the DER, whatever was sent (RFC 5652, 5.4); some signers forget to sort."""
    content = der.read(sent).content
    parts = [content[each.start : each.end] for each in der.children(content)]
    return tuple(dict.fromkeys((ber.element(ber.SET, *sorted(parts)), ber.element(ber.SET, content))))


def _signing_time(attributes: dict[str, bytes]) -> datetime | None:
    value = attributes.get(SIGNING_TIME)
    return der.moment(der.read(value)) if value else None


def _means(attributes: dict[str, bytes], certificate: Certificate) -> bool:
    """Whether signingCertificate or signingCertificateV2, if there, has the hash of `certificate` first."""
    newer, older = attributes.get(SIGNING_CERTIFICATE_V2), attributes.get(SIGNING_CERTIFICATE)
    try:
        if newer:
            return _hash_matches(tsp.SigningCertificateV2.load(newer)["certs"][0], certificate)
        if older:
            named = tsp.SigningCertificate.load(older)["certs"][0]["cert_hash"].native
            return bool(named == DigestAlgorithm.SHA1.of(certificate.der))
    except (ValueError, TypeError, KeyError, IndexError):
        return False
    return True


def _hash_matches(named: tsp.ESSCertIDv2, certificate: Certificate) -> bool:
    algorithm: algos.DigestAlgorithm = named["hash_algorithm"]
    digest = digest_of_identifier(algorithm.dump())
    if digest is DigestAlgorithm.SHA1:
        raise HelperError(Code.NOT_SUPPORTED)
    return bool(named["cert_hash"].native == digest.of(certificate.der))
