"""Signatures that were made for something else and put into a PDF: a page has a text signed, and the text is the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.cli import findings
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.documents.checking import check
from hebca_helper.documents.report import Report, decoded
from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import Roots
from tests.documents import foreign_cms as cms
from tests.documents.pdf import foreign_pdfs as made
from tests.documents.pdf.stamper import NOW, pdfsig
from tests.documents.pdf.test_foreign import sha1
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as seals

COVERED = 632
"""Octets of ASCII without a line that a person would take for a document: one SignText of a page."""
ROOM = 8192
"""Hexadecimal digits."""
RSA, SM2 = cms.Writer(seals.signer(rsa=True), attributes=False), cms.Writer(seals.signer(), attributes=False)
OBJECTS = (
    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[4 0 R]>>",
    "<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]/FT/Sig/T(a)/P 3 0 R/V 5 0 R>>",
    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 @@@ @@@@ @@@]/Contents#>>",
)


def paper() -> tuple[str, str]:
    """A file of one empty page as it stands before and behind its signature: COVERED octets of ASCII."""
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(OBJECTS, start=1):
        places.append(len(body) + (ROOM + 1 if "#" in body else 0))
        body += f"{number} 0 obj{each}endobj\n"
    table = len(body) + ROOM + 1
    entries = "".join(f"{each:010} 00000 n \n" for each in places)
    end = f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n"
    body += f"xref\n0 6\n0000000000 65535 f \n{entries}{end}"
    before, behind = body.split("#")
    spare = COVERED - len(before) - len(behind)
    behind = behind.replace("trailer", "%" + "=" * (spare - 2) + "\ntrailer") if spare >= 2 else behind
    size = iter((f"{len(before):3}", f"{len(before) + ROOM + 2:4}", f"{len(behind):3}"))
    return re.sub("@+", lambda _: next(size), before), behind


def forged(message: Callable[[bytes], bytes]) -> bytes:
    before, behind = (each.encode("ascii") for each in paper())
    digits = message(before + behind).hex().encode("ascii")
    return before + b"<" + digits.ljust(ROOM, b"0") + b">" + behind


def of(document: bytes, holder: seals.Holder) -> dict[str, Any]:
    return check(document, Roots([Certificate.parse(holder.der)]), NOW)


def test_a_text_that_a_page_had_signed_makes_no_signed_pdf(tmp_path: Path) -> None:
    """RSASSA-PKCS1-v1_5 over the text, as SignText answers it; the page wraps a CMS around it, and pdfsig believes it."""
    texts: list[bytes] = []

    def message(text: bytes) -> bytes:
        texts.append(text)
        return cms.signed(None, RSA, detached=text)

    document = forged(message)
    assert (len(texts[0]), texts[0].isascii()) == (COVERED, True)
    path = tmp_path / "forged.pdf"
    path.write_bytes(document)
    assert "Signature is Valid" in pdfsig(path)
    row = of(document, RSA.holder)
    refused(row, "cms-rsa")


@pytest.mark.parametrize(
    ("writer", "arc", "sub_filter", "written_as"),
    [
        (RSA, cms.PKCS7, "ETSI.CAdES.detached", "cms-rsa"),
        (SM2, cms.PKCS7, "adbe.pkcs7.detached", "cms-sm2"),
        (SM2, cms.GM, "GM.SM2", "cms-sm2"),
    ],
)
def test_without_signed_attributes_no_key_and_no_name_helps(
    writer: cms.Writer, arc: str, sub_filter: str, written_as: str
) -> None:
    document = made.signed(lambda content: cms.signed(None, writer, arc=arc, detached=content), sub_filter=sub_filter)
    refused(of(document, writer.holder), written_as)


def test_nor_does_a_digest_in_place_of_the_content() -> None:
    refused(of(made.signed(lambda content: cms.signed(sha1(content), RSA), sub_filter="adbe.pkcs7.sha1"), RSA.holder))


def test_a_bare_signature_is_never_certain() -> None:
    """It may be genuine, and anybody's SignText with SHA-1 looks the same."""

    def signed_at(content: bytes) -> bytes:
        return seals.octets(maker.sign(RSA.holder.key, maker.SHA1_RSA, content))

    written = {"sub_filter": "adbe.x509.rsa_sha1", "certificate": RSA.holder.der, "moment": "D:20261121080000Z"}
    row = of(made.signed(signed_at, **written), RSA.holder)  # type: ignore[arg-type]
    [signature] = row["signatures"]
    assert (signature["signature"], signature["certificate_at_signing"]) == ("valid", "valid")
    assert (row["verdict"], signature["problem"]["code"]) == ("indeterminate", Code.SIGNATURE_WITHOUT_ATTRIBUTES)


def test_a_signature_in_a_pdf_has_one_signer() -> None:
    first, second = (cms.Writer(each.holder) for each in (RSA, SM2))
    document = made.signed(lambda content: cms.signed(None, first, second, detached=content))
    [signature] = of(document, RSA.holder)["signatures"]
    assert (signature["verdict"], signature["problem"]["code"]) == ("invalid", Code.SIGNATURE_NOT_OF_ONE)
    stamp = made.signed(lambda content: cms.token(content, cms.Writer(RSA.holder)), sub_filter="ETSI.RFC3161")
    assert "problem" not in of(stamp, RSA.holder)["signatures"][0]


def test_a_seal_signs_its_own_structure_and_needs_no_attributes() -> None:
    document = made.signed(
        lambda content: seals.signature(sm3(content)), sub_filter="fxit.sm.detached", handler="Foxit.SM"
    )
    assert check(document, Roots(), NOW)["verdict"] == "unidentified"


def refused(row: dict[str, Any], written_as: str = "cms-rsa") -> None:
    """In each of the three ways in which a check is told."""
    [signature] = row["signatures"]
    assert (row["verdict"], signature["verdict"]) == ("invalid", "invalid")
    assert (signature["format"], signature["document"], signature["signature"]) == (written_as, "unknown", "invalid")
    assert signature["problem"] == {"code": Code.SIGNATURE_WITHOUT_ATTRIBUTES, "detail": ""}
    entry = TABLE[Code.SIGNATURE_WITHOUT_ATTRIBUTES]
    report = decoded(Report, row)
    assert f"{entry.text}。{entry.remedy}" in findings.told("a.pdf", report)
    assert ("问题", entry.text) in check_points.of_signature(report.signatures[0], alone=False)
