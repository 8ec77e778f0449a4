"""Revocation lists and answers for the certificates of a signature (PAdES B-LT), from where each certificate says.

What is at hand comes first, then the certificate's responder (OCSP), then its list (CRL), which is kept for others. Only
certificates of a chain to a trusted CA are asked about. Nothing here ever stops a stamping but a certificate that is revoked.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from hebca_helper.errors import HelperError
from hebca_helper.files import write_atomically
from hebca_helper.pki import distribution, ocsp, revocation
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import LARGEST_CRL, Crl, Standing

FOLDER = "revocation"
FRESH = 6 * 3600.0
"""Seconds for which a list that was fetched is not fetched again, though it is still in force."""
PAUSE = 300.0
"""Seconds before an address that did not answer is tried again."""
MOST_EMBEDDED = 1024 * 1024
"""Octets of a list that goes into a file; a longer one is only looked at."""


class Fetch(Protocol):
    """As `issuer.fetching.fetch`."""

    def __call__(self, url: str, largest: int, proxy: str, question: bytes = b"", kind: str = "") -> bytes: ...


@dataclass(frozen=True, slots=True)
class RevocationData:
    """`crls` and `ocsps` (DER). `missing`: holders of certificates that name an address from which nothing came."""

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    missing: tuple[str, ...] = ()
    revoked: bool = False


@dataclass(slots=True)
class _Found:
    crls: list[bytes] = field(default_factory=list)
    ocsps: list[bytes] = field(default_factory=list)


class RevocationSource:
    """`folder` keeps the lists. Its method blocks; called from one thread at a time or several, at worst it asks twice."""

    def __init__(self, folder: Path, fetch: Fetch) -> None:
        self._folder = folder
        self._fetch = fetch
        self._failed: dict[str, float] = {}

    def gather(self, chain: Sequence[Certificate], known: Sequence[Crl], now: datetime, proxy: str) -> RevocationData:
        """For each certificate of `chain` (the signer's first) but the root. `now` is aware."""
        found, missing = _Found([each.der for each in known]), []
        for certificate, issuer in pairwise(chain):
            standing = revocation.standing(certificate, issuer, known, now)
            if standing is Standing.UNKNOWN:
                standing = self._ask(certificate, issuer, now, proxy, found)
            if standing is Standing.REVOKED:
                return RevocationData(revoked=True)
            if standing is Standing.UNKNOWN and (ocsp.responders(certificate) or distribution.addresses(certificate)):
                missing.append(certificate.holder)
        crls = tuple(dict.fromkeys(each for each in found.crls if len(each) <= MOST_EMBEDDED))
        return RevocationData(crls, tuple(found.ocsps), tuple(missing))

    def _ask(self, certificate: Certificate, issuer: Certificate, now: datetime, proxy: str, found: _Found) -> Standing:
        for url in ocsp.responders(certificate):
            nonce = secrets.token_bytes(ocsp.NONCE_OCTETS)
            question = ocsp.request(certificate, issuer, nonce)
            answer = self._answer(url, ocsp.LARGEST_RESPONSE, proxy, question, ocsp.REQUEST_KIND)
            standing = ocsp.standing(answer, certificate, issuer, now, nonce) if answer else Standing.UNKNOWN
            if standing is not Standing.UNKNOWN:
                found.ocsps.append(answer)
                return standing
        for url in distribution.addresses(certificate):
            crl = self._list(url, certificate, issuer, now, proxy)
            if crl is not None:
                found.crls.append(crl.der)
                return revocation.standing(certificate, issuer, [crl], now)
        return Standing.UNKNOWN

    def _list(self, url: str, certificate: Certificate, issuer: Certificate, now: datetime, proxy: str) -> Crl | None:
        """One that speaks of the certificate; from the disk while it is fresh, or when nothing newer can be had."""
        path = self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.crl"
        kept, age = _kept(path)
        if kept is None or age > FRESH or _says(kept, certificate, issuer, now) is Standing.UNKNOWN:
            data = self._answer(url, LARGEST_CRL, proxy)
            fetched = _parsed(data) if data else None
            if fetched is not None and _says(fetched, certificate, issuer, now) is not Standing.UNKNOWN:
                _keep(path, fetched)
                return fetched
        return kept if kept is not None and _says(kept, certificate, issuer, now) is not Standing.UNKNOWN else None

    def _answer(self, url: str, largest: int, proxy: str, question: bytes = b"", kind: str = "") -> bytes:
        """Empty when nothing came."""
        if time.monotonic() < self._failed.get(url, 0.0):
            return b""
        try:
            return self._fetch(url, largest, proxy, question, kind)
        except HelperError:
            self._failed[url] = time.monotonic() + PAUSE
            return b""


def _says(crl: Crl, certificate: Certificate, issuer: Certificate, now: datetime) -> Standing:
    return revocation.standing(certificate, issuer, [crl], now)


def _kept(path: Path) -> tuple[Crl | None, float]:
    """The list on the disk, and how many seconds ago it came."""
    try:
        return _parsed(path.read_bytes()), time.time() - path.stat().st_mtime
    except OSError:
        return None, 0.0


def _keep(path: Path, crl: Crl) -> None:
    """A full disk only means asking again."""
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, crl.der)
    except OSError:
        return


def _parsed(data: bytes) -> Crl | None:
    try:
        return Crl.parse(data)
    except HelperError:
        return None
