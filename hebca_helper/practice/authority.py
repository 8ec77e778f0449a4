"""One practice CA: an RSA key and what it signs, certificates and revocation lists (RFC 5280, sections 4.1 and 5.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import core, crl, keys, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BITS = 2048
CRL_LIFETIME = timedelta(days=7)
_SHA256_RSA = {"algorithm": "sha256_rsa", "parameters": core.Null()}
_LAST_UTC_TIME = 2049
"""Later years are GeneralizedTime (RFC 5280, section 4.1.2.5)."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA that can sign: its name and its private key."""

    name: x509.Name
    key: rsa.RSAPrivateKey

    @property
    def public_key(self) -> keys.PublicKeyInfo:
        return public_key_info(self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def certificate(
        self,
        subject: x509.Name,
        key: keys.PublicKeyInfo,
        extensions: list[Any],
        not_before: datetime,
        not_after: datetime,
    ) -> bytes:
        """A certificate (DER) with a serial of 8 random bytes. Times are aware, whole seconds are kept."""
        return self._signed(
            x509.Certificate,
            "tbs_certificate",
            x509.TbsCertificate(
                {
                    "version": "v3",
                    "serial_number": new_serial(),
                    "signature": _SHA256_RSA,
                    "issuer": self.name,
                    "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
                    "subject": subject,
                    "subject_public_key_info": key,
                    "extensions": extensions,
                }
            ),
        )

    def crl(self, number: int, revoked: Mapping[int, datetime], now: datetime) -> bytes:
        """Revocation list `number` (DER) of `revoked`, serial → moment; good from `now` for CRL_LIFETIME."""
        content = {
            "version": "v2",
            "signature": _SHA256_RSA,
            "issuer": self.name,
            "this_update": _time(now),
            "next_update": _time(now + CRL_LIFETIME),
            "crl_extensions": self._crl_extensions(number),
        }
        if revoked:  # an empty list must be absent (section 5.1.2.6)
            content["revoked_certificates"] = [_revoked(serial, at) for serial, at in sorted(revoked.items())]
        return self._signed(crl.CertificateList, "tbs_cert_list", crl.TbsCertList(content))

    def _crl_extensions(self, number: int) -> list[Any]:
        key_identifier = x509.AuthorityKeyIdentifier({"key_identifier": self.public_key.sha1})
        return [
            {"extn_id": "authority_key_identifier", "critical": False, "extn_value": key_identifier},
            {"extn_id": "crl_number", "critical": False, "extn_value": core.Integer(number)},
        ]

    def _signed(self, kind: type[Any], field: str, content: Any) -> bytes:
        signature = self.key.sign(content.dump(), padding.PKCS1v15(), hashes.SHA256())
        signature_field = "signature_value" if field == "tbs_certificate" else "signature"
        return bytes(kind({field: content, "signature_algorithm": _SHA256_RSA, signature_field: signature}).dump())


def public_key_info(spki: bytes) -> keys.PublicKeyInfo:
    """A SubjectPublicKeyInfo from DER."""
    return keys.PublicKeyInfo.load(spki)


def new_serial() -> int:
    """Eight bytes without a leading zero, as real serials are."""
    return int.from_bytes(bytes([1 + secrets.randbelow(0x7F)]) + secrets.token_bytes(7), "big")


def _revoked(serial: int, at: datetime) -> dict[str, Any]:
    return {"user_certificate": serial, "revocation_date": _time(at)}


def _time(moment: datetime) -> x509.Time:
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return x509.Time({"utc_time" if whole.year <= _LAST_UTC_TIME else "general_time": whole})
