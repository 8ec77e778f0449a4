"""The function table of the certificate service: resources/protocol.md, section 2, one row for each of the 54 functions.

The dispatcher, the policy and the protocol's documentation page read this table and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.certificate_service import handlers_certificates as certificates
from hebca_helper.bridge.certificate_service import handlers_cms as cms
from hebca_helper.bridge.certificate_service import handlers_crypto as crypto
from hebca_helper.bridge.certificate_service import handlers_login as login
from hebca_helper.bridge.certificate_service import handlers_machine as machine
from hebca_helper.bridge.certificate_service import handlers_token as token
from hebca_helper.bridge.websocket.parameters import Arguments, Parameter, Type
from hebca_helper.bridge.websocket.session import Session

Handler = Callable[[Session, Arguments], Awaitable[dict[str, object]]]

_SINGLE_STRINGS = frozenset({"signText", "b64data", "pin", "cn", "name"})
"""Parameters whose raw text is recovered when a function takes nothing else (resources/protocol.md, section 1)."""


class Standing(StrEnum):
    """How far we are with a function. WORKS has a handler; REFUSED never gets one; NOT_SUPPORTED are the functions of SM2
    key agreement, which no page is known to call."""

    WORKS = "works"
    REFUSED = "refused"
    NOT_SUPPORTED = "not-supported"


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


def _not_supported(name: str, risk: Risk, *parameters: Parameter, reply: str = "") -> Function:
    return Function(name, risk, parameters, tuple(reply.split()), standing=Standing.NOT_SUPPORTED)


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
_SIGN_FLAG = Parameter("signflag", Type.FLAG, required=False, default=True)
_RSA_FLAG = Parameter("rsaflag", Type.FLAG, required=False, default=False)
_FILES = (Parameter("key", Type.BASE64), _text("src"), _text("dst"))
_ANY_ADMIN_PIN = Parameter("adminpin", Type.ANY, required=False)
_IGNORED_PIN = Parameter("userpin", Type.ANY, required=False)
_WAIT = Parameter("wait", Type.FLAG, required=False)
_CERTIFICATES = Parameter("certs", Type.CERTIFICATES)
_ALGORITHM = Parameter("digestalg", Type.TEXT, required=False, default="")
_ANY_SERIAL = Parameter("certSN", Type.TEXT, required=False, default="")

ROWS: tuple[Function, ...] = (
    # which certificates there are
    _works("GetCertCount", Risk.IDENTIFY, certificates.get_cert_count, reply="count"),
    _works("GetSignCertCount", Risk.IDENTIFY, certificates.get_sign_cert_count, reply="count"),
    _works("SelectSignCert", Risk.IDENTIFY, certificates.select_sign_cert),
    _works("SelectCryptCert", Risk.IDENTIFY, certificates.select_crypt_cert),
    _works("GetSignCert", Risk.IDENTIFY, certificates.get_sign_cert, _INDEX),
    _works(
        "SelectSignCertFilterDevice", Risk.IDENTIFY, certificates.select_sign_cert_filter_device, _text("deviceNames")
    ),
    _works("GetCertList", Risk.IDENTIFY, certificates.get_cert_list, reply="certlist certsnlist"),
    # what they say
    _works("GetSubjectItem", Risk.IDENTIFY, certificates.get_subject_item, _ITEM, reply="content"),
    _works("GetSignCertNotAfter", Risk.IDENTIFY, certificates.get_sign_cert_not_after, _INDEX, reply="certnotafter"),
    _works("GetCertB64", Risk.IDENTIFY, certificates.get_cert_b64, reply="cert"),
    _works("GetPubKeyData", Risk.IDENTIFY, certificates.get_pub_key_data, _SIGN_FLAG, reply="pubkey"),
    _works("IsCertOnline", Risk.IDENTIFY, certificates.is_cert_online, _CN, reply="result"),
    _works("IsCertLogined", Risk.IDENTIFY, certificates.is_cert_logined, _CN, reply="result"),
    # logging in
    _works("UILogin", Risk.LOGIN, login.ui_login),
    _works("Login", Risk.PAGE_PIN, login.login, _PIN),
    _works("CspLogin", Risk.PAGE_PIN, login.login, _PIN),
    _works("UnUICertLogin", Risk.PAGE_PIN, login.un_ui_cert_login, _SERIAL, _text("password")),
    _works("Logout", Risk.LOGIN, login.logout),
    # signing
    _works("SignText", Risk.SIGN, login.sign_text, _text("signText"), reply="signature"),
    _works("SignB64", Risk.SIGN, login.sign_b64, _DATA, reply="signature"),
    _works("UnUISign", Risk.SILENT_SIGN, login.un_ui_sign, _SERIAL, _DATA, reply="signature"),
    # encryption, envelopes, digests
    _works("EncryptB64", Risk.CRYPTO, crypto.encrypt_b64, _DATA, reply="b64encrypted"),
    _works("DecryptB64", Risk.DECRYPT, crypto.decrypt_b64, _DATA, reply="b64decrypted"),
    _works("GenerateFileKeyB64", Risk.CRYPTO, crypto.generate_file_key_b64, _OPTIONAL_DATA, reply="b64key"),
    _works("EncryptFile", Risk.FILES, machine.encrypt_file, *_FILES),
    _works("DecryptFile", Risk.FILES, machine.decrypt_file, *_FILES),
    _works("P7SignB64", Risk.SIGN, cms.p7_sign_b64, _DATA, reply="b64data"),
    _works("P7VerifyB64", Risk.CRYPTO, cms.p7_verify_b64, _DATA, reply="result"),
    _works("EnvelopB64", Risk.CRYPTO, cms.envelop_b64, _DATA, _CERTIFICATES, reply="b64data"),
    _works("UnEnvelopB64", Risk.DECRYPT, cms.un_envelop_b64, _DATA, reply="b64data"),
    _works("Digest", Risk.CRYPTO, crypto.digest, _ANY_SERIAL, _DATA, _ALGORITHM, reply="digest digestalg"),
    # the registry
    _works("ReadRegB64", Risk.REGISTRY, machine.read_reg_b64, _KEY64, _NAME64, reply="value"),
    _refused("WriteRegB64", Risk.SYSTEM, _KEY64, _NAME64, Parameter("value", Type.ANY)),
    # what is on the token
    _works("WriteDataB64", Risk.TOKEN_DATA, token.write_data_b64, _NAME, _DATA, _PRIVATE),
    _works("ReadDataB64", Risk.TOKEN_READ, token.read_data_b64, _NAME, reply="b64data"),
    _works("WriteDataText", Risk.TOKEN_DATA, token.write_data_text, _NAME, _text("data"), _PRIVATE),
    _works("ReadDataText", Risk.TOKEN_READ, token.read_data_text, _NAME, reply="data"),
    _works("DeleteData", Risk.TOKEN_DATA, token.delete_data, _NAME),
    _refused("CreateSM2SoftDevice", Risk.TOKEN_CHANGE),
    _works("GenKeyPair", Risk.TOKEN_CHANGE, token.gen_key_pair, _CN, _RSA_FLAG, reply="pubkeyb64"),
    _works("ImportECCKeyPair", Risk.TOKEN_CHANGE, token.import_ecc_key_pair, Parameter("b64keys", Type.BASE64)),
    _works("ImportCert", Risk.TOKEN_CHANGE, token.import_cert, Parameter("b64cert", Type.BASE64), _SIGN_FLAG),
    _refused("OnlineFormatByURL", Risk.SYSTEM, _text("url"), _ANY_ADMIN_PIN),
    _works("OnlineResetPinByURL", Risk.ONLINE, token.online_reset_pin, _text("url"), _IGNORED_PIN),
    # the machine
    _works("ReloadDevice", Risk.HARMLESS, certificates.reload_device),
    _refused("DeleteFromCertStore", Risk.SYSTEM),
    _refused("Execute", Risk.SYSTEM, _text("filename"), _text("args"), _WAIT),
    _refused("KillProcess", Risk.SYSTEM, _NAME, _WAIT),
    _works("GetMachineInfo", Risk.IDENTIFY, machine.get_machine_info, reply="ip mac"),
    # SM2 key agreement
    _not_supported(
        "GenerateAgreementDataWithECC",
        Risk.CRYPTO,
        Parameter("alg", Type.ANY),
        _text("sponsorid"),
        reply="sponsortemppubkey",
    ),
    _not_supported(
        "GenerateAgreementDataAndKeyWithECC",
        Risk.CRYPTO,
        Parameter("alg", Type.ANY),
        *(_text(name) for name in ("sponsorpubkey", "sponsortemppubkey", "respondid", "sponsorid")),
        reply="respondtemppubkey",
    ),
    _not_supported(
        "GenerateKeyWithECC",
        Risk.CRYPTO,
        *(_text(name) for name in ("respondpubkey", "respondtemppubkey", "respondid")),
    ),
    _not_supported("EncryptWithAgreementKey", Risk.CRYPTO, _text("plaintext"), reply="ciphertext"),
    _not_supported("DecryptWithAgreementKey", Risk.DECRYPT, _text("ciphertext"), reply="plaintext"),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in ROWS}
