"""Each operation with a key or a token: who may, what the person is asked, what happens, what stays unseen."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.key import decryption
from hebca_helper.assistant.key.bundles import Item
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Decision
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.envelope import ContentCipher, encrypt_for, envelop, read_envelope, recipient_for
from hebca_helper.pki.cms.verification import verify
from tests.assistant.scene import HALL, TRUSTED, Scene, open_scene
from tests.failures import failure
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"


async def device_of(scene: Scene, connection: Connection) -> Device:
    return await scene.assistant.devices.choose(connection)


def agree(scene: Scene, *kinds: ConfirmKind) -> None:
    scene.person.decisions.update(dict.fromkeys(kinds, Decision.ONCE))


# --- documents


@pytest.mark.parametrize("ec", [False, True])
async def test_a_document_is_shown_and_asked_for_each_time(home: Path, ec: bool) -> None:
    put_practice_usbkey(home, ec=ec)
    async with open_scene(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        agree(scene, ConfirmKind.SIGN_DOCUMENT)
        scene.person.type(PIN)
        for number in range(3):
            data = b"report %d" % number
            signed = base64.b64decode("".join(await scene.assistant.documents.sign(page, entry, data)))
            [report] = verify(signed)
            assert report.problem is None
            assert report.certificate == entry.certificate
            assert data in signed
        [dialog] = scene.person.pin_dialogs()
        assert (dialog.kind, dialog.content and dialog.content.text) == (ConfirmKind.SIGN_DOCUMENT, "report 0")
        assert len(scene.person.confirmations(ConfirmKind.SIGN_DOCUMENT)) == 2
        scene.person.decisions[ConfirmKind.SIGN_DOCUMENT] = Decision.NO
        assert (await failure(scene.assistant.documents.sign(page, entry, b"x"))).code is Code.USER_CANCELLED
        rows = [(row.operation, row.result) for row in scene.assistant.journal.recent(4)]
        assert rows == [("sign-document", "user-cancelled"), *[("sign-document", "done")] * 3]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000, 1_000_001])
async def test_documents_of_every_length(practice_home: Path, size: int) -> None:
    async with open_scene(practice_home, cms_digest="sha1" if size == 3 else "sha256") as scene:
        scene.assistant.answer_unattended(PIN)
        page, data = scene.page(), secrets.token_bytes(size)
        signed = await scene.assistant.documents.sign(page, await scene.signer(page), data)
        message = base64.b64decode("".join(signed), validate=True)
        assert [report.problem for report in verify(message)] == [None]
        assert data in message


# --- decrypting


async def test_decryption_asks_each_time_and_fails_in_one_way(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.assistant.choose(page, Usage.ENCRYPT)
        sealed = encrypt_for(entry.certificate, b"secret")
        scene.person.type(PIN)
        agree(scene, ConfirmKind.DECRYPT)
        assert await scene.assistant.decryption.decrypt(page, entry, sealed) == b"secret"
        for wrong in (b"", b"x", sealed[:-1], sealed + b"\0", b"\xff" * 256):
            assert (
                await failure(scene.assistant.decryption.decrypt(page, entry, wrong))
            ).code is Code.DECRYPTION_FAILED
        for wrong in (sealed[::-1], bytes(256)):
            # a library over OpenSSL 3.2 and later answers with octets made up from the key and what came (implicit rejection)
            try:
                assert await scene.assistant.decryption.decrypt(page, entry, wrong) != b"secret"
            except HelperError as problem:
                assert problem.code is Code.DECRYPTION_FAILED
        assert len(scene.person.confirmations(ConfirmKind.DECRYPT)) == 7
        assert scene.person.pin_dialogs()[0].kind is ConfirmKind.DECRYPT


async def test_an_envelope_finds_its_key_and_tells_nothing_else(home: Path, tmp_path: Path) -> None:
    put_practice_usbkey(home, "two-tokens")
    stranger_home = put_practice_usbkey(tmp_path / "other")
    async with open_scene(stranger_home) as elsewhere:
        stranger = (await elsewhere.assistant.entries(elsewhere.window(), Usage.ENCRYPT))[0].certificate
    async with open_scene(home) as scene:
        page = scene.page()
        agree(scene, ConfirmKind.DECRYPT)
        first, second = await scene.assistant.entries(page, Usage.ENCRYPT)
        assert first.token.id != second.token.id
        scene.person.type(PIN)
        sealed = envelop(b"for two", [stranger, second.certificate], ContentCipher.DES_EDE3_CBC)
        assert await scene.assistant.decryption.open_envelope(page, sealed) == b"for two"
        assert not scene.assistant.is_logged_in(page, first.token.id)
        garbage = [
            b"",
            b"no envelope",
            sealed[:-9],
            envelop(b"x", [stranger], ContentCipher.AES_256_CBC),
            _with_sealed_key(second.certificate, encrypt_for(second.certificate, b"short"), sealed),
            _with_sealed_key(second.certificate, b"\1" * 256, sealed),
            _with_last_byte_changed(envelop(b"x" * 99, [second.certificate], ContentCipher.AES_256_GCM)),
        ]
        for message in garbage:
            opened = scene.assistant.decryption.open_envelope(page, message)
            assert (await failure(opened)).code is Code.DECRYPTION_FAILED


def _with_sealed_key(certificate: Certificate, encrypted: bytes, sealed: bytes) -> bytes:
    """The envelope with another encrypted key: one of a wrong length, or one that does not decrypt."""
    recipient = recipient_for(read_envelope(sealed), certificate)
    assert recipient is not None
    return sealed.replace(recipient.encrypted_key, encrypted)


def _with_last_byte_changed(message: bytes) -> bytes:
    return message[:-1] + bytes([message[-1] ^ 1])


async def test_a_key_that_opens_by_chance_is_no_key(practice_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key opens one envelope of 256 to garbage: neither that it did nor what it opened to may be told."""
    monkeypatch.setattr(decryption, "_opened", lambda *_: b"garbage")
    async with open_scene(practice_home) as scene:
        page = scene.page()
        agree(scene, ConfirmKind.DECRYPT)
        [entry] = await scene.assistant.entries(page, Usage.ENCRYPT)
        scene.person.type(PIN)
        good = envelop(b"x", [entry.certificate], ContentCipher.DES_EDE3_CBC)
        assert await scene.assistant.decryption.open_envelope(page, good) == b"garbage"
        for encrypted in (b"\1" * 256, encrypt_for(entry.certificate, b"short")):
            message = _with_sealed_key(entry.certificate, encrypted, good)
            assert (
                await failure(scene.assistant.decryption.open_envelope(page, message))
            ).code is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("code", list(Code))
async def test_what_a_ciphertext_does_to_a_library_is_one_failure_and_other_troubles_are_told(code: Code) -> None:
    async def failing() -> bytes:
        raise HelperError(code)

    of_the_content = {"decryption-failed", "token-failure", "bad-request", "execution-failed", "too-large"}
    expected = Code.DECRYPTION_FAILED if code.value in of_the_content else code
    assert (await failure(decryption._judged(failing()))).code is expected


async def test_a_ciphertext_is_shown_by_its_beginning_its_size_and_its_digest(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.assistant.choose(page, Usage.ENCRYPT)
        scene.person.type(None)
        ciphertext = bytes(range(256))
        assert (await failure(scene.assistant.decryption.decrypt(page, entry, ciphertext))).code is Code.USER_CANCELLED
        [asked] = scene.person.pin_dialogs()
        assert asked.content is not None
        assert asked.content.text == bytes(range(64)).hex(" ")
        assert (asked.content.size, asked.content.readable) == (256, False)
        assert asked.content.digest == sha256(ciphertext).hexdigest()


async def test_the_key_of_an_envelope_is_for_the_person_only(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        [entry] = await scene.assistant.entries(scene.window(), Usage.ENCRYPT)
        envelope = read_envelope(envelop(b"x", [entry.certificate], ContentCipher.AES_256_CBC))
        content = Content("", 1, "")
        agree(scene, ConfirmKind.DECRYPT)
        keys = scene.assistant.decryption
        assert (await failure(keys.envelope_key(scene.page(TRUSTED), envelope, content))).code is Code.DENIED_BY_POLICY
        assert scene.person.asked == []
        scene.person.type(PIN)
        assert envelope.decrypt(await keys.envelope_key(scene.window(), envelope, content)) == b"x"


async def test_an_envelope_without_any_usbkey(home: Path) -> None:
    async with open_scene(home) as scene:
        assert (await failure(scene.assistant.decryption.open_envelope(scene.page(), b""))).code is Code.NO_CERTIFICATE


async def test_an_ec_key_does_not_decrypt_rsa(home: Path) -> None:
    put_practice_usbkey(home, ec=True)
    async with open_scene(home) as scene:
        page = scene.page()
        entry = await scene.assistant.choose(page, Usage.ENCRYPT)
        assert (await failure(scene.assistant.decryption.decrypt(page, entry, b"x"))).code is Code.NOT_SUPPORTED


# --- silent signatures


async def test_a_silent_signature_needs_a_login_and_its_repeats(practice_home: Path) -> None:
    async with open_scene(practice_home, repeated_signatures=2) as scene:
        page = scene.page(TRUSTED)
        entry = await scene.signer(page)
        sign = scene.assistant.sign_silently
        assert (await failure(sign(page, entry, b"data"))).code is Code.NOT_LOGGED_IN
        await scene.assistant.login_with_page_pin(page, entry, PIN)
        assert (await failure(sign(page, entry, b"x" * 4097))).code is Code.TOO_LARGE
        assert await sign(page, entry, b"data")
        assert await sign(page, entry, b"data")
        assert (await failure(sign(page, entry, b"data"))).code is Code.NOT_LOGGED_IN
        assert len(scene.person.notices) == 2
        assert scene.person.pin_dialogs() == []


async def test_only_trusted_origins_sign_silently(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(HALL)
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        assert (await failure(scene.assistant.sign_silently(page, entry, b"data"))).code is Code.DENIED_BY_POLICY
        assert scene.assistant.journal.recent(1)[0].result == Code.DENIED_BY_POLICY


async def test_unattended_logs_in_again_when_a_limit_ended_the_login(practice_home: Path) -> None:
    async with open_scene(practice_home, repeated_signatures=1) as scene:
        scene.assistant.answer_unattended(PIN)
        page = scene.page(TRUSTED)
        entry = await scene.signer(page)
        assert (await failure(scene.assistant.sign_silently(page, entry, b"data"))).code is Code.NOT_LOGGED_IN
        await scene.assistant.login(page, entry)
        for _ in range(3):
            assert await scene.assistant.sign_silently(page, entry, b"data")
        scene.assistant._logins._expire(page.id, entry.token.id)
        await scene.assistant._logins.end(page.id, entry.token.id)
        assert await scene.assistant.sign_silently(page, entry, b"data")
        await scene.assistant.logout(page)
        assert (await failure(scene.assistant.sign_silently(page, entry, b"data"))).code is Code.NOT_LOGGED_IN


# --- data objects


async def test_an_object_is_asked_for_once_a_connection(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page, other = scene.page(), scene.page()
        device, data = await device_of(scene, page), scene.assistant.data
        agree(scene, ConfirmKind.READ_DATA, ConfirmKind.WRITE_DATA, ConfirmKind.DELETE_DATA)
        scene.person.type(PIN)
        for value in (b"one", b"two"):
            await data.write(page, device, "remark\u202e", value, private=False)
            assert await data.read(page, device, "remark\u202e") == value
        [dialog] = scene.person.pin_dialogs()
        assert (dialog.kind, dialog.subject) == (ConfirmKind.WRITE_DATA, "remark⟨U+202E⟩")
        assert len(scene.person.confirmations(ConfirmKind.READ_DATA)) == 1
        assert scene.person.confirmations(ConfirmKind.WRITE_DATA) == []
        await data.read(other, device, "remark\u202e")
        assert len(scene.person.confirmations(ConfirmKind.READ_DATA)) == 2
        scene.person.decisions[ConfirmKind.READ_DATA] = Decision.NO
        assert (await failure(data.read(page, device, "another"))).code is Code.USER_CANCELLED


async def test_what_was_private_becomes_public_and_goes(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.assistant.answer_unattended(PIN)
        page, stranger = scene.page(TRUSTED), scene.page(TRUSTED)
        device, data = await device_of(scene, page), scene.assistant.data
        await data.write(page, device, "x", b"private", private=True)
        assert await data.read(page, device, "x") == b"private"
        assert (await failure(data.read(stranger, device, "x"))).code is Code.DATA_OBJECT_MISSING
        await data.write(page, device, "x", b"public", private=False)
        assert await data.read(stranger, device, "x") == b"public"
        assert [item.private for item in await data.list(page, device.id) if item.label == "x"] == [False]
        await data.delete(page, device, "x")
        assert (await failure(data.delete(page, device, "x"))).code is Code.DATA_OBJECT_MISSING
        for name in ("", "x" * 256):
            assert (await failure(data.read(page, device, name))).code is Code.BAD_REQUEST


async def test_the_objects_of_a_seal_are_the_issuers_and_asked_for_each_time(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page, issuer = scene.page(HALL), scene.page(TRUSTED)
        device, data = await device_of(scene, page), scene.assistant.data
        agree(scene, ConfirmKind.WRITE_DATA)
        assert (await failure(data.write(page, device, "Seal", b"x", private=False))).code is Code.DENIED_BY_POLICY
        assert (await failure(data.delete(page, device, "hbgssh"))).code is Code.DENIED_BY_POLICY
        scene.person.type(PIN)
        for _ in range(3):
            await data.write(issuer, device, "seal", b"x", private=False)
        assert len(scene.person.confirmations(ConfirmKind.WRITE_DATA)) == 2
        assert len(scene.person.pin_dialogs()) == 1


# --- keys


async def test_only_issuers_make_keys_and_bring_certificates(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(HALL)
        entry = await scene.signer(page)
        keys, device = scene.assistant.key_pairs, Device.of(entry)
        assert (await failure(keys.request(page, device, "x"))).code is Code.DENIED_BY_POLICY
        imported = keys.import_certificate(page, device, entry.certificate, Usage.SIGN)
        assert (await failure(imported)).code is Code.DENIED_BY_POLICY
        assert scene.person.pin_dialogs() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "a\u202eb"])
async def test_a_name_that_is_none(practice_home: Path, name: str) -> None:
    async with open_scene(practice_home) as scene:
        issuer = scene.page(TRUSTED)
        device = await device_of(scene, issuer)
        assert (await failure(scene.assistant.key_pairs.request(issuer, device, name))).code is Code.BAD_REQUEST


async def test_a_key_and_a_certificate_are_asked_for_by_name(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        issuer = scene.page(TRUSTED)
        entry = await scene.signer(issuer)
        keys, device = scene.assistant.key_pairs, Device.of(entry)
        agree(scene, ConfirmKind.IMPORT_CERTIFICATE)
        scene.person.type(PIN)
        assert await keys.request(issuer, device, "申请人")
        assert scene.person.pin_dialogs()[0].subject == "申请人"
        await keys.import_certificate(issuer, device, entry.certificate, Usage.SIGN)
        [asked] = scene.person.confirmations(ConfirmKind.IMPORT_CERTIFICATE)
        assert asked.subject == entry.certificate.holder
        held = await scene.tokens.certificates(device.id)
        assert [each.der for each in held].count(entry.certificate.der) == 1
        wrong = keys.import_certificate(issuer, device, entry.certificate, Usage.ENCRYPT)
        assert (await failure(wrong)).code is Code.BAD_REQUEST


# --- devices


async def test_the_person_chooses_among_several_usbkeys(home: Path) -> None:
    put_practice_usbkey(home, "two-tokens")
    async with open_scene(home) as scene:
        scene.person.choice = 1
        page = scene.page()
        tokens = [token.id for token in await scene.assistant.tokens()]
        assert (await device_of(scene, page)).id == tokens[1]


async def test_no_usbkey_is_no_device(home: Path) -> None:
    async with open_scene(home) as scene:
        assert (await failure(device_of(scene, scene.page()))).code is Code.NO_CERTIFICATE
        scene.assistant.answer_unattended(PIN)
        assert (await failure(device_of(scene, scene.page()))).code is Code.NO_CERTIFICATE


# --- after the token host started anew


async def test_a_restarted_token_host_costs_one_more_pin(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN, PIN)
        await scene.assistant.login(page, entry)
        await scene.tokens.logout(entry.token.id)
        agree(scene, ConfirmKind.SIGN_DOCUMENT)
        assert await scene.assistant.documents.sign(page, replace(entry), b"data")
        assert len(scene.person.pin_dialogs()) == 2


# --- names that a page chooses


@pytest.mark.parametrize("name", ["seal\0", "a\nb", "a\r", "\tb", "a\x7f", "a\x85b", "", "a" * 256])
async def test_names_of_objects_with_control_characters_are_bad_requests(practice_home: Path, name: str) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.window()
        device = await device_of(scene, page)
        data = scene.assistant.data
        for work in (
            data.read(page, device, name),
            data.write(page, device, name, b"x", private=False),
            data.delete(page, device, name),
        ):
            assert (await failure(work)).code is Code.BAD_REQUEST
        assert scene.person.asked == []


async def test_a_seal_that_ends_early_is_the_issuers(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(HALL)
        device = await device_of(scene, page)
        for name in ("seal\0x", "se\u200bal", "signpic\u3164"):
            writing = scene.assistant.data.write(page, device, name, b"x", private=False)
            assert (await failure(writing)).code is Code.DENIED_BY_POLICY


async def test_names_of_the_items_of_a_bundle_stay_on_their_line(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(None)
        items = [Item("合同\n\n【2】放弃债权", b"one"), Item("甲\u3164" * 100, b"two")]
        assert (await failure(scene.assistant.bundles.sign_raw(page, entry, items))).code is Code.USER_CANCELLED
        [asked] = scene.person.pin_dialogs()
        assert asked.content is not None
        long = visible_name("甲\u3164" * 100)
        lines = asked.content.text.split("\n")
        assert [line for line in lines if line.startswith("【")] == [
            "【1】合同⟨U+000A⟩⟨U+000A⟩【2】放弃债权，3 字节",
            f"【2】{long}，3 字节",
        ]
