"""What stands between a page in a browser and this program."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address

from hebca_helper.checks.model import Check, Fix, Group, Seen, fine, not_applicable, problem, warning
from hebca_helper.checks.surroundings import Program, Service, Surroundings
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import CHROME_DOWNLOAD, CHROME_LIKE, TITLES, BrowserKind, find_browsers, launch
from hebca_helper.texts import named, tr
from hebca_helper.tokens.catalogue import System

LOOPBACK = ("localhost", "127.0.0.1")
VENDOR_WORDS = ("hebca", "certassist", "河北ca", "数字证书助手")
"""Words in the process names of the issuer's own assistant (its names are not published: confidence low)."""


def _look_at_ports(surroundings: Surroundings) -> Iterator[Seen]:
    for service in surroundings.services:
        yield _port(service, surroundings)


def _port(service: Service, surroundings: Surroundings) -> Seen:
    name = tr(service.name)
    if not service.port:
        return not_applicable(tr("端口由系统任意选择"), name=name)
    holder = surroundings.machine.listener(service.port)
    words = {"port": service.port}
    if holder is None:
        if service.expected:
            return problem(Code.PORT_SILENT, tr("端口 {port} 没有监听").format(**words), name=name)
        return fine(tr("端口 {port} 空闲，证书助手打开后使用").format(**words), name=name)
    if holder.ours and not holder.user:
        return fine(tr("正在监听 {scheme}://localhost:{port}").format(scheme=service.scheme, **words), name=name)
    taken = port_taken(service.port, holder)
    return problem(taken.code, taken.detail, name=name)


def port_taken(port: int, holder: Program | None) -> HelperError:
    """PORT_TAKEN or PORT_OF_OTHER_USER; the detail names who holds it, as far as the system tells."""
    if holder is None or not (holder.name or holder.user):
        ours = holder is not None and holder.ours
        said = tr("端口 {port} 已被另一个证书助手使用") if ours else tr("端口 {port} 被其他程序占用")
        return HelperError(Code.PORT_TAKEN, said.format(port=port))
    if holder.user:
        code = Code.PORT_OF_OTHER_USER if holder.ours else Code.PORT_TAKEN
        return HelperError(code, tr("端口 {port} 被用户 {user} 的程序占用").format(port=port, user=holder.user))
    return HelperError(Code.PORT_TAKEN, tr("端口 {port} 被 {name} 占用").format(port=port, name=_program_text(holder)))


def _program_text(program: Program) -> str:
    return tr("{name}（进程 {number}）").format(name=program.name, number=program.number)


def _look_for_vendor_assistant(surroundings: Surroundings) -> Iterator[Seen]:
    running = [p for p in surroundings.machine.programs() if not p.ours and _is_vendors(p.name)]
    if running:
        yield problem(Code.VENDOR_ASSISTANT_RUNNING, tr("、").join(_program_text(program) for program in running))
    else:
        yield fine(tr("没有运行"))


def _is_vendors(name: str) -> bool:
    return any(word in name.lower() for word in VENDOR_WORDS)


def _look_at_portals(surroundings: Surroundings) -> Iterator[Seen]:
    wrong = surroundings.portals_problem
    yield problem(wrong.code, wrong.detail) if wrong is not None else fine(tr("可以读取"))


def _look_at_origins(surroundings: Surroundings) -> Iterator[Seen]:
    known = [origin for origin in surroundings.blocked if origin in surroundings.known]
    for origin in known:
        yield warning(Code.ORIGIN_BLOCKED, origin, fix=_unblock(origin, surroundings))
    if not surroundings.blocked:
        yield fine(tr("没有阻止任何网站"))
    elif not known:
        yield fine(tr("已按您的选择阻止：{origins}").format(origins=tr("、").join(surroundings.blocked)))


def _unblock(origin: str, surroundings: Surroundings) -> Fix | None:
    if surroundings.forget_origin is None:
        return None
    return Fix("unblock-origin", "解除阻止", partial(surroundings.forget_origin, origin))


def _look_for_browsers(surroundings: Surroundings) -> Iterator[Seen]:
    browsers = find_browsers(surroundings.environment)
    found = {browser.kind for browser in browsers}
    told = tr("、").join(TITLES[kind] for kind in BrowserKind if kind in found)
    if not found:
        yield problem(Code.BROWSER_MISSING)
    elif not found & CHROME_LIKE:
        download = Fix("download-chrome", "去下载", partial(launch, browsers[0], CHROME_DOWNLOAD))
        yield warning(Code.CHROME_MISSING, tr("已安装 {names}").format(names=told), fix=download)
    else:
        yield fine(told)


def _look_at_popups(surroundings: Surroundings) -> Iterator[Seen]:
    blocking = surroundings.machine.browsers_without_popups()
    if blocking:
        yield warning(Code.POPUPS_BLOCKED, tr("、").join(blocking))
    else:
        yield fine(tr("网页打不开新窗口时，点地址栏右侧的图标，选择“始终允许”"))


def _look_at_refusals(surroundings: Surroundings) -> Iterator[Seen]:
    """Of the portals that come with the program: of others nobody knows that they want to reach us."""
    refused = {name: sites & surroundings.known for name, sites in surroundings.machine.refused_sites().items()}
    for name, sites in refused.items():
        if sites:
            yield warning(Code.LOOPBACK_BLOCKED, named(name, tr("、").join(sorted(sites))))
    if not any(refused.values()):
        yield fine(tr("没有浏览器被设置为禁止办事网站访问本机"))


def _look_at_localhost(surroundings: Surroundings) -> Iterator[Seen]:
    found = surroundings.machine.addresses("localhost")
    told = tr("、").join(found) or tr("没有解析结果")
    if "127.0.0.1" in found and all(ip_address(each.partition("%")[0]).is_loopback for each in found):
        yield fine(tr("localhost 指向本机（{addresses}）").format(addresses=told))
    else:
        yield problem(Code.LOCALHOST_WRONG, told)


def _look_at_proxies(surroundings: Surroundings) -> Iterator[Seen]:
    proxies = surroundings.machine.proxies()
    taking = [proxy.source for proxy in proxies if not _leaves_loopback_alone(proxy.exceptions)]
    if taking:
        yield warning(Code.PROXY_TAKES_LOOPBACK, tr("、").join(taking))
    elif proxies:
        yield fine(tr("代理不影响本机连接"))
    elif surroundings.machine.system is System.MACOS:
        yield not_applicable(tr("没有读取系统的代理设置"))
    else:
        yield fine(tr("没有使用代理"))


def _leaves_loopback_alone(exceptions: tuple[str, ...]) -> bool:
    return "*" in exceptions or all(name in exceptions for name in LOOPBACK)


SERVICE_CHECKS = (
    Check("ports", Group.SERVICES, "端口", _look_at_ports, limit=10.0),
    Check("vendor-assistant", Group.SERVICES, "原厂证书助手", _look_for_vendor_assistant),
    Check("portals", Group.SERVICES, "快捷链接目录", _look_at_portals),
    Check("origins", Group.SERVICES, "网站权限", _look_at_origins),
    Check("browsers", Group.SERVICES, "浏览器", _look_for_browsers),
    Check("popups", Group.SERVICES, "弹出窗口", _look_at_popups),
    Check("refusals", Group.SERVICES, "浏览器的许可", _look_at_refusals),
    Check("localhost", Group.SERVICES, "本机地址", _look_at_localhost),
    Check("proxies", Group.SERVICES, "网络代理", _look_at_proxies),
)
