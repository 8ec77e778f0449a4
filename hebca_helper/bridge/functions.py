"""The function table of the certificate service: protocol reference, section 2, one row for each of the 54 functions.

The dispatcher, the policy and the protocol's documentation page read this table and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hebca_helper.bridge import handlers_login as login
from hebca_helper.bridge import handlers_reading as reading
from hebca_helper.bridge import handlers_registry as registry
from hebca_helper.bridge import handlers_selection as selection
from hebca_helper.bridge import handlers_signing as signing
from hebca_helper.bridge.parameters import Arguments, Parameter, Type
from hebca_helper.bridge.risks import Risk, Standing
from hebca_helper.bridge.session import Session

Handler = Callable[[Session, Arguments], Awaitable[dict[str, object]]]

_SINGLE_STRINGS = frozenset({"signText", "b64data", "pin", "cn", "name"})
"""Parameters whose raw text is recovered when a function takes nothing else (protocol reference, section 1)."""


@dataclass(frozen=True, slots=True)
class Function:
    """One row. `reply` names the fields after `ret` and `msg`, in their order."""

    name: str
    risk: Risk
    parameters: tuple[Parameter, ...] = ()
    reply: tuple[str, ...] = ()
    handler: Handler | None = None
    standing: Standing = Standing.WORKS

    @property
    def recoverable(self) -> str:
        """Name of the only parameter where it is one of the single-string shapes, else ""."""
        only = self.parameters[0].name if len(self.parameters) == 1 else ""
        return only if only in _SINGLE_STRINGS else ""


def _text(name: str) -> Parameter:
    return Parameter(name, Type.TEXT)


def _works(name: str, risk: Risk, handler: Handler, *parameters: Parameter, reply: str = "") -> Function:
    return Function(name, risk, parameters, tuple(reply.split()), handler)


def _later(name: str, risk: Risk, *parameters: Parameter, reply: str = "") -> Function:
    return Function(name, risk, parameters, tuple(reply.split()), standing=Standing.NOT_YET)


def _refused(name: str, risk: Risk, *parameters: Parameter, reply: str = "") -> Function:
    return Function(name, risk, parameters, tuple(reply.split()), standing=Standing.REFUSED)


_INDEX = Parameter("index", Type.NUMBER, default=0)
_ITEM = Parameter("index", Type.ITEM, default=0)
_DATA = Parameter("b64data", Type.BASE64)
_SERIAL = _text("certSN")
_CN = _text("cn")
_PIN = _text("pin")
_NAME = _text("name")
_KEY64 = Parameter("key", Type.BASE64_TEXT)
_NAME64 = Parameter("name", Type.BASE64_TEXT)
_PRIVATE = Parameter("isprivate", Type.FLAG, required=False, default=False)
_OPTIONAL_DATA = Parameter("b64data", Type.ANY, required=False)
_SIGN_FLAG = Parameter("signflag", Type.FLAG)
_FILES = (_text("key"), _text("src"), _text("dst"))
_WAIT = Parameter("wait", Type.FLAG, required=False)

ROWS: tuple[Function, ...] = (
    # which certificates there are
    _works("GetCertCount", Risk.IDENTIFY, selection.get_cert_count, reply="count"),
    _works("GetSignCertCount", Risk.IDENTIFY, selection.get_sign_cert_count, reply="count"),
    _works("SelectSignCert", Risk.IDENTIFY, selection.select_sign_cert),
    _works("SelectCryptCert", Risk.IDENTIFY, selection.select_crypt_cert),
    _works("GetSignCert", Risk.IDENTIFY, selection.get_sign_cert, _INDEX),
    _works("SelectSignCertFilterDevice", Risk.IDENTIFY, selection.select_sign_cert_filter_device, _text("deviceNames")),
    _works("GetCertList", Risk.IDENTIFY, selection.get_cert_list, reply="certlist certsnlist"),
    # what they say
    _works("GetSubjectItem", Risk.IDENTIFY, reading.get_subject_item, _ITEM, reply="content"),
    _works("GetSignCertNotAfter", Risk.IDENTIFY, reading.get_sign_cert_not_after, _INDEX, reply="certnotafter"),
    _works("GetCertB64", Risk.IDENTIFY, reading.get_cert_b64, reply="cert"),
    _later("GetPubKeyData", Risk.IDENTIFY, _SIGN_FLAG, reply="pubkey"),
    _works("IsCertOnline", Risk.IDENTIFY, reading.is_cert_online, _CN, reply="result"),
    _works("IsCertLogined", Risk.IDENTIFY, reading.is_cert_logined, _CN, reply="result"),
    # logging in
    _works("UILogin", Risk.LOGIN, login.ui_login),
    _works("Login", Risk.PAGE_PIN, login.login, _PIN),
    _works("CspLogin", Risk.PAGE_PIN, login.login, _PIN),
    _works("UnUICertLogin", Risk.PAGE_PIN, login.un_ui_cert_login, _SERIAL, _text("password")),
    _works("Logout", Risk.LOGIN, login.logout),
    # signing
    _works("SignText", Risk.SIGN, signing.sign_text, _text("signText"), reply="signature"),
    _works("SignB64", Risk.SIGN, signing.sign_b64, _DATA, reply="signature"),
    _later("UnUISign", Risk.SILENT_SIGN, _SERIAL, _DATA, reply="signature"),
    # encryption, envelopes, digests
    _later("EncryptB64", Risk.CRYPTO, _DATA, reply="b64encrypted"),
    _later("DecryptB64", Risk.DECRYPT, _DATA, reply="b64decrypted"),
    _later("GenerateFileKeyB64", Risk.CRYPTO, _OPTIONAL_DATA, reply="b64key"),
    _later("EncryptFile", Risk.FILES, *_FILES),
    _later("DecryptFile", Risk.FILES, *_FILES),
    _later("P7SignB64", Risk.SIGN, _DATA, reply="b64data"),
    _later("P7VerifyB64", Risk.CRYPTO, _DATA, reply="result"),
    _later("EnvelopB64", Risk.CRYPTO, _DATA, Parameter("certs", Type.ANY), reply="b64data"),
    _later("UnEnvelopB64", Risk.DECRYPT, _DATA, reply="b64data"),
    _later("Digest", Risk.CRYPTO, _SERIAL, _DATA, _text("digestalg"), reply="digest digestalg"),
    # the registry
    _works("ReadRegB64", Risk.REGISTRY, registry.read_reg_b64, _KEY64, _NAME64, reply="value"),
    _refused("WriteRegB64", Risk.REGISTRY, _KEY64, _NAME64, Parameter("value", Type.ANY)),
    # what is on the token
    _later("WriteDataB64", Risk.TOKEN_CHANGE, _NAME, _DATA, _PRIVATE),
    _later("ReadDataB64", Risk.TOKEN_READ, _NAME, reply="b64data"),
    _later("WriteDataText", Risk.TOKEN_CHANGE, _NAME, _text("data"), _PRIVATE),
    _later("ReadDataText", Risk.TOKEN_READ, _NAME, reply="data"),
    _later("DeleteData", Risk.TOKEN_CHANGE, _NAME),
    _later("CreateSM2SoftDevice", Risk.TOKEN_CHANGE),
    _later("GenKeyPair", Risk.TOKEN_CHANGE, _CN, Parameter("rsaflag", Type.FLAG), reply="pubkeyb64"),
    _later("ImportECCKeyPair", Risk.TOKEN_CHANGE, Parameter("b64keys", Type.BASE64)),
    _later("ImportCert", Risk.TOKEN_CHANGE, Parameter("b64cert", Type.BASE64), _SIGN_FLAG),
    _later("OnlineFormatByURL", Risk.ONLINE, _text("url"), _text("adminpin")),
    _later("OnlineResetPinByURL", Risk.ONLINE, _text("url"), _text("userpin")),
    # the machine
    _works("ReloadDevice", Risk.HARMLESS, selection.reload_device),
    _refused("DeleteFromCertStore", Risk.SYSTEM),
    _refused("Execute", Risk.SYSTEM, _text("filename"), _text("args"), _WAIT),
    _refused("KillProcess", Risk.SYSTEM, _NAME, _WAIT),
    _later("GetMachineInfo", Risk.IDENTIFY, reply="ip mac"),
    # SM2 key agreement
    _later(
        "GenerateAgreementDataWithECC",
        Risk.CRYPTO,
        Parameter("alg", Type.ANY),
        _text("sponsorid"),
        reply="sponsortemppubkey",
    ),
    _later(
        "GenerateAgreementDataAndKeyWithECC",
        Risk.CRYPTO,
        Parameter("alg", Type.ANY),
        *(_text(name) for name in ("sponsorpubkey", "sponsortemppubkey", "respondid", "sponsorid")),
        reply="respondtemppubkey",
    ),
    _later(
        "GenerateKeyWithECC",
        Risk.CRYPTO,
        *(_text(name) for name in ("respondpubkey", "respondtemppubkey", "respondid")),
    ),
    _later("EncryptWithAgreementKey", Risk.CRYPTO, _text("plaintext"), reply="ciphertext"),
    _later("DecryptWithAgreementKey", Risk.DECRYPT, _text("ciphertext"), reply="plaintext"),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in ROWS}
