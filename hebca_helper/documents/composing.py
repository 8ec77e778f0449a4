"""The report (`documents.report`) on what the checks found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hebca_helper.documents import report
from hebca_helper.documents.cms import CmsReport
from hebca_helper.documents.ofd.checking import OfdReport, OfdSignature
from hebca_helper.documents.ofd.integrity import Integrity
from hebca_helper.documents.report import Problem, Report, Seal, Signature, SignatureDetails, Signing
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import pictures
from hebca_helper.seals.checking import SealReport, SignatureReport
from hebca_helper.seals.findings import CertificateFinding
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.time_stamps import TimeStampFinding
from hebca_helper.seals.words import Content, Reason, Standing, State, Trust, ordered, outcome, worst, worst_trust

_FORMATS = {Kind.SEAL_SIGNATURE: "ses", Kind.BARE_SIGNATURE: "raw"}
MOST_NAMED = 50
"""Altered or unprotected files named; their number is always told."""


def of_seal_file(found: SealReport) -> Report:
    return Report("seal", found.verdict, found.trust, (), seal(found, None), reasons=found.reasons)


def of_signature_file(found: SignatureReport) -> Report:
    signature = seal_signature("", found, found.document)
    return Report("signature", found.verdict, found.trust, (signature,), None, reasons=found.reasons)


def of_cms_file(reports: Sequence[CmsReport]) -> Report:
    """A signature without its document, or with a document that is nothing but signed octets."""
    reasons = ordered(reason for each in reports for reason in each.reasons)
    verdict, trust = worst([each.verdict for each in reports]), worst_trust([each.trust for each in reports])
    signatures = tuple(cms_signature("", each, each.document) for each in reports)
    return Report("signature", verdict, trust, signatures, None, reasons=reasons)


def of_bare_signature() -> Report:
    """Two numbers: nothing tells who signed what."""
    signature = unread_signature("", "raw", Content.UNKNOWN)
    return Report("signature", signature.verdict, Trust.UNKNOWN, (signature,), None, reasons=signature.reasons)


def of_ofd(found: OfdReport) -> Report:
    details = report.OfdDetails(found.unsigned_bodies, _package(found.integrity) if found.integrity else None)
    signatures = tuple(map(_ofd_signature, found.signatures))
    return Report("ofd", found.verdict, found.trust, signatures, None, details, reasons=found.reasons)


def _package(found: Integrity) -> report.Package:
    return report.Package(
        verdict=found.verdict,
        signature=found.signature,
        extra=found.extra[:MOST_NAMED],
        extra_count=len(found.extra),
        missing=found.missing[:MOST_NAMED],
        missing_count=len(found.missing),
        signer=_certificate(found.report.signer) if found.report else None,
    )


def seal(found: SealReport, signer_listed: bool | None) -> Seal:
    picture = found.seal.picture
    return Seal(
        version=str(found.seal.version),
        signature=found.signature,
        valid_from=found.seal.valid_from,
        valid_to=found.seal.valid_to,
        name=found.seal.name,
        id=found.seal.identifier,
        picture=report.Picture(picture.type, picture.width_mm, picture.height_mm),
        signer_listed=signer_listed,
        verdict=found.verdict,
        reasons=found.reasons,
        trust=found.trust,
        period=found.period,
        details=_seal_details(found),
    )


def _seal_details(checked: SealReport) -> report.SealDetails:
    found = checked.seal
    facts = pictures.facts(found.picture)
    return report.SealDetails(
        type=found.seal_type,
        vendor=found.vendor,
        created=found.created,
        algorithm=found.algorithm,
        maker=_certificate(checked.maker),
        maker_at_creation=checked.maker_at_creation,
        signers=tuple(map(_holder, found.signers.certificates)),
        signer_digests=len(found.signers.digests),
        signer_identifier=found.signers.identifier,
        picture_kind=str(facts.kind),
        picture_pixels=facts.pixels,
        picture_octets=len(found.picture.data),
        picture_as_named=pictures.as_named(found.picture),
        extensions=tuple((each.oid, each.critical, len(each.value)) for each in found.extensions),
        stamp=_time_stamp(checked.time_stamp),
    )


def seal_signature(name: str, found: SignatureReport, document: Content) -> Signature:
    signing = Signing(
        signer=_certificate(found.signer),
        property_info=found.signature.property_info,
        algorithm=found.signature.algorithm,
        time_doubtful=found.time_doubtful,
        stamp=_time_stamp(found.time_stamp),
    )
    return Signature(
        name=name,
        format="ses",
        verdict=found.verdict,
        reasons=found.reasons,
        document=document,
        signature=found.state,
        signed_at=found.signature.signed_at,
        certificate_at_signing=found.signer.standing,
        trust=found.trust,
        seal=seal(found.seal, found.signer_listed),
        details=SignatureDetails(signing),
    )


def cms_signature(name: str, found: CmsReport, document: Content) -> Signature:
    signing = Signing(
        signer=_certificate(found.signer),
        time_doubtful=found.time_doubtful,
        stamp=_time_stamp(found.time_stamp),
        countersignatures=tuple(
            report.Counter(each.state, each.signed_at, _certificate(each.signer)) for each in found.counters
        ),
    )
    told = found.problem is not None and found.problem.code is not Code.SIGNATURE_WRONG
    return Signature(
        name=name,
        format=found.format,
        verdict=found.verdict,
        reasons=found.reasons,
        document=document,
        signature=found.state,
        signed_at=found.signed_at,
        certificate_at_signing=found.signer.standing,
        trust=found.trust,
        seal=None,
        details=SignatureDetails(signing),
        problem=problem(found.problem) if told else None,
    )


def unread_signature(name: str, written_as: str, document: Content) -> Signature:
    """One of a kind that is not known here, or too damaged to read."""
    reasons = (Reason.SIGNATURE_UNREADABLE,)
    return Signature(
        name=name,
        format=written_as,
        verdict=outcome(reasons),
        reasons=reasons,
        document=document,
        signature=State.UNKNOWN,
        signed_at=None,
        certificate_at_signing=Standing.UNKNOWN,
        trust=Trust.UNKNOWN,
        seal=None,
        details=SignatureDetails(),
    )


def _ofd_signature(found: OfdSignature) -> Signature:
    name, described = found.entry.identifier, found.description
    if isinstance(found.report, SignatureReport):
        made = seal_signature(name, found.report, found.document)
    elif found.report:
        made = cms_signature(name, found.report, found.document)
    else:
        made = unread_signature(name, _FORMATS.get(found.kind, "unknown"), found.document)
    files = report.Files(
        altered=found.altered[:MOST_NAMED],
        altered_count=len(found.altered),
        unprotected=found.unprotected[:MOST_NAMED],
        unprotected_count=len(found.unprotected),
        seal_file_differs=found.seal_file_differs,
        list_altered=found.list_altered,
    )
    stamps = report.Stamps(len(described.stamps), described.riding, described.provider) if described else None
    details = replace(made.details, files=files, stamps=stamps)
    told = problem(found.problem) or made.problem
    return replace(made, verdict=found.verdict, reasons=found.reasons, details=details, problem=told)


def _time_stamp(found: TimeStampFinding | None) -> report.TimeStamp:
    if found is None:
        return report.TimeStamp(None, None, None)
    return report.TimeStamp(found.state, found.moment, _certificate(found.service) if found.service else None)


def _certificate(found: CertificateFinding) -> report.Certificate | None:
    if found.certificate is None:
        return None
    return report.Certificate(
        holder=found.certificate.holder,
        unique_id=found.certificate.unique_id,
        issuer=found.certificate.issuer_name,
        serial=found.certificate.serial_hex,
        standing=found.standing,
        trust=found.trust,
        forged=found.forged,
        signs=found.signs,
        revocation_known=found.revocation_known,
    )


def _holder(der: bytes) -> str:
    try:
        return Certificate.parse(der).holder
    except HelperError:
        return ""


def problem(found: HelperError | None) -> Problem | None:
    return Problem(found.code, found.detail[:500]) if found else None
