"""Whether a certificate's issuer is one that the program knows, in one word for each certificate."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from hebca_helper.assistant.stamping.authorities import Authorities, AuthoritiesFor
from hebca_helper.errors import Code

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.pki.certificates import Certificate
    from hebca_helper.pki.chains import ChainReport
    from hebca_helper.pki.revocation import Crl


class ChainState(StrEnum):
    TRUSTED = "trusted"
    PRACTICE = "practice"
    """This home's practice CA issued it: worth nothing outside the practice hall."""
    ISSUER_UNKNOWN = "issuer-unknown"
    """No certificate of its issuer is here to check it by. Says nothing against it."""
    NOT_TRUSTED = "not-trusted"
    """An issuer is known, but may not issue, or is itself expired or revoked."""
    REVOKED = "revoked"
    FORGED = "forged"
    """The issuer of that name did not sign it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """`names` from the certificate's issuer up to the root, as far as they are known; `revocation_known` where a list in
    force was asked."""

    state: ChainState
    names: tuple[str, ...] = ()
    revocation_known: bool = False


async def chains_of(
    entries: Iterable[CertificateEntry], authorities: AuthoritiesFor, now: datetime
) -> Mapping[str, Chain]:
    """By fingerprint, worked out in a thread. HelperError where a CA's file cannot be read."""
    return await asyncio.to_thread(_chains, list(entries), authorities, now)


def _chains(entries: list[CertificateEntry], authorities: AuthoritiesFor, now: datetime) -> Mapping[str, Chain]:
    """The CA's files are read and parsed once for all certificates of a kind."""
    known = {practice: _parsed(authorities(practice)) for practice in {entry.practice for entry in entries}}
    return {entry.certificate.fingerprint: _chain(entry, *known[entry.practice], now) for entry in entries}


def _parsed(known: Authorities) -> tuple[list[Certificate], list[Crl]]:
    from hebca_helper.pki.certificates import Certificate
    from hebca_helper.pki.revocation import Crl

    return [Certificate.parse(der) for der in known.trusted], [Crl.parse(der) for der in known.crls]


def _chain(entry: CertificateEntry, trusted: list[Certificate], lists: list[Crl], now: datetime) -> Chain:
    from hebca_helper.pki import chains  # with the algorithms behind it: nobody pays for it before this page is seen

    report = chains.check(entry.certificate, trusted, lists, now, require_crl=False)
    names = tuple(authority.common_name for authority in report.chain[1:])
    return Chain(_state(report, entry.practice), names, report.revocation_known)


def _state(report: ChainReport, practice: bool) -> ChainState:
    """How long it is valid is told elsewhere: an expired certificate has an issuer all the same."""
    if report.revocation is Code.CERTIFICATE_REVOKED:
        return ChainState.REVOKED
    if report.signature is Code.SIGNATURE_WRONG:
        return ChainState.FORGED
    if report.signature is not None:
        return ChainState.ISSUER_UNKNOWN
    if report.trust is not None:
        return ChainState.NOT_TRUSTED
    return ChainState.PRACTICE if practice else ChainState.TRUSTED
