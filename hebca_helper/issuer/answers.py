"""Is this answer the CA's, to this very question? Everything is checked before the answer's content is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.protocol import (
    SERVICE_PURPOSE,
    Payload,
    ProtocolError,
    Reason,
    Result,
    ServiceRequest,
    SignedAnswer,
)
from hebca_helper.pki import chains, der, keys
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.texts import tr

_EXTENDED_KEY_USAGE = "2.5.29.37"
_REASONS = {
    Reason.NO_ORDER: "没有这张证书的办理记录，或已过期",
    Reason.CERTIFICATE_UNKNOWN: "不是这家机构签发的证书",
    Reason.CERTIFICATE_REVOKED: "证书已吊销",
    Reason.TOKEN_UNKNOWN: "证书不是签发在这个 USBKEY 上的",
    Reason.OPERATION_NOT_OFFERED: "不提供这项服务",
}


@dataclass(frozen=True, slots=True)
class Anchors:
    """The CA certificates a service of this kind must chain to, and their revocation lists. None of them: no service."""

    trusted: Sequence[Certificate] = ()
    crls: Sequence[Crl] = ()


def unlock_code(content: bytes, request: ServiceRequest, anchors: Anchors, now: datetime) -> str:
    """The unlock code that a genuine answer brings.

    HelperError(ONLINE_NOT_GENUINE) for anything that is not the CA's answer to `request`, ONLINE_REFUSED with the CA's
    reason as its detail.
    """
    try:
        answer = SignedAnswer.parse(content)
        _require_genuine(answer, anchors, now)
        payload = Payload.parse(answer.payload)
    except ProtocolError as problem:
        raise HelperError(Code.ONLINE_NOT_GENUINE, str(problem)) from None
    _require_answer_to(request, payload)
    if payload.result is Result.REFUSED:
        raise HelperError(Code.ONLINE_REFUSED, _told(payload.reason))
    return payload.unlock_code


def _require_genuine(answer: SignedAnswer, anchors: Anchors, now: datetime) -> None:
    try:
        signer = Certificate.parse(answer.certificate)
        problem = chains.check(signer, anchors.trusted, anchors.crls, now).problem
        genuine = problem is None and serves(signer) and _signed_by(signer, answer)
    except HelperError as unreadable:
        raise HelperError(Code.ONLINE_NOT_GENUINE, unreadable.text) from None
    if not genuine:
        raise HelperError(Code.ONLINE_NOT_GENUINE, problem.text if problem else "")


def _signed_by(signer: Certificate, answer: SignedAnswer) -> bool:
    return keys.verify(signer.spki, keys.SignatureAlgorithm.RSA_SHA256, answer.to_verify, answer.signature)


def serves(certificate: Certificate) -> bool:
    """Whether the CA made this certificate for signing answers (RFC 5280, section 4.2.1.12)."""
    extension = certificate.extensions.get(_EXTENDED_KEY_USAGE)
    if extension is None:
        return False
    try:
        purposes = [der.object_identifier(item.content) for item in der.inside(extension.value, der.SEQUENCE)]
    except ValueError:
        return False
    return SERVICE_PURPOSE in purposes


def _require_answer_to(request: ServiceRequest, payload: Payload) -> None:
    certificate = Certificate.parse(request.certificate).fingerprint
    asked = (request.operation, request.nonce, request.token_serial, certificate)
    if (payload.operation, payload.nonce, payload.token_serial, payload.certificate) != asked:
        raise HelperError(Code.ONLINE_NOT_GENUINE, "nonce")


def _told(reason: str) -> str:
    """In our own words: a service's text is not for showing."""
    known = {str(each): text for each, text in _REASONS.items()}
    return tr(known[reason]) if reason in known else ""
