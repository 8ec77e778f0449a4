"""The icon in the tray and its menu. Where there is no tray, the window is the only way to the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.menu import LinkMenu
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.presence.status import Status
from hebca_helper.pages import PageName
from hebca_helper.portals.catalogue import Portal
from hebca_helper.texts import tr

NOTICE_MILLISECONDS = 8000


class Tray:
    def __init__(
        self,
        links: LinkBook,
        status: Status,
        *,
        show: Callable[[], object],
        show_page: Callable[[str], object],
        open_portal: Callable[[Portal], object],
        change_pin: Callable[[], object],
        leave: Callable[[], object],
    ) -> None:
        self._status = status
        self._show = show
        self._menu = QMenu()
        self._menu.addAction(tr("打开"), show)
        self._links = LinkMenu(self._menu, links, open_portal)
        self._menu.addAction(tr("我的证书"), partial(show_page, PageName.CERTIFICATES))
        self._menu.addAction(tr("故障检测"), partial(show_page, PageName.DIAGNOSIS))
        self._menu.addAction(tr("修改密码"), change_pin)
        self._menu.addSeparator()
        self._menu.addAction(tr("退出"), leave)
        self._icon = QSystemTrayIcon(icon("assistant-none"))
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._clicked)
        self._message_clicked = show
        self._icon.messageClicked.connect(lambda: self._message_clicked())
        status.changed.connect(self._refresh)
        self._refresh()
        self._icon.show()

    @property
    def icon(self) -> QSystemTrayIcon:
        return self._icon

    @property
    def menu(self) -> QMenu:
        return self._menu

    def notify(self, text: str, clicked: Callable[[], object]) -> None:
        self._message_clicked = clicked
        self._icon.showMessage(tr("河北CA数字证书助手"), text, icon("assistant"), NOTICE_MILLISECONDS)

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._show()

    def _refresh(self) -> None:
        self._icon.setIcon(icon(self._status.condition))
        self._icon.setToolTip(f"{tr('河北CA数字证书助手')}\n{self._status.text}")

    def close(self) -> None:
        self._icon.hide()


def has_tray() -> bool:
    return QSystemTrayIcon.isSystemTrayAvailable()
