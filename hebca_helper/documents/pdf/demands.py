# mypy: disable-error-code="no-untyped-call"
"""What a form's signature field asks of a signature (seed values and lock: ISO 32000-1, 12.7.4.5, tables 233 and 234)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import (
    FieldMDPSpec,
    MDPPerm,
    SeedLockDocument,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
)
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.signers.cms_embedder import SigMDPSetup

from hebca_helper.documents.pdf.entries import entry
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

DIGEST = "sha256"
_OURS = (SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a signature would be like: the format that the settings prefer, the signer's certificate (DER, may be empty),
    whether it gets a time stamp, and the reason that the person gave."""

    sub_filter: SigSeedSubFilter
    certificate: bytes
    time_stamp: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What it will be like in this field."""

    sub_filter: SigSeedSubFilter
    reason: str
    lock: SigMDPSetup


def agree(field: Any, offer: Offer) -> Agreed:
    """HelperError(SEAL_FIELD_REFUSED) where the field demands what cannot be had."""
    lock = _lock(field)
    if "/SV" not in field:
        return Agreed(offer.sub_filter, offer.reason, lock)
    try:
        wanted = SigSeedValueSpec.from_pdf_object(field["/SV"])
    except (SigningError, PdfError, ValueError, TypeError, KeyError, AttributeError):
        raise _refused(tr("签名域的要求无法识别")) from None
    _require_what_we_have(wanted, offer, lock)
    return Agreed(_sub_filter(wanted, offer), _reason(wanted, offer.reason), lock)


def _require_what_we_have(wanted: SigSeedValueSpec, offer: Offer, lock: SigMDPSetup) -> None:
    flags = wanted.flags
    if wanted.seed_signature_type is not None and wanted.seed_signature_type.certification_signature():
        raise _refused(tr("签名域要求认证签名"))
    if wanted.timestamp_required and not offer.time_stamp:
        raise _refused(tr("签名域要求时间戳，请在设置中填写时间戳服务地址"))
    if flags & SigSeedValFlags.DIGEST_METHOD and wanted.digest_methods and DIGEST not in wanted.digest_methods:
        raise _refused(tr("签名域要求的摘要算法是 {names}").format(names=tr("、").join(wanted.digest_methods)))
    if flags & SigSeedValFlags.APPEARANCE_FILTER and wanted.appearance:
        raise _refused(tr("签名域要求专门的外观"))
    if flags & SigSeedValFlags.ADD_REV_INFO and wanted.add_rev_info:
        raise _refused(tr("签名域要求把吊销信息写在签名里"))
    locks = wanted.lock_document is SeedLockDocument.LOCK and lock.docmdp_perms is not MDPPerm.NO_CHANGES
    if flags & SigSeedValFlags.LOCK_DOCUMENT and locks:
        raise _refused(tr("签名域要求签名后锁定整个文件"))
    _require_certificate(wanted, offer.certificate)


def _require_certificate(wanted: SigSeedValueSpec, der: bytes) -> None:
    if wanted.cert is None:
        return
    try:
        wanted.cert.satisfied_by(x509.Certificate.load(der), None)
    except (UnacceptableSignerError, ValueError, TypeError, AttributeError):
        raise _refused(tr("签名域指定了别的签名证书")) from None


def _sub_filter(wanted: SigSeedValueSpec, offer: Offer) -> SigSeedSubFilter:
    """The first in the field's list that we can write; its list is a wish unless flagged (table 234)."""
    ours: Sequence[SigSeedSubFilter] = [each for each in wanted.subfilters or () if each in _OURS]
    if wanted.flags & SigSeedValFlags.SUBFILTER and wanted.subfilters is not None and not ours:
        raise _refused(tr("签名域要求的签名格式不受支持"))
    return ours[0] if ours else offer.sub_filter


def _reason(wanted: SigSeedValueSpec, given: str) -> str:
    if not wanted.flags & SigSeedValFlags.REASONS:
        return given
    allowed = [str(each) for each in wanted.reasons or ()]
    if allowed in ([], ["."]):
        return ""
    if not given and len(allowed) == 1:
        return allowed[0]
    if given not in allowed:
        raise _refused(tr("签名域只接受这些事由：{names}").format(names=tr("、").join(allowed[:20])))
    return given


def _lock(field: Any) -> SigMDPSetup:
    """What the signature will lock, as the form wants it."""
    lock = entry(field, "/Lock")
    if lock is None:
        return SigMDPSetup(md_algorithm=DIGEST)
    try:
        permission = MDPPerm(lock["/P"]) if "/P" in lock else None
        return SigMDPSetup(md_algorithm=DIGEST, field_lock=FieldMDPSpec.from_pdf_object(lock), docmdp_perms=permission)
    except (PdfError, ValueError, TypeError, KeyError):
        raise _refused(tr("签名域的锁定要求无法识别")) from None


def _refused(why: str) -> HelperError:
    return HelperError(Code.SEAL_FIELD_REFUSED, why)
