"""Parts of question dialogs: the certificate, the content to be signed, the field for a secret."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.login.pin_rules import as_typed
from hebca_helper.assistant.person.prompts import Content
from hebca_helper.desktop import words
from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.look.widgets import Tell, badge, column, fields, label, panel, row
from hebca_helper.pki.moments import beijing
from hebca_helper.texts import tr
from hebca_helper.tokens.model import TokenInfo

PREVIEW_WIDTH, PREVIEW_HEIGHT = 280, 396
"""A4 upright, in device independent pixels."""
_NEVER = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def certificate_panel(entry: CertificateEntry | None, token: TokenInfo) -> QWidget:
    """Holder, serial and validity of the certificate; of the token when no certificate is meant."""
    area = panel("certificatePanel")
    box = QVBoxLayout(area)
    box.setContentsMargins(12, 10, 12, 10)
    box.setSpacing(8)
    if entry is None:
        box.addWidget(label(words.token_name(token), "holderName"))
        box.addLayout(fields([(tr("序列号"), token.serial)]))
        return area
    told = words.validity(entry)
    box.addLayout(row(label(entry.holder, "holderName", wrap=True), None, badge(told.short, told.level)))
    box.addLayout(fields(_facts(entry)))
    if told.text:
        box.addWidget(Tell(told.text, "amber" if told.level == "grey" else told.level))
    return area


def _facts(entry: CertificateEntry) -> list[tuple[str, str]]:
    certificate = entry.certificate
    return [
        (tr("证书序列号"), certificate.serial_hex),
        (tr("有效期"), period(entry)),
        (tr("所在 USBKEY"), words.token_name(entry.token)),
    ]


def period(entry: CertificateEntry) -> str:
    """Dates in Beijing."""
    certificate = entry.certificate
    return f"{beijing(certificate.not_before):%Y-%m-%d} — {beijing(certificate.not_after):%Y-%m-%d}"


def subject_panel(caption: str, subject: str) -> QWidget:
    """What it is about: a name, a host, or paths, a line each."""
    area = panel("contentPanel")
    text = label(subject, "subjectText", wrap=True, selectable=True)
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setAccessibleName(subject)
    area.setLayout(column(label(caption, "contentCaption"), text, spacing=4))
    return area


def content_panel(content: Content, caption: str) -> QWidget:
    """What will be signed, decrypted or written, whole, with its size and digest."""
    view = QPlainTextEdit(content.text)
    view.setObjectName("contentView")
    view.setAccessibleName(caption)
    view.setReadOnly(True)
    view.setTabChangesFocus(True)
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    view.ensurePolished()  # with the size of texts that the person chose
    lines = min(max(content.text.count("\n") + len(content.text) // 50 + 1, 2), 10)
    view.setFixedHeight(view.fontMetrics().lineSpacing() * lines + 32)
    half = len(content.digest) // 2
    digest = label(f"{content.digest[:half]}\n{content.digest[half:]}", "digestLine", selectable=True)
    name = label("SHA-256", "contentCaption")
    name.setAlignment(Qt.AlignmentFlag.AlignTop)
    area = panel("contentPanel")
    above = row(
        label(caption + content.note, "contentCaption"), None, label(words.size_text(content.size), "contentCaption")
    )
    area.setLayout(column(above, view, row(name, digest, None), spacing=4))
    return area


def preview_panel(picture: bytes) -> QWidget:
    """The first stamped page, so small that the whole of it is seen; sharp at any scale of the screen."""
    page = QPixmap.fromImage(image_of(picture))
    view = QLabel()
    view.setObjectName("stampPreview")
    view.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    view.setAccessibleName(tr("盖章后第一页的样子"))
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    size = QSize(round(PREVIEW_WIDTH * ratio), round(PREVIEW_HEIGHT * ratio))
    small = page.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(ratio)
    view.setPixmap(small)
    area = panel("contentPanel")
    area.setLayout(column(label(tr("盖章后的样子"), "contentCaption"), view, spacing=4))
    return area


class SecretEdit(QLineEdit):
    """A field for a PIN: no menu, no dragging, no undo, nothing for input methods to learn.

    `caps_lock` tells whether Caps Lock seems to be on, judged by the letters that arrive."""

    caps_lock = Signal(bool)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setMaxLength(256)  # longer than any PIN: cutting one short would cost a try
        hints = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText
        self.setInputMethodHints(hints | Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhNoAutoUppercase)
        self.textChanged.connect(self._mend)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if any(event.matches(sequence) for sequence in _NEVER):
            event.accept()
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            return
        self._watch_caps_lock(event)
        super().keyPressEvent(event)

    def paste(self) -> None:
        """Without the blanks and line ends that are copied with a PIN."""
        self.insert(as_typed(QGuiApplication.clipboard().text()).strip())

    def _mend(self, text: str) -> None:
        """However it came: the number of dots is the number of characters that are sent."""
        meant = as_typed(text)
        if meant != text:
            place = self.cursorPosition() - (len(text) - len(meant))
            self.setText(meant)
            self.setCursorPosition(max(place, 0))

    def _watch_caps_lock(self, event: QKeyEvent) -> None:
        typed = event.text()
        if event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock.emit(False)  # it was just switched; the next letter tells
        elif len(typed) == 1 and typed.isascii() and typed.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(typed.isupper() != shifted)

    def forget(self) -> None:
        """setText empties the field's undo history too, in every echo mode."""
        self.setText("")


class CapsHint(QLabel):
    """Shown only while Caps Lock is on; its place is kept, so that nothing moves while somebody types."""

    def __init__(self, *watched: SecretEdit) -> None:
        super().__init__(tr("大写锁定（Caps Lock）已打开"))
        self.setObjectName("capsHint")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.hide()
        for edit in watched:
            edit.caps_lock.connect(self.setVisible)
