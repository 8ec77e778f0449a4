"""What we seal openssl opens and the other way round; a wrong key and a changed envelope look the same."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from asn1crypto import algos, cms, core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.ciphers import Parameters
from hebca_helper.pki.cms.envelope import (
    ContentCipher,
    KeyTransport,
    Sealing,
    encrypt_for,
    envelop,
    open_envelope,
    read_envelope,
    recipient_for,
)
from tests.pki import certificate_maker as maker
from tests.pki.cms.openssl import Holder, ec_holder, made, openssl, rsa_holder

CONTENT = bytes(range(256)) * 300
CIPHERS = {
    ContentCipher.DES_EDE3_CBC: "-des3",
    ContentCipher.AES_128_CBC: "-aes128",
    ContentCipher.AES_192_CBC: "-aes192",
    ContentCipher.AES_256_CBC: "-aes256",
    ContentCipher.SM4_CBC: "-sm4",
    ContentCipher.AES_128_GCM: "-aes-128-gcm",
    ContentCipher.AES_192_GCM: "-aes-192-gcm",
    ContentCipher.AES_256_GCM: "-aes-256-gcm",
}
BLOCKS = [ContentCipher.DES_EDE3_CBC, ContentCipher.AES_256_CBC, ContentCipher.AES_256_GCM]
SIZES = [1, 7, 8, 15, 16, 17, 4096, 70_000]


def opened_by_openssl(holder: Holder, folder: Path, message: bytes) -> subprocess.CompletedProcess[bytes]:
    (holder.put(folder) / "message").write_bytes(message)
    options = ("-inform", "DER", "-in", "message", "-inkey", "key.pem", "-recip", "certificate.pem")
    return openssl(folder, "cms", "-decrypt", "-binary", *options)


def sealed_by_openssl(folder: Path, *options: str, content: bytes = CONTENT) -> bytes:
    return made(rsa_holder().put(folder), "-encrypt", *options, "-recip", "certificate.pem", content=content)


def refused(message: bytes) -> Code:
    with pytest.raises(HelperError) as problem:
        read_envelope(message)
    return problem.value.code


@pytest.mark.parametrize("cipher", ContentCipher)
@pytest.mark.parametrize("size", [0, *SIZES])
def test_openssl_opens_what_we_seal(tmp_path: Path, cipher: ContentCipher, size: int) -> None:
    message = envelop(CONTENT[:size], [rsa_holder().certificate], cipher)
    answer = opened_by_openssl(rsa_holder(), tmp_path, message)
    assert (answer.returncode, answer.stdout) == (0, CONTENT[:size])
    assert rsa_holder().open(read_envelope(message)) == CONTENT[:size]


@pytest.mark.parametrize("cipher", ContentCipher)
@pytest.mark.parametrize("stream", [False, True])
def test_we_open_what_openssl_seals(tmp_path: Path, cipher: ContentCipher, stream: bool) -> None:
    for size in SIZES:
        content = CONTENT[:size]
        message = sealed_by_openssl(tmp_path, CIPHERS[cipher], *(["-stream"] if stream else []), content=content)
        envelope = read_envelope(message)
        assert envelope.cipher is cipher
        assert rsa_holder().open(envelope) == content


@pytest.mark.parametrize("cipher", BLOCKS)
def test_each_of_several_recipients_opens_it(tmp_path: Path, cipher: ContentCipher) -> None:
    holders = [rsa_holder(0), rsa_holder(3), rsa_holder(4)]
    message = envelop(CONTENT, [each.certificate for each in [*holders, holders[0]]], cipher)
    envelope = read_envelope(message)
    assert len(envelope.recipients) == 3
    for holder in holders:
        assert holder.open(envelope) == CONTENT
        assert opened_by_openssl(holder, tmp_path, message).stdout == CONTENT
    assert recipient_for(envelope, rsa_holder(5).certificate) is None


def test_a_recipient_named_by_key_identifier_is_found(tmp_path: Path) -> None:
    assert rsa_holder().open(read_envelope(sealed_by_openssl(tmp_path, "-aes128", "-keyid"))) == CONTENT


def test_openssl_too_reads_our_envelopes_as_der() -> None:
    message = envelop(CONTENT, [rsa_holder().certificate], ContentCipher.AES_256_CBC)
    info = cms.ContentInfo.load(message, strict=True)
    assert info["content"]["recipient_infos"][0].chosen["version"].native == "v0"
    assert info["content"]["encrypted_content_info"]["content_type"].native == "data"


def test_two_envelopes_of_the_same_content_have_nothing_in_common() -> None:
    first, second = (envelop(CONTENT, [rsa_holder().certificate], ContentCipher.AES_256_CBC) for _ in range(2))
    assert first[-1000:] != second[-1000:]
    keys = [read_envelope(message).recipients[0].encrypted_key for message in (first, second)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("name", ["-des", "-rc2-40", "-rc2-128", "-camellia128"])
def test_ciphers_that_are_not_read_are_named(tmp_path: Path, name: str) -> None:
    options = ("-provider", "legacy", "-provider", "default", name)
    with pytest.raises(HelperError) as problem:
        read_envelope(sealed_by_openssl(tmp_path, *options))
    assert problem.value.code is Code.NOT_SUPPORTED
    assert "加密算法" in problem.value.detail


def test_oaep_and_key_agreement_are_told_before_any_key_is_used(tmp_path: Path) -> None:
    oaep = read_envelope(
        sealed_by_openssl(tmp_path, "-aes128", "-recip", "certificate.pem", "-keyopt", "rsa_padding_mode:oaep")
    )
    agreed = made(ec_holder().put(tmp_path), "-encrypt", "-aes128", "-recip", "certificate.pem", content=CONTENT)
    kinds = {each.transport for each in oaep.recipients}
    assert KeyTransport.OAEP in kinds
    [other] = read_envelope(agreed).recipients
    assert other.transport is KeyTransport.OTHER
    for recipient in (*(each for each in oaep.recipients if each.transport is KeyTransport.OAEP), other):
        with pytest.raises(HelperError) as problem:
            recipient.require_token_can_open()
        assert problem.value.code is Code.NOT_SUPPORTED


def test_an_envelope_by_oaep_opens_with_a_key_decrypted_elsewhere(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    rsa_holder().put(tmp_path)
    options = ("-aes256", "-recip", "certificate.pem", "-keyopt", "rsa_padding_mode:oaep")
    envelope = read_envelope(made(tmp_path, "-encrypt", *options, content=CONTENT))
    key = rsa_holder().key
    assert isinstance(key, rsa.RSAPrivateKey)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    assert envelope.decrypt(key.decrypt(envelope.recipients[0].encrypted_key, oaep)) == CONTENT


# --- what goes wrong once a key is used


@pytest.mark.parametrize("cipher", BLOCKS)
def test_a_wrong_key_gives_no_content(cipher: ContentCipher) -> None:
    envelope = read_envelope(envelop(CONTENT, [rsa_holder().certificate], cipher))
    wrong = 0
    for number in range(20):
        try:
            assert envelope.decrypt(bytes([number]) * cipher.key_length) != CONTENT
        except HelperError as problem:
            assert problem.code is Code.DECRYPTION_FAILED
            wrong += 1
    assert wrong >= 15  # CBC's padding fits by chance once in 256 times


def test_a_key_of_a_wrong_length_and_a_refused_padding_are_replaced_by_the_same_unknown_key() -> None:
    envelope = read_envelope(envelop(CONTENT, [rsa_holder().certificate], ContentCipher.AES_128_CBC))
    [recipient] = envelope.recipients
    replaced = {recipient.content_key(key, envelope.cipher) for key in (None, b"", b"k" * 15, b"k" * 17)}
    assert len(replaced) == 1
    assert len(replaced.pop()) == 16
    assert recipient.content_key(b"k" * 16, envelope.cipher) == b"k" * 16


def test_every_change_under_gcm_is_noticed() -> None:
    message = envelop(b"pay 100 yuan", [rsa_holder().certificate], ContentCipher.AES_256_GCM)
    for place in (-1, -16, -19, -25):
        changed = bytearray(message)
        changed[place] ^= 1
        with pytest.raises(HelperError) as problem:
            rsa_holder().open(read_envelope(bytes(changed)))
        assert problem.value.code is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("cipher", [ContentCipher.DES_EDE3_CBC, ContentCipher.AES_256_CBC])
def test_content_that_is_no_whole_number_of_blocks_fails_like_a_wrong_key(cipher: ContentCipher) -> None:
    holder = rsa_holder()
    message = envelop(b"x" * 100, [holder.certificate], cipher)
    info = cms.ContentInfo.load(message)
    content = info["content"]["encrypted_content_info"]
    for cut in (1, 8, len(content["encrypted_content"].native)):
        content["encrypted_content"] = core.OctetString(content["encrypted_content"].native[:-cut])
        with pytest.raises(HelperError) as problem:
            holder.open(read_envelope(info.dump(force=True)))
        assert problem.value.code is Code.DECRYPTION_FAILED


def test_authenticated_attributes_belong_to_what_gcm_authenticates() -> None:
    """RFC 5083, 2.2: as a SET in DER. openssl makes none, so this message is made by hand."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    holder, key, nonce = rsa_holder(), b"k" * 32, b"n" * 12
    attribute = ber.element(ber.SEQUENCE, core.ObjectIdentifier("1.2.3.4").dump(), ber.element(ber.SET, b"\x05\0"))
    sealed = AESGCM(key).encrypt(nonce, CONTENT, ber.element(ber.SET, attribute))
    message = envelop(CONTENT, [holder.certificate], ContentCipher.AES_256_GCM)
    info = cms.ContentInfo.load(message)
    body = info["content"]
    public = holder.key.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    ours = body["recipient_infos"][0].chosen
    ours["encrypted_key"] = public.encrypt(key, padding.PKCS1v15())
    identifier = ber.element(
        ber.SEQUENCE,
        core.ObjectIdentifier("2.16.840.1.101.3.4.1.46").dump(),
        ber.element(ber.SEQUENCE, core.OctetString(nonce).dump(), core.Integer(16).dump()),
    )
    content = ber.element(
        ber.SEQUENCE,
        core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(),
        identifier,
        ber.element(0x80, sealed[:-16]),
    )
    for attributes, fits in ((attribute, True), (attribute.replace(b"\x05\0", b"\x0c\0"), False)):
        parts = (core.Integer(0).dump(), ber.element(ber.SET, ours.dump(force=True)), content)
        whole = ber.element(ber.SEQUENCE, *parts, ber.element(0xA1, attributes), core.OctetString(sealed[-16:]).dump())
        envelope = read_envelope(ber.element(ber.SEQUENCE, info["content_type"].dump(), ber.element(0xA0, whole)))
        if fits:
            assert holder.open(envelope) == CONTENT
        else:
            with pytest.raises(HelperError):
                holder.open(envelope)


# --- what is wrong openly


def test_signed_messages_and_cut_ones_are_no_envelopes() -> None:
    message = envelop(CONTENT, [rsa_holder().certificate], ContentCipher.AES_256_GCM)
    assert refused(rsa_holder().message(b"x")) is Code.NOT_SUPPORTED
    for wrong in (b"", message[:-1], message[:500], message + b"\0", b"0\x80\0\0"):
        assert refused(wrong) is Code.MESSAGE_UNREADABLE


@pytest.mark.parametrize(("nonce", "mac"), [(0, 16), (7, 16), (65, 16), (12, 4), (12, 11), (12, 17), (12, -1)])
def test_gcm_with_a_nonce_or_code_of_unsound_length_is_unreadable(nonce: int, mac: int) -> None:
    with pytest.raises(ValueError, match="unusable"):
        Parameters.read(Parameters(ContentCipher.AES_128_GCM, b"n" * nonce, mac).identifier)


def test_a_shorter_authentication_code_than_told_is_unreadable() -> None:
    message = envelop(b"x", [rsa_holder().certificate], ContentCipher.AES_256_GCM)
    assert refused(message.replace(b"\x02\x01\x10\x80", b"\x02\x01\x0c\x80")) is Code.MESSAGE_UNREADABLE


def test_gcm_without_an_authentication_code_is_not_opened() -> None:
    info = cms.ContentInfo.load(envelop(b"x", [rsa_holder().certificate], ContentCipher.AES_256_CBC))
    identifier = Parameters.fresh(ContentCipher.AES_256_GCM).identifier
    content = info["content"]["encrypted_content_info"]
    content["content_encryption_algorithm"] = algos.EncryptionAlgorithm.load(identifier)
    assert refused(info.dump(force=False)) is Code.NOT_SUPPORTED


def test_recipients_that_cannot_be_sealed_to_are_refused() -> None:
    sm2 = Certificate.parse(maker.hebca().certificate(public_key=maker.sm2_spki()))
    for recipients, code in (
        ([], Code.BAD_REQUEST),
        ([ec_holder().certificate], Code.NOT_SUPPORTED),
        ([sm2, rsa_holder().certificate], Code.NOT_SUPPORTED),
    ):
        with pytest.raises(HelperError) as problem:
            envelop(b"x", recipients, ContentCipher.AES_256_CBC)
        assert problem.value.code is code


def test_content_of_another_size_than_told_is_refused() -> None:
    for size in (2, 4):
        sealing = Sealing([rsa_holder().certificate], ContentCipher.AES_256_CBC, size)
        sealing.update(b"abc")
        with pytest.raises(HelperError) as problem:
            sealing.finish()
        assert problem.value.code is Code.FILE_UNREADABLE


def test_an_envelope_is_sealed_and_opened_in_pieces() -> None:
    holder = rsa_holder()
    for cipher in ContentCipher:
        sealing = Sealing([holder.certificate], cipher, len(CONTENT))
        pieces = [CONTENT[at : at + 1001] for at in range(0, len(CONTENT), 1001)]
        message = b"".join([sealing.head, *map(sealing.update, pieces), sealing.finish()])
        assert holder.open(open_envelope(io.BytesIO(message))) == CONTENT


def test_raw_encryption_is_as_long_as_the_modulus_and_has_a_limit() -> None:
    certificate = rsa_holder().certificate
    assert len(encrypt_for(certificate, b"x" * 245)) == 256
    with pytest.raises(HelperError) as problem:
        encrypt_for(certificate, b"x" * 246)
    assert problem.value.code is Code.TOO_LARGE
