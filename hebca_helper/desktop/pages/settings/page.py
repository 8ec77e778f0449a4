"""设置: what is chosen here holds at once, unless the line says otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.message_box import ask
from hebca_helper.desktop.look.theme import Theme
from hebca_helper.desktop.look.widgets import Tell, button
from hebca_helper.desktop.pages.page import Page
from hebca_helper.desktop.pages.settings.issuers import IssuerList
from hebca_helper.desktop.pages.settings.rows import Address, Choice, Number, Port, SettingRow, Switch, acting, section
from hebca_helper.desktop.pages.settings.sites import Sites
from hebca_helper.desktop.runtime import RESTART, Runtime
from hebca_helper.errors import HelperError
from hebca_helper.portals.cities import cities
from hebca_helper.settings import Settings
from hebca_helper.texts import tr


class SettingsPage(Page):
    def __init__(self, runtime: Callable[[], Runtime | None], link: Link, told: Callable[[str], None]) -> None:
        """`told` shows a sentence that goes by itself."""
        super().__init__(tr("设置"), tr("修改后立即生效，不需要保存"))
        self._runtime = runtime
        self._link = link
        self._told = told
        self.rows: dict[str, SettingRow] = {}
        self._sites = Sites(runtime, link)
        self._issuers = IssuerList(runtime, link)
        self._restart = self._restart_tell()
        for card in self._sections():
            self.body.addWidget(card)
        self.body.addStretch(1)
        self.setEnabled(False)

    def shown_first(self) -> None:
        runtime = self._runtime()
        self.setEnabled(runtime is not None)
        if runtime is not None:
            self._show(runtime.settings)
            self._show_autostart()
            self._sites.refresh()
            self._issuers.refresh()

    # The lines

    def _sections(self) -> list[QWidget]:
        return [
            section(tr("网站权限"), self._sites, self._row(_unknown_sites())),
            section(tr("登录与签名"), *map(self._row, _logins())),
            section(tr("办事地区"), self._row(_city())),
            section(tr("启动与托盘"), self._autostart(), self._row(_tray())),
            section(tr("签名记录"), self._row(_retention()), self._deletion()),
            section(tr("密码"), self._row(_remembered_pin())),
            section(tr("签章文档"), self._row(_pdf_signature()), self._row(_time_stamps())),
            section(tr("签发机构"), self._issuers),
            section(tr("界面"), *map(self._row, _looks()), after=self._restart),
            section(tr("服务端口"), *map(self._row, _ports()), self._usual_ports()),
            section(tr("日志"), self._row(_log())),
        ]

    def _row(self, made: SettingRow) -> SettingRow:
        self.rows[made.name] = made
        made.changed.connect(partial(self._change, made.name))
        return made

    def _autostart(self) -> SettingRow:
        hint = tr("登录电脑后自动打开，网页随时可以使用证书")
        self._starting = Switch("start_with_system", tr("开机自动启动"), hint)
        self._starting.changed.connect(self._set_autostart)
        return self._starting

    def _deletion(self) -> QWidget:
        delete = button(tr("全部删除…"), "deleteJournalButton", self._ask_delete, "danger")
        return acting(tr("删除签名记录"), tr("删除后不能恢复"), delete)

    def _usual_ports(self) -> QWidget:
        restore = button(tr("恢复默认端口"), "usualPortsButton", self._restore_ports)
        return acting(tr("默认端口"), tr("网页打不开证书助手时，先恢复默认端口"), restore)

    def _restart_tell(self) -> QWidget:
        again = button(tr("立即重启"), "restartButton", lambda: QApplication.exit(RESTART))
        made = Tell(tr("语言将在重新启动证书助手后生效"), action=again)
        made.hide()
        return made

    # Showing

    def _show(self, settings: Settings) -> None:
        for name, line in self.rows.items():
            line.show_value(getattr(settings, name))

    def _show_autostart(self) -> None:
        from hebca_helper.checks.autostart import Autostart, read_autostart

        self._starting.show_value(read_autostart(os.environ) is Autostart.ON)

    # Changing

    def _change(self, name: str, value: Any) -> None:
        self._change_all({name: value})

    def _change_all(self, values: dict[str, Any]) -> None:
        runtime = self._runtime()
        if runtime is None:
            return
        new = replace(runtime.settings, **values)
        done = partial(self._changed, runtime, tuple(values))
        failed = partial(self._failed, tuple(values))
        self._link.submit(runtime.loop, runtime.change_settings(new), done, failed)

    def _changed(self, runtime: Runtime, names: tuple[str, ...], _: None) -> None:
        for name in names:
            self.rows[name].tell("")
            self.rows[name].show_value(getattr(runtime.settings, name))
        use_look(runtime.settings)
        if "language" in names:
            self._restart.show()

    def _failed(self, names: tuple[str, ...], problem: HelperError) -> None:
        """What was typed stays, with the reason beside it."""
        for name in names:
            self.rows[name].tell(problem.detail if problem.detail else str(problem))

    def _set_autostart(self, wanted: bool) -> None:
        from hebca_helper.checks.autostart import turn_off, turn_on

        try:
            (turn_on if wanted else turn_off)(os.environ)
        except HelperError as problem:
            self._starting.tell(str(problem))
            self._show_autostart()
        else:
            self._starting.tell("")

    def _restore_ports(self) -> None:
        usual = Settings()
        self._change_all(
            {line.name: getattr(usual, line.name) for line in self.rows.values() if isinstance(line, Port)}
        )

    def _ask_delete(self) -> None:
        more = tr("删除的是证书助手在这台电脑上的记录，已经提交的业务不受影响。")
        ask(self, tr("要删除全部签名记录吗？"), more, tr("全部删除"), self._delete)

    def _delete(self) -> None:
        if (runtime := self._runtime()) is not None:
            self._link.submit(runtime.loop, _deleted(runtime), self._tell_deleted, lambda p: self._told(str(p)))

    def _tell_deleted(self, count: int) -> None:
        self._told(tr("已删除 {count} 条签名记录").format(count=count))


async def _deleted(runtime: Runtime) -> int:
    return runtime.assistant.journal.delete_all()


def use_look(settings: Settings) -> None:
    """Colours and sizes of the settings, for every window there is."""
    application = QApplication.instance()
    theme = application.findChild(Theme) if application is not None else None
    if theme is not None:
        theme.use(settings.theme, settings.font_size)


def _unknown_sites() -> SettingRow:
    hint = tr("不在网站目录中的网站要使用证书时，不询问，直接拒绝")
    return Switch("refuse_unknown_origins", tr("拒绝不认识的网站"), hint)


def _logins() -> list[SettingRow]:
    return [
        Number("login_lifetime", tr("登录有效时间"), tr("输入一次密码后，到这个时间要重新输入"), tr("分钟"), 60),
        Number("repeated_signatures", tr("连续签名次数"), tr("一次登录内，网站不经逐次确认可以签名的次数"), tr("次")),
    ]


def _tray() -> SettingRow:
    hint = tr("关闭窗口后仍在系统托盘运行，网页可以继续使用证书")
    return Switch("minimize_to_tray", tr("关闭窗口时留在托盘"), hint)


def _retention() -> SettingRow:
    kept = [(0, tr("一直保留")), (90, tr("三个月")), (365, tr("一年")), (1095, tr("三年"))]
    hint = tr("超过这个时间的签名记录自动删除")
    return Choice("journal_retention_days", tr("保留时间"), hint, kept)


def _remembered_pin() -> SettingRow:
    hint = tr("到注销电脑为止，只在密码框中预先填好，仍由您确认；拔出、锁屏、退出或输错后忘记，盖章时不用")
    return Switch("remember_pin", tr("记住证书密码"), hint)


def _pdf_signature() -> SettingRow:
    kinds = [("pades", tr("通用（PAdES）")), ("pkcs7", tr("兼容旧版阅读器"))]
    hint = tr("盖章的 PDF 用哪种签名格式；旧版阅读器打不开时再改")
    return Choice("pdf_signature", tr("签名格式"), hint, kinds)


def _time_stamps() -> SettingRow:
    hint = tr("盖章时向这个地址申请时间戳，可以证明盖章的时间；地址由时间戳服务机构提供，不填则不加")
    return Address("time_stamp_url", tr("时间戳服务"), hint)


def _city() -> SettingRow:
    hint = tr("这里的快捷链接、办事处和电话排在最前面")
    return Choice("city", tr("所在城市"), hint, [(city.name, city.title) for city in cities()])


def _looks() -> list[SettingRow]:
    languages = [("zh_CN", "简体中文"), ("en", "English")]
    themes = [("system", tr("跟随系统")), ("light", tr("浅色")), ("dark", tr("深色"))]
    sizes = [(90, tr("小")), (100, tr("标准")), (115, tr("大")), (130, tr("特大")), (150, tr("最大"))]
    return [
        Choice("language", tr("语言"), tr("界面使用的语言，重新启动后生效"), languages),
        Choice("theme", tr("外观"), tr("浅色、深色，或与系统一致"), themes),
        Choice("font_size", tr("字体大小"), tr("界面中文字的大小"), sizes),
    ]


def _ports() -> list[SettingRow]:
    return [
        Port("certificate_port", tr("证书服务端口"), tr("各办事网页连接 17212；请只在技术人员指导下修改")),
        Port("seal_port", tr("签章服务端口"), tr("网页盖章时连接 17213")),
        Port("https_port", tr("HTTPS 服务端口"), tr("新版办事网页连接 17443")),
    ]


def _log() -> SettingRow:
    levels = [("error", tr("只记错误")), ("warning", tr("错误和警告")), ("info", tr("一般")), ("debug", tr("详细"))]
    hint = tr("客服排查问题时可能请您选“详细”；日志中没有密码和签名内容")
    return Choice("log_level", tr("日志内容"), hint, levels)
