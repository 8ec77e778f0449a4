"""`check`, `ofd verify`, `seals show`: what the document host finds in a file, to people and to scripts."""

from __future__ import annotations

import argparse
import json

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.stamping.issuers import Issuers
from hebca_helper.cli.files import chunks, reading, writing
from hebca_helper.cli.findings import told
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import FAILED, INDETERMINATE, UNIDENTIFIED
from hebca_helper.documents import require_size
from hebca_helper.documents.client import check_document
from hebca_helper.documents.report import Problem, Report, encoded, unreadable
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import pem
from hebca_helper.pki.revocation import LARGEST_CRL, Crl
from hebca_helper.seals.words import Verdict, worst
from hebca_helper.texts import tr

_KINDS = {"ofd": ("ofd",), "seals": ("seal", "signature"), "check": ("seal", "signature", "ofd", "pdf")}


_MARKS = {b"PK": "ofd", b"%PDF": "pdf"}
"""What a file begins with that the document host could not get through."""


_STATUSES = {Verdict.VALID: 0, Verdict.UNIDENTIFIED: UNIDENTIFIED, Verdict.INDETERMINATE: INDETERMINATE}


def check(options: argparse.Namespace, program: Program) -> int:
    """0 when every file is valid, or its signer unknown with --allow-unknown-issuer; else as the worst of them: FAILED,
    UNIDENTIFIED or INDETERMINATE."""
    wanted = getattr(options, "signed_revision", None)
    if wanted is not None and (len(options.files) != 1 or not options.out):
        raise HelperError(Code.BAD_REQUEST, tr("--signed-revision 要求只有一个文件，并用 --out 写明输出文件"))
    trusted, crls = _known(options, program)
    verdicts = []
    for path in options.files:
        report = _report(path, trusted, crls, _KINDS[options.command])
        row = {"file": path, **encoded(report)}
        print(json.dumps(row, ensure_ascii=False) if options.json else told(path, report))
        verdicts.append(report.verdict)
        if wanted is not None:
            _write_signed(path, report, wanted, options)
    return status(worst(verdicts), allow_unknown_issuer=options.allow_unknown_issuer)


def status(verdict: Verdict, *, allow_unknown_issuer: bool) -> int:
    """The exit status that tells a verdict to a script."""
    if verdict is Verdict.UNIDENTIFIED and allow_unknown_issuer:
        return 0
    return _STATUSES.get(verdict, FAILED)


def _known(options: argparse.Namespace, program: Program) -> tuple[list[bytes], list[bytes]]:
    """Whom the caller names with --trusted, and nobody else; without it whom this computer knows."""
    known = Issuers(program.home, told=program.on_problem).authorities()
    named = [certificate.der for path in options.trusted for certificate in pem.certificates_from(_read(path))]
    return named or list(known.trusted), [*(_list(path) for path in options.crl), *known.crls]


def _write_signed(path: str, report: Report, number: int, options: argparse.Namespace) -> None:
    """The file as it was when its signature `number`, from 1, was made. HelperError(BAD_REQUEST) where there is none."""
    pdfs = [each.details.pdf for each in report.signatures]
    pdf = pdfs[number - 1] if 0 < number <= len(pdfs) else None
    if pdf is None or pdf.covers_its_revision is not True:
        raise HelperError(Code.BAD_REQUEST, tr("{path} 没有第 {n} 个完整的签名").format(path=path, n=number))
    data = _read(path)
    with writing(options.out, overwrite=options.force) as target:
        target.write(data[: pdf.signed_octets])


def _report(path: str, trusted: list[bytes], crls: list[bytes], kinds: tuple[str, ...]) -> Report:
    """A file that cannot be read does not keep the others from being checked."""
    data = b""
    try:
        data = _read(path)
        report = check_document(data, trusted, crls, Clock().now())
        if report.kind not in kinds:
            raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文件是 {kind}，请使用 check").format(kind=report.kind))
    except HelperError as problem:
        return unreadable(_likely(path, data, kinds), Problem(problem.code, problem.detail))
    return report


def _likely(path: str, data: bytes, kinds: tuple[str, ...]) -> str:
    """Of a file that could not be read: told by its beginning, or its name."""
    found = [kind for mark, kind in _MARKS.items() if data.startswith(mark) or path.lower().endswith(f".{kind}")]
    return next((kind for kind in found if kind in kinds), kinds[0])


def _read(path: str) -> bytes:
    with reading(path) as source:
        found = bytearray()
        for piece in chunks(source):
            found += piece
            require_size(len(found))
    return bytes(found)


def _list(path: str) -> bytes:
    """The octets of a list that can be read. HelperError(CRL_UNREADABLE)."""
    with reading(path) as source:
        data = source.read(LARGEST_CRL + 1)
    Crl.parse(data)
    return data
