"""A certificate as JSON, the same on the command line and in the HTTPS API."""

from __future__ import annotations

from typing import Any

from hebca_helper.assistant.certificates.entries import CertificateEntry


def certificate_row(entry: CertificateEntry) -> dict[str, Any]:
    """A certificate as JSON: serial in hex and decimal, times in UTC (ISO 8601), usages as a list."""
    certificate = entry.certificate
    return {
        "token": entry.token.id,
        "holder": certificate.holder,
        "unique_id": certificate.unique_id,
        "credit_code": certificate.credit_code,
        "serial": certificate.serial_hex,
        "serial_decimal": certificate.serial_decimal,
        "issuer": certificate.issuer_name,
        "subject": certificate.subject.text,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "validity": entry.validity,
        "days_left": entry.days_left,
        "usage": [name for name, serves in (("sign", certificate.signs), ("encrypt", certificate.encrypts)) if serves],
        "key": f"{certificate.key_kind}-{certificate.key_bits}",
        "replaced": entry.replaced,
        "practice": entry.practice,
        "fingerprint": certificate.fingerprint,
    }
