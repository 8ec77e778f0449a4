"""网站 in 设置: the person's word about each site, and the only place where a site becomes trusted (house rule 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.message_box import ask
from hebca_helper.desktop.look.pressing import ToolButton
from hebca_helper.desktop.look.widgets import badge, button, column, empty, label, panel, row
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.sites.origins import OriginClass

STATE_WIDTH = 112
FEW = 6
"""Sites that are shown at once: the other settings stay within reach."""


class Site(NamedTuple):
    """`bare`: it gets signatures over digests without attributes around them."""

    state: OriginClass
    bare: bool


class Sites(QWidget):
    """Looks the sites up when shown and after each change; everything about them happens on the loop."""

    def __init__(self, runtime: Callable[[], Runtime | None], link: Link) -> None:
        super().__init__()
        self.setObjectName("sites")
        self._runtime = runtime
        self._link = link
        self._unfolded = False
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self._problem = label("", "settingProblem", wrap=True)
        self._problem.hide()
        self._field = QLineEdit()
        self._field.setObjectName("trustedSiteField")
        self._field.setAccessibleName(tr("要信任的网站地址"))
        self._field.setPlaceholderText("https://")
        self._field.returnPressed.connect(self._add)
        add = button(tr("添加信任的网站"), "addTrustedSiteButton", self._add)
        hint = tr("信任的网站可以不经询问使用旧版页面的登录和签名。只添加单位确认需要、并且您完全了解的网站。")
        line = row(self._field, add)
        self.setLayout(column(self._list, 2, label(hint, "hint", wrap=True), line, self._problem, spacing=8))

    def refresh(self) -> None:
        self._do(None)

    def _do(self, change: Callable[[Runtime], None] | None) -> None:
        """Carry out a change on the loop, then show what there is."""
        if (runtime := self._runtime()) is not None:
            self._link.submit(runtime.loop, _carried_out(runtime, change), self._show, self._failed)

    def _failed(self, problem: HelperError) -> None:
        self._tell(str(problem))
        self.refresh()

    def _tell(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _show(self, sites: Mapping[str, Site]) -> None:
        empty(self._list)
        if not sites:
            self._list.addWidget(label(tr("还没有允许或阻止过的网站"), "emptyText"))
        listed = sorted(sites.items())
        shown = listed if self._unfolded or len(listed) <= FEW + 1 else listed[:FEW]
        for origin, site in shown:
            self._list.addWidget(self._line(origin, site))
        if len(shown) < len(listed):
            text = tr("显示其余 {count} 个网站").format(count=len(listed) - len(shown))
            rest = button(text, "moreSitesButton", partial(self._unfold, sites), "link")
            self._list.addWidget(rest, 0, Qt.AlignmentFlag.AlignLeft)

    def _unfold(self, sites: Mapping[str, Site]) -> None:
        self._unfolded = True
        self._show(sites)

    def _line(self, origin: str, site: Site) -> QWidget:
        made = panel("siteLine")
        name = label(origin, "fieldValue", wrap=True, selectable=True)
        states = self._states(origin, site.state)
        forget = button(tr("忘记"), f"forget-{origin}", partial(self._forget, origin), "link")
        forget.setAccessibleName(tr("忘记 {site}").format(site=origin))
        line = row(spacing=10)
        line.addWidget(name, 1)
        if site.bare:
            line.addWidget(badge(tr("可取得裸签名"), "red"), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(states, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(forget, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._more(origin, site), 0, Qt.AlignmentFlag.AlignVCenter)
        line.setContentsMargins(12, 4, 6, 4)
        made.setLayout(line)
        return made

    def _more(self, origin: str, site: Site) -> QToolButton:
        """What hardly anybody needs stands behind a menu."""
        from hebca_helper.assistant.sites.origins import BARE_CLASSES

        made = ToolButton()
        made.setObjectName(f"more-{origin}")
        made.setIcon(icon("more"))
        made.setAccessibleName(tr("{site} 的更多设置").format(site=origin))
        made.setToolTip(made.accessibleName())
        made.setEnabled(site.state in BARE_CLASSES)
        menu = QMenu(made)
        menu.setObjectName(f"menu-{origin}")
        bare = menu.addAction(tr("旧式签章网页：允许取得裸签名"))
        bare.setCheckable(True)
        bare.setChecked(site.bare)
        bare.triggered.connect(lambda: self._set_bare(origin, False) if site.bare else self._ask_bare(origin))
        made.clicked.connect(lambda: menu.popup(made.mapToGlobal(QPoint(0, made.height()))))
        return made

    def _ask_bare(self, origin: str) -> None:
        more = tr(
            "裸签名里没有写明签的是什么，拿到它的人可以用来签署任何文件。以后这个网站每次取得裸签名仍会询问您。\n"
            "只有单位确认网站的旧式签章页面需要时才允许，不要按电话或网页的要求打开。"
        )
        question = tr("允许 {site} 取得裸签名吗？").format(site=origin)
        box = ask(self, question, more, tr("允许裸签名"), lambda: self._set_bare(origin, True))
        box.rejected.connect(self.refresh)

    def _set_bare(self, origin: str, wanted: bool) -> None:
        self._tell("")
        self._do(lambda runtime: runtime.assistant.origins.set_bare(origin, wanted))

    def _states(self, origin: str, state: OriginClass) -> QComboBox:
        """An insecure site can only be blocked."""
        from hebca_helper.addresses import is_insecure
        from hebca_helper.assistant.sites.origins import OriginClass

        words = {
            OriginClass.BLOCKED: tr("阻止"),
            OriginClass.ALLOWED: tr("允许"),
            OriginClass.TRUSTED: tr("信任"),
        }
        if is_insecure(origin):
            words = {OriginClass.BLOCKED: tr("阻止")}
        box = QComboBox()
        box.setObjectName(f"state-{origin}")
        box.setAccessibleName(tr("{site} 的权限").format(site=origin))
        box.setFixedWidth(STATE_WIDTH)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for each, word in words.items():
            box.addItem(word, each)
        box.setCurrentIndex(box.findData(state))
        box.activated.connect(lambda place: self._wish(origin, list(words)[place], state))
        return box

    def _wish(self, origin: str, wanted: OriginClass, now: OriginClass) -> None:
        from hebca_helper.assistant.sites.origins import OriginClass

        if wanted == now:
            return
        if wanted == OriginClass.TRUSTED:
            self._ask_trust(origin)
        else:
            self._set(origin, wanted)

    def _set(self, origin: str, wanted: OriginClass) -> None:
        self._tell("")
        self._do(lambda runtime: runtime.assistant.origins.set_class(origin, wanted))

    def _forget(self, origin: str) -> None:
        self._tell("")
        self._do(lambda runtime: runtime.assistant.forget_site(origin))

    # Trusting

    def _add(self) -> None:
        from hebca_helper.assistant.sites.names import origin_of

        try:
            origin = origin_of(self._field.text())
        except HelperError as problem:
            self._tell(problem.detail)
        else:
            self._tell("")
            self._ask_trust(origin)

    def _ask_trust(self, origin: str) -> None:
        more = tr(
            "信任后，这个网站可以代填证书密码登录，并在您登录期间不经询问签名。\n请只信任单位确认需要的网站，不要按电话或网页的要求添加。"
        )
        question = tr("信任 {site} 吗？").format(site=origin)
        box = ask(self, question, more, tr("信任这个网站"), lambda: self._trust(origin))
        box.rejected.connect(self.refresh)

    def _trust(self, origin: str) -> None:
        from hebca_helper.assistant.sites.origins import OriginClass

        self._field.clear()
        self._set(origin, OriginClass.TRUSTED)


async def _carried_out(runtime: Runtime, change: Callable[[Runtime], None] | None) -> Mapping[str, Site]:
    """On the loop."""
    if change is not None:
        change(runtime)
    origins = runtime.assistant.origins
    return {origin: Site(state, origins.may_have_bare(origin)) for origin, state in origins.remembered().items()}
