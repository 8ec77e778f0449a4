"""The rules by which the practice CA gives an unlock code, or does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hebca_helper.errors import Code
from hebca_helper.issuer.protocol import Payload, Reason, Result, ServiceOperation, ServiceRequest
from hebca_helper.pki import chains
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.orders import OrderBook
from hebca_helper.practice.personalise import PRACTICE_SO_PIN
from hebca_helper.practice.record import read_record


class Desk:
    def __init__(self, home: Path, ca: PracticeCa, orders: OrderBook, clock: Callable[[], datetime]) -> None:
        self._home = home
        self._ca = ca
        self._orders = orders
        self._clock = clock

    def judge(self, request: ServiceRequest, order: str) -> Payload:
        """The answer, not yet signed. HelperError(CERTIFICATE_UNREADABLE) when the request holds no certificate."""
        certificate = Certificate.parse(request.certificate)
        reason = self._against(request, certificate, order)
        return Payload(
            request.operation,
            request.nonce,
            request.token_serial,
            certificate.fingerprint,
            Result.OK if reason is None else Result.REFUSED,
            reason=reason or "",
            unlock_code=PRACTICE_SO_PIN if reason is None else "",
        )

    def _against(self, request: ServiceRequest, certificate: Certificate, order: str) -> Reason | None:
        """What speaks against it. The order comes last: only what is granted uses it up."""
        if request.operation is not ServiceOperation.RESET_PIN:
            return Reason.OPERATION_NOT_OFFERED
        problem = self._certificate_problem(certificate)
        if problem is not None:
            return problem
        if not self._on_token(certificate, request.token_serial):
            return Reason.TOKEN_UNKNOWN
        return None if self._orders.redeem(order, certificate.serial_hex) else Reason.NO_ORDER

    def _certificate_problem(self, certificate: Certificate) -> Reason | None:
        """An expired certificate may be on a good USBKEY: its holder renews it after the reset."""
        now = self._clock()
        report = chains.check(certificate, self._ca.certificates(), [Crl.parse(self._ca.crl(now))], now)
        if report.signature or report.trust:
            return Reason.CERTIFICATE_UNKNOWN
        return Reason.CERTIFICATE_REVOKED if report.revocation is Code.CERTIFICATE_REVOKED else None

    def _on_token(self, certificate: Certificate, token_serial: str) -> bool:
        record = read_record(self._home)
        return record is not None and any(
            token.serial == token_serial and made.fingerprint == certificate.fingerprint
            for token in record.tokens
            for made in token.certificates
        )
