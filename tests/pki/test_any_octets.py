"""Whatever octets a USBKEY or a file holds: a clear error, or a certificate of which everything can be read."""

from __future__ import annotations

import inspect
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains, pem
from hebca_helper.pki.certificates import Certificate, days_left, validity
from hebca_helper.pki.keys import SignatureAlgorithm, algorithm_of, verify
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.renewals import replaced
from hebca_helper.pki.revocation import Crl
from tests.pki import certificate_maker as maker

PROPERTIES = [
    name
    for name, member in inspect.getmembers(Certificate)
    if not name.startswith("_") and not callable(member) and name != "parse"
]
REAL = [
    maker.hebca().certificate(maker.hebca_name(alias="130102199001010018")),
    maker.hebca().certificate(public_key=maker.sm2_spki(), serial=b"\xf1\x00"),
    maker.hebca().certificate(public_key=maker.spki(maker.ec_key(0)), extensions=[maker.ENCRYPTING]),
    maker.hebca().der,
]
LIST = maker.hebca().crl(
    [(5, maker.NOW, 1), (6, maker.NOW, None)], extensions=[maker.extension("2.5.29.20", b"\x02\x01\x01")]
)


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A real one with some octets replaced, removed or put in, perhaps cut short."""
    data = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data[: draw(st.integers(1, len(data))) if draw(st.booleans()) else None])


def read_everything(certificate: Certificate) -> None:
    for name in PROPERTIES:
        value = getattr(certificate, name)
        str(value)
        hash(value if name != "extensions" else None)
    for item in (*range(20), "DN", "Alias"):
        certificate.subject_item(item).encode()
    for oid in certificate.extensions:
        certificate.extension_text(oid).encode()
    certificate.subject.text.encode()
    certificate.issuer.text.encode()
    beijing_text(certificate.not_after)
    days_left(certificate, maker.NOW)
    validity(certificate, maker.NOW)
    replaced([certificate], maker.NOW)
    algorithm = algorithm_of(certificate.structure.outer.algorithm) or SignatureAlgorithm.RSA_SHA1
    try:
        verify(certificate.spki, algorithm, b"text", b"signature")
    except HelperError as error:
        assert error.code is Code.NOT_SUPPORTED


def check_certificate(data: bytes) -> None:
    try:
        certificate = Certificate.parse(data)
    except HelperError as error:
        assert error.code is Code.CERTIFICATE_UNREADABLE
        return
    read_everything(certificate)
    trusted = [Certificate.parse(maker.hebca().der), certificate]
    report = chains.check(certificate, trusted, [Crl.parse(LIST)], maker.NOW)
    assert report.chain[0] == certificate


def check_crl(data: bytes) -> None:
    try:
        crl = Crl.parse(data)
    except HelperError as error:
        assert error.code is Code.CRL_UNREADABLE
        return
    str(crl.issuer.text), len(crl.revoked), crl.current(maker.NOW), crl.complete()
    crl.signed_by(Certificate.parse(maker.hebca().der))
    chains.check(Certificate.parse(REAL[0]), [Certificate.parse(maker.hebca().der)], [crl], maker.NOW)


def test_the_properties_are_all_of_them() -> None:
    assert {"serial_hex", "unique_id", "credit_code", "key_usage", "extensions", "practice"} <= set(PROPERTIES)


@given(st.binary(max_size=400))
def test_any_octets(data: bytes) -> None:
    check_certificate(data)
    check_crl(data)


@settings(max_examples=600)
@given(damaged(REAL))
def test_damaged_certificates(data: bytes) -> None:
    check_certificate(data)


@settings(max_examples=300)
@given(damaged([LIST]))
def test_damaged_lists(data: bytes) -> None:
    check_crl(data)


@given(
    st.one_of(
        st.binary(max_size=300), damaged([b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", *REAL])
    )
)
def test_any_bundle(data: bytes) -> None:
    try:
        assert pem.certificates_from(data)
    except HelperError as error:
        assert error.code is Code.CERTIFICATE_UNREADABLE


@pytest.mark.full
@pytest.mark.timeout(1800)
@settings(max_examples=int(os.environ.get("HEBCA_HELPER_FUZZ_EXAMPLES", "40000")))
@given(st.one_of(damaged(REAL), damaged([LIST]), st.binary(max_size=2000)))
def test_long_run(data: bytes) -> None:
    check_certificate(data)
    check_crl(data)


@pytest.mark.parametrize("flipped", range(8))
def test_every_single_flipped_bit(flipped: int) -> None:
    for place in range(len(REAL[1])):
        data = bytearray(REAL[1])
        data[place] ^= 1 << flipped
        try:
            read_everything(Certificate.parse(bytes(data)))
        except HelperError as error:
            assert error.code is Code.CERTIFICATE_UNREADABLE
