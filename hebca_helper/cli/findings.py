"""The findings of a check in words: the verdict first, then each point apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.certificates import beijing_text
from hebca_helper.texts import bracketed, tr

Row = dict[str, Any]


def told(row: Row) -> str:
    """Several lines. Everything that comes from the file has its invisible characters shown."""
    lines = [f"{visible_line(row['file'])}: {_headline(row)}", *_problem(row)]
    if row["seal"]:
        lines += seal_lines(row["seal"], "  ")
    for signature in row["signatures"]:
        lines += _signature(signature, alone=row["kind"] == "signature")
    if row.get("details", {}).get("unsigned_bodies") and row["signatures"]:
        lines.append(tr("  文件中还有没有签名的文档"))
    if package := row.get("details", {}).get("package"):
        lines += _package(package)
    return "\n".join(lines)


def _headline(row: Row) -> str:
    verdict = _verdict(row["verdict"], row["kind"])
    if row["verdict"] != "valid":
        return verdict
    trust = {
        "trusted": tr("证书由信任的机构签发"),
        "untrusted": tr("但证书不是由信任的机构签发的"),
        "unknown": tr("但没有核对证书的签发机构，可用 --trusted 指定 CA 证书"),
    }
    period = row["seal"]["period"] if row["seal"] else "valid"
    expired = "" if period == "valid" else tr("；印章{standing}").format(standing=check_words.of_standing(period))
    return tr("，").join((verdict, trust[row["trust"]])) + expired


def _verdict(verdict: str, kind: str) -> str:
    if kind == "seal" and verdict == "valid":
        return tr("印章完整，制章人的签名有效")
    return {
        "valid": tr("有效") if kind == "package" else tr("签章有效"),
        "invalid": tr("无效"),
        "indeterminate": tr("不能确定：有必要的内容无法核对"),
        "unsigned": tr("没有签名"),
        "unreadable": tr("无法读取"),
    }[verdict]


def _problem(row: Row) -> list[str]:
    if "problem" not in row:
        return []
    if row["problem"]["code"] == Code.DOCUMENT_ENCRYPTED:
        return ["  " + tr("文件已加密。请先去掉密码或解密，再来检查。")]
    entry, detail = TABLE[Code(row["problem"]["code"])], row["problem"]["detail"]
    text = bracketed(tr(entry.text), visible_name(detail)) if detail else tr(entry.text)
    return ["  " + tr("{text}。{remedy}").format(text=text, remedy=tr(entry.remedy))]


def _signature(row: Row, *, alone: bool) -> list[str]:
    name, verdict = visible_name(row["name"]), _verdict(row["verdict"], "")
    said = (
        tr("  签名 {name}: {verdict}").format(name=name, verdict=verdict)
        if name
        else "  " + tr("签名") + ": " + verdict
    )
    lines = [said, *_problem(row)]
    missing = alone and row["document"] == "unknown"
    document = tr("文件中没有原文，无法核对") if missing else check_words.of_document(row["document"])
    lines.append(tr("    文档: {state}").format(state=document))
    lines.append(tr("    签名: {state}").format(state=check_words.of_state(row["signature"])))
    details = row["details"]
    lines += _later(details) + _moment(row, details)
    if details.get("signer"):
        lines.append(_certificate(tr("签名人"), details["signer"]))
    lines += _time_stamp(details, "    ")
    lines += [_countersignature(each) for each in details.get("countersignatures", ())]
    lines += _files(details)
    if details.get("riding"):
        lines.append(tr("    骑缝章，共 {count} 处").format(count=details["stamps"]))
    return lines + (seal_lines(row["seal"], "    ") if row["seal"] else [])


def _later(details: Row) -> list[str]:
    """What came after a PDF's signature, where something did, and what is wrong with what came along."""
    told = check_words.of_later_change(details.get("after", ""))
    lines = [tr("    之后的变动: {what}").format(what=told)] if told else []
    beside = check_words.of_companions(details.get("certificates", ""))
    return [*lines, tr("    附带的证书: {state}").format(state=beside)] if beside else lines


def _moment(row: Row, details: Row) -> list[str]:
    """A seal signature's time is its signer's, whatever stands beside it."""
    if not row["signed_at"]:
        return []
    proven = row["format"] != "ses" and (details.get("time_stamp_service") or {}).get("trust") == "trusted"
    stamped = proven and details.get("time_stamp") == "valid"
    claim = tr("    时间戳的时间: {time}") if stamped else tr("    签名人声明的时间: {time}")
    return [claim.format(time=_time(row["signed_at"]))]


def _files(details: Row) -> list[str]:
    lines = []
    if details.get("altered_count"):
        names = tr("、").join(map(visible_name, details["altered"][:5]))
        lines.append(
            tr("    被改动或缺少的文件（{count}）: {names}").format(count=details["altered_count"], names=names)
        )
    if details.get("unprotected_count"):
        names, count = tr("、").join(map(visible_name, details["unprotected"][:5])), details["unprotected_count"]
        lines.append(tr("    不受签名保护的文件（{count}）: {names}").format(count=count, names=names))
    if details.get("list_altered"):
        lines.append(tr("    签名保护了签名列表，之后又有人签名或盖章，因此不再成立"))
    if details.get("seal_file_differs"):
        lines.append(tr("    显示的印章与签名中的印章不一致"))
    if details.get("time_doubtful"):
        stamped = details.get("time_stamp") == "valid"
        lines.append(tr("    签名时间与时间戳不符") if stamped else tr("    签名时间晚于现在"))
    return lines


def _time_stamp(details: Row, indent: str) -> list[str]:
    """Of a service, with what it says and who it is as far as that is known."""
    if details.get("time_stamp") is None:
        return []
    state, at = check_words.of_state(details["time_stamp"]), details.get("time_stamp_at")
    said = tr("时间戳: {state}").format(state=tr("，").join((state, _time(at))) if at else state)
    service = details.get("time_stamp_service")
    return [indent + said, *([indent + _certificate(tr("时间戳服务"), service)[4:]] if service else [])]


def _countersignature(row: Row) -> str:
    holder = visible_name(row["signer"]["holder"]) if row["signer"] else tr("未知")
    return tr("    副署: {holder}，{state}").format(holder=holder, state=check_words.of_state(row["signature"]))


def _package(row: Row) -> list[str]:
    lines = [tr("  文件清单（完整性保护）: {verdict}").format(verdict=_verdict(row["verdict"], "package"))]
    for count, names, said in (
        (row["extra_count"], row["extra"], tr("    清单之外的文件（{count}）: {names}")),
        (row["missing_count"], row["missing"], tr("    缺少清单中的文件（{count}）: {names}")),
    ):
        if count:
            lines.append(said.format(count=count, names=tr("、").join(map(visible_name, names[:5]))))
    return lines


def seal_lines(row: Row, indent: str) -> list[str]:
    """The points of a seal, one a line."""
    picture, details = row["picture"], row["details"]
    kinds = {1: tr("单位印章"), 2: tr("个人印章")}
    shown = [
        tr("印章: {name}（{id}）").format(name=visible_name(row["name"]), id=visible_name(row["id"])),
        tr("  类型: {number} {name}").format(number=details["type"], name=kinds.get(details["type"], "")).rstrip(),
        tr("  图片: {type} {width}×{height} 毫米").format(
            type=visible_name(picture["type"]), width=picture["width_mm"], height=picture["height_mm"]
        ),
        tr("  有效期: {first} 至 {last}（{standing}）").format(
            first=_time(row["valid_from"]), last=_time(row["valid_to"]), standing=check_words.of_standing(row["period"])
        ),
        tr("  制章人签名: {state}").format(state=check_words.of_state(row["signature"])),
    ]
    if details["maker"]:
        shown.append(_certificate(tr("制章人"), details["maker"])[2:])
    if details["maker_at_creation"] != "valid":
        shown.append(
            tr("  制章时制章人的证书{standing}").format(standing=check_words.of_standing(details["maker_at_creation"]))
        )
    shown += [line[2:] for line in _time_stamp(details, "    ")]
    if row["signer_listed"] is not None:
        shown.append(tr("  签名人在印章的证书列表中") if row["signer_listed"] else tr("  签名人不在印章的证书列表中"))
    return [indent + line for line in shown]


def _certificate(role: str, row: Row) -> str:
    trust = {"trusted": tr("可信"), "untrusted": tr("不可信"), "unknown": tr("签发机构未核对")}[row["trust"]]
    if row["forged"]:
        trust = tr("证书是伪造的")
    elif not row["signs"]:
        trust = tr("证书不能用于签名")
    return tr("    {role}: {holder}（颁发者 {issuer}，{standing}，{trust}）").format(
        role=role,
        holder=visible_name(row["holder"]),
        issuer=visible_name(row["issuer"]),
        standing=check_words.of_standing(row["standing"]),
        trust=trust,
    )


def _time(written: str) -> str:
    return beijing_text(datetime.fromisoformat(written))
