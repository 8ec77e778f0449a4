"""The token that an operation works on, and the certificate by which the person knows it."""

from __future__ import annotations

from dataclasses import dataclass

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.tokens.model import TokenInfo


@dataclass(frozen=True, slots=True)
class Device:
    """`entry` is one of the token's certificates, None where it has none yet."""

    token: TokenInfo
    entry: CertificateEntry | None = None

    @classmethod
    def of(cls, entry: CertificateEntry) -> Device:
        return cls(entry.token, entry)

    @property
    def id(self) -> str:
        return self.token.id
