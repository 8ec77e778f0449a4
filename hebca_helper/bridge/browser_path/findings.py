"""Answers of a browser as lines of 故障检测, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from hebca_helper.bridge.browser_path.answers import Answer, Result, Step
from hebca_helper.bridge.policies import policies
from hebca_helper.checks.model import Check, Finding, Fix, Group, Seen, fine, not_applicable, problem, warning
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import TITLES, BrowserKind
from hebca_helper.portals.catalogue import load
from hebca_helper.texts import tr

_TITLES = {
    Step.TLS: "安全连接（HTTPS）",
    Step.SECURE_SOCKET: "安全连接（WSS）",
    Step.SOCKET: "连接证书服务",
    Step.LOOPBACK: "网页访问本机的权限",
    Step.POPUP: "弹出窗口",
    Step.PDF: "直接显示 PDF",
    Step.DOWNLOAD: "下载文件",
    Step.PRINT: "打印",
}
_CODES = {
    Step.TLS: Code.TLS_UNTRUSTED,
    Step.SECURE_SOCKET: Code.TLS_UNTRUSTED,
    Step.SOCKET: Code.BROWSER_CONNECTION,
    Step.LOOPBACK: Code.LOOPBACK_BLOCKED,
    Step.POPUP: Code.BROWSER_POPUP,
    Step.PDF: Code.BROWSER_PDF,
    Step.DOWNLOAD: Code.BROWSER_DOWNLOAD,
    Step.PRINT: Code.BROWSER_PRINT,
}
_GOOD = {
    Step.TLS: "浏览器信任证书助手的证书",
    Step.SECURE_SOCKET: "可以连接",
    Step.SOCKET: "可以连接",
    Step.LOOPBACK: "已允许",
    Step.POPUP: "可以弹出",
    Step.PDF: "可以直接显示",
    Step.DOWNLOAD: "可以下载",
    Step.PRINT: "可以打印",
}
NOT_JUDGED = "这个浏览器不能从本机的网页判断；打开办事网站时如有询问，请选择允许"


def findings(kind: BrowserKind, answers: Mapping[Step, Answer], trust: Callable[[], None]) -> list[Finding]:
    """One line for each step and one for the policies. A browser that never spoke is one problem. `trust` has this
    person's browsers trust our identity: what the button beside an untrusted connection does."""
    if not answers:
        return [Finding(_check("browser-path", "浏览器检测"), problem(Code.BROWSER_SILENT, name=TITLES[kind]))]
    seen: list[tuple[str, str, Seen]] = [(step, _TITLES[step], _mended(_seen(step, answers), trust)) for step in Step]
    seen += [("policy", "浏览器策略", each) for each in _policies(kind)]
    return [Finding(_check(f"browser-{name}", title), replace(each, name=TITLES[kind])) for name, title, each in seen]


def _check(name: str, title: str) -> Check:
    return Check(name, Group.BROWSER, title, _nothing)


def _nothing(surroundings: object) -> Iterable[Seen]:
    return ()


def _seen(step: Step, answers: Mapping[Step, Answer]) -> Seen:
    answer = answers.get(step)
    if answer is None:
        return not_applicable(tr("没有完成这一项"))
    if step is Step.SECURE_SOCKET and answer.result is Result.BAD and _is_bad(answers.get(Step.TLS)):
        return not_applicable(tr("原因与安全连接（HTTPS）相同"))
    match answer.result:
        case Result.GOOD:
            return fine(tr(_GOOD[step]))
        case Result.ASKS:
            return fine(tr("浏览器会在每个网站询问一次，请选择允许"))
        case Result.BAD:
            serious = step in {Step.SOCKET, Step.LOOPBACK}
            return (problem if serious else warning)(_CODES[step], answer.detail)
        case _:
            return not_applicable(tr(NOT_JUDGED) if step is Step.LOOPBACK else answer.detail or tr("无法判断"))


def _is_bad(answer: Answer | None) -> bool:
    return answer is not None and answer.result is Result.BAD


def _mended(seen: Seen, trust: Callable[[], None]) -> Seen:
    return replace(seen, fix=Fix("trust-install", "信任", trust)) if seen.code is Code.TLS_UNTRUSTED else seen


def _policies(kind: BrowserKind) -> Iterator[Seen]:
    """In Chromium and its kin an http site cannot work without; for other sites, and in Firefox 153 for all, the browser
    asks instead."""
    portals = [(portal.title, origin) for portal in load().portals for origin in portal.origins]
    try:
        missing = [(title, origin) for title, origin in portals if not policies.lets_in(kind, origin)]
    except HelperError as failure:
        yield not_applicable(failure.text)
        return
    never_asks = kind is not BrowserKind.FIREFOX
    insecure = [title for title, origin in missing if origin.startswith("http:") and never_asks]
    if insecure:
        yield warning(Code.POLICY_MISSING, tr("、").join(insecure))
    elif missing:
        yield fine(tr("没有设置，浏览器会询问"))
    else:
        yield fine(tr("快捷链接中的网站不必询问"))
