"""The command line's grammar; each command names its function as the default of `run`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hebca_helper import __version__
from hebca_helper.cli import commands as do
from hebca_helper.cli import own_words
from hebca_helper.pages import PageName
from hebca_helper.texts import tr

SCENARIOS = (
    "fresh",
    "expiring",
    "expired",
    "revoked",
    "no-seal",
    "last-try",
    "locked",
    "two-tokens",
    "renewed",
    "sm2-seal",
    "two-seals",
    "expired-seal",
    "damaged-seal",
)

CMS_CIPHERS = ("aes-256-cbc", "aes-192-cbc", "aes-128-cbc", "des-ede3-cbc", "aes-256-gcm", "aes-192-gcm", "aes-128-gcm")


_MOST = 1_000_000
_LARGEST_MM = 100_000.0
"""As `documents.pdf.placement` has it."""
WINDOW_COMMANDS = frozenset({"run", "show", "summon"})


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Exits with 2 where they are wrong. `hebca-helper` alone means `run`."""
    return _make_parser(for_window=not arguments or arguments[0] in WINDOW_COMMANDS).parse_args(arguments)


def _make_parser(*, for_window: bool) -> argparse.ArgumentParser:
    """The whole grammar, or what the window's commands need: each start would otherwise make forty parsers for nothing."""
    own_words.use()
    parser: argparse.ArgumentParser = own_words.Parser(prog="hebca-helper", description=tr("河北CA数字证书助手"))
    parser.add_argument("--version", action="version", version=f"hebca-helper {__version__}", help=tr("显示版本"))
    parser.set_defaults(run=do.run)
    commands = parser.add_subparsers(dest="command", metavar=tr("命令"))
    _add_run(commands)
    if for_window:
        return parser
    _add_serve(commands)
    _add_certificates(commands)
    _add_cms(commands)
    _add_checking(commands)
    _add_issuers(commands)
    _add_practice(commands)
    _add_doctor(commands)
    _add_browsers(commands)
    _add_relying_party(commands)
    demo = commands.add_parser(
        "demo", help=tr("不需要显示器：用演练 USBKEY 在演练大厅注册、绑定、登录、盖章并上报材料，逐步报告结果")
    )
    demo.set_defaults(run=do.demo)
    demo.add_argument("--no-browser", action="store_true", help=argparse.SUPPRESS)  # as always: for older scripts
    demo.add_argument("--json", action="store_true", help=tr("每步输出一行 JSON"))
    return parser


Commands = argparse._SubParsersAction  # the type of what add_subparsers returns has no public name


def _add_run(commands: Commands[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help=tr("打开证书助手窗口（没有显示器时执行 demo）"))
    run.add_argument("--practice", action="store_true", help=tr("没有演练 USBKEY 时先制作，并打开演练大厅"))
    run.add_argument("--background", action="store_true", help=tr("随系统启动时使用：不弹出窗口，在托盘中待命"))
    _add_port(run)
    show = commands.add_parser("show", help=tr("打开窗口的某一页，例如 show seals 为印章查看"))
    show.set_defaults(run=do.show)
    show.add_argument("page", choices=[page.value for page in PageName])
    # some launchers append the address that a page asked for, whether the entry wants it or not: nothing of it is read
    summon = commands.add_parser("summon", help=tr("让窗口来到最前面（p11 链接使用），其余参数不予理会"))
    summon.set_defaults(run=do.show)
    summon.add_argument("ignored", nargs="*")


def _add_relying_party(commands: Commands[argparse.ArgumentParser]) -> None:
    service = commands.add_parser("relying-party", help=tr("供网站服务器使用：验证登录和签名的本机 HTTP 服务"))
    service.set_defaults(run=do.relying_party)
    service.add_argument(
        "--origin", type=_own_origin, required=True, help=tr("网站自己的来源，例如 https://portal.example")
    )
    service.add_argument("--trusted", action="append", required=True, metavar="FILE", help=tr("信任的 CA 证书"))
    service.add_argument("--crl", action="append", default=[], metavar="FILE", help=tr("吊销列表，更新后自动重新读取"))
    service.add_argument("--ocsp", action="store_true", help=tr("没有吊销列表时向证书中的 OCSP 服务查询"))
    service.add_argument("--allow-practice", action="store_true", help=tr("接受演练证书，只用于测试"))
    for name, text in {
        "other-purposes": tr("也接受为其他用途签发的证书（服务器、OCSP、时间戳）"),
        "authorities": tr("也接受 CA 证书"),
        "no-key-usage": tr("也接受没有写明密钥用途的证书"),
        "short-keys": tr("也接受不足 2048 位的 RSA 密钥"),
        "other-curves": tr("也接受 P-256 以外的椭圆曲线，SM2 不受限制"),
    }.items():
        service.add_argument(f"--allow-{name}", action="store_true", help=text)
    service.add_argument("--port", type=_port, metavar="PORT", help=tr("端口，0 为任意空闲端口"))
    _add_other_users(service)


def _add_other_users(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-other-users", action="store_true", help=tr("也为本机的其他用户服务，默认只为运行它的用户服务")
    )


def _add_serve(commands: Commands[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser("serve", help=tr("不开窗口，只运行浏览器服务"))
    serve.set_defaults(run=do.serve)
    _add_port(serve)
    serve.add_argument("--unattended", action="store_true", help=tr("自动应答，只用于演练 USBKEY"))
    serve.add_argument(
        "--allow-origin", type=_origin, action="append", default=[], metavar="ORIGIN", help=tr("信任的网站来源")
    )
    serve.add_argument("--pin-file", metavar="FILE", help=tr("自动应答使用的证书密码文件"))
    serve.add_argument("--monitor", action="store_true", help=tr("与 --unattended 一起使用：打开接口监视页"))


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--certificate-port", type=_port, metavar="PORT", help=tr("证书服务端口，0 为任意空闲端口"))
    parser.add_argument("--seal-port", type=_port, metavar="PORT", help=tr("签章服务端口"))
    parser.add_argument("--https-port", type=_port, metavar="PORT", help=tr("安全接口端口"))


def _add_certificates(commands: Commands[argparse.ArgumentParser]) -> None:
    tokens = commands.add_parser("tokens", help=tr("列出 USBKEY"))
    tokens.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    tokens.set_defaults(run=do.listing)
    certificates = commands.add_parser("certificates", help=tr("列出证书"))
    certificates.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    certificates.set_defaults(run=do.listing)
    sign = commands.add_parser("sign", help=tr("用签名证书签名（与网页的 SignText 相同）"))
    sign.set_defaults(run=do.keys)
    what = sign.add_mutually_exclusive_group(required=True)
    what.add_argument("--text", help=tr("要签名的文字"))
    what.add_argument("--file", help=tr("要签名的文件"))
    sign.add_argument("--certificate", type=_serial, metavar="SERIAL", help=tr("证书序列号（十六进制）"))
    sign.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    change = commands.add_parser("change-pin", help=tr("修改证书密码"))
    change.set_defaults(run=do.keys)
    change.add_argument("--token", metavar="ID", help=tr("USBKEY 编号，见 tokens"))


def _add_cms(commands: Commands[argparse.ArgumentParser]) -> None:
    cms = commands.add_parser("cms", help=tr("CMS（PKCS#7）文件：签名、验证、加密、解密，文件大小不限"))
    cms.set_defaults(run=do.cms)
    actions = cms.add_subparsers(dest="action", required=True, metavar=tr("动作"))
    sign = _add_file_action(actions, "sign", tr("签名，输出 DER"))
    sign.add_argument("--detached", action="store_true", help=tr("签名中不含原文"))
    sign.add_argument("--certificate", type=_serial, metavar="SERIAL", help=tr("证书序列号（十六进制）"))
    verify = _add_file_action(actions, "verify", tr("验证签名"), out_required=False)
    verify.add_argument("--content", metavar="FILE", help=tr("分离签名的原文"))
    _add_trusted(verify)
    verify.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    encrypt = _add_file_action(actions, "encrypt", tr("加密给一个或多个收件人"))
    encrypt.add_argument("--to", action="append", required=True, metavar="FILE", help=tr("收件人的证书，可多次使用"))
    encrypt.add_argument("--cipher", choices=CMS_CIPHERS, default="aes-256-cbc", help=tr("加密算法，默认 aes-256-cbc"))
    _add_file_action(actions, "decrypt", tr("用 USBKEY 中的证书解密"))


def _add_file_action(
    actions: Commands[argparse.ArgumentParser], name: str, what: str, *, out_required: bool = True
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("-o", "--out", required=out_required, metavar="FILE", help=tr("输出文件"))
    parser.add_argument("--force", action="store_true", help=tr("覆盖已有的输出文件"))
    return parser


def _add_checking(commands: Commands[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help=tr("验证签章文档（PDF、OFD）、印章和签章数据"))
    check.add_argument("files", nargs="+", metavar="FILE")
    check.set_defaults(run=do.check)
    _add_roots(check)
    check.add_argument(
        "--signed-revision",
        type=int,
        metavar="N",
        help=tr("把 PDF 第 N 个签名签名时的样子写到 --out，之后的改动不在里面"),
    )
    check.add_argument("-o", "--out", metavar="FILE", help=tr("输出文件"))
    check.add_argument("--force", action="store_true", help=tr("覆盖已有的输出文件"))
    ofd = commands.add_parser("ofd", help=tr("OFD 文档")).add_subparsers(
        dest="action", required=True, metavar=tr("动作")
    )
    verify = ofd.add_parser("verify", help=tr("验证文档中的所有签章"))
    verify.add_argument("files", nargs=1, metavar="FILE")
    verify.set_defaults(run=do.check)
    _add_roots(verify)
    _add_seals(commands)
    _add_stamping(commands)


def _add_stamping(commands: Commands[argparse.ArgumentParser]) -> None:
    seal = commands.add_parser(
        "seal", help=tr("在 PDF 上加盖 USBKEY 中的电子印章并签名；多个文件时最后一个参数为文件夹")
    )
    seal.add_argument("files", nargs="+", metavar="IN.pdf", help=tr("要盖章的文件，最后一个参数为输出文件或文件夹"))
    seal.set_defaults(run=do.seal)
    seal.add_argument("--page", type=_page, metavar="N", help=tr("页码，从 1 开始，-1 为最后一页，默认第 1 页"))
    seal.add_argument("--x", type=_millimetres, metavar="MM", help=tr("印章中心到页面左边的毫米数"))
    seal.add_argument("--y", type=_millimetres, metavar="MM", help=tr("印章中心到页面上边的毫米数"))
    where = seal.add_mutually_exclusive_group()
    where.add_argument("--keyword", type=_keyword, metavar="TEXT", help=tr("盖在文字上，默认每一处"))
    where.add_argument("--every-page", action="store_true", help=tr("每一页都盖"))
    where.add_argument("--edge", action="store_true", help=tr("骑缝章"))
    where.add_argument("--field", metavar="NAME", help=tr('盖在表单自带的空签名域里；只有一个时可写 ""'))
    seal.add_argument("--nth", type=_number, metavar="N", help=tr("只盖在第几处文字上"))
    seal.add_argument("--seal", default="", metavar="ID", help=tr("用哪一枚印章，见 seals --json 的 seal_id"))
    seal.add_argument("--reason", default="", help=tr("写入签名的事由"))
    seal.add_argument("--force", action="store_true", help=tr("覆盖已有的输出文件"))
    seal.add_argument("--unattended", action="store_true", help=tr("自动应答，只用于演练 USBKEY"))
    seal.add_argument("--pin-file", metavar="FILE", help=tr("自动应答使用的证书密码文件"))
    seal.add_argument("--json", action="store_true", help=tr("每个文件输出一行 JSON"))


def _add_seals(commands: Commands[argparse.ArgumentParser]) -> None:
    seals = commands.add_parser("seals", help=tr("列出并检查 USBKEY 中的电子印章；seals show FILE 查看印章文件"))
    seals.set_defaults(run=do.seals)
    seals.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    actions = seals.add_subparsers(dest="action", metavar=tr("动作"))
    show = actions.add_parser("show", help=tr("查看并检查印章文件"))
    show.add_argument("files", nargs=1, metavar="FILE")
    show.set_defaults(run=do.check)
    _add_roots(show)


def _add_roots(parser: argparse.ArgumentParser) -> None:
    _add_trusted(parser)
    parser.add_argument("--json", action="store_true", help=tr("每个文件输出一行 JSON"))
    parser.epilog = tr(
        "退出码：0 全部有效，1 无效、没有签名或无法读取，4 内容完整但签名人身份未核实，5 不能确定；多个文件时为最差的一个"
    )


def _add_trusted(parser: argparse.ArgumentParser) -> None:
    only = tr("只信任这些 CA 证书，可多次使用；默认信任 issuers list 列出的签发机构")
    parser.add_argument("--trusted", action="append", default=[], metavar="FILE", help=only)
    parser.add_argument("--crl", action="append", default=[], metavar="FILE", help=tr("吊销列表，可多次使用"))
    unknown = tr("签名人身份未核实时退出码也是 0，供自己判断签发机构的脚本使用")
    parser.add_argument("--allow-unknown-issuer", action="store_true", help=unknown)


def _add_issuers(commands: Commands[argparse.ArgumentParser]) -> None:
    issuers = commands.add_parser("issuers", help=tr("检查签名时信任的签发机构：查看、添加、删除"))
    issuers.set_defaults(run=do.issuers)
    actions = issuers.add_subparsers(dest="action", required=True, metavar=tr("动作"))
    listed = actions.add_parser("list", help=tr("列出信任的签发机构"))
    listed.add_argument("--json", action="store_true")
    add = actions.add_parser("add", help=tr("添加签发机构的 CA 证书，添加前核对指纹"))
    source = add.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", metavar="FILE", help=tr("CA 证书文件（PEM、DER 或 PKCS#7）"))
    source.add_argument("--from-token", action="store_true", help=tr("取 USBKEY 中的 CA 证书"))
    published = tr("签发机构公布的 SHA-256 指纹，或它的最后 8 位；不写时在终端中询问")
    add.add_argument("--fingerprint", metavar="HEX", help=published)
    remove = actions.add_parser("remove", help=tr("删除自己添加的签发机构"))
    remove.add_argument("fingerprint", metavar="HEX", help=tr("SHA-256 指纹，见 issuers list"))


def _add_practice(commands: Commands[argparse.ArgumentParser]) -> None:
    practice = commands.add_parser("practice", help=tr("演练 USBKEY 与演练大厅"))
    practice.set_defaults(run=do.practice)
    actions = practice.add_subparsers(dest="action", required=True, metavar=tr("动作"))
    init = actions.add_parser("init", help=tr("制作演练 CA 和演练 USBKEY（密码 123456）"))
    init.add_argument("--scenario", choices=SCENARIOS, default="fresh", help=tr("要演练的情形，默认 fresh"))
    init.add_argument("--ec", action="store_true", help=tr("使用 P-256 密钥"))
    init.add_argument("--again", action="store_true", help=tr("重新制作"))
    init.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    hall = actions.add_parser("hall", help=tr("运行演练大厅"))
    hall.add_argument("--port", type=_port, metavar="PORT", help=tr("大厅端口，0 为任意空闲端口"))
    _add_other_users(hall)
    _add_port(hall)
    authority = actions.add_parser("ca", help=tr("运行演练CA的在线服务：重置证书密码、吊销列表"))
    authority.add_argument("--port", type=_port, metavar="PORT", help=tr("在线服务端口，0 为任意空闲端口"))
    _add_other_users(authority)
    _add_port(authority)
    unplug = actions.add_parser("unplug", help=tr("拔出演练 USBKEY"))
    unplug.add_argument("serial", nargs="?", help=tr("只拔出这个序列号，默认全部"))
    actions.add_parser("plug", help=tr("插入所有演练 USBKEY"))


def _add_doctor(commands: Commands[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser("doctor", help=tr("故障检测：逐项检查并给出原因和解决办法"))
    doctor.set_defaults(run=do.doctor)
    doctor.add_argument("--json", action="store_true", help=tr("输出 JSON"))
    doctor.add_argument("--report", metavar="FILE", help=tr("同时把报告存为文件，名称以 .json 结尾时为 JSON"))
    browsers = ("chrome", "chromium", "edge", "firefox")
    doctor.add_argument("--browser", choices=browsers, help=tr("另外打开这个浏览器，从浏览器里检测"))


def _add_browsers(commands: Commands[argparse.ArgumentParser]) -> None:
    trust = commands.add_parser("trust", help=tr("让本人的浏览器信任证书助手的安全连接（HTTPS）"))
    trust.set_defaults(run=do.trust)
    _add_installing(trust)
    policy = commands.add_parser("policy", help=tr("写入浏览器策略，让快捷链接中的网站能连接本机（需要管理员权限）"))
    policy.set_defaults(run=do.policy)
    _add_installing(policy)


def _add_installing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("install", "status", "remove"), help=tr("install 安装，status 查看，remove 全部移除")
    )
    parser.add_argument("--json", action="store_true", help=tr("输出 JSON"))


def _origin(text: str) -> str:
    from hebca_helper.bridge.guard import is_serialised_origin

    if not is_serialised_origin(text):
        raise argparse.ArgumentTypeError(
            tr("{text}：应写成 https://portal.example 的样子，小写，末尾没有斜线").format(text=text)
        )
    return text


def _own_origin(text: str) -> str:
    """What a portal says of itself: anybody on the line could imitate one that is plain http."""
    from hebca_helper.relying_party.web_eid import is_portal_origin

    if not is_portal_origin(_origin(text)):
        raise argparse.ArgumentTypeError(
            tr("{text}：应是 https 网站；本机上测试时也可以是 http://localhost").format(text=text)
        )
    return text


def _port(text: str) -> int:
    return _whole(text, 0, 65535, tr("端口应在 0 到 65535 之间"))


def _number(text: str) -> int:
    return _whole(text, 1, _MOST, tr("应是从 1 开始的数"))


def _page(text: str) -> int:
    return -1 if text == "-1" else _whole(text, 1, _MOST, tr("页码从 1 开始，-1 为最后一页"))


def _whole(text: str, lowest: int, highest: int, otherwise: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(otherwise)
    return int(text)


def _millimetres(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < _LARGEST_MM:
        raise argparse.ArgumentTypeError(tr("应是毫米数，例如 105.5"))
    return number


def _keyword(text: str) -> str:
    from hebca_helper.documents.pdf.placement import LONGEST_KEYWORD

    if not text.strip() or len(text) > LONGEST_KEYWORD:
        raise argparse.ArgumentTypeError(tr("应是 1 到 {n} 个字").format(n=LONGEST_KEYWORD))
    return text


def _serial(text: str) -> str:
    """As the program itself shows serial numbers, however they were copied (`0A:1B`, `0x0a1b`)."""
    plain = text.lower().replace(":", "").replace(" ", "").removeprefix("0x").lstrip("0") or "0"
    if set(plain) - set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(tr("应是十六进制的序列号，见 certificates"))
    return plain
