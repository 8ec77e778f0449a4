"""What we sign is what openssl verifies, and says who signed what when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from asn1crypto import cms, pem

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.signing import DigestAlgorithm, frame, prepare, signed_data
from hebca_helper.pki.cms.verification import read, verify
from tests.pki import certificate_maker as maker
from tests.pki.cms.openssl import SIGNED_AT, Holder, ec_holder, openssl, rsa_holder, sha256

CONTENT = "关于申报表的说明\r\n".encode() * 40


def judge(folder: Path, message: bytes, *options: str) -> bytes | None:
    """The content as openssl hands it out after verifying signature, certificate chain and signingCertificateV2."""
    (folder / "message").write_bytes(message)
    authorities = [maker.hebca().der, maker.root().der]
    (folder / "trusted.pem").write_bytes(b"".join(pem.armor("CERTIFICATE", each) for each in authorities))
    moment = str(int(SIGNED_AT.timestamp()))
    trust = ("-CAfile", "trusted.pem", "-attime", moment, "-purpose", "any", "-cades")
    answer = openssl(folder, "cms", "-verify", "-binary", "-inform", "DER", "-in", "message", *trust, *options)
    return answer.stdout if answer.returncode == 0 else None


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA1])
@pytest.mark.parametrize("content", [b"", b"x", CONTENT, b"\0" * 70_000])
def test_openssl_verifies_an_rsa_signature(tmp_path: Path, content: bytes, digest: DigestAlgorithm) -> None:
    message = rsa_holder().message(content, digest=digest)
    assert judge(tmp_path, message) == content
    assert judge(tmp_path, message.replace(content[:1] or b"\x17\r2606", b"?", 1)) is None


def test_openssl_verifies_an_ec_signature(tmp_path: Path) -> None:
    assert judge(tmp_path, ec_holder().message(CONTENT)) == CONTENT


def test_openssl_verifies_a_detached_signature_beside_its_content_only(tmp_path: Path) -> None:
    message = rsa_holder().message(CONTENT, detached=True)
    (tmp_path / "beside").write_bytes(CONTENT)
    (tmp_path / "other").write_bytes(CONTENT + b".")
    assert judge(tmp_path, message, "-content", "beside") == CONTENT
    assert judge(tmp_path, message, "-content", "other") is None
    assert len(message) < 4096


def test_every_message_has_the_four_signed_attributes_in_der_order() -> None:
    info = cms.ContentInfo.load(rsa_holder().message(CONTENT), strict=True)
    signer = info["content"]["signer_infos"][0]
    attributes = {each["type"].native: each["values"].native for each in signer["signed_attrs"]}
    assert attributes["content_type"] == ["data"]
    assert attributes["message_digest"] == [sha256(CONTENT)]
    assert attributes["signing_time"] == [SIGNED_AT]
    [identifier] = attributes["signing_certificate_v2"][0]["certs"]
    assert identifier["cert_hash"] == sha256(rsa_holder().certificate.der)
    assert identifier["issuer_serial"]["serial_number"] == rsa_holder().certificate.serial_number
    encoded = [each.dump() for each in signer["signed_attrs"]]
    assert encoded == sorted(encoded)


def test_the_time_is_written_in_utc_whatever_the_clock_says() -> None:
    beijing = datetime(2026, 6, 1, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=8)))
    certificate = rsa_holder().certificate
    prepared = [prepare(sha256(b""), certificate, DigestAlgorithm.SHA256, moment) for moment in (beijing, SIGNED_AT)]
    assert prepared[0] == prepared[1]


def test_a_signing_time_after_2049_is_a_generalized_time(tmp_path: Path) -> None:
    holder = rsa_holder()
    attributes = prepare(sha256(b"x"), holder.certificate, DigestAlgorithm.SHA256, SIGNED_AT.replace(year=2050))
    message = signed_data(b"x", attributes, holder.certificate, holder.sign(attributes))
    assert b"20500601040000Z" in message
    assert verify(message)[0].signing_time == SIGNED_AT.replace(year=2050)
    assert judge(tmp_path, message) == b"x"


def test_further_certificates_go_along_once_each() -> None:
    holder, authority = rsa_holder(), Certificate.parse(maker.hebca().der)
    attributes = prepare(sha256(b"x"), holder.certificate, DigestAlgorithm.SHA256, SIGNED_AT)
    extra = [authority, holder.certificate, authority]
    message = signed_data(b"x", attributes, holder.certificate, holder.sign(attributes), extra)
    assert set(read(message).certificates) == {authority, holder.certificate}
    assert len(read(message).certificates) == 2


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 255, 256, 65_535, 65_536, 1 << 24, 1 << 30, 1 << 40])
def test_the_frame_of_a_large_content_has_the_lengths_of_the_whole_message(size: int) -> None:
    holder = rsa_holder()
    attributes = prepare(sha256(b""), holder.certificate, DigestAlgorithm.SHA256, SIGNED_AT)
    head, tail = frame(size, attributes, holder.certificate, b"s" * 256)
    octets = head[1] & 0x7F
    assert int.from_bytes(head[2 : 2 + octets], "big") == len(head) - 2 - octets + size + len(tail)


def test_keys_that_cannot_sign_so_are_refused_before_anything_is_signed() -> None:
    sm2 = Certificate.parse(maker.hebca().certificate(public_key=maker.sm2_spki()))
    for certificate, digest in ((sm2, DigestAlgorithm.SHA256), (ec_holder().certificate, DigestAlgorithm.SHA1)):
        with pytest.raises(HelperError) as problem:
            prepare(b"", certificate, digest, SIGNED_AT)
        assert problem.value.code is Code.NOT_SUPPORTED


def test_a_certificate_with_names_that_other_parsers_refuse_signs_all_the_same(tmp_path: Path) -> None:
    """GBK in an IA5String, as old issuers wrote: the name is copied, not understood."""
    from asn1crypto import parser

    broken = maker.sequence(
        maker.set_of(maker.sequence(maker.oid("2.5.4.3"), parser.emit(0, 0, 22, "河北".encode("gbk"))))
    )
    key = maker.rsa_key(0)
    authority = maker.Authority(broken, maker.rsa_key(1), b"")
    holder = Holder(Certificate.parse(authority.certificate(public_key=maker.spki(key))), key)
    message = holder.message(b"x")
    assert [each.problem for each in verify(message)] == [None]
    (tmp_path / "message").write_bytes(message)
    answer = openssl(tmp_path, "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "message")
    assert answer.stdout == b"x"
