"""What a check found, point by point in words of the window. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.desktop.pages.seals import points as seal_points
from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import bracketed, tr

Row = dict[str, Any]
Points = list[tuple[str, str]]
MOST_NAMED = 5


def of_signature(found: Row, *, alone: bool) -> Points:
    """`alone`: the file holds nothing but the signature."""
    details = found.get("details", {})
    signer = details.get("signer") or {}
    missing = alone and found["document"] == "unknown"
    points = [
        (tr("签名人"), visible_name(signer.get("holder", "")) or tr("未知")),
        (tr("签发机构"), visible_name(signer.get("issuer", "")) or tr("未知")),
        (tr("文件内容"), tr("文件中没有原文，无法核对") if missing else check_words.of_document(found["document"])),
        *_files(details),
        (tr("之后的变动"), _later(details)),
        (tr("签名"), check_words.of_state(found["signature"])),
        (tr("附带的证书"), check_words.of_companions(details.get("certificates", ""))),
        (tr("签名时的证书"), check_words.of_standing(found["certificate_at_signing"])),
        (tr("时间"), _time(found, details)),
        (tr("时间戳"), _time_stamp(details)),
        *((tr("副署"), _counter(each)) for each in details.get("countersignatures", ())),
        *(_carried(found["seal"]) if found.get("seal") else []),
        (tr("骑缝章"), tr("{count} 处").format(count=details["stamps"]) if details.get("riding") else ""),
        (tr("问题"), problem(found["problem"]) if "problem" in found else ""),
    ]
    return [point for point in points if point[1]]


def of_seal(seal: Row) -> Points:
    """A seal in a file of its own."""
    picture = seal["picture"]
    size = tr("{width}×{height} 毫米").format(width=picture["width_mm"], height=picture["height_mm"])
    points = [
        (tr("印章"), bracketed(visible_name(seal["name"]), visible_name(seal["id"]))),
        (tr("类型"), seal_points.kind(seal)),
        (tr("图片"), tr("，").join(part for part in (visible_name(picture["type"]), size) if part)),
        *((each.title, each.text) for each in seal_points.of_row(seal)),
    ]
    return [point for point in points if point[1]]


def of_package(package: Row) -> Points:
    """Protection of an OFD package as a whole."""
    state = {"valid": tr("有效，没有夹带文件"), "invalid": tr("无效")}.get(package["verdict"], tr("无法核对"))
    return [
        (tr("文件清单"), state),
        *_named(tr("清单之外的文件"), package["extra"], package["extra_count"]),
        *_named(tr("缺少的文件"), package["missing"], package["missing_count"]),
    ]


def problem(found: Row) -> str:
    entry = TABLE.get(Code(found["code"])) if found["code"] in list(Code) else None
    if entry is None:
        return str(found["code"])
    detail = visible_name(found.get("detail", ""))
    return bracketed(tr(entry.text), detail) if detail else tr(entry.text)


def _carried(seal: Row) -> Points:
    """The seal of a signature, in short."""
    listed = {True: tr("印章属于签名人"), False: tr("印章不属于签名人")}.get(seal["signer_listed"], tr("无法核对"))
    return [
        (tr("印章"), bracketed(visible_name(seal["name"]), visible_name(seal["id"]))),
        (tr("制章人签名"), check_words.of_state(seal["signature"])),
        (tr("签名时的印章"), check_words.of_standing(seal["period"])),
        (tr("印章归属"), listed),
    ]


def _files(details: Row) -> Points:
    points = [
        *_named(tr("被改动或缺少"), details.get("altered", ()), details.get("altered_count", 0)),
        *_named(tr("不受保护"), details.get("unprotected", ()), details.get("unprotected_count", 0)),
    ]
    if details.get("list_altered"):
        points.append((tr("原因"), tr("签名保护了签名列表，之后又有人签名或盖章，因此不再成立")))
    if details.get("seal_file_differs"):
        points.append((tr("显示的印章"), tr("与签名中的印章不一致")))
    return points


def _named(title: str, names: Sequence[str], count: int) -> Points:
    if not count:
        return []
    shown = tr("、").join(map(visible_name, names[:MOST_NAMED]))
    return [(title, tr("{names} 等 {count} 个文件").format(names=shown, count=count) if count > MOST_NAMED else shown)]


def _later(details: Row) -> str:
    if "after" not in details:
        return ""
    return check_words.of_later_change(details["after"]) or tr("没有")


def _time(found: Row, details: Row) -> str:
    if not found["signed_at"]:
        return tr("没有写明")
    service = details.get("time_stamp_service") or {}
    proven = details.get("time_stamp") == "valid" and service.get("trust") == "trusted" and found["format"] != "ses"
    told = tr("有时间戳") if proven else tr("签名人声明的时间")
    if details.get("time_doubtful"):
        told = tr("与时间戳不符") if details.get("time_stamp") == "valid" else tr("晚于现在，不可信")
    return bracketed(_moment(found["signed_at"]), told)


def _time_stamp(details: Row) -> str:
    state = details.get("time_stamp")
    if state is None:
        return ""
    service = details.get("time_stamp_service")
    parts = [check_words.of_state(state)]
    parts += [_moment(details["time_stamp_at"])] if details.get("time_stamp_at") else []
    parts += [visible_name(service["holder"])] if service else []
    return tr("，").join(parts)


def _counter(found: Row) -> str:
    holder = visible_name(found["signer"]["holder"]) if found["signer"] else tr("未知")
    return tr("，").join((holder, check_words.of_state(found["signature"])))


def _moment(written: str) -> str:
    return beijing_text(datetime.fromisoformat(written))
