"""The hall checks an uploaded paper as a portal's server does: the same paper, the unit's certificate, a valid seal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hebca_helper.documents.client import check_document
from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.materials.model import Paper
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.texts import tr

Row = dict[str, Any]


class Inspection:
    """Judges by the practice CA of this home. Whatever cannot be checked is refused."""

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self._trust = PracticeTrust(home, clock)
        self._clock = clock

    async def require_good(self, paper: Paper, stamped: bytes, certificate_id: str) -> None:
        """HallError that says what is wrong with the uploaded file."""
        if not stamped.startswith(paper.made):
            raise _refused(tr("上传的文件不是本大厅生成的这份材料，请重新点击上传"))
        row = await asyncio.to_thread(self._row, stamped)
        if row["verdict"] != "valid":
            raise _refused(tr("电子签章验证不通过（{verdict}）").format(verdict=_words(row["verdict"])))
        if row["trust"] != "trusted":
            raise _refused(tr("签章使用的证书不是本大厅信任的机构签发的"))
        if not any(_sealed_by(signature, certificate_id) for signature in row["signatures"]):
            raise _refused(tr("材料上没有本单位证书的电子签章，请插入已绑定的 USBKEY 重新签章"))

    def _row(self, stamped: bytes) -> Row:
        certificates, crls = self._trust.ca_certificates(), self._trust.crls()
        try:
            return check_document(
                stamped, [each.der for each in certificates], [crl.der for crl in crls], self._clock()
            )
        except HelperError as problem:
            raise _refused(f"{problem.text}。{problem.remedy}") from problem


def _sealed_by(signature: Row, certificate_id: str) -> bool:
    signer = signature["details"].get("signer") or {}
    seal = signature["seal"]
    whole = signature["document"] == "unchanged" and seal is not None and seal["signer_listed"] is True
    return bool(whole and signer.get("unique_id") == certificate_id)


def _words(verdict: str) -> str:
    return {
        "invalid": tr("文件被改动或签章无效"),
        "indeterminate": tr("签章无法确认"),
        "unsigned": tr("没有签章"),
    }.get(verdict, tr("文件无法读取"))


def _refused(text: str) -> HallError:
    return HallError(Reason.PAPER_REFUSED, text)
