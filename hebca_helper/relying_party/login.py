"""What a portal's server checks when somebody logs in with a certificate: the signature over its challenge, then
issuer, validity and revocation (resources/protocol.md, section 5)."""

from __future__ import annotations

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import keys
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.results import LoginResult, ResultCode, failed, passed

__all__ = ["TEXT_ENCODING", "LoginResult", "LoginVerifier", "ResultCode"]

TEXT_ENCODING = "gbk"
"""What the vendor's verifier turns the challenge into octets with (resources/protocol.md, section 3)."""

_ALGORITHMS: dict[KeyKind, SignatureAlgorithm] = {
    KeyKind.RSA: SignatureAlgorithm.RSA_SHA1,
    KeyKind.EC: SignatureAlgorithm.ECDSA_SHA256,
    KeyKind.SM2: SignatureAlgorithm.SM2_SM3,
}
"""The key decides: the wire has no algorithm field (resources/protocol.md, section 3)."""


class LoginVerifier:
    """Checks logins: `judge` knows whom the portal believes, `encoding` is that of its challenges on the wire."""

    def __init__(self, judge: CertificateJudge, encoding: str = TEXT_ENCODING) -> None:
        self._judge = judge
        self._encoding = encoding

    def check_pkcs1(self, challenge: str, certificate_der: bytes, signature: bytes) -> LoginResult:
        """Check the bare signature that SignText gave over `challenge`, which the portal itself issued (see NonceBook).

        HelperError(TEXT_NOT_ENCODABLE) when the portal's own challenge cannot be encoded.
        """
        data = self._octets(challenge)
        try:
            certificate = Certificate.parse(certificate_der)
        except HelperError as error:
            return failed(error.code, None)
        if code := _signature_problem(certificate, data, signature):
            return failed(code, certificate)
        return self._judge.refusal(certificate) or passed(certificate)

    def _octets(self, challenge: str) -> bytes:
        try:
            return challenge.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise HelperError(Code.TEXT_NOT_ENCODABLE) from error


def _signature_problem(certificate: Certificate, data: bytes, signature: bytes) -> Code | None:
    algorithm = _ALGORITHMS.get(certificate.key_kind)
    if algorithm is None:
        return Code.NOT_SUPPORTED
    try:
        return None if keys.verify(certificate.spki, algorithm, data, signature) else Code.SIGNATURE_WRONG
    except HelperError as error:
        return error.code
