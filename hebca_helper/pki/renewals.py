"""Which certificates a renewal has replaced. HEBCA renews with the same key, and the old certificate often stays on
the USBKEY beside the new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from hebca_helper.pki.certificates import Certificate, validity
from hebca_helper.pki.moments import Validity


def replaced(certificates: Iterable[Certificate], now: datetime) -> set[str]:
    """Fingerprints of those beside which a newer one with the same key and usage is valid at `now` (aware).

    Newer means a later start, or the same start and a later end. One that is not valid replaces nothing, so an old
    certificate stays in use until the new one begins.
    """
    groups: defaultdict[tuple[bytes, bool, bool], list[Certificate]] = defaultdict(list)
    for certificate in certificates:
        groups[certificate.key_fingerprint, certificate.signs, certificate.encrypts].append(certificate)
    return {old.fingerprint for group in groups.values() for old in _older_than_the_valid(group, now)}


def _older_than_the_valid(group: list[Certificate], now: datetime) -> list[Certificate]:
    ages = [_age(certificate) for certificate in group if validity(certificate, now) is Validity.VALID]
    return [certificate for certificate in group if ages and _age(certificate) < max(ages)]


def _age(certificate: Certificate) -> tuple[datetime, datetime]:
    return certificate.not_before, certificate.not_after
