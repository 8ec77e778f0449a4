# mypy: disable-error-code="no-untyped-call"
"""What a check says of updates that change nothing, and of those that nobody can analyse; each verdict with its reason."""

from __future__ import annotations

from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hebca_helper.cli import findings
from hebca_helper.desktop.pages import check_points
from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.seals.findings import Roots
from tests.documents.pdf import papers
from tests.documents.pdf.foreign_pdfs import updated
from tests.documents.pdf.stamper import NOW, Stamper


@pytest.fixture(scope="module")
def stamped(stamper: Stamper) -> bytes:
    return stamper.stamp(papers.register(1), Placement())


def found(document: bytes) -> dict[str, Any]:
    return check(document, Roots(), NOW)


def told(row: dict[str, Any]) -> tuple[str, str]:
    """In the terminal, and in the window."""
    points = "\n".join(": ".join(point) for point in check_points.of_signature(row["signatures"][0], alone=False))
    return findings.told({"file": "a.pdf", **row}), points


def new_title(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(writer.add_object(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("册")})))


def validation_data(writer: IncrementalPdfFileWriter) -> None:
    empty = generic.DictionaryObject({pdf_name("/Certs"): generic.ArrayObject()})
    writer.root[pdf_name("/DSS")] = writer.add_object(empty)
    writer.update_root()


@pytest.mark.parametrize("change", [new_title, validation_data])
def test_info_only_update_is_nobodys_signature(stamped: bytes, change: Any) -> None:
    row = found(updated(stamped, change))
    assert (row["verdict"], row["signatures"][0]["details"]["after"]) == ("valid", "records")
    for words in told(row):
        assert "之后的变动: 只更新了文件说明或验证资料" in words
        assert "又有人" not in words


def test_an_update_that_cannot_be_analysed_is_uncertain_and_says_so(stamper: Stamper) -> None:
    """A field's name with a period in it, as some generators write it: who compares the forms gives up."""
    paper = papers.form("AxB").replace(b"(AxB)", b"(A.B)")
    assert b"(A.B)" in paper
    twice = stamper.stamp(stamper.stamp(paper, Placement()), Placement(x_mm=40, y_mm=40))
    row = found(twice)
    first, second = row["signatures"]
    assert (first["verdict"], first["document"], first["signature"]) == ("indeterminate", "unknown", "valid")
    assert (first["details"]["after"], first["details"]["covers_its_revision"]) == ("unknown", True)
    assert (row["verdict"], second["verdict"]) == ("indeterminate", "valid")
    for words in told(row):
        assert "之后的变动: 无法分析，不能确定内容是否被改动" in words


@pytest.mark.parametrize(
    ("state", "said"), [("invalid", "不是名义上的签发机构签发的"), ("unknown", "有无法核对的证书或内容")]
)
def test_certificates_beside_a_signature_that_speak_against_it_are_told(stamped: bytes, state: str, said: str) -> None:
    row = found(stamped)
    assert all("附带的证书" not in words for words in told(row))
    row["signatures"][0]["details"]["certificates"] = state
    assert all(f"附带的证书: {said}" in words for words in told(row))
