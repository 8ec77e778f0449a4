# mypy: disable-error-code="no-untyped-call"
"""Files that open without a password: stamped where their maker allows signing, and as encrypted as they were."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fpdf.enums import AccessPermission
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hebca_helper.documents.pdf.checking import check_pdf
from hebca_helper.documents.pdf.empty_fields import fields_of
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError
from hebca_helper.seals.findings import Roots
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW, Stamper, pdfsig
from tests.documents.pdf.test_filled_values import form, read_by_poppler, text

METHODS = ["RC4", "AES_128", "AES_256"]
ONLY_READ = AccessPermission.PRINT_LOW_RES | AccessPermission.COPY


def locked_up(paper: bytes) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(paper)))
    writer.encrypt(owner_pass="owner", user_pass="")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("allowed", [AccessPermission.all(), AccessPermission.FILL_FORMS, AccessPermission.ANNOTATION])
def test_what_allows_signing_is_stamped(stamper: Stamper, tmp_path: Path, method: str, allowed: int) -> None:
    paper = papers.encrypted("", method, allowed)
    once = stamper.stamp(paper, Placement(Mode.KEYWORD, keyword="Seal here"))
    twice = stamper.stamp(once, Placement(), seal=b"a seal")
    (tmp_path / "a.pdf").write_bytes(twice)
    assert pdfsig(tmp_path / "a.pdf").count("Signature is Valid") == 2
    reader = PdfFileReader(io.BytesIO(twice))
    assert reader.encrypted
    reader.decrypt(b"")
    for each in reader.embedded_signatures:
        judged = validate_pdf_signature(each, ValidationContext(trust_roots=[]))
        assert judged.intact
        assert judged.docmdp_ok
    assert read_by_poppler(twice, tmp_path) == ["Seal", "here"]


@pytest.mark.parametrize("method", METHODS)
def test_what_allows_only_reading_is_refused_in_words(stamper: Stamper, method: str) -> None:
    with pytest.raises(HelperError) as told:
        stamper.stamp(papers.encrypted("", method, ONLY_READ), Placement())
    assert told.value.code is Code.DOCUMENT_ENCRYPTED
    assert "不允许填写和签名" in told.value.detail
    with pytest.raises(HelperError) as other:
        stamper.stamp(papers.encrypted("user", method), Placement())
    assert other.value.code is Code.DOCUMENT_ENCRYPTED
    assert other.value.detail == ""


def test_what_a_check_tells_of_it_is_no_cipher(stamper: Stamper) -> None:
    stamped = stamper.stamp(papers.encrypted(""), Placement(), seal=b"a seal")
    [found] = check_pdf(stamped, Roots([], []), NOW).signatures
    assert found.signature.name == "演练科技有限公司"
    assert found.signature.moment == NOW
    assert found.signature.seal == b"a seal"
    assert found.seal is not None
    assert found.seal.covered


def test_its_form_is_filled_and_its_fields_are_found(stamper: Stamper, tmp_path: Path) -> None:
    stamped = stamper.stamp(locked_up(form(text("999", "/AP << /N 30 0 R >>"))), Placement())
    assert read_by_poppler(stamped, tmp_path) == ["FORM", "999"]
    assert [each.name for each in fields_of(locked_up(papers.form("单位签章")))] == ["单位签章"]
