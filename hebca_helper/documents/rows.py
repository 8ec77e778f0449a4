"""What a check found, as plain values: what the document host answers and what `--json` prints.

Moments are RFC 3339 in UTC. The words are those of `seals.findings`. `details` holds what goes beyond the verdict's
needs and may grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hebca_helper.documents.cms import CmsReport, Counter
from hebca_helper.documents.ofd.checking import OfdReport, OfdSignature
from hebca_helper.documents.ofd.integrity import Integrity
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import pictures
from hebca_helper.seals.checking import SealReport, SignatureReport
from hebca_helper.seals.findings import CertificateFinding, Content, Standing, State, Trust, Verdict, worst, worst_trust
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.time_stamps import TimeStampFinding

Row = dict[str, Any]
_FORMATS = {Kind.SEAL_SIGNATURE: "ses", Kind.BARE_SIGNATURE: "raw"}
MOST_NAMED = 50
"""Altered or unprotected files named; their number is always told."""


def of_seal_file(report: SealReport) -> Row:
    return _row("seal", report.verdict, report.trust, [], seal(report, None))


def of_signature_file(report: SignatureReport) -> Row:
    return _row("signature", report.verdict, report.trust, [seal_signature("", report, report.document)], None)


def of_ofd(report: OfdReport) -> Row:
    row = _row("ofd", report.verdict, report.trust, [_ofd_signature(each) for each in report.signatures], None)
    row["details"] = {
        "unsigned_bodies": report.unsigned_bodies,
        "package": _integrity(report.integrity) if report.integrity else None,
    }
    return row


def _integrity(found: Integrity) -> Row:
    """GM/T 0099-2020: the list of all files, and whether it is signed and true."""
    return {
        "verdict": found.verdict,
        "signature": found.signature,
        "extra": list(found.extra[:MOST_NAMED]),
        "extra_count": len(found.extra),
        "missing": list(found.missing[:MOST_NAMED]),
        "missing_count": len(found.missing),
        "signer": _certificate(found.report.signer) if found.report else None,
    }


def unreadable(kind: str, why: HelperError) -> Row:
    return {**_row(kind, Verdict.UNREADABLE, Trust.UNKNOWN, [], None), "problem": problem(why)}


def seal(report: SealReport, signer_listed: bool | None) -> Row:
    """A seal with its findings. `signer_listed` is None where there is no signer."""
    found = report.seal
    return {
        "version": found.version,
        "signature": report.signature,
        "valid_from": _moment(found.valid_from),
        "valid_to": _moment(found.valid_to),
        "name": found.name,
        "id": found.identifier,
        "picture": {
            "type": found.picture.type,
            "width_mm": found.picture.width_mm,
            "height_mm": found.picture.height_mm,
        },
        "signer_listed": signer_listed,
        "verdict": report.verdict,
        "trust": report.trust,
        "period": report.period,
        "details": _seal_details(report),
    }


def seal_signature(name: str, report: SignatureReport, document: Content) -> Row:
    return {
        **_signature_row(name, "ses", report.verdict, document),
        "signature": report.state,
        "signed_at": _moment(report.signature.signed_at),
        "certificate_at_signing": report.signer.standing,
        "trust": report.trust,
        "seal": seal(report.seal, report.signer_listed),
        "details": {
            "signer": _certificate(report.signer),
            "property_info": report.signature.property_info,
            "algorithm": report.signature.algorithm,
            "time_doubtful": report.time_doubtful,
            **time_stamp(report.time_stamp),
        },
    }


def of_cms_file(reports: Sequence[CmsReport]) -> Row:
    """A signature without its document, or with a document that is nothing but signed octets."""
    verdict, trust = worst([each.verdict for each in reports]), worst_trust([each.trust for each in reports])
    return _row("signature", verdict, trust, [cms_signature("", each, each.document) for each in reports], None)


def cms_signature(name: str, report: CmsReport, document: Content) -> Row:
    row = {
        **_signature_row(name, report.format, report.verdict, document),
        "signature": report.state,
        "signed_at": _moment(report.signed_at),
        "certificate_at_signing": report.signer.standing,
        "trust": report.trust,
        "details": {
            "signer": _certificate(report.signer),
            "time_doubtful": report.time_doubtful,
            **time_stamp(report.time_stamp),
            "countersignatures": [_counter(each) for each in report.counters],
        },
    }
    if report.problem and report.problem.code is not Code.SIGNATURE_WRONG:
        row["problem"] = problem(report.problem)
    return row


def of_bare_signature() -> Row:
    """Two numbers: nothing tells who signed what."""
    row = _signature_row("", "raw", Verdict.INDETERMINATE, Content.UNKNOWN)
    return _row("signature", Verdict.INDETERMINATE, Trust.UNKNOWN, [row], None)


def _ofd_signature(found: OfdSignature) -> Row:
    name = found.entry.identifier
    if isinstance(found.report, SignatureReport):
        row = seal_signature(name, found.report, found.document)
    elif found.report:
        row = cms_signature(name, found.report, found.document)
    else:
        row = _signature_row(name, _FORMATS.get(found.kind, "unknown"), found.verdict, found.document)
    row["verdict"] = found.verdict
    row["details"] |= {
        "altered": list(found.altered[:MOST_NAMED]),
        "altered_count": len(found.altered),
        "unprotected": list(found.unprotected[:MOST_NAMED]),
        "unprotected_count": len(found.unprotected),
        "seal_file_differs": found.seal_file_differs,
        "list_altered": found.list_altered,
    }
    if found.description:
        row["details"] |= {
            "stamps": len(found.description.stamps),
            "riding": found.description.riding,
            "provider": found.description.provider,
        }
    if found.problem:
        row["problem"] = problem(found.problem)
    return row


def document(kind: str, verdict: Verdict, trust: Trust, signatures: list[Row]) -> Row:
    """A file with any number of signatures."""
    return _row(kind, verdict, trust, signatures, None)


def unread_signature(name: str, verdict: Verdict, content: Content) -> Row:
    """One of a kind that is not known here, or too damaged to read."""
    return _signature_row(name, "unknown", verdict, content)


def _row(kind: str, verdict: Verdict, trust: Trust, signatures: list[Row], seal_row: Row | None) -> Row:
    return {"kind": kind, "verdict": verdict, "trust": trust, "signatures": signatures, "seal": seal_row}


def _signature_row(name: str, written_as: str, verdict: Verdict, document: Content) -> Row:
    return {
        "name": name,
        "format": written_as,
        "verdict": verdict,
        "document": document,
        "signature": State.UNKNOWN,
        "signed_at": None,
        "certificate_at_signing": Standing.UNKNOWN,
        "trust": Trust.UNKNOWN,
        "seal": None,
        "details": {},
    }


def _seal_details(report: SealReport) -> Row:
    found = report.seal
    facts = pictures.facts(found.picture)
    return {
        "type": found.seal_type,
        "vendor": found.vendor,
        "created": _moment(found.created),
        "algorithm": found.algorithm,
        "maker": _certificate(report.maker),
        "maker_at_creation": report.maker_at_creation,
        "signers": [_holder(each) for each in found.signers.certificates],
        "signer_digests": len(found.signers.digests),
        "signer_identifier": found.signers.identifier,
        "picture_kind": facts.kind,
        "picture_pixels": list(facts.pixels) if facts.pixels else None,
        "picture_octets": len(found.picture.data),
        "picture_as_named": pictures.as_named(found.picture),
        "extensions": [[each.oid, each.critical, len(each.value)] for each in found.extensions],
        **time_stamp(report.time_stamp),
    }


def time_stamp(found: TimeStampFinding | None) -> Row:
    """`time_stamp` is null without one; valid, invalid, or unknown: not to be read, or not to be checked."""
    service = found.service if found else None
    return {
        "time_stamp": found.state if found else None,
        "time_stamp_at": _moment(found.moment) if found else None,
        "time_stamp_service": _certificate(service) if service else None,
    }


def _counter(found: Counter) -> Row:
    return {"signature": found.state, "signed_at": _moment(found.signed_at), "signer": _certificate(found.signer)}


def _certificate(found: CertificateFinding) -> Row | None:
    if found.certificate is None:
        return None
    return {
        "holder": found.certificate.holder,
        "unique_id": found.certificate.unique_id,
        "issuer": found.certificate.issuer_name,
        "serial": found.certificate.serial_hex,
        "standing": found.standing,
        "trust": found.trust,
        "forged": found.forged,
        "signs": found.signs,
        "revocation_known": found.revocation_known,
    }


def _holder(der: bytes) -> str:
    try:
        return Certificate.parse(der).holder
    except HelperError:
        return ""


def problem(found: HelperError) -> Row:
    return {"code": found.code, "detail": found.detail[:500]}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
