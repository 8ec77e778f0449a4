"""The CA certificate that is to be trusted, as the tools of the systems want to be told it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.pem import certificates_from


@dataclass(frozen=True, slots=True)
class Authority:
    """`pem` is kept with the record of what was installed: some systems want the certificate to take it out again."""

    pem: str
    certificate: Certificate

    @classmethod
    def parse(cls, pem: str) -> Authority:
        """HelperError(CERTIFICATE_UNREADABLE)."""
        return cls(pem, certificates_from(pem.encode())[0])

    @classmethod
    def read(cls, path: Path) -> Authority:
        return cls.parse(path.read_text("ascii"))

    @property
    def fingerprint(self) -> str:
        """SHA-256, hex."""
        return self.certificate.fingerprint

    @property
    def thumbprint(self) -> str:
        """SHA-1, hex: how Windows and macOS name a certificate; no security rests on it."""
        return sha1(self.certificate.der, usedforsecurity=False).hexdigest()

    @property
    def nickname(self) -> str:
        """Name in lists of browsers; nothing else can have it."""
        return f"HEBCA Helper localhost {self.fingerprint[:16]}"
