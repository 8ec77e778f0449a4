"""Why a file is no PDF that can be used, in words for a clerk."""

from __future__ import annotations

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_MARK = b"%PDF-"
_HEAD = 1024
"""Octets among which readers look for the mark (ISO 32000-1, annex H.3, note 13)."""


def reason(data: bytes) -> str:
    head = data[:_HEAD]
    if not data.strip(b"\0\t\n\f\r "):
        return tr("文件是空的")
    if _MARK not in head:
        return _no_pdf(head)
    if not head.startswith(_MARK):
        return tr("文件开头有多余的内容，请用 PDF 阅读器打开后另存")
    return tr("文件结构有损坏；如果阅读器能打开它，请另存或打印为新的 PDF 后重试")


def no_page() -> HelperError:
    return HelperError(Code.DOCUMENT_UNREADABLE, tr("没有页面"))


def _no_pdf(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf\t\n\r ").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return tr("这是网页，不是 PDF：可能下载时没有登录")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return tr("这是 Word、Excel 或 OFD 一类的文件，不是 PDF：请先另存为 PDF")
    return tr("不是 PDF 文件")
