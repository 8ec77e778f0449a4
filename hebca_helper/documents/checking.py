"""Checking a document, seal or seal signature of whatever kind. Pure: octets in, what JSON takes out; runs in the host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hebca_helper.documents import composing
from hebca_helper.documents.cms import check_cms
from hebca_helper.documents.ofd.checking import check_ofd
from hebca_helper.documents.report import Problem, Report, encoded, unreadable
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import ber, verification
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import check_seal, check_seal_signature
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal import read_seal
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.sniffing import Kind
from hebca_helper.texts import tr

_SIGNATURES = (Kind.SEAL_SIGNATURE, Kind.CMS, Kind.BARE_SIGNATURE)
_Check = Callable[[bytes, Roots, datetime], Report]


def check(data: bytes, roots: Roots, now: datetime) -> dict[str, Any]:
    """The report, encoded; one that is unreadable says why. Raises nothing but MemoryError."""
    kind = kind_of(data)
    try:
        report = _CHECKS[kind](data, roots, now)
    except HelperError as problem:
        report = unreadable(kind, Problem(problem.code, problem.detail[:500]))
    found: dict[str, Any] = encoded(report)
    return found


def kind_of(data: bytes) -> str:
    """pdf, ofd, signature or seal, told from the first octets; "seal" for what is none of them."""
    if data.startswith(b"PK"):
        return "ofd"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return "signature" if sniffing.kind_of(sniffing.unwrapped(data)) in _SIGNATURES else "seal"


def _check_seal(data: bytes, roots: Roots, now: datetime) -> Report:
    value = sniffing.unwrapped(data)
    if sniffing.kind_of(value) is Kind.UNKNOWN:
        raise HelperError(Code.SEAL_UNREADABLE, tr("不是印章、签名、OFD 或 PDF 文件，或者已损坏"))
    return composing.of_seal_file(check_seal(read_seal(value), roots, now))


def _check_signature(data: bytes, roots: Roots, now: datetime) -> Report:
    value = sniffing.unwrapped(data)
    kind = sniffing.kind_of(value)
    if kind is Kind.CMS:
        message = _without_padding(value)
        signed = verification.read(message, unsigned_too=True).file.signers
        return composing.of_cms_file(check_cms(message, [], roots, now) if signed else [])
    if kind is Kind.BARE_SIGNATURE:
        return composing.of_bare_signature()
    signature = read_seal_signature(value)
    return composing.of_signature_file(check_seal_signature(signature, None, roots, now))


def _without_padding(value: bytes) -> bytes:
    """HelperError(MESSAGE_UNREADABLE)."""
    try:
        return ber.whole(value, sniffing.PADDING)
    except ValueError:
        raise HelperError(Code.MESSAGE_UNREADABLE, tr("签名之后还有别的内容")) from None


def _check_ofd(data: bytes, roots: Roots, now: datetime) -> Report:
    return composing.of_ofd(check_ofd(data, roots, now))


def _check_pdf(data: bytes, roots: Roots, now: datetime) -> Report:
    from hebca_helper.documents.pdf.checking import (
        check_pdf,  # pyHanko loads slowly
        of_pdf,
    )

    return of_pdf(check_pdf(data, roots, now))


_CHECKS: dict[str, _Check] = {
    "seal": _check_seal,
    "signature": _check_signature,
    "ofd": _check_ofd,
    "pdf": _check_pdf,
}
