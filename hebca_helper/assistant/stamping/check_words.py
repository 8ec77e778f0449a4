"""Words for what a check found; window and command line say the same."""

from __future__ import annotations

from hebca_helper.documents.report import After, Difference, Pdf
from hebca_helper.seals.words import Content, Standing, State
from hebca_helper.texts import bracketed, named, tr

MOST_PLACES = 10
_HARMLESS = (After.RECORDS, After.SIGNATURES, After.FIELDS)


def of_document(content: Content) -> str:
    told = {Content.UNCHANGED: tr("签名后没有改动"), Content.CHANGED: tr("签名后被改动")}
    return told.get(content, tr("无法核对"))


def of_state(state: State) -> str:
    return {State.VALID: tr("有效"), State.INVALID: tr("无效")}.get(state, tr("无法核对"))


def of_standing(standing: Standing) -> str:
    return {
        Standing.VALID: tr("有效期内"),
        Standing.NOT_YET_VALID: tr("尚未生效"),
        Standing.EXPIRED: tr("已过期"),
        Standing.REVOKED: tr("已吊销"),
    }.get(standing, tr("无法核对"))


def of_later_change(after: After) -> str:
    """What came into a PDF after the signature. Empty for nothing."""
    return {
        After.RECORDS: tr("只更新了文件说明或验证资料"),
        After.SIGNATURES: tr("又有人签名或盖章"),
        After.FORMS: tr("填写了表单"),
        After.ANNOTATIONS: tr("页面上加了批注、文字或图片"),
        After.FIELDS: tr("加了空白的签名域"),
        After.COVERED: tr("后来的签章遮住了签过的内容"),
        After.LOOKS: tr("页面的画面与签名时不同"),
        After.CHANGES: tr("内容被改动"),
        After.UNKNOWN: tr("无法分析，不能确定内容是否被改动"),
    }.get(after, "")


def of_update(pdf: Pdf) -> str:
    """The same, and whether the signature itself allows it."""
    told = of_later_change(pdf.after)
    return bracketed(told, tr("签名时允许")) if pdf.allowed else told


def of_places(pdf: Pdf) -> list[str]:
    """Where later updates did what speaks against the signature; the first of them."""
    told = [each for each in pdf.differences or () if each.page is not None and each.kind not in _HARMLESS]
    return list(dict.fromkeys(map(_place, told)))[:MOST_PLACES]


def _place(found: Difference) -> str:
    page = tr("第 {n} 页").format(n=found.page)
    if found.box is not None:
        left, top, right, bottom = (round(each) for each in found.box)
        where = tr("左起 {left}、上起 {top} 毫米，宽 {width}、高 {height} 毫米")
        page = bracketed(page, where.format(left=left, top=top, width=right - left, height=bottom - top))
    return named(page, of_later_change(found.kind))


def of_uncompared(pdf: Pdf) -> str:
    """Pages that were touched and whose pictures were not compared; empty for none."""
    pages = pdf.not_compared or ()
    shown = tr("、").join(map(str, pages[:MOST_PLACES]))
    if len(pages) > MOST_PLACES:
        return tr("第 {pages} 等 {count} 页").format(pages=shown, count=len(pages))
    return tr("第 {n} 页").format(n=shown) if pages else ""


def of_companions(state: State) -> str:
    """Of the certificates that came with a signature; empty where they are as they were made."""
    return {
        State.INVALID: tr("不是名义上的签发机构签发的"),
        State.UNKNOWN: tr("有无法核对的证书或内容"),
    }.get(state, "")
