"""The port through which the assistant talks to people: three questions, and notices that want no answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hebca_helper.assistant.asker.asking import Asker
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.person.kinds import Kind
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr
from hebca_helper.tokens.model import TokenInfo


@dataclass(frozen=True, slots=True)
class Content:
    """What will be signed, to be shown whole. `text` is already made visible; `size` in bytes;
    `digest` is the SHA-256 hex of the bytes. `readable` is False where the bytes are no text (a hex beginning is shown);
    `kind` is what they are then."""

    text: str
    size: int
    digest: str
    readable: bool = True
    kind: Kind = Kind.PLAIN

    @property
    def note(self) -> str:
        """In brackets behind a caption: what this is where it is more, or less, than text to be read. Else empty."""
        words = {
            Kind.STRUCTURE: tr("证书或签名的内部数据"),
            Kind.PDF: tr("PDF 文件"),
            Kind.ZIP: tr("OFD、Word 或压缩文件"),
            Kind.OFFICE: tr("Word 或 Excel 文件"),
            Kind.PICTURE: tr("图片"),
            Kind.XML_SIGNATURE: tr("XML 签名的内部数据"),
        }
        kind = words.get(self.kind, "")
        if self.readable:
            return tr("（{kind}）").format(kind=kind) if kind else ""
        if not kind:
            return tr("（不是文字，以十六进制显示开头）")
        return tr("（{kind}，以十六进制显示开头）").format(kind=kind)


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """A certificate that is there but cannot be chosen. `reason` is CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID."""

    entry: CertificateEntry
    reason: Code


@dataclass(frozen=True, slots=True)
class ChooseCertificate:
    """At least two certificates. `entries` can be chosen from (none where all are unsuitable); `unsuitable` are shown, so
    that the person sees why the one they look for is not among them."""

    asker: Asker
    usage: Usage
    entries: tuple[CertificateEntry, ...]
    unsuitable: tuple[Unsuitable, ...] = ()


class PinPurpose(StrEnum):
    LOGIN = "login"
    """Asks one PIN. With `content` the same dialog is the consent to sign it."""
    CHANGE = "change"
    """Asks old, new and again."""
    UNBLOCK = "unblock"
    """Asks the unlock code (SO PIN), new and again."""
    NEW = "new"
    """Asks a new PIN and again, for an online reset (`PinAnswer.pin` is the new one)."""


class ConfirmKind(StrEnum):
    """What is asked. Those below SIGN always ask, also within a login (house rule 3)."""

    CONNECT = "connect"
    """May this site connect? Answers: no, once, remember, block, refuse-all."""
    LAST_TRY = "last-try"
    """One more wrong PIN locks the token: really send it?"""
    INITIAL_PIN = "initial-pin"
    """The PIN is still the initial one: change it now?"""
    WEAK_PIN = "weak-pin"
    """The PIN is sequential, repeated or too short: change it now?"""
    SIGN = "sign"
    SIGN_DOCUMENT = "sign-document"
    """A CMS signature with the content inside."""
    ONLINE_LOGIN = "online-login"
    """A login token for the asker's own origin; `subject` is that origin."""
    SEAL_HASH = "seal-hash"
    """A page computed the digest itself: nobody can show what is sealed. `content` is the digest."""
    SEAL_HASH_BARE = "seal-hash-bare"
    """The same without attributes around it: such a signature fits any file, and nothing in it says which."""
    STAMP = "stamp"
    """Set a seal on documents; `subject` names one, `content` lists several; `picture` shows the first stamped page."""
    DECRYPT = "decrypt"
    READ_DATA = "read-data"
    """`subject` is the object's name; asked once per object and connection."""
    WRITE_DATA = "write-data"
    DELETE_DATA = "delete-data"
    GENERATE_KEY = "generate-key"
    """`subject` is the common name of the request."""
    IMPORT_CERTIFICATE = "import-certificate"
    """`subject` is the certificate's holder."""
    IMPORT_KEY_PAIR = "import-key-pair"
    """An encryption key that the issuer made; `subject` is whose USBKEY it is."""
    ENCRYPT_FILE = "encrypt-file"
    """`subject` is both real paths and the size, a line each."""
    DECRYPT_FILE = "decrypt-file"
    OVERWRITE_FILE = "overwrite-file"
    USE_FILE = "use-file"
    """A page names a file of this computer, to look at its seals or to set one; `subject` is the real path and what for."""
    RESET_PIN = "reset-pin"
    """`subject` is the host that is asked."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an asker wants done, as a dialog shows it. `subject` is already made visible; what it names depends on `kind`."""

    kind: ConfirmKind
    content: Content | None = None
    subject: str = ""
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class EnterPin:
    """`problem` is why the last answer was not accepted; the token's `pin_state` and `tries_left` are current.

    With `kind` the dialog is at the same time the consent to that, with `content` or `subject` to judge it by.
    """

    asker: Asker
    purpose: PinPurpose
    token: TokenInfo
    entry: CertificateEntry | None = None
    content: Content | None = None
    problem: HelperError | None = None
    kind: ConfirmKind | None = None
    subject: str = ""
    picture: bytes = field(default=b"", repr=False)
    """PNG of what is agreed to, made in the document host."""


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """`pin` is the PIN, the old PIN or the unlock code; never shown, never logged."""

    pin: str = field(repr=False)
    new_pin: str = field(default="", repr=False)


class Decision(StrEnum):
    NO = "no"
    ONCE = "once"
    REMEMBER = "remember"
    BLOCK = "block"
    REFUSE_ALL = "refuse-all"
    """No to this site, and to all that wait for being let in."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """`warning` is a sentence for the person (unknown site, insecure connection), empty when there is none."""

    asker: Asker
    kind: ConfirmKind
    warning: str = ""
    entry: CertificateEntry | None = None
    content: Content | None = None
    may_remember: bool = True
    subject: str = ""
    """Already made visible; what it names depends on `kind`."""
    picture: bytes = field(default=b"", repr=False)
    """PNG of what is agreed to, made in the document host."""
    waiting: int = 0
    """How many sites wait for being let in after this one; with any, REFUSE_ALL may be answered."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should see without having to answer. `stop` ends the login it speaks of."""

    text: str
    connection_id: str = ""
    token_id: str = ""


class Prompts(Protocol):
    """Cancelling the awaiting task closes the dialog. A person who cancels raises HelperError(USER_CANCELLED)."""

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry: ...

    async def enter_pin(self, question: EnterPin) -> PinAnswer: ...

    async def confirm(self, question: Confirm) -> Decision: ...

    def notify(self, notice: Notice) -> None: ...
