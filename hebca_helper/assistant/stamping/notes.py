"""What a person is told of a file that was stamped, though not in every respect as one could wish."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hebca_helper.documents.pdf.plan import Note
from hebca_helper.texts import tr

REVOCATION_MISSING = "revocation-missing"
_TEXTS: dict[str, Callable[[], str]] = {
    REVOCATION_MISSING: lambda: tr("没有取得证书的吊销信息，文件里没有写入；证书过期以后，别人可能难以验证这个签章"),
    Note.ARCHIVAL_LOST: lambda: tr("原文件是 PDF/A 归档格式，盖章后的文件可能不再符合这一格式"),
    Note.XFA: lambda: tr("文件含有 XFA 表单，个别阅读器可能看不到印章"),
    Note.PORTFOLIO: lambda: tr("文件是 PDF 文件包，印章盖在它的封面上，个别阅读器不显示封面"),
    Note.CUT: lambda: tr("印章有一部分在页面之外，看不完整"),
    Note.SMALLER: lambda: tr("签名域比印章小，印章已按签名域缩小"),
}
"""By name: ours, and those of the document host."""


def page_ranges(pages: Sequence[int]) -> str:
    """1–3、5: pages from 1 in their order, those that follow each other together."""
    ranges: list[list[int]] = []
    for page in pages:
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:20]]
    return tr("、").join(shown) + ("…" if len(ranges) > 20 else "")


def told(note: str) -> str:
    """Empty for a name that is not known."""
    return _TEXTS[note]() if note in _TEXTS else ""
