"""The hall checks what a page hands in, as a portal's server does: challenge, signature, chain, CRL, validity."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hebca_helper.pki.certificates import Certificate, days_left
from hebca_helper.pki.moments import beijing_text
from hebca_helper.practice.hall import verdicts
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.sessions import Session, Shown
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.login import LoginResult, LoginVerifier
from hebca_helper.relying_party.nonce import NonceBook, web_eid_nonce
from hebca_helper.relying_party.web_eid import WebEidVerifier
from hebca_helper.texts import tr

LARGEST_FIELD = 64 * 1024


class Verification:
    """Challenges for sessions, and the verdict on their answers.

    The practice CA's lists are read anew for each login: `practice init --scenario …` may revoke while the hall runs.
    """

    def __init__(self, home: Path, clock: Callable[[], datetime], origin: Callable[[], str]) -> None:
        self._trust = PracticeTrust(home, clock)
        self._clock = clock
        self._nonces = NonceBook(clock, make=web_eid_nonce)
        self._origin = origin

    def challenge(self, session: Session) -> str:
        """A random ASCII text for this session, good once and for five minutes."""
        return self._nonces.issue(session.id)

    def check(self, session: Session, challenge: str, certificate: str, signature: str) -> Shown:
        """The certificate behind a right answer; `certificate` (DER) and `signature` (PKCS#1 or ECDSA) in base64."""
        der, signed = _decoded(certificate), _decoded(signature)
        self._redeem(session, challenge)
        return self._accepted(LoginVerifier(self._judge()).check_pkcs1(challenge, der, signed))

    def check_token(self, session: Session, challenge: str, token: Mapping[str, Any]) -> Shown:
        """The certificate behind a right login token of the new API, which is bound to this hall's origin."""
        self._redeem(session, challenge)
        return self._accepted(WebEidVerifier(self._origin(), self._judge()).check(token, challenge))

    def _redeem(self, session: Session, challenge: str) -> None:
        if not challenge.isascii() or not self._nonces.redeem(session.id, challenge):
            raise HallError(Reason.CHALLENGE_WRONG, tr("登录请求已失效或已使用过，请重新点击登录"))

    def _accepted(self, outcome: LoginResult) -> Shown:
        if outcome.certificate is None or not outcome.accepted:
            raise HallError(Reason.CERTIFICATE_REFUSED, verdicts.sentence(outcome.result), result=int(outcome.result))
        return shown(outcome.certificate, self._clock())

    def _judge(self) -> CertificateJudge:
        return CertificateJudge(self._trust.ca_certificates(), self._trust.crls(), self._clock, allow_practice=True)


def shown(certificate: Certificate, now: datetime) -> Shown:
    return Shown(
        certificate.unique_id,
        certificate.holder,
        certificate.issuer_name,
        certificate.serial_hex,
        beijing_text(certificate.not_before),
        beijing_text(certificate.not_after),
        days_left(certificate, now),
    )


def _decoded(text: str) -> bytes:
    if len(text) > LARGEST_FIELD:
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的证书或签名太长"))
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的证书或签名不是有效的 Base64")) from None
