"""A USBKEY with renewed certificates, and the files CA certificates come in."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.hazmat.primitives.serialization import NoEncryption as Plain

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.envelope import ContentCipher, envelop, read_envelope
from hebca_helper.pki.cms.verification import verify
from hebca_helper.pki.pem import LARGEST_BUNDLE, certificates_from
from hebca_helper.pki.renewals import replaced
from hebca_helper.pki.revocation import Crl
from hebca_helper.seals import sniffing
from tests.pki import certificate_maker as maker
from tests.pki.cms.openssl import rsa_holder

YEAR = timedelta(days=365)


def certificate(years: int, key: int = 0, *usage: bytes) -> Certificate:
    """One whose period begins that many years after the usual one."""
    der = maker.hebca().certificate(
        public_key=maker.spki(maker.rsa_key(key)),
        start=maker.START + years * YEAR,
        end=maker.END + years * YEAR,
        serial=1000 + years,
        extensions=usage or [maker.SIGNING],
    )
    return Certificate.parse(der)


def test_a_renewal_replaces_the_old_ones_of_its_key_and_usage() -> None:
    oldest, old, new = certificate(-2), certificate(-1), certificate(0)
    other_key, other_usage = certificate(-1, 3), certificate(-1, 0, maker.ENCRYPTING)
    found = replaced([new, other_key, oldest, old, other_usage], maker.NOW)
    assert found == {oldest.fingerprint, old.fingerprint}


def test_a_renewal_that_has_not_begun_replaces_nothing_yet() -> None:
    now, next_year = certificate(0), certificate(2)
    assert replaced([now, next_year], maker.NOW) == set()
    assert replaced([now, next_year], maker.NOW + 2 * YEAR) == {now.fingerprint}


def test_an_expired_one_replaces_nothing() -> None:
    old, older = certificate(-5), certificate(-6)
    assert replaced([old, older], maker.NOW) == set()
    assert replaced([], maker.NOW) == set()


ONE, TWO = maker.hebca().certificate(), maker.hebca().der
KEY = maker.rsa_key(0).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, Plain())
FILES = {
    "DER": (ONE, [ONE]),
    "DER with padding": (ONE + b"\0" * 20, [ONE]),
    "several DER": (ONE + TWO, [ONE, TWO]),
    "PEM": (pem.armor("CERTIFICATE", ONE), [ONE]),
    "PEM with Windows line ends": (pem.armor("CERTIFICATE", ONE).replace(b"\n", b"\r\n"), [ONE]),
    "PEM with text, a key and two certificates": (
        b"subject=CN\n" + pem.armor("CERTIFICATE", ONE) + KEY + "说明".encode() + pem.armor("CERTIFICATE", TWO),
        [ONE, TWO],
    ),
    "base64 as on the wire": (base64.b64encode(ONE), [ONE]),
    "base64 with line breaks": (base64.encodebytes(ONE), [ONE]),
}


@pytest.mark.parametrize(("data", "expected"), FILES.values(), ids=list(FILES))
def test_files_of_all_kinds(data: bytes, expected: list[bytes]) -> None:
    assert [found.der for found in certificates_from(data)] == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        KEY,
        b"-----BEGIN CERTIFICATE-----\nMIIB",
        ONE[:-1],
        ONE + b"\x30\x05",
        b" " * (LARGEST_BUNDLE + 1),
    ],
    ids=["empty", "text", "key", "open", "short", "rest", "large"],
)
def test_files_without_a_readable_certificate(data: bytes) -> None:
    with pytest.raises(HelperError) as raised:
        certificates_from(data)
    assert raised.value.code is Code.CERTIFICATE_UNREADABLE


@pytest.mark.timeout(20)
def test_a_large_file_of_nonsense_ends_soon() -> None:
    begin = b"-----BEGIN CERTIFICATE-----"
    for data in (begin * (LARGEST_BUNDLE // len(begin)), b"-" * LARGEST_BUNDLE, b"\x30\x00" * (LARGEST_BUNDLE // 2)):
        with pytest.raises(HelperError):
            certificates_from(data)
    with pytest.raises(HelperError):
        Crl.parse(begin.replace(b"CERTIFICATE", b"X509 CRL") * 100_000)


def test_an_unclosed_block_does_not_hide_the_next() -> None:
    data = b"-----BEGIN CERTIFICATE-----\nMIIB\n" + pem.armor("CERTIFICATE", ONE)
    assert [found.der for found in certificates_from(data)] == [ONE]


def in_texts(data: bytes, label: str) -> dict[str, bytes]:
    """One element in every way that people and programs write it as text."""
    armored, plain = pem.armor(label, data), base64.b64encode(data)
    headers = armored.replace(b"-----\n", b"-----\nContent-Type: application/x-test\nSubject: none\n\n", 1)
    return {
        "PEM": armored,
        "PEM in UTF-8 with a mark": b"\xef\xbb\xbf" + armored,
        "PEM in UTF-16": armored.decode().encode("utf-16"),
        "PEM in UTF-16, big end first": b"\xfe\xff" + armored.decode().encode("utf-16-be"),
        "PEM, CRLF, blanks around": b"\r\n \t" + armored.replace(b"\n", b"\r\n") + b"\r\n\0",
        "PEM with headers": headers,
        "PEM after text": "说明\n".encode() + armored,
        "base64": plain,
        "base64 in lines": base64.encodebytes(data).replace(b"\n", b"\r\n"),
        "base64 in UTF-8 with a mark": b"\xef\xbb\xbf" + plain + b"\r\n",
        "base64 without padding": plain.rstrip(b"="),
        "base64 for addresses": base64.urlsafe_b64encode(data),
        "base64 between wide blanks": "\u3000".encode() + plain + "\u00a0\n".encode(),
        "base64 in UTF-16": plain.decode().encode("utf-16"),
        "hexadecimal": data.hex().encode(),
    }


TEXTS = tuple(in_texts(b"", "X"))


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_form_is_read_by_every_reader(name: str) -> None:
    crl, message = maker.hebca().crl(), rsa_holder().message(b"content")
    envelope = envelop(b"content", [Certificate.parse(ONE)], ContentCipher.AES_256_CBC)
    assert [each.der for each in certificates_from(in_texts(ONE, "CERTIFICATE")[name])] == [ONE]
    assert Crl.parse(in_texts(crl, "X509 CRL")[name]).der == crl
    assert verify(in_texts(message, "PKCS7")[name])[0].problem is None
    assert read_envelope(in_texts(envelope, "CMS")[name]).recipients
    assert sniffing.unwrapped(in_texts(message, "PKCS7")[name]) == message


def test_a_message_may_end_in_line_ends() -> None:
    message = rsa_holder().message(b"content")
    assert verify(message + b"\r\n")[0].problem is None
    for behind in (b"x", b"\n" * 100):
        with pytest.raises(HelperError):
            verify(message + behind)
