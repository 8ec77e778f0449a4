"""What the assistant signs is what openssl calls a signature; what it must not sign it does not."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage, make_entries
from hebca_helper.assistant.journal.book import FILE_NAME
from hebca_helper.assistant.key.signing import digest_of, raw_mechanism
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.assistant.unattended import AbsentPrompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.tokens.model import Interface, Mechanism, PinState, TokenCertificate, TokenInfo
from tests.assistant.scene import HALL, UNKNOWN, open_scene
from tests.practice_homes import put_practice_usbkey
from tests.tokens.soft_skf import certificate, key_pair

pytestmark = pytest.mark.anyio
PIN = "123456"


def openssl_verifies(entry: CertificateEntry, data: bytes, signature: bytes, digest: str, folder: Path) -> bool:
    key, signed, content = folder / "key.pem", folder / "signature", folder / "content"
    public = load_der_public_key(entry.certificate.spki)
    key.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signed.write_bytes(signature)
    content.write_bytes(data)
    command = ["openssl", "dgst", f"-{digest}", "-verify", str(key), "-signature", str(signed), str(content)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob(f"{FILE_NAME}*"))


@pytest.mark.parametrize(("ec", "digest"), [(False, "sha1"), (True, "sha256")])
async def test_openssl_verifies_what_was_signed(home: Path, tmp_path: Path, ec: bool, digest: str) -> None:
    put_practice_usbkey(home, ec=ec)
    async with open_scene(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        data = "登录随机数 1234567890".encode("gbk")
        signature = await scene.assistant.sign(page, entry, data)
        assert openssl_verifies(entry, data, signature, digest, tmp_path)
        assert not openssl_verifies(entry, data + b"!", signature, digest, tmp_path)


@pytest.mark.parametrize("size", [64, 96, 128])
async def test_an_ec_key_does_not_sign_what_could_be_a_login_token(home: Path, size: int) -> None:
    put_practice_usbkey(home, ec=True)
    async with open_scene(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        with pytest.raises(HelperError) as refused:
            await scene.assistant.sign(page, entry, b"\x01" * size)
        assert refused.value.code is Code.LOGIN_LIKE_CONTENT
        assert scene.person.pin_dialogs() == []


async def test_the_journal_tells_every_call_and_no_secret(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type("999999", PIN)
        await scene.assistant.sign(page, entry, b"contents of a report")
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.NO
        with pytest.raises(HelperError):
            await scene.assistant.entries(scene.page(UNKNOWN))
        rows = [(row.operation, row.origin, row.result, row.size) for row in scene.assistant.journal.recent()]
        assert rows == [
            ("connect", UNKNOWN, "denied-by-policy", 0),
            ("sign", HALL, "done", 20),
            ("connect", HALL, "done", 0),
        ]
    written = bytes_of(practice_home)
    assert b"contents" not in written
    assert PIN.encode() not in written
    assert b"999999" not in written


async def test_the_initial_pin_is_pointed_out_once_and_can_be_changed_on_the_spot(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.decisions[ConfirmKind.INITIAL_PIN] = Decision.ONCE
        scene.person.type(PIN)
        scene.person.type_change((PIN, "123456"), (PIN, "hengshui2026"))
        await scene.assistant.login(page, entry)
        await scene.assistant.errands_done()
        [asked] = scene.person.confirmations(ConfirmKind.INITIAL_PIN)
        assert asked.asker.origin is None
        problem = scene.person.pin_dialogs()[-1].problem
        assert problem is not None
        assert problem.code is Code.PIN_WEAK
        await scene.assistant.logout(page)
        scene.person.type(PIN, "hengshui2026")
        await scene.assistant.login(page, entry)
        assert len(scene.person.pin_dialogs()) == 5


async def test_the_unlock_code_opens_a_locked_usbkey(home: Path) -> None:
    put_practice_usbkey(home, "locked")
    async with open_scene(home) as scene:
        window = scene.window()
        entry = await scene.signer(window)
        with pytest.raises(HelperError) as locked:
            await scene.assistant.login(window, entry)
        assert locked.value.code is Code.PIN_LOCKED
        scene.person.type_change(("12345678", "hengshui2026"))
        await scene.assistant.unblock(window, entry.token.id)
        scene.person.type("hengshui2026")
        await scene.assistant.login(window, entry)


async def test_without_a_person_nothing_that_needs_one_happens(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.assistant.prompts = AbsentPrompts()
        with pytest.raises(HelperError) as refused:
            await scene.assistant.entries(scene.page())
        assert refused.value.code is Code.PERSON_NEEDED


async def test_unattended_answers_with_practice_certificates_and_nothing_else(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.assistant.answer_unattended(PIN)
        page = scene.page()
        assert await scene.assistant.sign(page, await scene.signer(page), b"data")
        scene.assistant.inventory._is_practice = lambda _: False  # as for a token whose certificate is another CA's
        scene.assistant.inventory.forget()
        with pytest.raises(HelperError) as refused:
            await scene.assistant.entries(page)
        assert refused.value.code is Code.PRACTICE_ONLY


async def test_another_homes_practice_token_is_not_practice_here(home: Path, tmp_path: Path) -> None:
    put_practice_usbkey(home)
    stranger = put_practice_usbkey(tmp_path / "stranger", "renewed")
    async with open_scene(home) as scene:
        entry = await scene.signer()
        assert PracticeTrust(home).issued(entry.certificate)
        assert not PracticeTrust(stranger).issued(entry.certificate)


async def test_a_renewed_certificate_takes_the_place_of_the_old(home: Path) -> None:
    put_practice_usbkey(home, "renewed")
    async with open_scene(home) as scene:
        window = scene.window()
        used = await scene.assistant.choose(window, Usage.SIGN)
        everything = await scene.assistant.entries(window, Usage.SIGN, all_of_them=True)
        assert [entry.replaced for entry in everything] == [False, True]
        assert used.certificate == everything[0].certificate
        assert used.days_left > everything[1].days_left


@pytest.mark.parametrize(("interface", "able"), [(Interface.SKF, True), (Interface.PKCS11, False)])
def test_an_sm2_key_is_used_behind_skf_only(interface: Interface, able: bool) -> None:
    """Behind PKCS#11 each maker has mechanisms of its own: the certificate is shown, its key is not asked."""
    token = TokenInfo("m:1", "m", "KEY", "1", "", "", PinState.FINE, None, False, False, interface)
    held = TokenCertificate(token.id, certificate(key_pair(1).spki), b"1", "", True)
    (entry,) = make_entries([(token, held)], lambda _: False, datetime.now(UTC))
    assert entry.certificate.key_kind is KeyKind.SM2
    if able:
        assert raw_mechanism(entry) is Mechanism.SM2_SM3
    else:
        with pytest.raises(HelperError) as refused:
            raw_mechanism(entry)
        assert refused.value.code is Code.NOT_SUPPORTED


async def test_an_sm2_key_that_is_no_point_of_the_curve_signs_nothing() -> None:
    spki = key_pair(1).spki[:-1] + bytes([key_pair(1).spki[-1] ^ 1])
    with pytest.raises(HelperError) as refused:
        await digest_of(Mechanism.SM2_SM3, b"x", Certificate.parse(certificate(spki)))
    assert refused.value.code is Code.CERTIFICATE_UNREADABLE
