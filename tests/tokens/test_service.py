"""A day of a USBKEY: log in, sign, decrypt, keep data, change the PIN."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.model import EventKind, Mechanism
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import EC_KEY, PIN, RSA_KEY, SO_PIN, Prepared, Seen
from tests.tokens.shim.build import Shim

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
_SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
TEXT = "河北省单位用户登录".encode("gbk")


def rsa_key(prepared: Prepared) -> RSAPublicKey:
    key = load_der_public_key(prepared.rsa_spki)
    assert isinstance(key, RSAPublicKey)
    return key


def certificate_for(spki: bytes) -> bytes:
    """A certificate that somebody issued for this key."""
    issuer_key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "演练")])
    start = datetime(2026, 1, 1)
    key = load_der_public_key(spki)
    assert isinstance(key, RSAPublicKey | EllipticCurvePublicKey)
    builder = x509.CertificateBuilder(name, name, key, 7, start, start + timedelta(days=365))
    return builder.sign(issuer_key, SHA256()).public_bytes(Encoding.DER)


async def test_log_in_sign_log_out(start: Start, place: ModulePlace, prepared: Prepared) -> None:
    service, _ = await start(place)
    (info,) = await service.tokens()
    assert (info.label, info.practice, info.driver) == ("演练", True, "practice")
    digest = hashlib.sha256(TEXT).digest()

    refused = await failure(service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, digest))
    assert refused.code is Code.NOT_LOGGED_IN
    await service.login(info.id, PIN)

    signature = await service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, digest)
    rsa_key(prepared).verify(signature, TEXT, PKCS1v15(), SHA256())
    signature = await service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA1, hashlib.sha1(TEXT).digest())  # noqa: S324
    rsa_key(prepared).verify(signature, TEXT, PKCS1v15(), SHA1())  # noqa: S303
    elliptic = load_der_public_key(prepared.ec_spki)
    assert isinstance(elliptic, EllipticCurvePublicKey)
    elliptic.verify(await service.sign(info.id, EC_KEY, Mechanism.ECDSA_SHA256, digest), TEXT, ECDSA(SHA256()))

    await service.logout(info.id)
    assert (
        await failure(service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, digest))
    ).code is Code.NOT_LOGGED_IN


@pytest.mark.parametrize(
    ("key_id", "mechanism", "size", "code"),
    [
        (b"nobody", Mechanism.RSA_PKCS1_SHA256, 32, Code.NO_PRIVATE_KEY),
        (RSA_KEY, Mechanism.ECDSA_SHA256, 32, Code.NO_PRIVATE_KEY),
        (EC_KEY, Mechanism.RSA_PKCS1_SHA1, 20, Code.NO_PRIVATE_KEY),
        (RSA_KEY, Mechanism.RSA_PKCS1_SHA256, 20, Code.BAD_REQUEST),
        (RSA_KEY, Mechanism.RSA_PKCS1_SHA1, 32, Code.BAD_REQUEST),
        (EC_KEY, Mechanism.ECDSA_SHA256, 0, Code.BAD_REQUEST),
    ],
)
async def test_what_cannot_be_signed(
    start: Start, place: ModulePlace, key_id: bytes, mechanism: Mechanism, size: int, code: Code
) -> None:
    service, _ = await start(place)
    token = (await service.tokens())[0].id
    await service.login(token, PIN)
    assert (await failure(service.sign(token, key_id, mechanism, b"d" * size))).code is code
    assert await service.sign(token, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, b"d" * 32)


async def test_decryption_fails_in_one_way_only(start: Start, place: ModulePlace, prepared: Prepared) -> None:
    service, _ = await start(place)
    token = (await service.tokens())[0].id
    ciphertext = rsa_key(prepared).encrypt(b"content key", PKCS1v15())
    assert (await failure(service.decrypt(token, RSA_KEY, ciphertext))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await service.decrypt(token, RSA_KEY, ciphertext) == b"content key"

    wrong_padding = pow(5, 65537, rsa_key(prepared).public_numbers().n).to_bytes(256, "big")
    seen = [await failure(service.decrypt(token, RSA_KEY, bad)) for bad in (b"", b"x", b"\xff" * 256)]
    for bad in (b"\0" * 256, wrong_padding):
        # a library over OpenSSL 3.2 and later answers with octets made up from the key and what came (implicit rejection)
        try:
            assert b"content key" not in await service.decrypt(token, RSA_KEY, bad)
        except HelperError as failed:
            seen.append(failed)
    assert {(failed.code, failed.detail, failed.tries_left) for failed in seen} == {(Code.DECRYPTION_FAILED, "", None)}
    assert await service.decrypt(token, RSA_KEY, ciphertext) == b"content key"


async def test_certificates_find_their_keys(start: Start, place: ModulePlace, prepared: Prepared) -> None:
    """By id; by the key itself where a vendor's tool wrote another id; and a stranger's certificate has none."""
    service, seen = await start(place)
    token = (await service.tokens())[0].id
    mine, other = certificate_for(prepared.rsa_spki), certificate_for(prepared.ec_spki)
    assert (await failure(service.write_certificate(token, mine, RSA_KEY, "签名"))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    stranger = certificate_for(generate_private_key(SECP256R1()).public_key().public_bytes(*_SPKI))
    await service.write_certificate(token, mine, RSA_KEY, "签名证书")
    await service.write_certificate(token, other, b"another id", "加密证书")
    await service.write_certificate(token, stranger, b"third id", "")
    assert seen.kinds() == [EventKind.CHANGED] * 3

    expected = {
        (mine, RSA_KEY, "签名证书", True),
        (other, EC_KEY, "加密证书", True),
        (stranger, b"third id", "", False),
    }
    assert {(c.der, c.key_id, c.label, c.has_private_key) for c in await service.certificates(token)} == expected
    await service.logout(token)
    assert {(c.der, c.key_id, c.label, c.has_private_key) for c in await service.certificates(token)} == expected

    await service.login(token, PIN)
    await service.delete_certificate(token, stranger)
    assert (await failure(service.delete_certificate(token, stranger))).code is Code.NO_CERTIFICATE
    assert (
        await failure(service.write_certificate(token, b"\x30\x03abc", b"x", ""))
    ).code is Code.CERTIFICATE_UNREADABLE
    assert len(await service.certificates(token)) == 2


async def test_private_data_is_for_the_logged_in(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    token = (await service.tokens())[0].id
    await service.login(token, PIN)
    await service.write_data(token, "seal", True, b"S" * 100_000)
    await service.write_data(token, "signpic", False, b"GIF89a")
    await service.write_data(token, "signpic", False, b"GIF89a again")

    assert [(item.label, item.size) for item in await service.data_objects(token, True)] == [("seal", 100_000)]
    assert [(item.label, item.size) for item in await service.data_objects(token, False)] == [("signpic", 12)]
    assert await service.read_data(token, "signpic", False) == b"GIF89a again"
    assert await service.read_data(token, "seal", True) == b"S" * 100_000
    # While somebody is logged in, whoever asks for public objects still sees no private one.
    assert (await failure(service.read_data(token, "seal", False))).code is Code.DATA_OBJECT_MISSING

    await service.logout(token)
    assert (await failure(service.data_objects(token, True))).code is Code.NOT_LOGGED_IN
    assert (await failure(service.read_data(token, "seal", True))).code is Code.NOT_LOGGED_IN
    assert await service.read_data(token, "signpic", False) == b"GIF89a again"

    await service.login(token, PIN)
    await service.delete_data(token, "seal", True)
    assert (await failure(service.delete_data(token, "seal", True))).code is Code.DATA_OBJECT_MISSING


async def test_data_at_the_limits(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    token = (await service.tokens())[0].id
    await service.login(token, PIN)
    largest = bytes(8 * 1024 * 1024)
    await service.write_data(token, "big", False, largest)
    assert await service.read_data(token, "big", False) == largest
    for size in (1, 8 * 1024 * 1024):
        assert (await failure(service.write_data(token, "big", False, largest + bytes(size)))).code is Code.TOO_LARGE
    assert await service.sign(token, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, b"d" * 32)


async def test_change_the_pin(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    token = (await service.tokens())[0].id
    assert (await failure(service.change_pin(token, "000000", "新的密码2026"))).code is Code.PIN_INCORRECT
    await service.change_pin(token, PIN, "新的密码2026")
    assert (await failure(service.login(token, PIN))).code is Code.PIN_INCORRECT
    await service.login(token, "新的密码2026")
    # While logged in: later logins are compared with the new PIN.
    await service.change_pin(token, "新的密码2026", PIN)
    assert (await failure(service.login(token, "新的密码2026"))).code is Code.PIN_INCORRECT
    await service.login(token, PIN)


async def test_a_failed_login_does_not_block_the_so_pin(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """Its session is closed: a token has only so many, and with one open no SO login is possible."""
    service, seen = await start(shimmed)
    token = (await service.tokens())[0].id
    await failure(service.login(token, "wrong-pin"))
    assert shim.calls("initialize") == 1, "nobody else's login is lost for it"
    await service.unblock(token, SO_PIN, "654321")
    await service.login(token, "654321")

    # Unblocking while somebody is logged in ends that login, and says so.
    seen.events.clear()
    await service.unblock(token, SO_PIN, PIN)
    assert EventKind.LOGIN_ENDED in seen.kinds()
    assert (await failure(service.unblock(token, "wrong-so", PIN))).code is Code.PIN_INCORRECT
    await service.login(token, PIN)


async def test_a_second_practice_usbkey(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    made = await service.initialise(place, "第二个", SO_PIN, PIN)
    assert {info.label for info in await service.tokens()} == {"演练", "第二个"}
    await service.login(made.id, PIN)
    assert (await failure(service.initialise(place, "标" * 11, SO_PIN, PIN))).code is Code.BAD_REQUEST


async def test_a_real_usbkey_is_never_initialised(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, _ = await start(shimmed)
    assert (await failure(service.initialise(shimmed, "x", SO_PIN, PIN))).code is Code.PRACTICE_ONLY
    assert len(await service.tokens()) == 1


async def test_practice_never_serves_the_computers_own_softhsm(start: Start, place: ModulePlace) -> None:
    """Only a configuration in the practice folder or below makes a practice module."""
    elsewhere = ("", "softhsm2.conf", "/etc/softhsm2.conf", f"{place.practice_folder}/../softhsm2.conf")
    service, _ = await start(*(replace(place, environment={"SOFTHSM2_CONF": path}) for path in elsewhere))
    assert [state.problem and state.problem.code for state in service.modules()] == [Code.MODULE_NOT_LOADED] * 4


async def test_a_token_nobody_knows(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    assert (await failure(service.certificates("practice:gone"))).code is Code.TOKEN_REMOVED
