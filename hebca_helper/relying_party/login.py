"""What a portal's server checks when somebody logs in with a certificate: the signature over its challenge, then
issuer, validity and revocation (protocol reference, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.pki import chains, keys
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.pki.revocation import Crl
from hebca_helper.texts import tr

TEXT_ENCODING = "gbk"
"""What the vendor's verifier turns the challenge into octets with (protocol reference, section 3)."""


class ResultCode(IntEnum):
    """Results of the common verifier (protocol reference, section 5); those from 100 on are ours, where none of the
    vendor's has been seen."""

    OK = 0
    NOT_YET_VALID = 1
    EXPIRED = 2
    UNTRUSTED = 4
    REVOKED = 7
    SIGNATURE_WRONG = -6406
    CERTIFICATE_UNREADABLE = 100
    REVOCATION_UNKNOWN = 101
    NOT_FOR_SIGNING = 102
    NOT_SUPPORTED = 103


_RESULTS: dict[Code, ResultCode] = {
    Code.CERTIFICATE_NOT_YET_VALID: ResultCode.NOT_YET_VALID,
    Code.CERTIFICATE_EXPIRED: ResultCode.EXPIRED,
    Code.CERTIFICATE_UNTRUSTED: ResultCode.UNTRUSTED,
    Code.CERTIFICATE_REVOKED: ResultCode.REVOKED,
    Code.CERTIFICATE_UNREADABLE: ResultCode.CERTIFICATE_UNREADABLE,
    Code.CRL_UNREADABLE: ResultCode.REVOCATION_UNKNOWN,
    Code.SIGNATURE_WRONG: ResultCode.SIGNATURE_WRONG,
    Code.NOT_SUPPORTED: ResultCode.NOT_SUPPORTED,
}
_ALGORITHMS: dict[KeyKind, SignatureAlgorithm] = {
    KeyKind.RSA: SignatureAlgorithm.RSA_SHA1,
    KeyKind.EC: SignatureAlgorithm.ECDSA_SHA256,
    KeyKind.SM2: SignatureAlgorithm.SM2_SM3,
}
"""The key decides: the wire has no algorithm field (protocol reference, section 3)."""


@dataclass(frozen=True, slots=True)
class LoginResult:
    """`certificate` is None when it could not be read; only with OK does it say who is there. `text` is for people."""

    result: ResultCode
    certificate: Certificate | None
    text: str

    @property
    def accepted(self) -> bool:
        return self.result is ResultCode.OK


class LoginVerifier:
    """Checks logins against the CA certificates and lists that the portal trusts. `clock` returns aware UTC.

    A practice certificate (issuer says 演练) is never accepted, whatever `trusted` holds, unless `allow_practice`.
    """

    def __init__(
        self,
        trusted: Sequence[Certificate],
        crls: Sequence[Crl],
        clock: Callable[[], datetime],
        *,
        allow_practice: bool = False,
        encoding: str = TEXT_ENCODING,
    ) -> None:
        self._trusted = list(trusted)
        self._crls = list(crls)
        self._clock = clock
        self._allow_practice = allow_practice
        self._encoding = encoding

    def use_crls(self, crls: Sequence[Crl]) -> None:
        """Take newer lists; the former ones are forgotten."""
        self._crls = list(crls)

    def check_pkcs1(self, challenge: str, certificate_der: bytes, signature: bytes) -> LoginResult:
        """Check the bare signature that SignText gave over `challenge`, which the portal itself issued (see NonceBook).

        HelperError(TEXT_NOT_ENCODABLE) when the portal's own challenge cannot be encoded.
        """
        data = self._octets(challenge)
        try:
            certificate = Certificate.parse(certificate_der)
        except HelperError as error:
            return _failed(error.code, None)
        if not certificate.signs:
            text = tr("这是加密证书，不能用于登录，请选择签名证书")
            return LoginResult(ResultCode.NOT_FOR_SIGNING, certificate, text)
        code = _signature_problem(certificate, data, signature) or self._certificate_problem(certificate)
        return _failed(code, certificate) if code else LoginResult(ResultCode.OK, certificate, tr("登录验证通过"))

    def _octets(self, challenge: str) -> bytes:
        try:
            return challenge.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise HelperError(Code.TEXT_NOT_ENCODABLE) from error

    def _certificate_problem(self, certificate: Certificate) -> Code | None:
        report = chains.check(certificate, self._trusted, self._crls, self._clock())
        if not self._allow_practice and any(link.practice for link in report.chain):
            return Code.CERTIFICATE_UNTRUSTED
        # a wrong signature of the issuer is a forged certificate; SIGNATURE_WRONG speaks of the challenge
        if report.signature is Code.SIGNATURE_WRONG:
            return Code.CERTIFICATE_UNTRUSTED
        return report.problem.code if report.problem else None


def _signature_problem(certificate: Certificate, data: bytes, signature: bytes) -> Code | None:
    algorithm = _ALGORITHMS.get(certificate.key_kind)
    if algorithm is None:
        return Code.NOT_SUPPORTED
    try:
        return None if keys.verify(certificate.spki, algorithm, data, signature) else Code.SIGNATURE_WRONG
    except HelperError as error:
        return error.code


def _failed(code: Code, certificate: Certificate | None) -> LoginResult:
    entry = TABLE[code]
    return LoginResult(_RESULTS[code], certificate, f"{tr(entry.text)}。{tr(entry.remedy)}")
