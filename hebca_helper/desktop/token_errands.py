"""Pages' calls to a USBKEY that take their time are told in the window as its own are, and can be given up there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.progress import PATIENCE_MILLISECONDS, ProgressStrip
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.tokens.errands import Errand

LONG_SECONDS = 2.0
"""After this the person, who looks at a browser, is told outside the window too: some USBKEYs wait for a key on them."""


class ErrandCall(Call):
    """In Qt's thread what the errand is on the loop."""

    def __init__(self, errand: Errand, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(told(errand.work))
        self._errand = errand
        self._loop = loop

    def give_up(self) -> None:
        self.given_up = True
        self._loop.call_soon_threadsafe(self._errand.give_up)


@dataclass(slots=True)
class _Watched:
    waking: list[asyncio.TimerHandle]
    call: ErrandCall | None = None


class TokenErrands(QObject):
    """Quick calls cost nothing: the loop waits, and tells Qt's thread only of slow ones."""

    lasting = Signal(str)
    """A sentence about a call that the person may have to do something for."""

    def __init__(self, link: Link, strip: ProgressStrip) -> None:
        super().__init__()
        self._link = link
        self._strip = strip
        self._watched: dict[Errand, _Watched] = {}

    def attach(self, runtime: Runtime) -> None:
        runtime.loop.call_soon_threadsafe(runtime.assistant.subscribe_errands, self._heard)

    # On the loop

    def _heard(self, errand: Errand, begins: bool) -> None:
        if begins:
            later = asyncio.get_running_loop().call_later
            waking = [
                later(PATIENCE_MILLISECONDS / 1000, self._slow, errand),
                later(LONG_SECONDS, self._long, errand),
            ]
            self._watched[errand] = _Watched(waking)
        elif (watched := self._watched.pop(errand, None)) is not None:
            for each in watched.waking:
                each.cancel()
            if (call := watched.call) is not None:
                self._link.in_window(lambda: self._strip.end(call))

    def _slow(self, errand: Errand) -> None:
        call = self._watched[errand].call = ErrandCall(errand, asyncio.get_running_loop())
        self._link.in_window(lambda: self._strip.show_call(call))

    def _long(self, errand: Errand) -> None:
        if words := _advice(errand.work):
            self._link.in_window(lambda: self.lasting.emit(words))


def told(work: str) -> str:
    """`work` is a `tokens.messages.Work`."""
    said = {
        "login": tr("正在验证证书密码…"),
        "sign": tr("USBKEY 正在签名，请稍候…"),
        "generate": tr("USBKEY 正在生成密钥，可能要一两分钟，请不要拔出…"),
    }
    return said.get(work, tr("正在读取 USBKEY…"))


def _advice(work: str) -> str:
    """Empty where there is nothing to do but wait."""
    return {
        "sign": tr("USBKEY 正在签名，请稍候。USBKEY 上有按键的，请看清屏幕后按确认键。"),
        "generate": tr("USBKEY 正在生成密钥，可能要一两分钟，期间请不要拔出。"),
    }.get(work, "")
