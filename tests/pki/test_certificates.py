"""A help desk opens certificates as HEBCA really issues them and reads everything it needs."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core
from cryptography import x509

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import LARGEST_CERTIFICATE, Certificate, KeyUsage, days_left, validity
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.moments import Validity, beijing_text
from tests.pki import certificate_maker as maker


def certificate(**options: Any) -> Certificate:
    return Certificate.parse(maker.hebca().certificate(**options))


def openssl(der: bytes, *options: str) -> str:
    command = ["openssl", "x509", "-inform", "DER", "-noout", *options]
    return subprocess.run(command, input=der, capture_output=True, check=True).stdout.decode()


def test_a_certificate_that_stops_pyca_is_read_in_full() -> None:
    found = certificate(subject=maker.hebca_name(alias="130102199001010018"))
    with pytest.raises(ValueError, match="BasicConstraints"):
        _ = x509.load_der_x509_certificate(found.der).extensions

    assert found.common_name == found.holder == maker.COMPANY
    assert found.issuer_name == "HeBeiRSACA"
    assert found.subject_item("G") == found.subject_item(7) == found.unique_id == maker.COMPANY + "0012345678"
    assert found.subject_item("alias") == found.subject_item("8") == "130102199001010018"
    assert found.credit_code == maker.CREDIT_CODE
    assert beijing_text(found.not_after) == "2027-03-04 23:59:59"
    assert found.key_usage == {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION}
    assert (found.signs, found.encrypts) == (True, False)
    assert (found.key_kind, found.key_bits) == (KeyKind.RSA, 2048)
    assert found.basic_constraints is not None
    assert not found.basic_constraints.authority
    assert not found.practice


def test_openssl_says_the_same() -> None:
    found = certificate()
    assert openssl(found.der, "-serial").strip().lower() == f"serial={found.serial_hex}"
    assert openssl(found.der, "-fingerprint", "-sha256").strip().replace(":", "").lower().endswith(found.fingerprint)
    shown = openssl(found.der, "-subject", "-nameopt", "utf8,esc_2253,dn_rev,sname,sep_comma_plus")
    assert f"CN={maker.COMPANY}," in shown
    assert found.subject.text.startswith(f"CN={maker.COMPANY},{maker.HEBCA_ORGANISATION}={maker.CREDIT_CODE},")
    assert openssl(found.der, "-enddate").strip() == "notAfter=Mar  4 15:59:59 2027 GMT"
    assert found.not_after == datetime(2027, 3, 4, 15, 59, 59, tzinfo=UTC)
    public = openssl(found.der, "-pubkey")
    decoded = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public.encode(), capture_output=True, check=True
    )
    assert decoded.stdout == found.spki


ITEMS = {
    "CN": "2.5.4.3",
    "C": "2.5.4.6",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "S": "2.5.4.8",
    "L": "2.5.4.7",
    "E": "1.2.840.113549.1.9.1",
    "G": "2.5.4.42",
    "Alias": "2.5.4.1",
    "T": "2.5.4.12",
    "SN": "2.5.4.4",
    "Initials": "2.5.4.43",
    "PostalAddress": "2.5.4.16",
    "PostalCode": "2.5.4.17",
    "PostalOfficeBox": "2.5.4.18",
    "Phone": "2.5.4.20",
}


def test_every_item_has_an_index_and_a_name_in_any_case() -> None:
    found = certificate(subject=maker.name(*((oid, f"值{oid}") for oid in ITEMS.values())))
    for index, (name, oid) in enumerate(ITEMS.items()):
        for asked in (index, str(index), name, name.lower(), name.upper(), f" {name} "):
            assert found.subject_item(asked) == f"值{oid}"
    assert found.subject_item("ST") == found.subject_item(4)
    assert found.subject_item("DN") == found.subject.text
    tax = certificate(subject=maker.name(("1.2.156.112586.1.6", "130100000000001")))
    assert [tax.subject_item(index) for index in (16, 17, 18, 19)] == ["", "", "", "130100000000001"]


@pytest.mark.parametrize("item", [-1, 20, 10**30, "20", "", "UNKNOWN", "2.5.4.3", "9" * 5000, "０"])
def test_an_item_that_does_not_exist_is_a_bad_request(item: int | str) -> None:
    with pytest.raises(HelperError) as raised:
        certificate().subject_item(item)
    assert raised.value.code is Code.BAD_REQUEST


def test_of_two_units_the_first_is_told_and_a_missing_item_is_empty() -> None:
    assert certificate().subject_item("OU") == "hebca"
    assert certificate().subject_item("E") == ""


@pytest.mark.parametrize(
    ("common_name", "given_name", "extension", "unique"),
    [
        ("演示公司", "演示公司0012345678", "", "演示公司0012345678"),
        ("演示公司河北分公司", "0012345678", "0012345678", "0012345678"),
        ("一二三四五六七八九十甲乙", "0012345678", "1@6021SF0130102199001010018", "一二三四五六七八九十甲乙"),
        ("演示公司", "", "1@6021SF0130102199001010018", "1@6021SF0130102199001010018"),
        ("演示公司", "", "", "演示公司"),
    ],
)
def test_the_unique_id(common_name: str, given_name: str, extension: str, unique: str) -> None:
    subject = maker.name((maker.CN, common_name), *([(maker.G, given_name)] if given_name else []))
    for value in (core.UTF8String(extension).dump(), core.IA5String(extension).dump(), extension.encode()):
        added = [maker.extension("1.2.156.112586.1.4", value)] if extension else []
        assert certificate(subject=subject, extensions=added).unique_id == unique


class RawIa5(core.OctetString):  # type: ignore[misc]
    """Any octets under the tag of IA5String."""

    tag = 22


class RawBmp(core.OctetString):  # type: ignore[misc]
    tag = 30


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (core.BMPString("测试单位"), "测试单位"),
        (core.UTF8String("测试单位"), "测试单位"),
        (RawIa5("测试单位".encode()), "测试单位"),
        (RawIa5("测试单位".encode("gbk")), "测试单位"),
        (RawIa5(b"\xff\xff"), "ÿÿ"),
        (core.PrintableString("unit"), "unit"),
        (core.TeletexString("unit"), "unit"),
        (core.UniversalString("测试"), "测试"),
        (RawBmp("测试".encode("utf-16-be") + b"\x00"), "测试\ufffd"),
        (RawBmp(b"\xd8\x00"), "\ufffd"),
        (
            core.SequenceOf([core.UTF8String("石家庄"), core.UTF8String("中山路")], spec=core.UTF8String),
            "石家庄 中山路",
        ),
    ],
)
def test_texts_of_all_ages_and_encodings(value: object, text: str) -> None:
    found = certificate(subject=maker.name((maker.CN, value)))
    assert found.common_name == text
    found.common_name.encode()


def test_a_name_with_several_values_in_one_place() -> None:
    found = certificate(subject=maker.name((maker.O, "甲,乙"), [(maker.CN, "张三"), (maker.OU, "财务")]))
    assert found.subject_item("OU") == "财务"
    assert found.subject.text == r"CN=张三+OU=财务,O=甲\,乙"


@pytest.mark.parametrize(
    ("octets", "hexadecimal", "decimal"),
    [
        (bytes.fromhex("1a2b3c4d5e6f7081"), "1a2b3c4d5e6f7081", "1885667171979194497"),
        (bytes.fromhex("00f1000000000000ab"), "f1000000000000ab", "17365880163140632747"),
        (bytes.fromhex("0a"), "a", "10"),
        (bytes.fromhex("00"), "0", "0"),
        (bytes.fromhex("f1000000000000ab"), "f1000000000000ab", str(0xF1000000000000AB - 2**64)),
    ],
)
def test_serials(octets: bytes, hexadecimal: str, decimal: str) -> None:
    found = certificate(serial=octets)
    assert (found.serial_hex, found.serial_decimal) == (hexadecimal, decimal)
    assert found.serial_number == int.from_bytes(octets, "big", signed=True)


def test_usage_tells_signing_and_encryption_apart() -> None:
    cases = {
        (maker.SIGNING,): (True, False),
        (maker.ENCRYPTING,): (False, True),
        (maker.key_usage(2, 3, 4),): (False, True),
        (maker.key_usage(0, 2),): (True, True),
        (maker.key_usage(1),): (True, False),
        (maker.ISSUING,): (False, False),
        (): (True, True),
        (maker.extension("2.5.29.15", b"\x05"),): (False, False),
    }
    for extensions, expected in cases.items():
        found = certificate(extensions=extensions)
        assert (found.signs, found.encrypts) == expected
    assert certificate(extensions=[maker.key_usage(8)]).key_usage == {KeyUsage.DECIPHER_ONLY}


def test_sm2_and_other_keys_are_recognised() -> None:
    sm2 = certificate(public_key=maker.sm2_spki())
    assert (sm2.key_kind, sm2.key_bits, sm2.spki) == (KeyKind.SM2, 256, maker.sm2_spki())
    curve = certificate(public_key=maker.spki(maker.ec_key(0)))
    assert (curve.key_kind, curve.key_bits) == (KeyKind.EC, 256)
    other = certificate(public_key=maker.sequence(maker.sequence(maker.oid("1.2.3")), b"\x03\x01\x00"))
    assert (other.key_kind, other.key_bits) == (KeyKind.OTHER, 0)


def test_extensions_keep_their_criticality_also_unknown_ones() -> None:
    unknown = maker.extension("1.2.156.112586.9.9", b"\x01\x02", critical=True)
    found = certificate(extensions=[maker.HEBCA_CONSTRAINTS, unknown])
    assert found.extensions["1.2.156.112586.9.9"] == (True, b"\x01\x02")
    assert found.extensions["2.5.29.19"].critical is False


def test_what_follows_the_certificate_is_dropped() -> None:
    plain = certificate()
    padded = Certificate.parse(plain.der + b"\0" * 900)
    assert padded == plain
    assert hash(padded) == hash(plain)
    assert padded.fingerprint == plain.fingerprint


def test_practice_is_told_by_the_issuer_only() -> None:
    assert Certificate.parse(maker.root("演练根CA").certificate()).practice
    assert not certificate(subject=maker.hebca_name(company="演练公司")).practice


def test_holder_falls_back() -> None:
    assert certificate(subject=maker.name((maker.O, "单位"), (maker.G, "张三1"))).holder == "张三1"
    assert certificate(subject=maker.name((maker.O, "单位"))).holder == "单位"
    nameless = certificate(subject=maker.name())
    assert nameless.holder == f"序列号 {nameless.serial_hex}"
    assert certificate(subject=maker.name((maker.CN, " "), (maker.O, "单位"))).holder == "单位"


def test_validity_and_days_are_counted_in_beijing() -> None:
    found = certificate()
    second = timedelta(seconds=1)
    assert validity(found, maker.START - second) is Validity.NOT_YET_VALID
    assert validity(found, maker.START) is validity(found, maker.END) is Validity.VALID
    assert validity(found, maker.END + second) is Validity.EXPIRED
    assert days_left(found, maker.END) == 0
    assert days_left(found, maker.END + second) == -1
    noon = certificate(end=maker.NOW)
    assert days_left(noon, maker.NOW) == 0
    assert days_left(noon, maker.NOW + second) == -1
    # 00:00 in Beijing on the last day is still the day before in UTC
    assert days_left(found, datetime(2027, 3, 3, 16, 0, tzinfo=UTC)) == 0
    assert days_left(found, datetime(2027, 3, 3, 15, 59, tzinfo=UTC)) == 1


def test_an_end_without_end() -> None:
    found = certificate(end=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert beijing_text(found.not_after) == "9999-12-31 23:59:59"
    assert days_left(found, maker.NOW) > 2_000_000


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x00", b"hello", b"\x30\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff"]
)
def test_anything_else_is_unreadable(data: bytes) -> None:
    with pytest.raises(HelperError) as raised:
        Certificate.parse(data)
    assert raised.value.code is Code.CERTIFICATE_UNREADABLE


def test_a_certificate_has_a_largest_size() -> None:
    text = maker.name((maker.CN, "长" * (LARGEST_CERTIFICATE // 3)))
    with pytest.raises(HelperError, match="64 KiB"):
        certificate(subject=text)


def test_numbers_too_long_to_print_are_unreadable() -> None:
    """Python prints no integer of more than 4300 digits; a certificate that could not be shown is refused at once."""
    longest = b"\x7f" * 64
    assert certificate(serial=longest).serial_hex == longest.hex()
    long_oid = maker.sequence(b"\x06\x82\x10\x00" + b"\xff" * 4095 + b"\x7f", core.UTF8String("x").dump())
    for options in (
        {"serial": longest + b"\x01"},
        {"serial": b""},
        {"subject": maker.sequence(maker.set_of(long_oid))},
    ):
        with pytest.raises(HelperError) as raised:
            certificate(**options)
        assert raised.value.code is Code.CERTIFICATE_UNREADABLE


def test_the_file_of_a_real_program(tmp_path: Path) -> None:
    """A certificate that openssl made, with a time after 2049 (GeneralizedTime)."""
    target = tmp_path / "made.der"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20000", "-utf8", "-outform", "DER"]
    subprocess.run(
        [*command, "-subj", "/C=CN/O=单位/CN=张三", "-keyout", "/dev/null", "-out", str(target)],
        check=True,
        capture_output=True,
    )
    found = Certificate.parse(target.read_bytes())
    assert found.holder == "张三"
    assert found.not_after.year > 2049
    assert found.basic_constraints is not None
    assert found.basic_constraints.authority
