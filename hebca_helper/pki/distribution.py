"""Which certificates a CRL speaks for. Large CAs cut their list into parts, and each part says so in a critical
extension (RFC 5280, 5.2.5); the part for other certificates says nothing about this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.structure import Extension

DISTRIBUTION_POINT = "2.5.29.28"
"""issuingDistributionPoint of a CRL."""
CRL_LOCATIONS = "2.5.29.31"
"""cRLDistributionPoints of a certificate (RFC 5280, 4.2.1.13)."""
_POINT, _USERS_ONLY, _AUTHORITIES_ONLY = 0xA0, 0x81, 0x82
_FULL_NAME = 0xA0
_URI = 0x86
"""uniformResourceIdentifier of a GeneralName (RFC 5280, 4.2.1.6)."""


def covers(crl_extensions: Mapping[str, Extension], certificate: Certificate) -> bool:
    """Whether a list with these extensions speaks for `certificate`: no distribution point, or one that fits.

    A list for some reasons only, for attribute certificates only, or of several issuers covers nothing here.
    """
    extension = crl_extensions.get(DISTRIBUTION_POINT)
    if extension is None:
        return True
    try:
        return _fits(extension.value, certificate)
    except ValueError:
        return False


def addresses(certificate: Certificate) -> list[str]:
    """The http(s) URLs at which the certificate says that its whole list can be had, in order."""
    try:
        found = [name for point in _points(certificate) for name in point]
    except ValueError:
        return []
    urls = [octets[1:].decode("ascii", "replace") for octets in found if octets[0] == _URI]
    return [url for url in dict.fromkeys(urls) if url.startswith(("http://", "https://"))]


def _fits(value: bytes, certificate: Certificate) -> bool:
    scope = {element.tag: element.content for element in der.inside(value, der.SEQUENCE)}
    flags = {tag for tag, content in scope.items() if tag != _POINT and content != b"\0"}
    constraints = certificate.basic_constraints
    authority = constraints is not None and constraints.authority
    if flags - {_AUTHORITIES_ONLY if authority else _USERS_ONLY}:
        return False
    return _POINT not in scope or bool(_locations(certificate).intersection(_names(scope[_POINT])))


def _locations(certificate: Certificate) -> set[bytes]:
    return {name for point in _points(certificate) for name in point}


def _points(certificate: Certificate) -> Iterator[list[bytes]]:
    """Names of every distribution point of the certificate that serves all reasons and has no other CRL issuer."""
    extension = certificate.extensions.get(CRL_LOCATIONS)
    for point in der.inside(extension.value, der.SEQUENCE) if extension else []:
        fields = list(der.children(point.content))
        if [field.tag for field in fields] == [_POINT]:
            yield _names(fields[0].content)


def _names(point: bytes) -> list[bytes]:
    """GeneralNames of a DistributionPointName's fullName, each whole. A name relative to the issuer matches nothing."""
    return [
        bytes([name.tag]) + name.content
        for full in der.children(point)
        if full.tag == _FULL_NAME
        for name in der.children(full.content)
    ]
