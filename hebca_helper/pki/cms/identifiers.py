"""How a message names a certificate: by issuer and serial number, or by its key's identifier (RFC 5652, 5.3, 6.2.1)."""

from __future__ import annotations

from asn1crypto import cms, x509

from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.names import Name

SUBJECT_KEY_IDENTIFIER = "2.5.29.14"


def issuer_and_serial(certificate: Certificate) -> cms.IssuerAndSerialNumber:
    """The issuer's name goes in as the certificate has it: some hold strings that asn1crypto would refuse."""
    return cms.IssuerAndSerialNumber(
        {"issuer": x509.Name.load(certificate.issuer.der), "serial_number": certificate.serial_number}
    )


def names(identifier: cms.SignerIdentifier | cms.RecipientIdentifier, certificate: Certificate) -> bool:
    """Whether the identifier means this certificate."""
    if identifier.name == "subject_key_identifier":
        return bool(identifier.native) and identifier.native == _key_identifier(certificate)
    if identifier.chosen["serial_number"].native != certificate.serial_number:
        return False
    issuer = identifier.chosen["issuer"].dump()
    return issuer == certificate.issuer.der or Name.parse(issuer).same(certificate.issuer)


def _key_identifier(certificate: Certificate) -> bytes | None:
    extension = certificate.extensions.get(SUBJECT_KEY_IDENTIFIER)
    try:
        return der.expect(der.read(extension.value), der.OCTET_STRING).content if extension else None
    except ValueError:
        return None
