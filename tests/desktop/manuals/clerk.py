"""A clerk with a real USBKEY: what the program does with it, not what a manual's sentence says, is looked at."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.pages.diagnosis.page import DiagnosisPage
from hebca_helper.practice.hall.signing import SealService
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.bridge.seal_service.office import WORDS, paper, pdfsig
from tests.desktop.desk import Desk, NotingChrome, PortalPage, portal_page
from tests.desktop.person import Person

HANDING_IN_SECONDS = 60
GOOD_PIN = "Wk7-qp2"


@dataclass
class Clerk:
    """Clicks as the manuals say, at a desk with a browser."""

    desk: Desk
    chrome: NotingChrome
    stack: ExitStack

    @property
    def person(self) -> Person:
        return self.desk.person

    def quick_link(self, group: str, title: str) -> str:
        """打开数字证书助手，点击“社保”，选择…: the address that the browser is asked for."""
        page = self.desk.page("links")
        self.person.wait(lambda: group in self.person.texts(page).split("\n"))
        self.click_card(title)
        return self.chrome.asked(self.person)

    def click_card(self, title: str) -> None:
        card = self.person.wait(lambda: next((c for c in self._cards() if c.accessibleName().startswith(title)), None))
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)

    def _cards(self) -> list[QPushButton]:
        return [card for card in self.desk.window.findChildren(QPushButton, "portalCard") if card.isVisible()]

    def pass_checklist(self) -> None:
        """The checklist tells what may go wrong; the clerk opens the site all the same."""
        self.person.click(self.person.window(PreflightDialog), "openButton")

    def portal(self, origin: str) -> PortalPage:
        return self.stack.enter_context(portal_page(self.desk, origin))

    def read_certificate(self, page: PortalPage) -> dict[str, Any]:
        """读取证书"""
        assert self.person.result(page.call("GetSignCert", index=0))["ret"] == 0
        return self.person.result(page.call("GetCertB64"))

    def log_in(self, page: PortalPage, pin: str = PRACTICE_PIN) -> dict[str, Any]:
        """在弹出的数字证书登录框中输入数字证书口令，然后点击“确定”"""
        answer = page.call("SignText", signText="a8f1c2e4-login-7731")
        dialog = self.person.window(PinDialog)
        self.person.type(dialog, "pinEdit", pin)
        self.person.click(dialog, "confirmButton")
        signed = self.person.result(answer)
        if pin == PRACTICE_PIN:  # still the initial one, which is pointed out; this clerk changes it later
            self.person.click(self.person.window(ConsentDialog), "cancelButton")
        return signed

    def hand_in(self, origin: str) -> Future[bytes]:
        """上传: the portal's page has a form stamped by the seal service; what it gets back."""
        url = self.desk.runtime.services()[1].url
        thread = self.stack.enter_context(ThreadPoolExecutor(1))
        return thread.submit(lambda: asyncio.run(_stamped(url, origin)))

    def seal_with(self, pin: str) -> None:
        """弹出电子签章密码框，输入数字证书密码; the page that will carry the seal stands beside it."""
        dialog = self.person.window(PinDialog)
        self.person.type(dialog, "pinEdit", pin)
        self.person.click(dialog, "confirmButton")

    def examine(self) -> dict[str, str]:
        """故障检测, 开始检测: what is told of each check."""
        page = self.desk.page("diagnosis")
        assert isinstance(page, DiagnosisPage)
        self.person.click(page, "startChecksButton")
        report = self.person.wait(lambda: page.report)
        return {finding.check.id: finding.cause or finding.seen.told for finding in report.findings}

    def change_pin(self, old: str, new: str) -> None:
        """点击“我的证书”，在右侧修改数字证书密码"""
        page = self.desk.page("certificates")
        self.person.wait(lambda: page.findChild(QPushButton, "changePinButton") and not self.desk.window.state.busy)
        self.person.click(page, "changePinButton")
        dialog = self.person.window(NewPinDialog)
        for name, text in (("oldPinEdit", old), ("newPinEdit", new), ("againPinEdit", new)):
            self.person.type(dialog, name, text)
        self.person.click(dialog, "confirmButton")
        self.person.wait(lambda: "密码已修改" in self.person.texts(self.desk.window.toast))

    def looks_up(self, words: str) -> str:
        """In 帮助; the first that is found is unfolded."""
        page = self.desk.page("help")
        self.person.find(page, QLineEdit, "searchEdit").clear()
        self.person.wait(lambda: "找到" not in self.person.texts(page))
        self.person.type(page, "searchEdit", words)
        self.person.wait(lambda: "找到" in self.person.texts(page))
        heads = [head for head in page.findChildren(QAbstractButton, "helpHead") if head.isVisible()]
        if heads and not heads[0].isChecked():
            QTest.mouseClick(heads[0], Qt.MouseButton.LeftButton)
        return self.person.texts(page)


async def _stamped(url: str, origin: str) -> bytes:
    async with asyncio.timeout(HANDING_IN_SECONDS), SealService(url, origin) as service:
        document = base64.b64encode(paper(1)).decode()
        return base64.b64decode(await service.seal_at_words(document, WORDS))


def is_stamped(document: bytes, folder: Path) -> bool:
    """By another program's judgement."""
    return "Signature is Valid" in pdfsig(document, folder)


SitDown = Callable[..., Clerk]
