"""Opens a quick link in a browser that it works with, or says what is missing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from hebca_helper.desktop.toast import Toast
from hebca_helper.errors import HelperError
from hebca_helper.portals.browsers import CHROME_DOWNLOAD, Browser, browser_for, find_browsers, launch
from hebca_helper.portals.catalogue import Portal
from hebca_helper.texts import tr


class PortalOpener:
    def __init__(self, toast: Toast, browsers: Callable[[], list[Browser]] = find_browsers) -> None:
        self._toast = toast
        self._browsers = browsers

    def open(self, portal: Portal) -> None:
        if portal.telephone:
            QGuiApplication.clipboard().setText(portal.telephone)
            self._toast.tell(tr("已复制电话号码 {number}").format(number=portal.telephone))
            return
        browsers = self._browsers()
        browser = browser_for(portal, browsers)
        if browser is None:
            self._tell_missing(portal, browsers)
        elif self._launch(browser, portal.address):
            self._toast.tell(_opened(portal))

    def _tell_missing(self, portal: Portal, browsers: list[Browser]) -> None:
        if not browsers:
            self._toast.tell(
                tr("没有找到浏览器。请安装谷歌浏览器（Chrome）后再打开“{title}”").format(title=portal.title)
            )
            return
        text = tr("“{title}”需要谷歌浏览器（Chrome），这台电脑上没有找到").format(title=portal.title)
        self._toast.tell(text, tr("打开下载页面"), lambda: self._download(browsers[0]))

    def _download(self, browser: Browser) -> None:
        self._launch(browser, CHROME_DOWNLOAD)

    def _launch(self, browser: Browser, address: str) -> bool:
        try:
            launch(browser, address)
        except HelperError as problem:
            self._toast.tell(str(problem))
            return False
        return True


def _opened(portal: Portal) -> str:
    if portal.via_issuer:
        return tr("“{title}”没有公开的固定网址，已打开河北CA网站，请从那里进入").format(title=portal.title)
    return tr("正在浏览器中打开“{title}”").format(title=portal.title)
