"""What a check of a PDF found, as plain values (see `documents.rows`)."""

from __future__ import annotations

from hebca_helper.documents import rows
from hebca_helper.documents.pdf.checking import PdfReport, PdfSignature
from hebca_helper.documents.rows import Row
from hebca_helper.seals.checking import SignatureReport


def of_pdf(report: PdfReport) -> Row:
    signatures = [_signature(each, number) for number, each in enumerate(report.signatures, start=1)]
    return rows.document("pdf", report.verdict, report.trust, signatures)


def _signature(found: PdfSignature, number: int) -> Row:
    name = found.signature.field or f"#{number}"
    if isinstance(found.report, SignatureReport):
        row = rows.seal_signature(name, found.report, found.document)
    elif found.report is not None:
        row = rows.cms_signature(name, found.report, found.document)
    else:
        row = rows.unread_signature(name, found.verdict, found.document)
    row["verdict"] = found.verdict
    row["details"] |= {
        "sub_filter": found.signature.sub_filter,
        "filter": found.signature.filter,
        "reason": found.signature.reason,
        "covers_its_revision": None if found.coverage is None else found.coverage.sound,
        "after": "unknown" if found.coverage is None else found.coverage.after,
        "time_stamp": found.stamped,
        "certificates": found.certificates,
        "is_time_stamp": found.signature.is_time_stamp,
    }
    if found.seal is not None:
        row["details"]["seal_covered"] = found.seal.covered
        if found.seal.report is not None:
            row["seal"] = rows.seal(found.seal.report, found.seal.signer_listed)
            row["trust"] = found.trust
        elif found.seal.problem is not None:
            row["problem"] = rows.problem(found.seal.problem)
    if found.problem is not None:
        row["problem"] = rows.problem(found.problem)
    return row
