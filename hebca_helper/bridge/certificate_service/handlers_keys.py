"""New keys and the certificates for them: the issuer's sites only."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.websocket.encoding import b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate


async def gen_key_pair(session: Session, arguments: Arguments) -> dict[str, object]:
    """RSA: a PKCS#10 request (RFC 2986). SM2, which a missing or false `rsaflag` means, is not supported yet."""
    if not arguments.flag("rsaflag"):
        raise HelperError(Code.NOT_SUPPORTED)
    common_name = arguments.text("cn")
    request = await session.assistant.key_pairs.request(session.connection, await session.device(), common_name)
    return {"pubkeyb64": b64(request)}


async def import_cert(session: Session, arguments: Arguments) -> dict[str, object]:
    """`signflag` says which of a pair it is: a signing certificate (also without the flag) or an encryption certificate."""
    certificate = Certificate.parse(arguments.data("b64cert"))
    usage = Usage.SIGN if arguments.flag("signflag") else Usage.ENCRYPT
    device = await session.device()
    await session.assistant.key_pairs.import_certificate(session.connection, device, certificate, usage)
    return {}
