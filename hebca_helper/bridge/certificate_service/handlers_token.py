"""What stands on the token: named data objects (text is stored as UTF-8, a choice), and for the issuer's sites new keys, the
certificates for them, and a new PIN from the online service."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.websocket.frames import b64, encoded
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.pki import pem

TEXT_ENCODING = "utf-8"


async def write_data_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _write(session, arguments, arguments.data("b64data"))


async def write_data_text(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _write(session, arguments, encoded(arguments.text("data"), TEXT_ENCODING))


async def read_data_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"b64data": b64(await _read(session, arguments))}


async def read_data_text(session: Session, arguments: Arguments) -> dict[str, object]:
    """What is no UTF-8, another program's text perhaps, is read as GBK; what is neither comes with replacement characters."""
    value = await _read(session, arguments)
    try:
        return {"data": value.decode(TEXT_ENCODING)}
    except UnicodeDecodeError:
        return {"data": value.decode("gbk", errors="replace")}


async def delete_data(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.assistant.data.delete(session.connection, await session.device(), arguments.text("name"))
    return {}


async def _write(session: Session, arguments: Arguments, value: bytes) -> dict[str, object]:
    name, private = arguments.text("name"), arguments.flag("isprivate")
    await session.assistant.data.write(session.connection, await session.device(), name, value, private=private)
    return {}


async def _read(session: Session, arguments: Arguments) -> bytes:
    return await session.assistant.data.read(session.connection, await session.device(), arguments.text("name"))


async def gen_key_pair(session: Session, arguments: Arguments) -> dict[str, object]:
    """RSA: a PKCS#10 request (RFC 2986). SM2, which a missing or false `rsaflag` means: ECCPUBLICKEYBLOB (GM/T 0016)."""
    keys = session.assistant.key_pairs
    make = keys.request if arguments.flag("rsaflag") else keys.new_sm2
    return {"pubkeyb64": b64(await make(session.connection, await session.device(), arguments.text("cn")))}


async def import_ecc_key_pair(session: Session, arguments: Arguments) -> dict[str, object]:
    """SM2: the encryption pair that the issuer made for a signing key on the token, as ENVELOPEDKEYBLOB (GM/T 0016) or
    SM2EnvelopedKey (GM/T 0009, DER). A key that is there already is not replaced."""
    keys, device = arguments.data("b64keys"), await session.device()
    await session.assistant.key_pairs.import_pair(session.connection, device, keys)
    return {}


async def import_cert(session: Session, arguments: Arguments) -> dict[str, object]:
    """`signflag` says which of a pair it is: a signing certificate (also without the flag) or an encryption certificate."""
    certificate = pem.certificates_from(arguments.data("b64cert"))[0]
    usage = Usage.SIGN if arguments.flag("signflag") else Usage.ENCRYPT
    device = await session.device()
    await session.assistant.key_pairs.import_certificate(session.connection, device, certificate, usage)
    return {}


async def online_reset_pin(session: Session, arguments: Arguments) -> dict[str, object]:
    """`userpin` is not read: the new PIN comes from our own dialog (resources/protocol.md, section 7)."""
    entry = await session.certificate()
    await session.assistant.online.reset(session.connection, entry, arguments.text("url"))
    return {}
