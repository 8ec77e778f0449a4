"""What a check tells a portal: the common verifier's numbers, the certificate, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr


class ResultCode(IntEnum):
    """Results of the common verifier (resources/protocol.md, section 5); those from 100 on are ours, where none of the
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
    CHALLENGE_WRONG = 104
    """The challenge was not issued to this session, is too old, or was used before."""
    MESSAGE_UNREADABLE = 105
    OTHER_PURPOSE = 106
    """From here on: not what a login certificate is (`relying_party.policy`)."""
    AUTHORITY = 107
    NO_KEY_USAGE = 108
    KEY_NOT_ALLOWED = 109


RESULTS: dict[Code, ResultCode] = {
    Code.CERTIFICATE_NOT_YET_VALID: ResultCode.NOT_YET_VALID,
    Code.CERTIFICATE_EXPIRED: ResultCode.EXPIRED,
    Code.CERTIFICATE_UNTRUSTED: ResultCode.UNTRUSTED,
    Code.CERTIFICATE_REVOKED: ResultCode.REVOKED,
    Code.CERTIFICATE_UNREADABLE: ResultCode.CERTIFICATE_UNREADABLE,
    Code.NO_CERTIFICATE: ResultCode.CERTIFICATE_UNREADABLE,
    Code.CRL_UNREADABLE: ResultCode.REVOCATION_UNKNOWN,
    Code.SIGNATURE_WRONG: ResultCode.SIGNATURE_WRONG,
    Code.NOT_SUPPORTED: ResultCode.NOT_SUPPORTED,
    Code.MESSAGE_UNREADABLE: ResultCode.MESSAGE_UNREADABLE,
    Code.BAD_REQUEST: ResultCode.MESSAGE_UNREADABLE,
    Code.FILE_UNREADABLE: ResultCode.MESSAGE_UNREADABLE,
    Code.TOO_LARGE: ResultCode.MESSAGE_UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class LoginResult:
    """`certificate` is None when it could not be read; only with OK does it say who is there. `text` is for people."""

    result: ResultCode
    certificate: Certificate | None
    text: str

    @property
    def accepted(self) -> bool:
        return self.result is ResultCode.OK


def passed(certificate: Certificate) -> LoginResult:
    return LoginResult(ResultCode.OK, certificate, tr("登录验证通过"))


def signed(certificate: Certificate) -> LoginResult:
    """As `passed`, for what somebody signed."""
    return LoginResult(ResultCode.OK, certificate, tr("签名验证通过"))


def failed(code: Code, certificate: Certificate | None) -> LoginResult:
    entry = TABLE[code]
    return LoginResult(RESULTS[code], certificate, f"{tr(entry.text)}。{tr(entry.remedy)}")


def unfit(result: ResultCode, certificate: Certificate) -> LoginResult:
    """For what the portal's policy takes no certificate for."""
    texts = {
        ResultCode.NOT_FOR_SIGNING: tr("这是加密证书，不能用于登录和签名，请选择签名证书"),
        ResultCode.OTHER_PURPOSE: tr(
            "这张证书是为其他用途签发的（例如网站服务器），不能用于登录和签名，请选择签名证书"
        ),
        ResultCode.AUTHORITY: tr("这是证书颁发机构（CA）的证书，不能用于登录和签名，请选择本人的签名证书"),
        ResultCode.NO_KEY_USAGE: tr("证书没有写明密钥用途，不能用于登录和签名，请联系发证机构更换证书"),
        ResultCode.KEY_NOT_ALLOWED: tr("证书的密钥强度或曲线不符合要求，请联系发证机构更换证书"),
    }
    return LoginResult(result, certificate, texts[result])


def token_unreadable() -> LoginResult:
    return LoginResult(ResultCode.MESSAGE_UNREADABLE, None, tr("登录信息无法读取，请重新登录"))


def challenge_wrong() -> LoginResult:
    return LoginResult(ResultCode.CHALLENGE_WRONG, None, tr("登录请求已失效或已使用过，请重新登录"))
