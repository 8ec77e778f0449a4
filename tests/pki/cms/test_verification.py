"""What openssl signs we verify; what was changed, left out or passed off as something else we refuse."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from asn1crypto import algos, cms, core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.signing import DigestAlgorithm, prepare, signed_data
from hebca_helper.pki.cms.verification import SignerReport, open_signed, read, verify
from tests.pki.cms.openssl import SIGNED_AT, Holder, ec_holder, made, openssl, rsa_holder, sha256

CONTENT = bytes(range(256)) * 300
SIGN = ("-sign", "-nodetach", "-signer", "certificate.pem", "-inkey", "key.pem")


def only(reports: list[SignerReport]) -> SignerReport:
    [report] = reports
    return report


def codes(message: bytes, detached: bytes | None = None) -> list[Code | None]:
    return [report.problem.code if report.problem else None for report in verify(message, detached)]


@pytest.mark.parametrize("holder", [rsa_holder(), ec_holder()], ids=["rsa", "ec"])
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-md", "sha1"),
        ("-md", "sha384"),
        ("-md", "sha512"),
        ("-noattr",),
        ("-stream",),
        ("-cades",),
        ("-nosmimecap",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("content", [b"x", CONTENT], ids=len)
def test_we_verify_what_openssl_signs(tmp_path: Path, holder: Holder, options: tuple[str, ...], content: bytes) -> None:
    message = made(holder.put(tmp_path), *SIGN, *options, content=content)
    report = only(verify(message))
    assert report.problem is None
    assert report.signature_ok
    assert report.digest_ok
    assert report.certificate == holder.certificate
    assert (report.signing_time is None) is ("-noattr" in options)
    assert read(message).content == content


def test_a_signature_over_nothing_verifies(tmp_path: Path) -> None:
    rsa_holder().put(tmp_path)
    for options in ((), ("-noattr",)):
        message = made(tmp_path, *SIGN, *options, content=b"")
        assert only(verify(message)).problem is None
        assert read(message).content == b""


def test_we_verify_pss_and_signers_named_by_key(tmp_path: Path) -> None:
    rsa_holder().put(tmp_path)
    for options in (("-keyopt", "rsa_padding_mode:pss"), ("-keyid",)):
        message = made(tmp_path, *SIGN, *options, content=CONTENT)
        assert only(verify(message)).problem is None


def test_several_signers_are_judged_one_by_one(tmp_path: Path) -> None:
    rsa_holder().put(tmp_path)
    message = made(tmp_path, *SIGN, content=CONTENT)
    ec_holder().put(tmp_path)
    command = ("cms", "-resign", "-inform", "DER", "-in", "message", "-outform", "DER", "-out", "twice", *SIGN[2:])
    assert openssl(tmp_path, *command).returncode == 0
    reports = verify((tmp_path / "twice").read_bytes())
    assert {report.certificate for report in reports} == {rsa_holder().certificate, ec_holder().certificate}
    assert [report.problem for report in reports] == [None, None]
    assert len(verify(message)) == 1


def test_a_detached_signature_needs_its_content_and_an_attached_one_no_other(tmp_path: Path) -> None:
    rsa_holder().put(tmp_path)
    detached = made(tmp_path, "-sign", *SIGN[2:], content=CONTENT)
    assert codes(detached, CONTENT) == [None]
    assert codes(detached, CONTENT + b"x") == [Code.SIGNATURE_WRONG]
    for message, content in ((detached, None), (rsa_holder().message(CONTENT), CONTENT)):
        with pytest.raises(HelperError) as problem:
            verify(message, content)
        assert problem.value.code is Code.BAD_REQUEST


def test_changed_content_is_told_from_a_changed_signature() -> None:
    message = rsa_holder().message(b"pay 100 yuan")
    report = only(verify(message.replace(b"pay 100", b"pay 900")))
    assert (report.digest_ok, report.signature_ok) == (False, True)
    report = only(verify(message[:-1] + bytes([message[-1] ^ 1])))
    assert (report.digest_ok, report.signature_ok) == (True, False)


def test_a_digest_replaced_along_with_the_content_breaks_the_signature() -> None:
    message = rsa_holder().message(b"pay 100 yuan").replace(b"pay 100", b"pay 900")
    forged = message.replace(sha256(b"pay 100 yuan"), sha256(b"pay 900 yuan"))
    report = only(verify(forged))
    assert (report.digest_ok, report.signature_ok) == (True, False)
    assert report.problem is not None


def test_signed_attributes_cannot_be_passed_off_as_content() -> None:
    """Without attributes the signature would be over the content: the octets of the SET that was really signed."""
    holder = rsa_holder()
    attributes = prepare(sha256(CONTENT), holder.certificate, DigestAlgorithm.SHA256, SIGNED_AT)
    info = cms.ContentInfo.load(
        signed_data(attributes.to_sign, attributes, holder.certificate, holder.sign(attributes))
    )
    del info["content"]["signer_infos"][0]["signed_attrs"]
    assert codes(info.dump(force=True)) == [Code.SIGNATURE_WRONG]


def test_content_cannot_be_given_another_type_than_was_signed() -> None:
    """Octets signed as data must not be taken for a time stamp, or the other way round (RFC 5652, 11.1)."""
    data, other = (bytes.fromhex("06092a864886f70d0107") + last for last in (b"\x01", b"\x05"))
    report = only(verify(rsa_holder().message(CONTENT).replace(data, other, 1)))
    assert (report.digest_ok, report.signature_ok) == (False, True)


def test_another_certificate_with_the_same_key_is_not_taken_for_the_signer() -> None:
    """signingCertificateV2 names one certificate; a renewed one of the same name and number is not it."""
    from hebca_helper.pki.certificates import Certificate
    from tests.pki import certificate_maker as maker

    holder = rsa_holder()
    other = Certificate.parse(maker.hebca().certificate(public_key=maker.spki(holder.key), serial=0x1A2B))
    attributes = prepare(sha256(CONTENT), holder.certificate, DigestAlgorithm.SHA256, SIGNED_AT)
    message = signed_data(CONTENT, attributes, other, holder.sign(attributes))
    assert codes(message) == [Code.SIGNATURE_WRONG]


def test_a_signer_whose_certificate_is_missing_is_told(tmp_path: Path) -> None:
    message = made(rsa_holder().put(tmp_path), *SIGN, "-nocerts", content=CONTENT)
    report = only(verify(message))
    assert report.certificate is None
    assert report.problem is not None
    assert report.problem.code is Code.NO_CERTIFICATE


@pytest.mark.parametrize("digest", ["md5", "sha3-256"])
def test_digests_that_are_too_weak_or_unknown_are_named_as_not_supported(tmp_path: Path, digest: str) -> None:
    message = made(rsa_holder().put(tmp_path), *SIGN, "-md", digest, content=CONTENT)
    assert codes(message) == [Code.NOT_SUPPORTED]


def test_a_digest_of_another_strength_than_the_signature_names_is_refused() -> None:
    info = cms.ContentInfo.load(ec_holder().message(CONTENT))
    signer = info["content"]["signer_infos"][0]
    signer["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha512"})
    assert codes(info.dump(force=True)) == [Code.NOT_SUPPORTED]


def test_an_attribute_given_twice_makes_the_message_unreadable() -> None:
    holder = rsa_holder()
    info = cms.ContentInfo.load(holder.message(CONTENT))
    attributes = info["content"]["signer_infos"][0]["signed_attrs"]
    attributes.append(attributes[0])
    with pytest.raises(HelperError) as problem:
        verify(info.dump(force=True))
    assert problem.value.code is Code.MESSAGE_UNREADABLE


def test_lists_and_certificates_of_other_kinds_are_passed_over() -> None:
    certificates, lists = [ber.element(0xA2, ber.element(0x0C, b"of another kind"))], ber.element(0xA1, b"\x30\x80\0\0")
    message = with_certificates(certificates, lists)
    assert codes(message) == [None]
    assert read(message).certificates == (rsa_holder().certificate,)


@pytest.mark.parametrize("command", ["-data_create", "-digest_create"])
def test_other_kinds_of_messages_are_named_as_not_supported(tmp_path: Path, command: str) -> None:
    (tmp_path / "content").write_bytes(CONTENT)
    answer = openssl(tmp_path, "cms", command, "-binary", "-in", "content", "-outform", "DER", "-out", "message")
    assert answer.returncode == 0
    with pytest.raises(HelperError) as problem:
        verify((tmp_path / "message").read_bytes())
    assert problem.value.code is Code.NOT_SUPPORTED


def test_octets_after_the_message_or_missing_from_it_make_it_unreadable() -> None:
    message = rsa_holder().message(CONTENT)
    for wrong in (message + b"\0", message[:-1], message[: len(message) // 2], b"", b"0", b"0\x80"):
        with pytest.raises(HelperError) as problem:
            verify(wrong)
        assert problem.value.code is Code.MESSAGE_UNREADABLE


def with_certificates(further: list[bytes], after: bytes = b"") -> bytes:
    """Our message around "x" with more in its CertificateSet, and `after` behind that."""
    info = cms.ContentInfo.load(rsa_holder().message(b"x"))
    signed = info["content"]
    before = signed["version"].dump() + signed["digest_algorithms"].dump() + signed["encap_content_info"].dump()
    certificates = ber.element(0xA0, signed["certificates"].contents, *further)
    data = ber.element(0x30, before, certificates, after, signed["signer_infos"].dump())
    return ber.element(0x30, info["content_type"].dump(), ber.element(0xA0, data))


# --- BER


def in_pieces(content: bytes, size: int, *, indefinite: bool) -> bytes:
    pieces = [ber.element(ber.OCTET_STRING, content[at : at + size]) for at in range(0, len(content), size)]
    return _constructed(0x24, b"".join(pieces), indefinite=indefinite)


def _constructed(tag: int, content: bytes, *, indefinite: bool) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0" if indefinite else ber.element(tag, content)


def rebuilt(string: bytes, *, indefinite: bool = True) -> bytes:
    """Our message around CONTENT with another encoding of the content, and all outer lengths indefinite."""
    info = cms.ContentInfo.load(rsa_holder().message(CONTENT))
    signed = info["content"]
    content = _constructed(0xA0, string, indefinite=indefinite)
    encapsulated = _constructed(
        0x30, core.ObjectIdentifier("1.2.840.113549.1.7.1").dump() + content, indefinite=indefinite
    )
    certificates = _constructed(0xA0, signed["certificates"].contents, indefinite=indefinite)
    signers = _constructed(0x31, signed["signer_infos"].contents, indefinite=indefinite)
    before = signed["version"].dump() + signed["digest_algorithms"].dump()
    data = _constructed(0x30, before + encapsulated + certificates + signers, indefinite=indefinite)
    outside = info["content_type"].dump() + _constructed(0xA0, data, indefinite=indefinite)
    return _constructed(0x30, outside, indefinite=indefinite)


@pytest.mark.parametrize("indefinite", [True, False])
@pytest.mark.parametrize("size", [1000, 4096, 100_000])
def test_strings_in_pieces_are_put_together(size: int, indefinite: bool) -> None:
    message = rebuilt(in_pieces(CONTENT, size, indefinite=indefinite), indefinite=indefinite)
    assert read(message).content == CONTENT
    assert codes(message) == [None]


def test_pieces_within_pieces_are_put_together() -> None:
    half = len(CONTENT) // 2
    halves = [in_pieces(part, 5000, indefinite=True) for part in (CONTENT[:half], CONTENT[half:])]
    message = rebuilt(_constructed(0x24, b"".join(halves), indefinite=True))
    assert codes(message) == [None]


@pytest.mark.parametrize(
    "string",
    [
        b"\x24\x80" * 40 + ber.element(ber.OCTET_STRING, CONTENT) + b"\0\0" * 40,
        b"\x24\x80" + b"\x04\0" * 5000 + ber.element(ber.OCTET_STRING, CONTENT) + b"\0\0",
        b"\x24\x80" + b"\x0c\x01x" + b"\0\0",
        b"\x24\x80" + b"\x04\x80" + b"\0\0",
        b"\x04\x84\xff\xff\xff\xff",
        b"\x24\x81\x10" + b"\x04\x7f" + b"x" * 0x7F,
    ],
    ids=[
        "too deep",
        "too many pieces",
        "other strings",
        "primitive and indefinite",
        "too long",
        "longer than its room",
    ],
)
def test_strings_that_only_waste_time_or_make_no_sense_are_refused(string: bytes) -> None:
    with pytest.raises(HelperError) as problem:
        verify(rebuilt(string))
    assert problem.value.code is Code.MESSAGE_UNREADABLE


def test_a_part_that_is_held_in_memory_has_a_limit() -> None:
    message = with_certificates([ber.element(0xA3, ber.element(0x0C, b"x" * ber.LARGEST_PART))])
    with pytest.raises(HelperError) as problem:
        verify(message)
    assert problem.value.code is Code.MESSAGE_UNREADABLE


def test_a_file_cut_while_it_is_read_is_told() -> None:
    source = io.BytesIO(rsa_holder().message(CONTENT))
    file = open_signed(source)
    source.truncate(1000)
    assert file.body is not None
    with pytest.raises(HelperError) as problem:
        file.check(file.body.octets())
    assert problem.value.code is Code.MESSAGE_UNREADABLE
