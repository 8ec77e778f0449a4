"""How a message names a certificate: by issuer and serial number, or by its key's identifier (RFC 5652, 5.3, 6.2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import cms, x509

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.names import Name


def issuer_and_serial(certificate: Certificate) -> cms.IssuerAndSerialNumber:
    """The issuer's name goes in as the certificate has it: some hold strings that asn1crypto would refuse."""
    return cms.IssuerAndSerialNumber(
        {"issuer": x509.Name.load(certificate.issuer.der), "serial_number": certificate.serial_number}
    )


@dataclass(frozen=True, slots=True)
class Identifier:
    """A SignerIdentifier or RecipientIdentifier: `issuer` (a Name, DER) and `serial`, or `key`."""

    issuer: bytes
    serial: int
    key: bytes

    @classmethod
    def read(cls, identifier: cms.SignerIdentifier | cms.RecipientIdentifier) -> Identifier:
        """Parsed to the bottom, so that comparing cannot fail. ValueError (and what asn1crypto raises)."""
        if identifier.name == "subject_key_identifier":
            return cls(b"", 0, identifier.native)
        issuer = identifier.chosen["issuer"].dump()
        Name.parse(issuer)
        return cls(issuer, identifier.chosen["serial_number"].native, b"")

    def means(self, certificate: Certificate) -> bool:
        if not self.issuer:
            return self.key in certificate.key_identifiers
        if self.serial != certificate.serial_number:
            return False
        return self.issuer == certificate.issuer.der or Name.parse(self.issuer).same(certificate.issuer)
