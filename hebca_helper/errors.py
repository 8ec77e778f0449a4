"""Every failure a person or a page can see: one table of code, text and remedy.

The wire number is what a page receives as `ret`. Three numbers are the vendor's (resources/protocol.md, section 3);
the others are ours, in the same 0xE00B1xxx range, from 0xE00B1F00 on, where no vendor number has been seen.
Texts hold no markup and no text that came from a page or a USBKEY: old pages show them through innerHTML.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.texts import tr


class Code(StrEnum):
    """Name of a failure; the same in the HTTPS API, the journal, the command line and the documentation."""

    NO_CERTIFICATE = "no-certificate"
    USER_CANCELLED = "user-cancelled"
    EXECUTION_FAILED = "execution-failed"
    BAD_REQUEST = "bad-request"
    UNKNOWN_FUNCTION = "unknown-function"
    NOT_SUPPORTED = "not-supported"
    DENIED_BY_POLICY = "denied-by-policy"
    PERSON_NEEDED = "person-needed"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    PIN_INCORRECT = "pin-incorrect"
    PIN_LOCKED = "pin-locked"
    PIN_LENGTH = "pin-length"
    PIN_WEAK = "pin-weak"
    PIN_PAGE_REFUSED = "pin-page-refused"
    PIN_EXPIRED = "pin-expired"
    PIN_NOT_SET = "pin-not-set"
    PIN_AGAIN = "pin-again"
    NOT_LOGGED_IN = "not-logged-in"
    SESSION_ENDED = "session-ended"
    TOKEN_REMOVED = "token-removed"
    TOKEN_BUSY = "token-busy"
    MODULE_CRASHED = "module-crashed"
    MODULE_TIMEOUT = "module-timeout"
    MODULE_NOT_LOADED = "module-not-loaded"
    TOKEN_FAILURE = "token-failure"
    TOKEN_BLANK = "token-blank"
    TOKEN_WITHOUT_CERTIFICATE = "token-without-certificate"
    TOKEN_UNREADABLE = "token-unreadable"
    KEY_MISMATCH = "key-mismatch"
    NO_PRIVATE_KEY = "no-private-key"
    CERTIFICATE_NOT_SELECTED = "certificate-not-selected"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_UNTRUSTED = "certificate-untrusted"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CRL_UNREADABLE = "crl-unreadable"
    ISSUER_UNFIT = "issuer-unfit"
    FINGERPRINT_DIFFERS = "fingerprint-differs"
    ISSUERS_MANAGED = "issuers-managed"
    SIGNATURE_WRONG = "signature-wrong"
    SIGNATURE_WITHOUT_ATTRIBUTES = "signature-without-attributes"
    SIGNATURE_NOT_OF_ONE = "signature-not-of-one"
    TEXT_NOT_ENCODABLE = "text-not-encodable"
    LOGIN_LIKE_CONTENT = "login-like-content"
    DOCUMENT_LIKE_CONTENT = "document-like-content"
    DECRYPTION_FAILED = "decryption-failed"
    MESSAGE_UNREADABLE = "message-unreadable"
    SEAL_UNREADABLE = "seal-unreadable"
    NO_SEAL = "no-seal"
    SEAL_INVALID = "seal-invalid"
    SEAL_EXPIRED = "seal-expired"
    SEAL_NOT_YET_VALID = "seal-not-yet-valid"
    SEAL_NEEDS_RENEWAL = "seal-needs-renewal"
    SEAL_NOT_SIGNERS = "seal-not-signers"
    SEAL_UNCHECKED = "seal-unchecked"
    DOCUMENT_UNREADABLE = "document-unreadable"
    DOCUMENT_HOST_FAILED = "document-host-failed"
    DOCUMENT_ENCRYPTED = "document-encrypted"
    DOCUMENT_LOCKED = "document-locked"
    DOCUMENT_FORM_OPEN = "document-form-open"
    SEAL_PLACE_MISSING = "seal-place-missing"
    SEAL_NO_ROOM = "seal-no-room"
    OVER_LIMIT = "over-limit"
    SEAL_FIELD_REFUSED = "seal-field-refused"
    TIME_STAMP_FAILED = "time-stamp-failed"
    DATA_OBJECT_MISSING = "data-object-missing"
    REGISTRY_VALUE_MISSING = "registry-value-missing"
    PRACTICE_ONLY = "practice-only"
    PRACTICE_MISSING = "practice-missing"
    PRACTICE_BUSY = "practice-busy"
    PORT_TAKEN = "port-taken"
    PORT_OF_OTHER_USER = "port-of-other-user"
    WINDOW_SILENT = "window-silent"
    SETTINGS_DAMAGED = "settings-damaged"
    JOURNAL_DAMAGED = "journal-damaged"
    DRIVER_FILE_WRONG = "driver-file-wrong"
    SYSTEM_LIBRARY_MISSING = "system-library-missing"
    FILE_UNREADABLE = "file-unreadable"
    SERVICE_STOPPING = "service-stopping"
    ONLINE_UNREACHABLE = "online-unreachable"
    ONLINE_NOT_GENUINE = "online-not-genuine"
    ONLINE_REFUSED = "online-refused"
    CHECK_FAILED = "check-failed"
    CHECK_TIMED_OUT = "check-timed-out"
    FONT_MISSING = "font-missing"
    DRIVER_MISSING = "driver-missing"
    DRIVER_MISMATCH = "driver-mismatch"
    USBKEY_WITHOUT_DRIVER = "usbkey-without-driver"
    USBKEY_UNKNOWN = "usbkey-unknown"
    PIN_FEW_LEFT = "pin-few-left"
    PIN_LAST_TRY = "pin-last-try"
    CERTIFICATE_EXPIRING = "certificate-expiring"
    CLOCK_WRONG = "clock-wrong"
    PORT_SILENT = "port-silent"
    VENDOR_ASSISTANT_RUNNING = "vendor-assistant-running"
    ORIGIN_BLOCKED = "origin-blocked"
    BROWSER_MISSING = "browser-missing"
    CHROME_MISSING = "chrome-missing"
    POPUPS_BLOCKED = "popups-blocked"
    AUTOSTART_BROKEN = "autostart-broken"
    DISK_FULL = "disk-full"
    ANTIVIRUS_RUNNING = "antivirus-running"
    OFFICE_MISSING = "office-missing"
    PDF_VIEWER_MISSING = "pdf-viewer-missing"
    RESTART_PENDING = "restart-pending"
    LOCALHOST_WRONG = "localhost-wrong"
    PROXY_TAKES_LOOPBACK = "proxy-takes-loopback"
    TOOL_MISSING = "tool-missing"
    TRUST_FAILED = "trust-failed"
    ROOT_NEEDED = "root-needed"
    POLICY_FILE_WRONG = "policy-file-wrong"
    POLICY_MISSING = "policy-missing"
    TLS_UNTRUSTED = "tls-untrusted"
    LOOPBACK_BLOCKED = "loopback-blocked"
    BROWSER_SILENT = "browser-silent"
    BROWSER_CONNECTION = "browser-connection"
    BROWSER_POPUP = "browser-popup"
    BROWSER_PDF = "browser-pdf"
    BROWSER_DOWNLOAD = "browser-download"
    BROWSER_PRINT = "browser-print"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table. `number` is a signed 32-bit wire number; `text` says what is wrong, `remedy` what to do."""

    number: int
    text: str
    remedy: str


def _signed(number: int) -> int:
    return number - 0x1_0000_0000 if number >= 0x8000_0000 else number


TABLE: dict[Code, Entry] = {
    Code.NO_CERTIFICATE: Entry(_signed(0xE00B1003), "没有找到数字证书", "请插入 USBKEY 后重试"),
    Code.USER_CANCELLED: Entry(_signed(0xE00B1009), "用户取消了操作", "需要时请重新操作"),
    Code.EXECUTION_FAILED: Entry(_signed(0xE00B1021), "操作没有成功", "请重试；仍不成功时打开证书助手的故障检测"),
    Code.BAD_REQUEST: Entry(_signed(0xE00B1F00), "网页发来的请求有误", "请刷新网页重试，或联系网站的技术支持"),
    Code.UNKNOWN_FUNCTION: Entry(_signed(0xE00B1F01), "证书助手没有这项功能", "请联系网站的技术支持核对接口名称"),
    Code.NOT_SUPPORTED: Entry(_signed(0xE00B1F02), "证书助手暂不支持这项功能", "请改用其他方式办理，或等待新版本"),
    Code.DENIED_BY_POLICY: Entry(
        _signed(0xE00B1F03),
        "证书助手的安全规则不允许这个网站这样做",
        "请核对网址是否正确；误阻止的网站可在故障检测中恢复",
    ),
    Code.PERSON_NEEDED: Entry(_signed(0xE00B1F04), "这一步需要本人在电脑前确认", "请打开证书助手的窗口后重试"),
    Code.TOO_LARGE: Entry(_signed(0xE00B1F05), "数据太大", "请减小文件或内容后重试"),
    Code.TOO_MANY: Entry(_signed(0xE00B1F06), "请求过于频繁", "请稍等片刻再试"),
    Code.PIN_INCORRECT: Entry(_signed(0xE00B1F10), "证书密码不正确", "请核对后重新输入，多次输错会锁定"),
    Code.PIN_LOCKED: Entry(
        _signed(0xE00B1F11), "证书密码已锁定", "请用解锁码解锁，或在 www.hebca.com 办理重置证书密码"
    ),
    Code.PIN_LENGTH: Entry(_signed(0xE00B1F12), "证书密码长度不符合要求", "请输入 6 到 16 位密码"),
    Code.PIN_WEAK: Entry(_signed(0xE00B1F13), "新密码过于简单", "请不要使用初始密码、连续数字或重复数字"),
    Code.PIN_PAGE_REFUSED: Entry(
        _signed(0xE00B1F14), "为防止密码被试错锁定，暂不接受网页提供的密码", "请先在证书助手的窗口中登录一次"
    ),
    Code.PIN_EXPIRED: Entry(
        _signed(0xE00B1F17), "证书密码已到期，要先修改才能继续使用", "请在“我的证书”中点“修改密码”，再重试"
    ),
    Code.PIN_NOT_SET: Entry(
        _signed(0xE00B1F18), "这个 USBKEY 还没有设置证书密码", "请用解锁码设置证书密码，或联系客服 400-707-3355"
    ),
    Code.PIN_AGAIN: Entry(
        _signed(0xE00B1F19), "这把密钥每次使用都要输入证书密码", "请再输入一次证书密码，同意这一次使用"
    ),
    Code.NOT_LOGGED_IN: Entry(_signed(0xE00B1F15), "尚未登录证书，或登录已结束", "请重新输入证书密码登录"),
    Code.SESSION_ENDED: Entry(_signed(0xE00B1F16), "网页与证书助手的连接已断开", "请刷新网页后重试"),
    Code.TOKEN_REMOVED: Entry(_signed(0xE00B1F20), "USBKEY 已拔出", "请重新插入 USBKEY 后重试"),
    Code.TOKEN_BUSY: Entry(_signed(0xE00B1F21), "USBKEY 正忙", "请等待当前操作完成后重试"),
    Code.MODULE_CRASHED: Entry(
        _signed(0xE00B1F22), "USBKEY 的驱动程序意外退出，已重新启动", "请重试；反复出现时请重新安装驱动"
    ),
    Code.MODULE_TIMEOUT: Entry(_signed(0xE00B1F23), "USBKEY 长时间没有响应，已重新连接", "请重新插拔 USBKEY 后重试"),
    Code.MODULE_NOT_LOADED: Entry(_signed(0xE00B1F24), "USBKEY 的驱动程序无法加载", "请重新安装与系统位数一致的驱动"),
    Code.TOKEN_FAILURE: Entry(
        _signed(0xE00B1F25), "USBKEY 报告了错误", "请重新插拔 USBKEY 后重试，仍不成功请联系客服 400-707-3355"
    ),
    Code.TOKEN_BLANK: Entry(
        _signed(0xE00B1F27),
        "这个 USBKEY 还是空的，没有初始化",
        "请联系发放 USBKEY 的单位，或客服 400-707-3355；如有另一个 USBKEY，请改插那一个",
    ),
    Code.TOKEN_WITHOUT_CERTIFICATE: Entry(
        _signed(0xE00B1F2A),
        "USBKEY 中没有数字证书",
        "新领的 USBKEY 请按随附说明安装证书；网上办理延期、补办后请安装证书",
    ),
    Code.TOKEN_UNREADABLE: Entry(
        _signed(0xE00B1F28),
        "插入的一个 USBKEY 无法读取",
        "请重新插拔这个 USBKEY，或换一个 USB 接口；其他 USBKEY 不受影响",
    ),
    Code.KEY_MISMATCH: Entry(
        _signed(0xE00B1F29),
        "USBKEY 做出的签名与证书不符，已经作废，没有发出",
        "请重新插拔 USBKEY 后重试；仍不成功请联系客服 400-707-3355",
    ),
    Code.NO_PRIVATE_KEY: Entry(
        _signed(0xE00B1F26), "USBKEY 中没有这张证书的私钥", "请选择另一张证书，或联系客服 400-707-3355"
    ),
    Code.CERTIFICATE_NOT_SELECTED: Entry(_signed(0xE00B1F30), "网页还没有选择证书", "请在网页上先选择证书"),
    Code.CERTIFICATE_UNREADABLE: Entry(_signed(0xE00B1F31), "证书内容无法读取", "请联系客服 400-707-3355 检查证书"),
    Code.CERTIFICATE_EXPIRED: Entry(_signed(0xE00B1F32), "证书已过期", "请在 www.hebca.com 办理老用户延期"),
    Code.CERTIFICATE_NOT_YET_VALID: Entry(
        _signed(0xE00B1F33), "证书尚未生效", "请等到生效之日再使用；那一天已过的，请核对电脑的日期和时间"
    ),
    Code.CERTIFICATE_UNTRUSTED: Entry(_signed(0xE00B1F34), "证书不是受信任的机构签发的", "请使用河北CA签发的证书"),
    Code.CERTIFICATE_REVOKED: Entry(_signed(0xE00B1F35), "证书已吊销", "请在 www.hebca.com 重新申请证书"),
    Code.CRL_UNREADABLE: Entry(
        _signed(0xE00B1F36), "吊销列表无法读取或已过期", "请检查网络后重试，暂时无法确认证书是否已吊销"
    ),
    Code.ISSUER_UNFIT: Entry(
        _signed(0xE00B1FC0), "这不是可以添加的签发机构证书", "请从签发机构的网站下载它的 CA 证书，或向它索取"
    ),
    Code.FINGERPRINT_DIFFERS: Entry(
        _signed(0xE00B1FC1), "指纹与签发机构公布的不一致，没有添加", "请不要使用这张证书，并打电话向签发机构核实"
    ),
    Code.ISSUERS_MANAGED: Entry(_signed(0xE00B1FC2), "信任的签发机构由管理员统一设置", "需要添加时请联系单位的管理员"),
    Code.SIGNATURE_WRONG: Entry(_signed(0xE00B1F37), "签名验证不通过", "内容可能被改动，请重新签名"),
    Code.SIGNATURE_WITHOUT_ATTRIBUTES: Entry(
        _signed(0xE00B1FD0),
        "签名缺少签名属性，不能证明签的是这份文件",
        "请不要采信这个签名，并请签名人用签章软件重新签名",
    ),
    Code.SIGNATURE_NOT_OF_ONE: Entry(
        _signed(0xE00B1FD1),
        "PDF 的一个签名中只能有一个签名人",
        "请不要采信这个签名，并请每位签名人分别签名",
    ),
    Code.TEXT_NOT_ENCODABLE: Entry(
        _signed(0xE00B1F38), "待签名的文字中有网站编码不能表示的字符", "请删除特殊字符或表情符号后重试"
    ),
    Code.LOGIN_LIKE_CONTENT: Entry(
        _signed(0xE00B1F39), "这段内容可能被用来冒充登录，不能直接签名", "请联系网站的技术支持改用登录接口"
    ),
    Code.DOCUMENT_LIKE_CONTENT: Entry(
        _signed(0xE00B1F57),
        "这是证书、签章或文件的内部数据，直接签名会被用来伪造签章",
        "请联系网站的技术支持改用签章或文件签名接口",
    ),
    Code.DECRYPTION_FAILED: Entry(_signed(0xE00B1F3A), "解密没有成功", "请确认内容是发给本证书的"),
    Code.MESSAGE_UNREADABLE: Entry(
        _signed(0xE00B1F3D), "签名或加密的文件无法读取", "请确认文件完整，并且是 CMS（PKCS#7）格式"
    ),
    Code.SEAL_UNREADABLE: Entry(
        _signed(0xE00B1F3E), "印章或签章的数据无法读取", "请确认文件完整；印章损坏时请联系制章单位重新制作"
    ),
    Code.NO_SEAL: Entry(
        _signed(0xE00B1FA0),
        "您的证书中没有印章信息",
        "请在“快捷链接”中打开“社保用户申请章”免费申请，或携带 USBKEY 和公章到河北CA窗口办理",
    ),
    Code.SEAL_INVALID: Entry(
        _signed(0xE00B1FA1),
        "印章没有通过检查，可能被改动或伪造",
        "请不要使用这枚印章，并联系客服 400-707-3355 重新制作",
    ),
    Code.SEAL_EXPIRED: Entry(
        _signed(0xE00B1FA2), "印章已过有效期", "请在河北CA网站重新申请印章，或携带 USBKEY 和公章到河北CA窗口办理"
    ),
    Code.SEAL_NOT_YET_VALID: Entry(
        _signed(0xE00B1FA3), "印章还没有到生效时间", "请核对电脑的日期和时间；日期正确时请在印章生效后再用"
    ),
    Code.SEAL_NEEDS_RENEWAL: Entry(
        _signed(0xE00B1FA4),
        "印章需更新：印章对应的是延期前的旧证书",
        "请在“快捷链接”中打开“社保用户申请章”更新印章，或到河北CA窗口办理",
    ),
    Code.SEAL_NOT_SIGNERS: Entry(
        _signed(0xE00B1FA5), "印章不是为这张证书制作的", "请插入印章所属的 USBKEY，或重新申请印章"
    ),
    Code.SEAL_UNCHECKED: Entry(
        _signed(0xE00B1FA6), "印章有必要的内容无法核对，不能用来签章", "请更新证书助手后重试，或联系客服 400-707-3355"
    ),
    Code.DOCUMENT_UNREADABLE: Entry(_signed(0xE00B1F3F), "文档无法读取", "请确认文件完整，或请对方重新发送"),
    Code.DOCUMENT_ENCRYPTED: Entry(_signed(0xE00B1FB0), "文件有密码保护，不能签章", "请先去掉密码保护，再重新签章"),
    Code.DOCUMENT_LOCKED: Entry(
        _signed(0xE00B1FB1), "文件已被先前的签名锁定，不能再盖章", "请使用锁定之前的文件，或联系锁定文件的一方"
    ),
    Code.DOCUMENT_FORM_OPEN: Entry(
        _signed(0xE00B1FB8), "表单里填写的内容不能照原样固定下来，盖章后会看不到", "请打开文件，打印为 PDF 后再盖章"
    ),
    Code.SEAL_NO_ROOM: Entry(_signed(0xE00B1FB9), "页面放不下这枚印章", "请换一页盖章，或请对方提供正常大小的页面"),
    Code.OVER_LIMIT: Entry(_signed(0xE00B1FBA), "超出一次能处理的数量", "请分几次处理，或把文件拆成几份"),
    Code.SEAL_PLACE_MISSING: Entry(_signed(0xE00B1FB2), "文件中没有指定的盖章位置", "请核对页码、位置或关键字后重试"),
    Code.SEAL_FIELD_REFUSED: Entry(
        _signed(0xE00B1FB4), "表单的签名域有专门的要求，这枚印章不能满足", "请联系提供表单的单位，或改盖在其他位置"
    ),
    Code.TIME_STAMP_FAILED: Entry(
        _signed(0xE00B1FB3), "没有得到可用的时间戳", "请检查网络和设置中的时间戳服务地址后重试"
    ),
    Code.DOCUMENT_HOST_FAILED: Entry(
        _signed(0xE00B1F56), "没有在限定的时间和内存内读完文件", "请确认文件来源可靠；仍不成功请联系客服 400-707-3355"
    ),
    Code.DATA_OBJECT_MISSING: Entry(_signed(0xE00B1F3B), "USBKEY 中没有这项数据", "请确认插入的是正确的 USBKEY"),
    Code.REGISTRY_VALUE_MISSING: Entry(_signed(0xE00B1F3C), "没有这个设置项", "这是正常情况，网页应使用默认值"),
    Code.PRACTICE_ONLY: Entry(
        _signed(0xE00B1F40), "自动应答只能用于演练 USBKEY", "请使用演练 USBKEY，或打开窗口由本人操作"
    ),
    Code.PRACTICE_MISSING: Entry(_signed(0xE00B1F41), "还没有演练 USBKEY", "请运行 hebca-helper practice init"),
    Code.PRACTICE_BUSY: Entry(_signed(0xE00B1F42), "演练 USBKEY 正在使用", "请先退出证书助手再重建演练 USBKEY"),
    Code.PORT_TAKEN: Entry(_signed(0xE00B1F50), "端口被其他程序占用", "请退出占用端口的程序（常见的是原厂证书助手）"),
    Code.PORT_OF_OTHER_USER: Entry(
        _signed(0xE00B1FE0), "这台电脑的另一个用户打开着证书助手", "请让那位用户退出证书助手，或注销那位用户后重试"
    ),
    Code.WINDOW_SILENT: Entry(
        _signed(0xE00B1FE1), "已经打开的证书助手没有响应", "请稍等再试；仍不成功时结束它，然后重新打开"
    ),
    Code.SETTINGS_DAMAGED: Entry(
        _signed(0xE00B1F51), "设置文件损坏，已另存并恢复默认设置", "请检查改过的设置是否需要重新填写"
    ),
    Code.JOURNAL_DAMAGED: Entry(
        _signed(0xE00B1FE2),
        "签名记录损坏，已另存并重新开始记录",
        "需要以前的记录时，请把另存的文件发给客服 400-707-3355",
    ),
    Code.DRIVER_FILE_WRONG: Entry(_signed(0xE00B1F52), "驱动描述文件有错误，已跳过", "请按提示的行号改正该文件"),
    Code.SYSTEM_LIBRARY_MISSING: Entry(
        _signed(0xE00B1F53), "缺少系统组件，窗口无法显示", "请运行 bash installer/setup.sh run 安装"
    ),
    Code.FILE_UNREADABLE: Entry(
        _signed(0xE00B1F54), "文件无法读取或写入", "请检查文件或文件夹是否存在、是否有权限、磁盘是否有空间"
    ),
    Code.SERVICE_STOPPING: Entry(_signed(0xE00B1F55), "证书助手正在退出", "请重新启动证书助手后重试"),
    Code.ONLINE_UNREACHABLE: Entry(
        _signed(0xE00B1F60), "无法连接河北CA的在线服务", "请检查网络和代理设置后重试，或联系客服 400-707-3355"
    ),
    Code.ONLINE_NOT_GENUINE: Entry(
        _signed(0xE00B1F61), "无法确认在线服务的答复来自河北CA，已放弃", "请换一个网络重试，或联系客服 400-707-3355"
    ),
    Code.ONLINE_REFUSED: Entry(
        _signed(0xE00B1F62), "河北CA没有受理这次在线办理", "请先在 www.hebca.com 提交申请，或联系客服 400-707-3355"
    ),
    Code.CHECK_FAILED: Entry(
        _signed(0xE00B1F70), "这项检测没有完成", "请重新检测；仍不成功时保存检测报告，发给客服 400-707-3355"
    ),
    Code.CHECK_TIMED_OUT: Entry(_signed(0xE00B1F71), "这项检测超过了时限", "请稍后重新检测；反复出现时重新启动电脑"),
    Code.FONT_MISSING: Entry(
        _signed(0xE00B1F72), "缺少中文字体，文字会显示成方块", "请运行 bash installer/setup.sh run 安装"
    ),
    Code.DRIVER_MISSING: Entry(
        _signed(0xE00B1F73), "没有找到 USBKEY 的驱动程序", "请安装随 USBKEY 提供的驱动，然后重新检测"
    ),
    Code.DRIVER_MISMATCH: Entry(
        _signed(0xE00B1F74), "驱动程序与证书助手的位数或处理器不一致", "请安装与证书助手一致的驱动"
    ),
    Code.USBKEY_WITHOUT_DRIVER: Entry(
        _signed(0xE00B1F75), "USBKEY 已插入，但没有它的驱动程序", "请安装这种 USBKEY 的驱动，然后重新插拔"
    ),
    Code.USBKEY_UNKNOWN: Entry(
        _signed(0xE00B1F76),
        "插入了证书助手不认识的 USBKEY",
        "请安装随 USBKEY 提供的驱动；仍不能使用时把检测报告发给客服 400-707-3355",
    ),
    Code.PIN_FEW_LEFT: Entry(
        _signed(0xE00B1F77), "证书密码曾经输错，剩余次数不多", "请确认密码后再输入，连续输错会锁定"
    ),
    Code.PIN_LAST_TRY: Entry(
        _signed(0xE00B1F78), "证书密码只剩最后一次机会", "请确认密码后再输入；记不清时在 www.hebca.com 办理重置证书密码"
    ),
    Code.CERTIFICATE_EXPIRING: Entry(_signed(0xE00B1F79), "证书即将到期", "请在 www.hebca.com 办理老用户延期"),
    Code.CLOCK_WRONG: Entry(
        _signed(0xE00B1F7A), "电脑的日期或时间不正确", "请在系统设置中打开自动设置时间，再重新检测"
    ),
    Code.PORT_SILENT: Entry(_signed(0xE00B1F7B), "浏览器服务没有启动", "请退出并重新打开证书助手"),
    Code.VENDOR_ASSISTANT_RUNNING: Entry(
        _signed(0xE00B1F7C), "原厂证书助手正在运行，两个助手不能同时使用", "请先退出原厂证书助手，再重新检测"
    ),
    Code.ORIGIN_BLOCKED: Entry(_signed(0xE00B1F7D), "办事网站被您阻止，不能使用证书", "如需使用该网站，请解除阻止"),
    Code.BROWSER_MISSING: Entry(_signed(0xE00B1F7E), "没有找到浏览器", "请安装谷歌浏览器（Chrome）"),
    Code.CHROME_MISSING: Entry(
        _signed(0xE00B1F7F), "没有找到谷歌浏览器，个别网站只支持它", "需要时请安装谷歌浏览器（Chrome）"
    ),
    Code.POPUPS_BLOCKED: Entry(
        _signed(0xE00B1F80), "浏览器禁止了所有弹出窗口", "请在浏览器的网站设置中允许办事网站弹出窗口"
    ),
    Code.AUTOSTART_BROKEN: Entry(_signed(0xE00B1F81), "开机自动启动已失效", "请重新开启开机自动启动"),
    Code.DISK_FULL: Entry(_signed(0xE00B1F82), "磁盘空间不足，记录和设置可能无法保存", "请清理磁盘后重试"),
    Code.ANTIVIRUS_RUNNING: Entry(
        _signed(0xE00B1F83),
        "正在运行的安全软件可能拦截证书助手",
        "请把证书助手加入信任区；安装驱动或助手前先退出安全软件",
    ),
    Code.OFFICE_MISSING: Entry(
        _signed(0xE00B1F84), "没有找到表格软件，无法打开下载的申报表", "请安装 Excel、WPS 或 LibreOffice"
    ),
    Code.PDF_VIEWER_MISSING: Entry(_signed(0xE00B1F85), "没有找到能打开 PDF 的程序", "请安装 PDF 阅读器或浏览器"),
    Code.RESTART_PENDING: Entry(_signed(0xE00B1F86), "系统更新后还没有重新启动", "请保存工作后重新启动电脑"),
    Code.LOCALHOST_WRONG: Entry(
        _signed(0xE00B1F87),
        "localhost 没有指向本机，网页找不到证书助手",
        "请在系统的 hosts 文件中恢复 127.0.0.1 localhost",
    ),
    Code.PROXY_TAKES_LOOPBACK: Entry(
        _signed(0xE00B1F88),
        "代理设置没有排除本机，网页可能找不到证书助手",
        "请在代理设置的例外中加入 localhost 和 127.0.0.1",
    ),
    Code.TOOL_MISSING: Entry(_signed(0xE00B1F90), "缺少所需的系统程序", "请安装括号中的软件包后重试"),
    Code.TRUST_FAILED: Entry(
        _signed(0xE00B1F91), "没有能更改浏览器信任的证书", "请关闭浏览器后重试；仍不成功请联系客服 400-707-3355"
    ),
    Code.ROOT_NEEDED: Entry(_signed(0xE00B1F92), "这一步需要管理员权限", "请用 sudo 运行，或请管理员执行"),
    Code.POLICY_FILE_WRONG: Entry(
        _signed(0xE00B1F93), "已有的浏览器策略文件无法读取，没有改动", "请管理员检查该文件的内容后重试"
    ),
    Code.POLICY_MISSING: Entry(
        _signed(0xE00B1F94), "浏览器会拦截这个网站连接证书助手", "请管理员运行 hebca-helper policy install"
    ),
    Code.TLS_UNTRUSTED: Entry(
        _signed(0xE00B1F95),
        "浏览器不信任证书助手的安全连接",
        "请运行 hebca-helper trust install，然后重新打开浏览器",
    ),
    Code.LOOPBACK_BLOCKED: Entry(
        _signed(0xE00B1F96),
        "浏览器不允许网页连接本机的证书助手",
        "请在浏览器询问时选择允许；已拒绝的，在地址栏左侧的网站权限中改为允许",
    ),
    Code.BROWSER_SILENT: Entry(
        _signed(0xE00B1F97), "浏览器没有完成检测", "请在打开的检测网页上完成各项，或换一个浏览器重试"
    ),
    Code.BROWSER_CONNECTION: Entry(
        _signed(0xE00B1F98), "浏览器连不上证书助手", "请检查代理和安全软件的设置，然后重新检测"
    ),
    Code.BROWSER_POPUP: Entry(
        _signed(0xE00B1F99), "浏览器拦截了弹出窗口", "请在浏览器的网站设置中允许办事网站弹出窗口"
    ),
    Code.BROWSER_PDF: Entry(
        _signed(0xE00B1F9A),
        "浏览器没有直接显示 PDF",
        "请在浏览器设置中选择在浏览器中打开 PDF，或改用谷歌浏览器（Chrome）",
    ),
    Code.BROWSER_DOWNLOAD: Entry(
        _signed(0xE00B1F9B), "浏览器没有保存下载的文件", "请在浏览器设置中允许下载，并检查下载的文件夹"
    ),
    Code.BROWSER_PRINT: Entry(_signed(0xE00B1F9C), "没有打印出来", "请检查打印机的连接和浏览器的打印设置"),
}


class HelperError(Exception):
    """A failure with its row of the table.

    `detail` is for the person and the command line only (a file name, a line number): it never reaches a page.
    `tries_left` is set for PIN failures where the driver tells the number.
    """

    def __init__(self, code: Code, detail: str = "", *, tries_left: int | None = None) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.tries_left = tries_left

    @property
    def number(self) -> int:
        """Signed 32-bit wire number."""
        return TABLE[self.code].number

    @property
    def text(self) -> str:
        return tr(TABLE[self.code].text)

    @property
    def remedy(self) -> str:
        return tr(TABLE[self.code].remedy)

    def __str__(self) -> str:
        if not self.detail:
            return tr("{text}。{remedy}").format(text=self.text, remedy=self.remedy)
        told = tr("{text}（{detail}）。{remedy}")
        return told.format(text=self.text, detail=self.detail, remedy=self.remedy)
