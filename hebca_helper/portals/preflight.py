"""What is missing before a quick link can work: a pure function over facts that somebody else gathered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from hebca_helper.addresses import LOOPBACK_HOSTS
from hebca_helper.pki.moments import URGENT_DAYS
from hebca_helper.portals.browsers import CHROMIUM_BASED, TITLES, Browser, BrowserKind, suitable
from hebca_helper.portals.portal import BrowserNeed, Group, Need, Portal
from hebca_helper.texts import tr


class Point(StrEnum):
    """What is looked at, in this order."""

    BROWSER = "browser"
    SERVICE = "service"
    PATH = "path"
    TOKEN = "token"
    CERTIFICATE = "certificate"
    SEAL = "seal"


class Fix(StrEnum):
    """What a button beside a line does; those of PATH in the order in which they are offered."""

    INSTALL_CHROME = "install-chrome"
    USE_OTHER = "use-other"
    """A browser that the portal does not name: it may work all the same."""
    INSTALL_POLICY = "install-policy"
    USE_FIREFOX = "use-firefox"
    OWN_WINDOW = "own-window"
    MY_CERTIFICATES = "my-certificates"
    RENEW = "renew"
    APPLY_SEAL = "apply-seal"
    DIAGNOSIS = "diagnosis"


class State(StrEnum):
    FINE = "good"
    TELL = "amber"
    """Worth a word; the site opens."""
    WRONG = "red"


@dataclass(frozen=True, slots=True)
class Line:
    point: Point
    state: State
    text: str
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """The USBKEYs that this portal may see (`others` is whether there are only ones of the other kind: practice for a
    real portal). `locked`: every one. `days_left` of the signing certificate valid the longest: negative when it ended,
    None without one or when none is valid yet. `seals` is None where nobody looked."""

    plugged: bool
    others: bool = False
    locked: bool = False
    days_left: int | None = None
    early: bool = False
    seals: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """`let_in`: browsers whose policies let every origin of the portal reach this computer without a question.
    `refusing`: those in which the person told one of its origins to stay away from this computer.
    `service` is what is wrong with our services for browsers, empty when nothing is. `tokens` is None while unknown."""

    browsers: tuple[Browser, ...]
    let_in: frozenset[BrowserKind] = frozenset()
    refusing: frozenset[BrowserKind] = frozenset()
    service: str = ""
    tokens: TokenFacts | None = None


def examine(portal: Portal, facts: Facts, *, known: bool = True) -> list[Line]:
    """A line for each point that matters to this portal, fine ones too. Policies help only sites that are `known`."""
    lines = [_browser(portal, facts)]
    if portal.need is Need.NOTHING:
        return lines
    if facts.service:
        text = tr("浏览器服务没有启动：{problem}").format(problem=facts.service)
        lines.append(Line(Point.SERVICE, State.WRONG, text, (Fix.DIAGNOSIS,)))
    if portal.insecure and facts.browsers:
        lines.append(_path(portal, facts, known))
    lines += _refusal(portal, facts)
    if facts.tokens is not None:
        lines += _tokens(portal, facts.tokens)
    return lines


def browser_to_use(portal: Portal, facts: Facts) -> Browser | None:
    """The first suitable one; for an http site that is to reach us one whose policies let it in goes first."""
    fitting = suitable(portal, facts.browsers)
    if portal.insecure and portal.need is not Need.NOTHING:
        fitting.sort(key=lambda each: each.kind not in facts.let_in)
    return next(iter(fitting), None)


def own_window_browser(portal: Portal, facts: Facts) -> Browser | None:
    """One that can show a window of its own profile which takes the portal's origin for secure."""
    usable = (each for each in suitable(portal, facts.browsers) if each.kind in CHROMIUM_BASED and not each.confined)
    return next(usable, None)


def will_ask(browser: Browser, portal: Portal, facts: Facts) -> bool:
    """Whether the browser asks the person if the site may reach this computer."""
    local = urlsplit(portal.address).hostname in LOOPBACK_HOSTS
    return portal.need is not Need.NOTHING and bool(portal.origins) and not local and browser.kind not in facts.let_in


def _browser(portal: Portal, facts: Facts) -> Line:
    fitting = suitable(portal, facts.browsers)
    if fitting:
        text = tr("浏览器：{name}").format(name=TITLES[fitting[0].kind])
        return Line(Point.BROWSER, State.FINE, text)
    if portal.browser is BrowserNeed.CHROME:
        text = tr("需要谷歌浏览器（Chrome），这台电脑上没有找到")
    else:
        text = tr("这台电脑上没有找到浏览器")
    return Line(Point.BROWSER, State.WRONG, text, (Fix.INSTALL_CHROME, Fix.USE_OTHER))


def _path(portal: Portal, facts: Facts, known: bool) -> Line:
    """Chromium refuses public http pages before any question (its Local Network Access). Firefox asks: it is taken at
    once where there is no other, else offered."""
    fitting = suitable(portal, facts.browsers)
    browser = browser_to_use(portal, facts)
    only_others = all(each.kind not in CHROMIUM_BASED for each in fitting)
    if browser is not None and (browser.kind in facts.let_in or only_others):
        return Line(Point.PATH, State.FINE, tr("网站可以在 {name} 中连接证书助手").format(name=TITLES[browser.kind]))
    fixes = [Fix.INSTALL_POLICY] if known else []
    if any(each.kind is BrowserKind.FIREFOX for each in fitting):
        fixes.append(Fix.USE_FIREFOX)
    if own_window_browser(portal, facts) is not None:
        fixes.append(Fix.OWN_WINDOW)
    return Line(Point.PATH, State.WRONG, tr("网站没有加密（http），谷歌浏览器会阻止它连接证书助手"), tuple(fixes))


def _refusal(portal: Portal, facts: Facts) -> list[Line]:
    """The browser would neither ask nor say anything: the page waits for ever."""
    browser = browser_to_use(portal, facts)
    if portal.insecure or browser is None or browser.kind not in facts.refusing - facts.let_in:
        return []
    text = tr("您在 {name} 中拒绝过这个网站访问本机。打开后请在地址栏左侧的网站权限中改为允许，再刷新网页")
    return [Line(Point.PATH, State.WRONG, text.format(name=TITLES[browser.kind]))]


def _tokens(portal: Portal, tokens: TokenFacts) -> list[Line]:
    if not tokens.plugged:
        text = _nothing_plugged(portal) if tokens.others else tr("没有插入 USBKEY，请插好后再登录")
        return [Line(Point.TOKEN, State.WRONG, text)]
    lines = [Line(Point.TOKEN, State.FINE, tr("已插入 USBKEY"))]
    if portal.need is Need.TOKEN:  # such as for resetting a locked PIN
        return lines
    if tokens.locked:
        return [Line(Point.TOKEN, State.WRONG, tr("USBKEY 的密码已锁定"), (Fix.MY_CERTIFICATES,))]
    lines.append(_certificate(tokens))
    if portal.need is Need.SEAL and tokens.seals is not None:
        lines.append(_seal(tokens.seals))
    return lines


def _nothing_plugged(portal: Portal) -> str:
    if portal.group is Group.PRACTICE:
        return tr("插入的不是演练 USBKEY，演练网站只能使用演练证书")
    return tr("插入的是演练 USBKEY，正式网站不能使用，请插入您的 USBKEY")


def _certificate(tokens: TokenFacts) -> Line:
    if tokens.early:
        text = tr("证书还没有生效，请检查电脑的日期和时间")
        return Line(Point.CERTIFICATE, State.WRONG, text, (Fix.DIAGNOSIS,))
    if tokens.days_left is None:
        return Line(Point.CERTIFICATE, State.WRONG, tr("USBKEY 中没有可用的证书"), (Fix.MY_CERTIFICATES,))
    if tokens.days_left < 0:
        return Line(Point.CERTIFICATE, State.WRONG, tr("证书已过期，请先办理延期"), (Fix.RENEW,))
    text = tr("证书有效，还剩 {days} 天").format(days=tokens.days_left)
    if tokens.days_left <= URGENT_DAYS:
        return Line(Point.CERTIFICATE, State.TELL, text, (Fix.RENEW,))
    return Line(Point.CERTIFICATE, State.FINE, text)


def _seal(found: bool) -> Line:
    if found:
        return Line(Point.SEAL, State.FINE, tr("证书中有电子印章"))
    text = tr("证书中没有印章信息，提交的业务不能自动审批，需要到柜台审批")
    return Line(Point.SEAL, State.WRONG, text, (Fix.APPLY_SEAL,))
