"""USBKEYs as they are: swapped, blank, of one name, with keys of one name, and libraries that answer oddly."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from hebca_helper.errors import Code
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.host.roster import lenient_text
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import EventKind, Mechanism
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import EC_KEY, PIN, RSA_KEY, SO_PIN, Prepared, Seen
from tests.tokens.shim.build import SOFTHSM, Shim
from tests.tokens.test_plugging import softhsm2_util

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
TEXT = "登录".encode()
DIGEST = hashlib.sha256(TEXT).digest()
_SPKI = PublicFormat.SubjectPublicKeyInfo
RSA, EC = Mechanism.RSA_PKCS1_SHA256, Mechanism.ECDSA_SHA256


async def only_token(service: TokenService) -> str:
    return (await service.tokens())[0].id


async def logged_in(start: Start, place: ModulePlace) -> tuple[TokenService, Seen, str]:
    service, seen = await start(place)
    token = await only_token(service)
    await service.login(token, PIN)
    return service, seen, token


def verify(spki: bytes, signature: bytes, text: bytes = TEXT) -> None:
    """Judged by pyca/cryptography."""
    key = load_der_public_key(spki)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, text, padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, text, ec.ECDSA(SHA256()))


def certificate_for(spki: bytes, name: str = "某单位") -> bytes:
    """Issued by nobody in particular."""
    issuer, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    key = load_der_public_key(spki)
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    builder = x509.CertificateBuilder(subject, subject, key, x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=99))
    return builder.sign(issuer, SHA256()).public_bytes(Encoding.DER)


# Which USBKEY


@pytest.mark.parametrize("way", ["login", "change", "unblock"])
async def test_no_pin_goes_to_another_usbkey_that_came_into_the_slot(
    start: Start, shimmed: ModulePlace, shim: Shim, way: str
) -> None:
    """Between two looks at the slot, and while its session is being opened: it is compared before every PIN."""
    service, seen = await start(shimmed)
    token = await only_token(service)
    shim.command("swapped 4f5448455231")
    pins = {
        "login": lambda: service.login(token, PIN),
        "change": lambda: service.change_pin(token, PIN, "Wk7-qp2"),
        "unblock": lambda: service.unblock(token, SO_PIN, "Wk7-qp2"),
    }
    assert (await failure(pins[way]())).code is Code.TOKEN_REMOVED
    assert (shim.calls("login"), shim.calls("set_pin"), shim.calls("init_pin")) == (0, 0, 0)
    assert {EventKind.UNPLUGGED, EventKind.PLUGGED} <= set(seen.kinds())
    assert [info.serial for info in await service.tokens()] == ["OTHER1"]


async def test_nor_through_a_login_that_is_open(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """Some libraries keep a session alive although its token went."""
    service, _, token = await logged_in(start, shimmed)
    shim.command("serial 4f5448455231")
    assert (await failure(service.change_pin(token, PIN, "Wk7-qp2"))).code is Code.TOKEN_REMOVED
    assert shim.calls("set_pin") == 0


async def test_a_swap_under_one_slot_number_is_seen_at_the_next_look(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    service, seen, token = await logged_in(start, shimmed)
    shim.command("serial 4f5448455231")
    await seen.wait(EventKind.PLUGGED)
    assert seen.kinds() == [EventKind.LOGIN_ENDED, EventKind.UNPLUGGED, EventKind.PLUGGED]
    assert [info.id for info in await service.tokens()] == ["shim:OTHER1"]
    assert (await failure(service.certificates(token))).code is Code.TOKEN_REMOVED


async def test_a_usbkey_that_was_set_up_anew_is_another_one(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """The same serial under another name: what a login stood for is gone."""
    _, seen, _ = await logged_in(start, shimmed)
    shim.command("label 6e6577")
    await seen.wait(EventKind.PLUGGED)
    assert seen.kinds() == [EventKind.LOGIN_ENDED, EventKind.UNPLUGGED, EventKind.PLUGGED]


async def test_two_usbkeys_of_one_serial_number_are_two(
    start: Start, shimmed: ModulePlace, practice: Path, shim: Shim
) -> None:
    await asyncio.to_thread(
        softhsm2_util, practice, "--init-token", "--free", "--label", "second", "--so-pin", SO_PIN, "--pin", "654321"
    )
    shim.command("serial 53414d45")
    service, _ = await start(shimmed)
    second, first = sorted(await service.tokens(), key=lambda info: info.label != "second")
    assert {first.serial, second.serial} == {"SAME"}
    assert first.id != second.id
    await service.login(second.id, "654321")
    await service.login(first.id, PIN)


async def test_sessions_that_a_sleep_ended_are_told_before_anybody_asks(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    service, seen, token = await logged_in(start, shimmed)
    shim.command("dead")
    await seen.wait(EventKind.LOGIN_ENDED)
    shim.command()
    await service.login(token, PIN)
    assert EventKind.UNPLUGGED not in seen.kinds()


# What is in the slots


@pytest.mark.parametrize("number", ["30", "5", "6", "32", "31", "54", "e1", "80000001"])
async def test_a_slot_that_fails_is_that_slots_failure(
    start: Start, shimmed: ModulePlace, shim: Shim, number: str
) -> None:
    shim.command(f"ghosts 1 {number}")
    service, _, token = await logged_in(start, shimmed)
    assert await service.sign(token, RSA_KEY, RSA, DIGEST)
    [trouble] = service.troubles()
    assert trouble.code is Code.TOKEN_UNREADABLE
    assert trouble.detail.startswith("CKR")


@pytest.mark.parametrize("number", ["3", "e0"])
async def test_slots_with_nothing_in_them_are_no_trouble_however_many(
    start: Start, shimmed: ModulePlace, shim: Shim, number: str
) -> None:
    """More than the library counted before, too."""
    shim.command(f"ghosts 200 {number}")
    service, _, _ = await logged_in(start, shimmed)
    assert service.troubles() == []


async def test_a_usbkey_that_cannot_be_read_once_is_still_there(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen, token = await logged_in(start, shimmed)
    shim.command("info error 30 once")
    await service.rescan()
    assert await service.sign(token, RSA_KEY, RSA, DIGEST)
    shim.command("info error 30")
    await seen.wait(EventKind.UNPLUGGED)
    assert [trouble.code for trouble in service.troubles()] == [Code.TOKEN_UNREADABLE] * 2  # the free slot, too


async def test_a_blank_usbkey_is_told_as_blank(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """The slot in which SoftHSM2 would make its next token is none."""
    service, seen = await start(shimmed)
    assert service.troubles() == []
    shim.command("clear 400")
    await seen.wait(EventKind.SLOTS)
    [trouble] = service.troubles()
    assert (trouble.code, "演练" in trouble.detail) == (Code.TOKEN_BLANK, True)
    assert await service.tokens() == []


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("社保钥匙".encode("gbk").hex(), "社保钥匙"),
        (("河北省社会保险数字证书".encode() + b"\xe7\x94")[:32].hex(), "河北省社会保险数字证"),
        (b"KEY\0\0junk".hex(), "KEY"),
        (b"\xff\xfe".hex(), "ÿþ"),
    ],
)
async def test_labels_in_any_encoding_cut_anywhere(
    start: Start, shimmed: ModulePlace, shim: Shim, told: str, shown: str
) -> None:
    shim.command(f"label {told}")
    service, _ = await start(shimmed)
    assert [info.label for info in await service.tokens()] == [shown]
    assert lenient_text(b"") == ""


# PINs


@pytest.mark.parametrize(
    ("number", "code"),
    [("a3", Code.PIN_EXPIRED), ("102", Code.PIN_NOT_SET), ("a2", Code.PIN_LENGTH), ("103", Code.TOKEN_FAILURE)],
)
async def test_what_is_wrong_with_a_pin_is_told_as_what_it_is(
    start: Start, shimmed: ModulePlace, shim: Shim, number: str, code: Code
) -> None:
    service, _ = await start(shimmed)
    shim.command(f"login error {number}")
    assert (await failure(service.login(await only_token(service), PIN))).code is code


async def test_a_token_without_a_pin_that_asks_for_none_is_used_without(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    """CKF_LOGIN_REQUIRED is not set: whoever has it may use it. Its private objects are still behind its own C_Login."""
    shim.command("clear 4", "login error 102")
    service, _, token = await logged_in(start, shimmed)
    assert await service.certificates(token) == []
    await service.logout(token)
    shim.command("login error 102")
    await service.rescan()
    assert (await failure(service.login(token, PIN))).code is Code.PIN_NOT_SET


async def test_a_key_that_wants_the_pin_at_each_use(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """CKA_ALWAYS_AUTHENTICATE: the PIN of the login covers the signature behind it, each further one is typed for."""
    shim.command("always")
    service, seen, token = await logged_in(start, shimmed)
    assert await service.sign(token, RSA_KEY, RSA, DIGEST)
    assert (await failure(service.sign(token, RSA_KEY, RSA, DIGEST))).code is Code.PIN_AGAIN
    assert (await failure(service.login(token, "654321"))).code is Code.PIN_INCORRECT
    assert (await failure(service.sign(token, RSA_KEY, RSA, DIGEST))).code is Code.PIN_AGAIN
    await service.login(token, PIN)
    assert await service.sign(token, EC_KEY, EC, DIGEST)
    assert shim.calls("reaffirm") == 2
    assert seen.kinds() == []


async def test_no_pin_for_such_a_key_goes_to_another_usbkey(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    shim.command("always")
    service, _, token = await logged_in(start, shimmed)
    shim.command("always", "serial 4f5448455231")
    assert (await failure(service.sign(token, RSA_KEY, RSA, DIGEST))).code is Code.TOKEN_REMOVED
    assert shim.calls("reaffirm") == 0


# Which key


async def test_two_keys_of_one_name_are_told_apart_by_their_numbers(
    start: Start, shimmed: ModulePlace, prepared: Prepared
) -> None:
    service, _, token = await logged_in(start, shimmed)
    other = await service.generate_key_pair(token, KeyPairKind.RSA_2048, RSA_KEY, "加密")
    other_point = await service.generate_key_pair(token, KeyPairKind.EC_P256, EC_KEY, "加密")
    for spki in (prepared.rsa_spki, other):
        verify(spki, await service.sign(token, RSA_KEY, RSA, DIGEST, spki))
    # A private EC key does not tell its point, and here the public key beside it is not the only one of its name: tried.
    for spki in (prepared.ec_spki, other_point, prepared.ec_spki):
        verify(spki, await service.sign(token, EC_KEY, EC, DIGEST, spki))
        verify(spki, await service.sign(token, b"", EC, DIGEST, spki))


@pytest.mark.parametrize("key_id", [b"", b"\x77", EC_KEY])
async def test_a_certificate_finds_its_key_whatever_its_name(
    start: Start, shimmed: ModulePlace, prepared: Prepared, key_id: bytes
) -> None:
    service, _, token = await logged_in(start, shimmed)
    await service.generate_key_pair(token, KeyPairKind.RSA_2048, b"\x03", "")
    await service.write_certificate(token, certificate_for(prepared.rsa_spki), key_id, "证书")
    [held] = await service.certificates(token)
    assert (held.key_id, held.has_private_key) == (RSA_KEY, True)
    verify(prepared.rsa_spki, await service.sign(token, held.key_id, RSA, DIGEST))
    verify(prepared.rsa_spki, await service.sign(token, key_id, RSA, DIGEST, prepared.rsa_spki))


async def test_without_numbers_the_keys_are_tried_and_no_wrong_signature_comes_out(
    start: Start, shimmed: ModulePlace, prepared: Prepared, shim: Shim
) -> None:
    service, _, token = await logged_in(start, shimmed)
    other = await service.generate_key_pair(token, KeyPairKind.RSA_2048, RSA_KEY, "")
    await service.logout(token)
    shim.command("hide 120")
    await service.login(token, PIN)
    for spki in (prepared.rsa_spki, other):
        verify(spki, await service.sign(token, RSA_KEY, RSA, DIGEST, spki))
        verify(spki, await service.sign(token, b"\x77", RSA, DIGEST, spki))
    stranger = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.DER, _SPKI)
    assert (await failure(service.sign(token, RSA_KEY, RSA, DIGEST, stranger))).code is Code.KEY_MISMATCH


@pytest.mark.parametrize(("key_id", "way"), [(RSA_KEY, RSA), (EC_KEY, EC)])
async def test_a_signature_that_the_certificate_does_not_verify_is_never_given_out(
    start: Start, shimmed: ModulePlace, prepared: Prepared, shim: Shim, key_id: bytes, way: Mechanism
) -> None:
    service, _, token = await logged_in(start, shimmed)
    spki = prepared.rsa_spki if way is RSA else prepared.ec_spki
    await service.write_certificate(token, certificate_for(spki), key_id, "证书")
    await service.certificates(token)
    shim.command("signature flip")
    assert (await failure(service.sign(token, key_id, way, DIGEST, spki))).code is Code.KEY_MISMATCH
    assert (await failure(service.sign(token, key_id, way, DIGEST))).code is Code.KEY_MISMATCH
    shim.command()
    verify(spki, await service.sign(token, key_id, way, DIGEST))


async def test_a_signature_has_its_leading_zeros(
    start: Start, shimmed: ModulePlace, prepared: Prepared, shim: Shim
) -> None:
    """RFC 8017, 8.2.1: as long as the modulus. One in 256 begins with a zero."""
    service, _, token = await logged_in(start, shimmed)
    for turn in range(5000):
        text = str(turn).encode()
        digest = hashlib.sha256(text).digest()
        if (await service.sign(token, RSA_KEY, RSA, digest, prepared.rsa_spki))[0] == 0:
            break
    shim.command("signature strip")
    signature = await service.sign(token, RSA_KEY, RSA, digest, prepared.rsa_spki)
    assert (len(signature), signature[0]) == (256, 0)
    verify(prepared.rsa_spki, signature, text)


@pytest.mark.parametrize("oddity", ["keytype 80000001", "keytype 3", "hide 100", "hide 108", "hide 102", "hide 202"])
async def test_what_a_token_says_of_a_key_may_be_odd_where_its_numbers_are_right(
    start: Start, shimmed: ModulePlace, prepared: Prepared, shim: Shim, oddity: str
) -> None:
    service, _, token = await logged_in(start, shimmed)
    await service.write_certificate(token, certificate_for(prepared.rsa_spki), RSA_KEY, "证书")
    await service.logout(token)
    shim.command(oddity)
    await service.login(token, PIN)
    [held] = await service.certificates(token)
    verify(prepared.rsa_spki, await service.sign(token, held.key_id, RSA, DIGEST, prepared.rsa_spki))


# Certificates


async def test_one_certificate_that_is_not_told_hides_no_other(
    start: Start, shimmed: ModulePlace, prepared: Prepared, shim: Shim
) -> None:
    service, _, token = await logged_in(start, shimmed)
    good = certificate_for(prepared.rsa_spki)
    await service.write_certificate(token, good + b"\0\0", RSA_KEY, "后面有空字节")
    assert [held.der for held in await service.certificates(token)] == [good]
    shim.command("hide 80")  # CKA_CERTIFICATE_TYPE
    assert [held.der for held in await service.certificates(token)] == [good]
    shim.command("hide 11")  # CKA_VALUE
    assert [(held.der, held.label) for held in await service.certificates(token)] == [(b"", "后面有空字节")]
    shim.command()
    await service.delete_certificate(token, good)
    assert await service.certificates(token) == []


async def test_a_hundred_certificates(start: Start, shimmed: ModulePlace, prepared: Prepared) -> None:
    service, _, token = await logged_in(start, shimmed)
    all_of_them = {certificate_for(prepared.rsa_spki, str(number)) for number in range(100)}
    for number, each in enumerate(all_of_them):
        await service.write_certificate(token, each, bytes([number]), "")
    found = await service.certificates(token)
    assert {held.der for held in found} == all_of_them
    assert {held.key_id for held in found} == {RSA_KEY}


def without_public_keys(practice: Path) -> None:
    """As some makers' tools leave a token: nothing of a key is seen before the login."""
    environment = {**os.environ, "SOFTHSM2_CONF": str(practice / "softhsm2.conf")}
    tool = ["pkcs11-tool", "--module", str(SOFTHSM), "--token-label", "演练", "--login", "--pin", PIN]
    for key_id in (RSA_KEY, EC_KEY):
        delete = ["--delete-object", "--type", "pubkey", "--id", key_id.hex()]
        subprocess.run([*tool, *delete], env=environment, check=True, capture_output=True)


async def test_before_the_login_nobody_knows_whether_a_hidden_key_is_there(
    start: Start, shimmed: ModulePlace, prepared: Prepared, practice: Path
) -> None:
    """It must not be called missing; after the login it is found by its modulus, whatever its name."""
    await asyncio.to_thread(without_public_keys, practice)
    service, _, token = await logged_in(start, shimmed)
    await service.write_certificate(token, certificate_for(prepared.rsa_spki), b"\x77", "证书")
    await service.logout(token)
    [held] = await service.certificates(token)
    assert (held.has_private_key, held.key_id) == (True, b"\x77")
    await service.login(token, PIN)
    verify(prepared.rsa_spki, await service.sign(token, held.key_id, RSA, DIGEST))
    stranger = rsa.generate_private_key(65537, 2048).public_key()
    der = certificate_for(stranger.public_bytes(Encoding.DER, _SPKI))
    await service.write_certificate(token, der, b"\x55", "没有私钥")
    without = [each for each in await service.certificates(token) if each.der == der]
    assert [each.has_private_key for each in without] == [False]
    assert (await failure(service.sign(token, b"\x55", RSA, DIGEST))).code is Code.NO_PRIVATE_KEY


async def test_a_token_without_write_access_signs(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    shim.command("set 2")  # CKF_WRITE_PROTECTED
    service, _, token = await logged_in(start, replace(shimmed))
    assert await service.sign(token, RSA_KEY, RSA, DIGEST)


async def test_flags_that_lie_lock_nobody_out(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """Some makers set CKF_USER_PIN_FINAL_TRY for good: it is told, and the PIN still goes to the token."""
    shim.command("set 30000")
    await logged_in(start, shimmed)
