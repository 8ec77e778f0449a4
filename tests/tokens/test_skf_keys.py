"""An SM2 USBKEY behind SKF: what is on it, signatures that openssl judges, envelopes, key pairs from the issuer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hebca_helper.errors import Code
from hebca_helper.pki import der, sm2
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import Interface, Mechanism
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import Seen
from tests.tokens.soft_skf import PIN, SERIAL, SoftSkf, certificate, key_pair, openssl, rsa_pair

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
SIGN, ENCRYPT = b"con1/sign", b"con1/enc"
MESSAGE = "河北 Ab1".encode("gb18030")


async def logged_in(start: Start, soft: SoftSkf) -> tuple[TokenService, str]:
    service, _ = await start(soft.place)
    token = (await service.tokens())[0]
    await service.login(token.id, PIN)
    return service, token.id


def e_of(spki: bytes, message: bytes) -> bytes:
    point = sm2.public_point(spki)
    assert point is not None
    return sm2.message_digest(point, message)


def openssl_verifies(spki: bytes, message: bytes, signature: bytes, folder: Path) -> bool:
    """`openssl dgst -sm3 -verify` with the default id, over the message itself."""
    key, made = folder / "key.der", folder / "signature"
    key.write_bytes(spki)
    made.write_bytes(signature)
    options = ("-sigopt", "distid:1234567812345678", "-keyform", "DER", "-verify", key, "-signature", made)
    return openssl("dgst", "-sm3", *options, given=message) == b"Verified OK\n"


async def test_what_is_on_the_usbkey(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    (token,) = await service.tokens()
    assert (token.serial, token.label, token.manufacturer) == (SERIAL, "国密KEY", "test")
    assert (token.interface, token.sm2, token.tries_left) == (Interface.SKF, True, 6)
    assert [(each.key_id, each.has_private_key, each.der) for each in await service.certificates(token.id)] == [
        (SIGN, True, certificate(key_pair(1).spki)),
        (ENCRYPT, True, certificate(key_pair(2).spki, signs=False)),
    ]
    assert "SKF libsoftskf.so" in service.modules()[0].library


async def test_a_signature_that_openssl_verifies(start: Start, soft: SoftSkf, tmp_path: Path) -> None:
    service, token = await logged_in(start, soft)
    spki = key_pair(1).spki
    signature = await service.sign(token, SIGN, Mechanism.SM2_SM3, e_of(spki, MESSAGE))
    assert openssl_verifies(spki, MESSAGE, signature, tmp_path)


async def test_no_signature_without_a_login_a_key_or_a_digest(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    token = (await service.tokens())[0].id

    async def refused(key_id: bytes, digest: bytes = bytes(32), mechanism: Mechanism = Mechanism.SM2_SM3) -> Code:
        return (await failure(service.sign(token, key_id, mechanism, digest))).code

    assert await refused(SIGN) is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await refused(b"con1") is Code.NO_PRIVATE_KEY
    assert await refused(ENCRYPT) is Code.NO_PRIVATE_KEY  # SKF signs with the signing half only
    assert await refused(SIGN, bytes(31)) is Code.BAD_REQUEST
    assert await refused(SIGN, bytes(32), Mechanism.RSA_PKCS1_SHA256) is Code.NO_PRIVATE_KEY
    assert soft.calls("ECCSignData") == 0


async def test_a_container_whose_key_is_not_the_certificates_signs_nothing(start: Start, soft: SoftSkf) -> None:
    service, token = await logged_in(start, soft)
    wrong = service.sign(token, SIGN, Mechanism.SM2_SM3, bytes(32), key_pair(3).spki)
    assert (await failure(wrong)).code is Code.KEY_MISMATCH
    assert soft.calls("ECCSignData") == 0
    assert await service.sign(token, SIGN, Mechanism.SM2_SM3, bytes(range(32)), key_pair(1).spki)


async def test_a_library_that_hashes_once_more_is_found_out(start: Start, soft: SoftSkf) -> None:
    service, token = await logged_in(start, soft)
    soft.quirk("hash-inside")
    failed = await failure(service.sign(token, SIGN, Mechanism.SM2_SM3, bytes(range(32))))
    assert (failed.code, failed.detail) == (Code.TOKEN_FAILURE, "the signature does not verify")


async def test_an_rsa_container_signs_too(start: Start, soft: SoftSkf, tmp_path: Path) -> None:
    """Some makers have nothing but SKF on Linux."""
    soft.add_container(rsa_pair(), name="rsa")
    service, token = await logged_in(start, soft)
    digest = openssl("dgst", "-sha256", "-binary", given=MESSAGE)
    signature = await service.sign(token, b"rsa/sign", Mechanism.RSA_PKCS1_SHA256, digest)
    (tmp_path / "key").write_bytes(rsa_pair().spki)
    (tmp_path / "signature").write_bytes(signature)
    judged = openssl(
        "dgst", "-sha256", "-keyform", "DER", "-verify", tmp_path / "key",
        "-signature", tmp_path / "signature", given=MESSAGE,
    )  # fmt: skip
    assert judged == b"Verified OK\n"
    held = {each.key_id: each.has_private_key for each in await service.certificates(token)}
    assert held[b"rsa/sign"] is True


def sealed_by_openssl(spki: bytes, content: bytes, folder: Path) -> bytes:
    """SM2Cipher (GM/T 0009), DER."""
    (folder / "encrypt.der").write_bytes(spki)
    key = ("-pubin", "-keyform", "DER", "-inkey", folder / "encrypt.der")
    return openssl("pkeyutl", "-encrypt", *key, given=content)


async def test_decrypting_what_openssl_encrypted(start: Start, soft: SoftSkf, tmp_path: Path) -> None:
    service, token = await logged_in(start, soft)
    cipher = sealed_by_openssl(key_pair(2).spki, "密文".encode(), tmp_path)
    assert await service.decrypt(token, ENCRYPT, cipher) == "密文".encode()
    for wrong in (cipher[:-1] + bytes([cipher[-1] ^ 1]), cipher[:-1], cipher + b"\0", b"", b"0" * 200):
        failed = await failure(service.decrypt(token, ENCRYPT, wrong))
        assert (failed.code, failed.detail) == (Code.DECRYPTION_FAILED, "")


async def test_an_envelope_opened_inside_the_token(start: Start, soft: SoftSkf, tmp_path: Path) -> None:
    """The standard's own way, for a library without a function to decrypt."""
    service, token = await logged_in(start, soft)
    soft.quirk("no-decrypt")
    key, vector, content = bytes(range(16)), bytes(range(16, 32)), "合同正文".encode() * 2000
    sealed = openssl("enc", "-sm4-cbc", "-K", key.hex(), "-iv", vector.hex(), given=content)
    wrapped = sealed_by_openssl(key_pair(2).spki, key, tmp_path)

    assert (await failure(service.decrypt(token, ENCRYPT, wrapped))).code is Code.NOT_SUPPORTED
    opened = await service.open_content(token, ENCRYPT, wrapped, vector, sealed)

    assert opened[: len(content)] == content
    assert opened[len(content) :] == bytes([len(opened) - len(content)]) * (len(opened) - len(content))
    wrong = await failure(service.open_content(token, ENCRYPT, wrapped[:-1] + b"\0", vector, sealed))
    assert (wrong.code, wrong.detail) == (Code.DECRYPTION_FAILED, "")
    large = await failure(service.open_content(token, ENCRYPT, wrapped, vector, bytes(1024 * 1024 + 16)))
    assert large.code is Code.TOO_LARGE


@pytest.mark.parametrize("quirks", [(), ("foreign-errors",)])
async def test_a_new_key_pair_and_its_certificate(start: Start, soft: SoftSkf, quirks: tuple[str, ...]) -> None:
    """Also where the maker calls the algorithm by GM/T 0006's number."""
    service, token = await logged_in(start, soft)
    soft.quirk(*quirks)
    spki = await service.generate_key_pair(token, KeyPairKind.SM2, b"\x07" * 20, "签名")
    key_id = await service.find_key(token, spki)
    issued = certificate(spki)

    await service.write_certificate(token, issued, key_id, "签名")

    assert issued in [each.der for each in await service.certificates(token) if each.has_private_key]
    assert await service.sign(token, key_id, Mechanism.SM2_SM3, e_of(spki, MESSAGE))
    wrong = await failure(service.write_certificate(token, issued, SIGN, "签名"))
    assert wrong.code is Code.NO_PRIVATE_KEY
    assert (await failure(service.find_key(token, key_pair(3).spki))).code is Code.NO_PRIVATE_KEY
    unknown = await failure(service.generate_key_pair(token, KeyPairKind.EC_P256, b"\x08", ""))
    assert unknown.code is Code.NOT_SUPPORTED


def enveloped(pair: int, recipient: bytes, folder: Path) -> bytes:
    """ENVELOPEDKEYBLOB as an issuer's key centre makes it, by openssl."""
    key = bytes(range(16))
    pem = key_pair(pair)
    numbers = openssl("pkey", "-outform", "DER", given=pem.pem)
    private = der.inside(numbers, der.SEQUENCE)[1].content  # SEC 1, C.4
    sealed = openssl("enc", "-sm4-ecb", "-nopad", "-K", key.hex(), given=private.rjust(64, b"\0"))
    point = sm2.public_point(pem.spki)
    assert point is not None
    x, y, check, cipher = der.inside(sealed_by_openssl(recipient, key, folder), der.SEQUENCE)
    return b"".join((
        (1).to_bytes(4, "little"), (0x401).to_bytes(4, "little"), (256).to_bytes(4, "little"), sealed,
        (256).to_bytes(4, "little"), *(part.to_bytes(64, "big") for part in point),
        *(der.integer(part.content).to_bytes(64, "big") for part in (x, y)),
        check.content, len(cipher.content).to_bytes(4, "little"), cipher.content,
    ))  # fmt: skip


async def test_an_encryption_pair_from_the_issuer(start: Start, soft: SoftSkf, tmp_path: Path) -> None:
    """Into the container that it was made for, and nowhere else; another's key or a damaged one changes nothing."""
    soft.add_container(key_pair(4), name="con2")
    service, token = await logged_in(start, soft)
    blob = enveloped(5, key_pair(4).spki, tmp_path)
    key_of_con1 = (soft.application() / "containers/con1/enc.pem").read_bytes()
    imported = soft.application() / "containers/con2/enc.pem"

    strange = enveloped(5, key_pair(6).spki, tmp_path)
    for wrong in (strange, blob[:-1] + bytes([blob[-1] ^ 1]), blob[:60] + bytes(4) + blob[64:]):
        assert (await failure(service.import_key_pair(token, wrong))).code is Code.NO_PRIVATE_KEY
    for broken in (b"", blob[:-1], blob[:80] + b"\xff" * 60 + blob[140:], b"\2" + blob[1:]):
        assert (await failure(service.import_key_pair(token, broken))).code is Code.BAD_REQUEST
    assert not imported.exists()

    await service.import_key_pair(token, blob)
    assert imported.exists()
    assert (soft.application() / "containers/con1/enc.pem").read_bytes() == key_of_con1
    cipher = sealed_by_openssl(key_pair(5).spki, b"0123456789abcdef", tmp_path)
    assert await service.decrypt(token, await service.find_key(token, key_pair(5).spki), cipher) == b"0123456789abcdef"
    # What lies there stays: mail of years is encrypted for it.
    other = enveloped(3, key_pair(4).spki, tmp_path)
    assert (await failure(service.import_key_pair(token, other))).code is Code.NO_PRIVATE_KEY
    assert await service.decrypt(token, await service.find_key(token, key_pair(5).spki), cipher)
