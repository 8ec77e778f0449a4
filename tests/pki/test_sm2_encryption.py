"""SM2 encryption and the forms of its keys and ciphertexts; openssl opens what we seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.sm2_encryption import LARGEST, cipher_der, encrypt, enveloped_key_blob, public_key_blob
from tests.pki import certificate_maker as maker
from tests.tokens.soft_skf import key_pair, openssl


@pytest.mark.parametrize("size", [1, 31, 32, 33, 1000])
def test_openssl_opens_what_we_seal(tmp_path: Path, size: int) -> None:
    (tmp_path / "private").write_bytes(key_pair(2).pem)
    plain = bytes(size - 1) + b"\x01"
    sealed = encrypt(key_pair(2).spki, plain)
    assert openssl("pkeyutl", "-decrypt", "-inkey", tmp_path / "private", given=sealed) == plain
    assert encrypt(key_pair(2).spki, plain) != sealed


def test_what_cannot_be_sealed() -> None:
    rsa, off_the_curve = maker.spki(maker.rsa_key(0)), key_pair(2).spki[:-1] + bytes([key_pair(2).spki[-1] ^ 1])
    for spki, data, code in (
        (rsa, b"x", Code.CERTIFICATE_UNREADABLE),
        (off_the_curve, b"x", Code.CERTIFICATE_UNREADABLE),
        (key_pair(2).spki, b"", Code.BAD_REQUEST),
        (key_pair(2).spki, bytes(LARGEST + 1), Code.TOO_LARGE),
    ):
        with pytest.raises(HelperError) as refused:
            encrypt(spki, data)
        assert refused.value.code is code
    with pytest.raises(HelperError):
        public_key_blob(rsa)


ALGORITHM = bytes.fromhex("300a06082a811ccf55016801")
ENVELOPED = der.wrap(
    der.SEQUENCE,
    ALGORITHM + encrypt(key_pair(2).spki, bytes(16)) + der.wrap(der.BIT_STRING, b"\0" + key_pair(3).spki[-65:])
    + der.wrap(der.BIT_STRING, bytes(33)),
)  # fmt: skip


def test_an_enveloped_key_becomes_a_blob() -> None:
    blob = enveloped_key_blob(ENVELOPED)
    assert (len(blob), blob[:12]) == (388, bytes.fromhex("01000000010400000001 0000"))
    assert enveloped_key_blob(blob) == blob


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([ENVELOPED, encrypt(key_pair(2).spki, b"abc")]))
def test_any_octets_are_a_form_or_a_clear_error(data: bytes, place: int, original: bytes) -> None:
    for octets in (data, original[:place] + data + original[place + 1 :]):
        try:
            assert der.is_whole(cipher_der(octets), der.SEQUENCE)
        except HelperError as problem:
            assert problem.code is Code.DECRYPTION_FAILED
        try:
            enveloped_key_blob(octets)
        except HelperError as problem:
            assert problem.code is Code.BAD_REQUEST
