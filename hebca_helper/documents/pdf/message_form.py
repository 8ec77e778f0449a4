"""The parts of a CMS signature that nothing signs: a message whose unsigned parts are odd is not called valid.

Certificates that came along are signed by their issuers. Versions, the list of digest algorithms, parameters and the
signer's name beside its serial number (RFC 5652, 5.1 and 5.3) could be changed by anybody without a verifier's notice.
"""

from __future__ import annotations

from collections.abc import Sequence

from asn1crypto import cms as asn1_cms
from asn1crypto import core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains, der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import verification
from hebca_helper.pki.cms.algorithms import digest_of_identifier
from hebca_helper.pki.der import Element
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import State

_VERSIONS = frozenset({1, 3, 4, 5})
_SIGNER_VERSIONS = frozenset({1, 3})
_NULL, _PRINTABLE_STRING = 0x05, 0x13
_EXPLICIT, _KEY_IDENTIFIER = 0xA0, 0x80
_WITH_PARAMETERS = frozenset({"1.2.840.113549.1.1.10", "1.2.156.10197.1.301", "1.2.840.10045.2.1"})
"""RSASSA-PSS, and what GM/T 0010 writes as the algorithm of an SM2 signature with its curve."""


def companions_of(message: bytes, roots: Roots) -> State:
    """Whether the certificates that came with the signature, and its unsigned parts, are as they were made.

    Each must be signed by another one, itself, or a trusted one. Only the last of the signer's own chain may name an issuer
    that is not at hand.
    """
    read = verification.read(message)
    known = [*read.certificates, *roots.trusted]
    signer = read.file.signers[0].certificate_among(read.certificates)
    own_chain = {signer.der} if signer else set()
    whole = len(read.certificates) == _held(message) and is_plain(message, read.certificates)
    found = [State.VALID if whole else State.UNKNOWN]
    for _ in read.certificates:
        own_chain |= {
            each.der for each in known if any(_names(below, each) for below in known if below.der in own_chain)
        }
    for each in read.certificates:
        problem = chains.issuer_problem(each, [*(one for one in read.certificates if one != each), *roots.trusted])
        if problem is Code.SIGNATURE_WRONG:
            found.append(State.INVALID)
        elif problem is Code.NOT_SUPPORTED or (problem and each.der not in own_chain):
            found.append(State.UNKNOWN)
    return max(found, key=(State.VALID, State.UNKNOWN, State.INVALID).index)


def _held(message: bytes) -> int:
    """How many certificates came along, the unreadable ones too."""
    content = asn1_cms.ContentInfo.load(message)["content"]
    if isinstance(content, core.Any):  # a name of GB/T 35275
        content = content.parse(asn1_cms.SignedData)
    return len(content["certificates"] or ())


def _names(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.issuer.der == issuer.subject.der


def is_plain(message: bytes, certificates: Sequence[Certificate]) -> bool:
    """False where an unsigned part is not as signers write it. `message`: with definite lengths."""
    try:
        _, wrapped = der.inside(message, der.SEQUENCE)[:2]
        signed = der.inside(der.expect(wrapped, _EXPLICIT).content, der.SEQUENCE)
        signers = list(der.children(der.expect(signed[-1], der.SET).content))
        hashed = [_algorithm(each) for each in der.children(der.expect(signed[1], der.SET).content)]
        used = [_signer(each, certificates) for each in signers]
    except (ValueError, IndexError):
        return False
    version = der.integer(der.expect(signed[0], der.INTEGER).content)
    return version in _VERSIONS and set(used) <= set(hashed) and all(map(_is_digest, set(hashed) - set(used)))


def _is_digest(oid: str) -> bool:
    """Some signers list all that they know."""
    try:
        digest_of_identifier(der.wrap(der.SEQUENCE, der.wrap(der.OID, der.object_identifier_octets(oid))))
    except HelperError:
        return False
    return True


def _signer(element: Element, certificates: Sequence[Certificate]) -> str:
    """Its digest algorithm. ValueError for what is odd."""
    parts = list(der.children(der.expect(element, der.SEQUENCE).content))
    if der.integer(der.expect(parts[0], der.INTEGER).content) not in _SIGNER_VERSIONS:
        raise ValueError("version")
    _require_own_name(parts[1], certificates)
    digest = _algorithm(parts[2])
    after = 4 if parts[3].tag == _EXPLICIT else 3
    _algorithm(parts[after])
    der.expect(parts[after + 1], der.OCTET_STRING)
    return digest


def _require_own_name(signer: Element, certificates: Sequence[Certificate]) -> None:
    """As it stands in the certificate, if as UTF8String for PrintableString or the other way round."""
    if signer.tag in (_KEY_IDENTIFIER, _EXPLICIT):
        return
    name, _ = der.children(der.expect(signer, der.SEQUENCE).content)
    written = _pieces(signer.content[name.start : name.end])
    if certificates and all(_pieces(each.issuer.der) != written for each in certificates):
        raise ValueError("issuer")


def _pieces(name: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of all that a Name is made of, in order (RFC 5280, 4.1.2.4). ValueError."""
    found: list[tuple[int, bytes]] = []
    for relative in der.inside(name, der.SEQUENCE):
        found.append((relative.tag, b""))
        for pair in der.children(relative.content):
            kind, value = der.children(der.expect(pair, der.SEQUENCE).content)
            tag = der.UTF8_STRING if value.tag == _PRINTABLE_STRING else value.tag
            found += [(kind.tag, kind.content), (tag, value.content)]
    return found


def _algorithm(element: Element) -> str:
    """Its OID; parameters are absent or NULL but where an algorithm has some."""
    name, *parameters = der.children(der.expect(element, der.SEQUENCE).content)
    oid = der.object_identifier(der.expect(name, der.OID).content)
    empty = not parameters or (len(parameters) == 1 and parameters[0].tag == _NULL and not parameters[0].content)
    if not empty and oid not in _WITH_PARAMETERS:
        raise ValueError("parameters")
    return oid
