"""Certificates as a person meets them: on which token, how long valid, replaced or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate, days_left, validity
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.moments import Validity
from hebca_helper.pki.renewals import replaced
from hebca_helper.texts import tr
from hebca_helper.tokens.model import Interface, TokenCertificate, TokenInfo


class Usage(StrEnum):
    SIGN = "sign"
    ENCRYPT = "encrypt"


@dataclass(frozen=True, slots=True)
class CertificateEntry:
    """One certificate of one token at one moment. `practice` is proved, never taken from a label."""

    token: TokenInfo
    certificate: Certificate
    key_id: bytes
    has_private_key: bool
    validity: Validity
    days_left: int
    replaced: bool
    """A newer valid certificate has the same key and usage."""
    practice: bool

    @property
    def holder(self) -> str:
        """The holder's name as it is shown anywhere."""
        return visible_name(self.certificate.holder)

    @property
    def usable_kind(self) -> KeyKind:
        """What its key can be asked for; OTHER for SM2 behind PKCS#11, where each maker has mechanisms of its own."""
        kind = self.certificate.key_kind
        behind_pkcs11 = kind is KeyKind.SM2 and self.token.interface is not Interface.SKF
        return KeyKind.OTHER if behind_pkcs11 else kind

    def serves(self, usage: Usage) -> bool:
        return self.certificate.signs if usage is Usage.SIGN else self.certificate.encrypts


def make_entries(
    found: Iterable[tuple[TokenInfo, TokenCertificate]], is_practice: Callable[[Certificate], bool], now: datetime
) -> list[CertificateEntry]:
    """Entries in token order, signing ones first, the longest valid first; those that `unreadable` tells are left out."""
    read = [(token, held, certificate) for token, held in found if (certificate := _read(held)) is not None]
    old = replaced((certificate for _, _, certificate in read), now)
    entries = [
        CertificateEntry(
            token=token,
            certificate=certificate,
            key_id=held.key_id,
            has_private_key=held.has_private_key,
            validity=validity(certificate, now),
            days_left=days_left(certificate, now),
            replaced=certificate.fingerprint in old,
            practice=token.practice and is_practice(certificate),
        )
        for token, held, certificate in read
    ]
    places = {token.id: place for place, (token, _, _) in reversed(list(enumerate(read)))}
    return sorted(entries, key=lambda entry: (places[entry.token.id], *_rank(entry.certificate)))


def unreadable(found: Iterable[tuple[TokenInfo, TokenCertificate]]) -> list[HelperError]:
    """CERTIFICATE_UNREADABLE for each that cannot be read, with its USBKEY, its label and the reason."""
    problems = []
    for token, held in found:
        try:
            Certificate.parse(held.der)
        except HelperError as problem:
            reason = problem.detail if held.der else tr("USBKEY 没有给出证书的内容")
            names = (token.label or token.serial, held.label, reason)
            problems.append(HelperError(problem.code, tr("，").join(filter(None, map(visible_name, names)))))
    return problems


def _rank(certificate: Certificate) -> tuple[bool, float, str]:
    return (not certificate.signs, -certificate.not_after.timestamp(), certificate.serial_hex)


def _read(held: TokenCertificate) -> Certificate | None:
    try:
        return Certificate.parse(held.der)
    except HelperError:
        return None
