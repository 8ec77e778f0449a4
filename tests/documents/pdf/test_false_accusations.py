# mypy: disable-error-code="no-untyped-call"
"""Good signatures that other programs write in their own way: none of them may be called changed, forged or unreadable."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer

from hebca_helper.documents.checking import check
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.findings import Roots
from tests.documents import foreign_cms as cms
from tests.documents.pdf import foreign_pdfs as made
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW, pdfsig
from tests.documents.pdf.test_foreign import RSA, SM2, detached, of
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as seals


def fine(document: bytes) -> list[str]:
    """The names of its signatures, all of which are good."""
    row = of(document)
    assert [(each["verdict"], each["document"]) for each in row["signatures"]] == [("unidentified", "unchanged")] * len(
        row["signatures"]
    )
    return [each["name"] for each in row["signatures"]]


# --- BER (X.690, 8.1.3.6 and 8.7.3)

LAYERS, NSS_LAYERS = 7, 4
"""From ContentInfo to the attributes of a signer; so far other readers follow, openssl the whole way."""


def openssl_accepts(message: bytes) -> bool:
    command = ["openssl", "cms", "-verify", "-noverify", "-inform", "DER"]
    return subprocess.run(command, input=message, capture_output=True, timeout=30, check=False).returncode == 0


def open_ended(encoded: bytes, depth: range, level: int = 0) -> bytes:
    """With indefinite lengths at those depths, and what is inside as it was; strings with a length cut in pieces."""
    element = der.read(encoded)
    if level >= depth.stop or not element.tag & 0x20:
        return encoded
    parts = [element.content[each.start : each.end] for each in der.children(element.content)]
    inside = b"".join(open_ended(each, depth, level + 1) for each in parts)
    if level in depth:
        return bytes([element.tag, 0x80]) + inside + b"\0\0"
    return der.wrap(element.tag, inside)


@pytest.mark.parametrize(
    "depth", [range(to) for to in range(1, LAYERS)] + [range(at, at + 1) for at in range(1, LAYERS)]
)
def test_indefinite_lengths_at_any_depth(depth: range, tmp_path: Path) -> None:
    document = made.signed(lambda content: open_ended(detached()(content), depth))
    assert fine(document) == ["Other"]
    (tmp_path / "signed.pdf").write_bytes(document)
    if depth.stop <= NSS_LAYERS:
        assert "Signature is Valid" in pdfsig(tmp_path / "signed.pdf")
    message = open_ended(cms.signed(b"content", RSA), depth)
    assert openssl_accepts(message)
    for each in (message, message + b"\0\0\0", message + b"\r\n"):
        assert check(each, Roots(), NOW)["verdict"] == "unidentified"
    assert check(message + b"x", Roots(), NOW)["verdict"] not in ("valid", "unidentified")


@pytest.mark.parametrize("indefinite", [True, False])
def test_a_signature_that_ends_in_zeros_keeps_them(indefinite: bool) -> None:
    def contents(content: bytes) -> bytes:
        for second in range(5000):
            writer = replace(RSA, at=seals.SIGNED + timedelta(seconds=second))
            message = cms.signed(None, writer, detached=content, indefinite=indefinite)
            if message.rstrip(b"\0") != message.removesuffix(b"\0\0" * 3 if indefinite else b""):
                return message
        raise AssertionError("no such signature")

    assert fine(made.signed(contents)) == ["Other"]


# --- where a signature stands


def usage_rights(writer: IncrementalPdfFileWriter) -> None:
    """As Acrobat's server unlocks a form for its reader (ISO 32000-1, 12.8.6 and 12.8.2.3)."""
    value = signature_of(writer)
    form = writer.root["/AcroForm"]
    form[pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(form)
    page = writer.find_page_for_modification(0)[0]
    page.get_object().pop("/Annots", None)
    writer.mark_update(page)
    writer.root[pdf_name("/Perms")] = generic.DictionaryObject({pdf_name("/UR3"): value})
    writer.update_root()


def signature_of(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/AcroForm"]["/Fields"][0].raw_get("/V")


def grants(value: generic.DictionaryObject) -> None:
    reference = generic.DictionaryObject({pdf_name("/TransformMethod"): pdf_name("/UR3")})
    value[pdf_name("/Reference")] = generic.ArrayObject([reference])


def test_usage_rights_are_nobodys_signature() -> None:
    unlocked = made.updated(made.signed(detached()), usage_rights)
    assert of(unlocked)["verdict"] == "unsigned"
    assert fine(made.signed(detached(), paper=unlocked, name="Seal")) == ["Seal"]
    without_perms = made.updated(
        made.signed(detached(), change=grants), lambda writer: writer.root["/AcroForm"].pop("/Fields")
    )
    assert [each["name"] for each in of(without_perms)["signatures"]] == ["Other"], "a field keeps its signature"


def test_a_signature_may_stand_in_its_field(tmp_path: Path) -> None:
    once = made.signed(detached(), direct=True)
    assert fine(once) == ["Other"]
    (tmp_path / "signed.pdf").write_bytes(once)
    assert "Signature is Valid" in pdfsig(tmp_path / "signed.pdf")
    assert fine(made.signed(detached(SM2), paper=once, name="B")) == ["Other", "B"]
    drawn = of(once.replace(b"/Type /Page\n", b"/Type /PagE\n", 1))
    assert (drawn["verdict"], drawn["signatures"][0]["document"]) == ("invalid", "changed")


def test_an_object_may_have_waited_for_its_signature() -> None:
    """Templates come with the field, and the empty object that the signature is written to."""

    kept: list[Any] = []
    paper = made.updated(papers.register(1), lambda writer: kept.append(writer.add_object(generic.DictionaryObject())))
    once = made.signed(detached(), paper=paper, at=kept[0].idnum)
    assert fine(made.signed(detached(SM2), paper=once, name="B")) == ["Other", "B"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kids", ["itself", "each other", "an array in an array"])
def test_fields_in_a_circle_end(kids: str) -> None:
    def change(writer: IncrementalPdfFileWriter) -> None:
        one, two = (generic.DictionaryObject({pdf_name("/T"): generic.pdf_string("x")}) for _ in range(2))
        first, second = writer.add_object(one), writer.add_object(two)
        array = writer.add_object(generic.ArrayObject([generic.DictionaryObject()] * 3))
        for each in array.get_object():
            each[pdf_name("/Kids")] = array
        one[pdf_name("/Kids")] = (
            array if "array" in kids else generic.ArrayObject([first if kids == "itself" else second])
        )
        two[pdf_name("/Kids")] = generic.ArrayObject([first, first])
        writer.root["/AcroForm"]["/Fields"].append(first)
        writer.update_root()

    row = of(made.updated(made.signed(detached()), change))
    assert [each["name"] for each in row["signatures"]] == ["Other"]


@pytest.mark.timeout(60)
def test_all_objects_in_one_stream_take_seconds() -> None:
    writer = PdfFileWriter(stream_xrefs=True)
    old = PdfFileReader(io.BytesIO(papers.register(1)))
    writer = copy_into_new_writer(old, writer_kwargs={"stream_xrefs": True})
    stream = writer.prepare_object_stream()
    for number in range(20_000):
        writer.add_object(generic.DictionaryObject({pdf_name("/N"): generic.NumberObject(number)}), obj_stream=stream)
    output = io.BytesIO()
    writer.write(output)
    assert fine(made.signed(detached(), paper=output.getvalue())) == ["Other"]


# --- how a signature is written


def test_the_last_hexadecimal_digit_may_be_missing() -> None:
    """ISO 32000-1, 7.3.4.3."""
    assert fine(made.signed(detached(), odd=True)) == ["Other"]


NEWER_KEYS: dict[str, Callable[[], Any]] = {
    "Ed25519": lambda: ed25519.Ed25519PrivateKey.generate(),
    "Ed448": lambda: ed448.Ed448PrivateKey.generate(),
}


@pytest.mark.parametrize("kind", NEWER_KEYS)
def test_a_kind_of_key_that_is_not_known_here_is_an_open_question(kind: str) -> None:
    """What its CA signed is nobody's forgery."""
    key = NEWER_KEYS[kind]()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, kind)])

    def issued(subject: x509.Name, public: Any) -> bytes:
        plan = x509.CertificateBuilder(name, subject, public, x509.random_serial_number(), maker.START, maker.END)
        return bytes(plan.sign(key, None).public_bytes(Encoding.DER))

    authority = issued(name, key.public_key())
    holder = replace(RSA.holder, der=issued(x509.Name([]), load_der_public_key(maker.spki(RSA.holder.key))))
    document = made.signed(detached(replace(RSA, holder=holder), further=[authority]))
    for roots in (Roots(), Roots([Certificate.parse(authority)])):
        [signature] = check(document, roots, NOW)["signatures"]
        details = signature["details"]
        assert (signature["verdict"], details["certificates"], details["signer"]["forged"]) == (
            "indeterminate",
            "unknown",
            False,
        )


def test_an_sm2_signature_by_a_name_of_ecdsa() -> None:
    for name in ("1.2.840.10045.4.3.2", cms.EC, "1.2.156.10197.1.301.1"):
        assert fine(made.signed(detached(replace(SM2, name=name)))) == ["Other"]


def test_more_digests_may_be_listed_than_used() -> None:
    def contents(content: bytes) -> bytes:
        message = asn1_cms.ContentInfo.load(detached()(content))
        listed = [{"algorithm": each} for each in ("sha1", "sha256", "sha512")]
        message["content"]["digest_algorithms"] = listed
        return bytes(message.dump(force=True))

    assert fine(made.signed(contents)) == ["Other"]


def test_the_issuers_name_may_stand_in_another_type_of_string() -> None:
    """Programs that build names anew write UTF8String where the certificate has PrintableString."""

    def contents(content: bytes) -> bytes:
        message = detached()(content)
        place = message.rindex(b"\x13\x02CN")
        return message[:place] + b"\x0c\x02CN" + message[place + 4 :]

    assert fine(made.signed(contents)) == ["Other"]


def test_a_ca_that_is_only_in_the_files_dss_leads_to_the_trusted_one() -> None:
    root = maker.root()
    middle = root.below("中级", maker.rsa_key(4))
    leaf = middle.certificate(maker.ca_name("签名人"), maker.spki(RSA.holder.key), serial=99)
    signed = made.signed(detached(replace(RSA, holder=replace(RSA.holder, der=leaf))))

    def store(writer: IncrementalPdfFileWriter) -> None:
        kept = writer.add_object(generic.StreamObject(stream_data=middle.der))
        dss = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject([kept])})
        writer.root[pdf_name("/DSS")] = writer.add_object(dss)
        writer.update_root()

    roots = Roots([Certificate.parse(root.der)])
    assert check(signed, roots, NOW)["trust"] != "trusted"
    row = check(made.updated(signed, store), roots, NOW)
    assert (row["verdict"], row["trust"]) == ("valid", "trusted")
