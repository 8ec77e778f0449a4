"""SM2 and SM3: the standards' examples, and openssl as independent judge in both directions."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from asn1crypto import pem
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.pki import sm2, sm2_curve, sm3
from tests.pki import certificate_maker as maker
from tests.pki import judge

# GB/T 32918.5-2017, annex A.2 (signature), with the default id
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
RANDOM = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
MESSAGE = b"message digest"
SPKI = maker.sm2_spki()
POINT = sm2.public_key(PRIVATE)
RAW = R.to_bytes(32, "big") + S.to_bytes(32, "big")


def test_the_standards_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3.sm3(b"abc").hex() == sm3.sm3(b"a", b"bc").hex() == expected

    def without_sm3(name: str, *_: bytes) -> None:
        raise ValueError(name)

    monkeypatch.setattr(hashlib, "new", without_sm3)
    assert sm3.sm3(b"a", b"bc").hex() == expected


def test_the_standards_signature() -> None:
    assert sm2.spki_of(POINT) == SPKI
    assert (
        sm2.message_digest(POINT, MESSAGE).hex() == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    )
    signature = sm2.sign(PRIVATE, MESSAGE, random=RANDOM)
    assert signature == maker.sequence(b"\x02\x21\0" + RAW[:32], b"\x02\x21\0" + RAW[32:])
    for form in (signature, RAW):
        assert sm2.verify(SPKI, MESSAGE, form)
        assert not sm2.verify(SPKI, MESSAGE + b".", form)
        assert not sm2.verify(SPKI, MESSAGE, form, identity=b"ALICE123@YAHOO.COM")


def test_numbers_out_of_range_are_no_signature() -> None:
    n = sm2_curve.N
    for r, s in ((0, S), (R, 0), (n, S), (R, n), (R, n - R), (R + n, S) if R + n < 1 << 256 else (R, S ^ 1)):
        assert not sm2.verify(SPKI, MESSAGE, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    good = sm2.sign(PRIVATE, MESSAGE)
    for form in (b"", good + b"\0", good[:-1], b"\x30\x00", b"\x30\x03\x02\x01\x01", RAW + b"\0", b"\x31" + good[1:]):
        assert not sm2.verify(SPKI, MESSAGE, form)


def test_each_signature_is_written_in_one_way_only() -> None:
    """Equations that hold for numbers out of range, found backwards from s and t to the digest."""
    n = sm2_curve.N
    for s, accepted in ((5, True), (0, False)):
        t = RANDOM
        point = sm2_curve.combine(s, t, POINT)
        assert point is not None
        r = (t - s) % n
        digest = ((r - point[0]) % n).to_bytes(32, "big")
        raw = r.to_bytes(32, "big")
        assert sm2.verify_digest(SPKI, digest, raw + s.to_bytes(32, "big")) is accepted
        assert not sm2.verify_digest(SPKI, digest, raw + (s + n).to_bytes(32, "big"))


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    off_curve = SPKI[:-1] + bytes([SPKI[-1] ^ 1])
    compressed = maker.sequence(
        maker.sequence(maker.oid("1.2.840.10045.2.1"), maker.oid("1.2.156.10197.1.301")),
        b"\x03\x22\0\x03" + SPKI[-64:-32],
    )
    for spki in (off_curve, compressed, maker.spki(maker.ec_key(0)), b"", b"\x30\x00"):
        assert sm2.public_point(spki) is None
        assert not sm2.verify(spki, MESSAGE, RAW)
        assert not sm2.verify_digest(spki, bytes(32), RAW)


def test_the_corners_of_the_curve() -> None:
    n, g = sm2_curve.N, sm2_curve.G
    assert sm2_curve.multiply(0) is None
    assert sm2_curve.multiply(1) == g
    assert sm2_curve.multiply(n - 1) == (g[0], sm2_curve.P - g[1])
    assert sm2_curve.combine(5, n - 5, g) is None  # everything cancels out
    assert sm2_curve.combine(3, 3, g) == sm2_curve.multiply(6)  # addition of a point to itself
    for number in (0, n - 1, n):
        with pytest.raises(ValueError, match="range"):
            sm2.public_key(number)


@given(st.integers(0, sm2_curve.N - 1), st.integers(0, sm2_curve.N - 1))
def test_both_at_once_is_one_after_the_other(left: int, right: int) -> None:
    assert sm2_curve.combine(left, right, POINT) == sm2_curve.multiply((left + right * PRIVATE) % sm2_curve.N)


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_octets(spki: bytes, signature: bytes) -> None:
    assert not sm2.verify(spki, MESSAGE, signature)
    assert not sm2.verify(SPKI, MESSAGE, signature)


def test_openssl_accepts_what_we_sign(tmp_path: Path) -> None:
    key = sm2.new_private_key()
    (tmp_path / "key.pem").write_bytes(pem.armor("PUBLIC KEY", sm2.spki_of(sm2.public_key(key))))
    (tmp_path / "data").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(sm2.sign(key, MESSAGE))
    verify = ["-verify", "-pubin", "-inkey", "key.pem", "-sigfile", "signature"]
    assert b"Successfully" in _openssl(tmp_path, *verify)


def test_we_accept_what_openssl_signs_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(["openssl", "ecparam", "-name", "SM2", "-genkey", "-out", "key.pem"], cwd=tmp_path, check=True)
    public = subprocess.run(
        ["openssl", "pkey", "-in", "key.pem", "-pubout", "-outform", "DER"], cwd=tmp_path, capture_output=True
    )
    (tmp_path / "data").write_bytes(MESSAGE)
    for _ in range(8):
        signature = _openssl(tmp_path, "-sign", "-inkey", "key.pem")
        assert sm2.verify(public.stdout, MESSAGE, signature)
        assert not sm2.verify(public.stdout, MESSAGE, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_openssl_accepts_our_chain_of_sm2_certificates(tmp_path: Path) -> None:
    root = maker.root("SM2 ROOT", maker.sm2_key(1))
    issuer = root.below("SM2 CA", maker.sm2_key(2))
    leaf = issuer.certificate(public_key=maker.spki(maker.sm2_key(0)))
    distinguishing = ("-vfyopt", "distid:1234567812345678")
    for certificate, ca in ((leaf, issuer), (issuer.der, root)):
        assert judge.accepts(tmp_path, certificate, [ca.der], [], maker.NOW, "-partial_chain", *distinguishing)
    assert not judge.accepts(tmp_path, leaf, [root.der], [], maker.NOW, "-partial_chain", *distinguishing)


def _openssl(folder: Path, *arguments: str) -> bytes:
    command = ["openssl", "pkeyutl", *arguments, "-in", "data", "-rawin", "-digest", "sm3"]
    options = ["-pkeyopt", "distid:1234567812345678"]
    return subprocess.run([*command, *options], cwd=folder, capture_output=True, check=True).stdout
