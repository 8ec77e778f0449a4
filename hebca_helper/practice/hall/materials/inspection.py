"""The hall checks an uploaded paper as a portal's server does: the same paper, the unit's certificate, a valid seal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from hebca_helper.documents.client import check_document
from hebca_helper.documents.report import Report, Signature
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.hall import verdicts
from hebca_helper.practice.hall.materials.model import Paper
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.relying_party.login import ResultCode
from hebca_helper.seals.words import Content, Verdict
from hebca_helper.texts import tr

_OLDEST, _AHEAD = timedelta(days=1), timedelta(minutes=10)


class Inspection:
    """Judges by the practice CA of this home. Whatever cannot be checked is refused."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._trust = PracticeTrust(home, clock)
        self._clock = clock

    async def require_good(self, paper: Paper, stamped: bytes, certificate_id: str) -> None:
        """HallError that says what is wrong with the uploaded file. Without a bound certificate ("") nothing is good."""
        if not certificate_id:
            raise _refused(tr("本账户还没有绑定证书，请先点击右上角齿轮完成 CA 绑定，再重新上传"))
        if not stamped.startswith(paper.made):
            raise _refused(tr("上传的文件不是本大厅生成的这份材料，请重新点击上传"))
        report = await asyncio.to_thread(self._report, stamped)
        if report.verdict is Verdict.UNIDENTIFIED:
            raise _refused(tr("签章使用的证书不是本大厅信任的机构签发的"))
        if report.verdict is not Verdict.VALID:
            raise _refused(tr("电子签章验证不通过（{verdict}）").format(verdict=_words(report.verdict)))
        own = [signature for signature in report.signatures if _sealed_by(signature, certificate_id)]
        if not own:
            raise _refused(tr("材料上没有本单位证书的电子签章，请插入已绑定的 USBKEY 重新签章"))
        if not all(self._fresh(signature) for signature in own):
            raise _refused(tr("签章时间不在最近一天之内，请核对电脑的日期和时间后重新签章"))
        if any(self._revoked(signature) for signature in own):
            raise _refused(verdicts.sentence(ResultCode.REVOKED))

    def _fresh(self, signature: Signature) -> bool:
        """The signer names the time: an old one would let a certificate seal that has expired since."""
        signed_at, now = signature.signed_at, self._clock()
        return signed_at is not None and now - _OLDEST <= signed_at <= now + _AHEAD

    def _revoked(self, signature: Signature) -> bool:
        """By now: a document stays valid that was signed before, but whether it was, nobody but the signer says."""
        signer = signature.signing.signer
        return signer is None or any(int(signer.serial, 16) in crl.revoked for crl in self._trust.crls()[:1])

    def _report(self, stamped: bytes) -> Report:
        try:
            return _checked(stamped, self._trust, self._clock())
        except HelperError as problem:
            raise _refused(f"{problem.text}。{problem.remedy}") from problem


class ReceiptJudge:
    """What a unit does with a receipt: check the centre's seal, by the practice CA of this home."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._trust = PracticeTrust(home, clock)
        self._clock = clock

    async def __call__(self, receipt: bytes) -> str:
        """The seal's name, and that it is valid. HelperError(SIGNATURE_WRONG) for anything but a valid, trusted seal."""
        report = await asyncio.to_thread(_checked, receipt, self._trust, self._clock())
        seals = [signature.seal for signature in report.signatures if signature.seal]
        if report.verdict is not Verdict.VALID or not seals:
            raise HelperError(Code.SIGNATURE_WRONG, report.verdict)
        return tr("{seal}，签章有效，文件未改动").format(seal=seals[0].name)


def _checked(document: bytes, trust: PracticeTrust, now: datetime) -> Report:
    certificates, crls = trust.ca_certificates(), trust.crls()
    return check_document(document, [each.der for each in certificates], [crl.der for crl in crls], now)


def _sealed_by(signature: Signature, certificate_id: str) -> bool:
    signer, seal = signature.signing.signer, signature.seal
    whole = signature.document is Content.UNCHANGED and seal is not None and seal.signer_listed is True
    return whole and signer is not None and signer.unique_id == certificate_id


def _words(verdict: Verdict) -> str:
    return {
        Verdict.INVALID: tr("文件被改动或签章无效"),
        Verdict.INDETERMINATE: tr("签章无法确认"),
        Verdict.UNSIGNED: tr("没有签章"),
    }.get(verdict, tr("文件无法读取"))


def _refused(text: str) -> HallError:
    return HallError(Reason.PAPER_REFUSED, text)
