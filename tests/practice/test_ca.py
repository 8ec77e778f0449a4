"""The practice CA makes certificates that look like HEBCA's to openssl and to our own reader, and are worth nothing."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate, KeyUsage
from hebca_helper.pki.identity import valid_credit_code
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import COMPANY, OTHER_COMPANY, PERSON, Holder
from tests.practice.openssl import NOW, openssl

START, END = NOW - timedelta(days=1), NOW + timedelta(days=365)


def _spki(*, ec_key: bool = False) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()) if ec_key else rsa.generate_private_key(65537, 2048)
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _issue(ca: PracticeCa, usage: Usage = Usage.SIGN, holder: Holder = COMPANY, *, ec_key: bool = False) -> Certificate:
    return Certificate.parse(ca.issue(_spki(ec_key=ec_key), holder, usage, START, END))


def _pem(path: Path, kind: str, *ders: bytes) -> Path:
    """openssl's way from DER to PEM, so that it reads our bytes from the start."""
    texts = []
    for der in ders:
        path.with_suffix(".der").write_bytes(der)
        openssl(kind, "-inform", "DER", "-in", path.with_suffix(".der"), "-out", path)
        texts.append(path.read_text())
    path.write_text("".join(texts))
    return path


def _verify(ca: PracticeCa, certificate: Certificate, folder: Path, *, status: int = 0) -> str:
    cas = _pem(folder / "cas.pem", "x509", *(item.der for item in ca.certificates()))
    crls = _pem(folder / "crls.pem", "crl", ca.root_crl(NOW), ca.crl(NOW))
    leaf = _pem(folder / "leaf.pem", "x509", certificate.der)
    return openssl("verify", "-CAfile", cas, "-CRLfile", crls, "-crl_check_all", leaf, status=status)


@pytest.mark.parametrize("ec_key", [False, True], ids=["rsa", "ec"])
@pytest.mark.parametrize("usage", Usage)
def test_openssl_accepts_the_chain_until_the_certificate_is_revoked(
    ca: PracticeCa, tmp_path: Path, usage: Usage, ec_key: bool
) -> None:
    certificate, other = _issue(ca, usage, ec_key=ec_key), _issue(ca, usage, ec_key=ec_key)
    assert "OK" in _verify(ca, certificate, tmp_path)

    ca.revoke(certificate.serial_number)
    assert "certificate revoked" in _verify(ca, certificate, tmp_path, status=2)
    assert "OK" in _verify(ca, other, tmp_path)

    ca.revoke(other.serial_number)
    assert "certificate revoked" in _verify(ca, certificate, tmp_path, status=2)


def test_the_subject_has_the_order_and_attributes_of_real_certificates(ca: PracticeCa) -> None:
    certificate = _issue(ca)
    assert [item for item, _ in certificate.subject.items] == [
        *("2.5.4.6", "2.5.4.8", "2.5.4.7", "2.5.4.10", "2.5.4.11", "2.5.4.11", "2.5.4.42"),
        *("1.2.156.112586.1.3", "1.2.156.112586.1.10", "2.5.4.3"),
    ]
    assert certificate.subject_item("O") == certificate.subject_item("OU") == "hebca"
    assert certificate.subject_item("G") == certificate.unique_id == "演练科技有限公司9900000001"
    assert certificate.common_name == certificate.holder == "演练科技有限公司"
    assert certificate.credit_code == COMPANY.credit_code


def test_a_person_has_an_identity_number_instead_of_a_credit_code(ca: PracticeCa) -> None:
    certificate = _issue(ca, holder=PERSON)
    assert certificate.subject_item("Alias") == PERSON.identity_number
    assert certificate.credit_code == ""


def test_credit_codes_are_well_formed_and_differ() -> None:
    assert valid_credit_code(COMPANY.credit_code)
    assert valid_credit_code(OTHER_COMPANY.credit_code)
    assert COMPANY.credit_code != OTHER_COMPANY.credit_code


def test_extensions_are_those_of_real_certificates(ca: PracticeCa, tmp_path: Path) -> None:
    certificate = _issue(ca)
    assert certificate.extensions["2.5.29.19"].value == bytes.fromhex("3003010100")
    assert certificate.extension_text("1.2.156.112586.1.4") == "1@6021SF0" + COMPANY.credit_code
    shown = openssl("x509", "-noout", "-text", "-in", _pem(tmp_path / "a.pem", "x509", certificate.der))
    assert "http://practice.invalid/crldownload/" in shown
    assert "hebca.com" not in shown


def test_usages_are_told_apart(ca: PracticeCa) -> None:
    sign, encrypt = _issue(ca, Usage.SIGN), _issue(ca, Usage.ENCRYPT)
    assert (sign.signs, sign.encrypts) == (True, False)
    assert (encrypt.signs, encrypt.encrypts) == (False, True)
    assert sign.key_usage == {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION}


def test_serials_are_random_and_eight_bytes_long(ca: PracticeCa) -> None:
    spki = _spki()
    serials = {Certificate.parse(ca.issue(spki, COMPANY, Usage.SIGN, START, END)).serial_number for _ in range(20)}
    assert len(serials) == 20
    assert {(serial.bit_length() + 7) // 8 for serial in serials} == {8}


def test_every_issuer_says_practice(ca: PracticeCa) -> None:
    for certificate in [*ca.certificates(), _issue(ca)]:
        assert certificate.practice
        assert "演练" in certificate.issuer_name


def test_two_installations_share_no_key(ca: PracticeCa, tmp_path: Path, clock: Callable[[], datetime]) -> None:
    other = PracticeCa.create(tmp_path / "other", clock)
    assert not {item.spki for item in ca.certificates()} & {item.spki for item in other.certificates()}
    assert "error" in _verify(other, _issue(ca), tmp_path, status=2)


def test_only_the_user_can_read_the_keys(ca: PracticeCa, home: Path) -> None:
    folder = home / "practice" / "ca"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_loaded_ca_is_the_same_and_remembers_what_is_revoked(
    ca: PracticeCa, home: Path, tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    certificate = _issue(ca)
    ca.revoke(certificate.serial_number)
    again = PracticeCa.load(home / "practice" / "ca", clock)
    assert again.certificates() == ca.certificates()
    assert "certificate revoked" in _verify(again, certificate, tmp_path, status=2)


def _crl_number(crl: bytes, folder: Path) -> int:
    shown = openssl("crl", "-noout", "-crlnumber", "-in", _pem(folder / "n.pem", "crl", crl))
    return int(shown.split("=")[1], 16)


def test_lists_are_numbered_upwards_and_kept_while_they_are_fresh(ca: PracticeCa, tmp_path: Path) -> None:
    first = ca.crl(NOW)
    assert ca.crl(NOW + timedelta(days=3)) == first
    later = ca.crl(NOW + timedelta(days=4))
    assert _crl_number(later, tmp_path) == _crl_number(first, tmp_path) + 1
    ca.revoke(1234567890)
    assert _crl_number(ca.crl(NOW), tmp_path) == _crl_number(later, tmp_path) + 1


def test_a_crash_while_it_is_made_leaves_no_half_ca(home: Path, clock: Callable[[], datetime]) -> None:
    def broken_clock() -> datetime:
        raise OSError("power cut")

    folder = home / "practice" / "ca"
    with pytest.raises(OSError, match="power cut"):
        PracticeCa.create(folder, broken_clock)
    assert list(folder.parent.iterdir()) == []
    with pytest.raises(HelperError) as missing:
        PracticeCa.load(folder, clock)
    assert missing.value.code is Code.PRACTICE_MISSING


@pytest.mark.parametrize("name", ["root.key", "issuing.key", "issuing.cer", "register.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\x30\x82\xff", b"null"])
def test_a_damaged_file_is_named(
    ca: PracticeCa, home: Path, clock: Callable[[], datetime], name: str, content: bytes
) -> None:
    folder = home / "practice" / "ca"
    (folder / name).write_bytes(content)
    with pytest.raises(HelperError) as unreadable:
        PracticeCa.load(folder, clock)
    assert unreadable.value.code is Code.FILE_UNREADABLE
