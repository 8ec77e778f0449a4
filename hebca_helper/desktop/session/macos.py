"""Screen lock on macOS, as its distributed notification centre tells it. Written from the documentation of
CFNotificationCenterAddObserver; no Mac was there to try it on."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from hebca_helper.desktop.session.watch import SessionWatch

NAMES = (b"com.apple.screenIsLocked", b"com.apple.screensaver.didstart", b"com.apple.sessionDidMoveOffConsole")
FRAMEWORK = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
UTF_8 = 0x08000100
DELIVER_IMMEDIATELY = 4
CALLBACK = ctypes.CFUNCTYPE(None, *([ctypes.c_void_p] * 5))


class MacWatch(SessionWatch):
    """Qt's main loop on macOS is the CFRunLoop that these notifications come on."""

    def __init__(self) -> None:
        super().__init__()
        self._callback = CALLBACK(lambda *_: self.away.emit())

    def start(self) -> None:
        if sys.platform == "darwin":
            for name in NAMES:
                self._observe(ctypes.CDLL(FRAMEWORK), name)

    def _observe(self, framework: Any, name: bytes) -> None:
        framework.CFNotificationCenterGetDistributedCenter.restype = ctypes.c_void_p
        framework.CFStringCreateWithCString.restype = ctypes.c_void_p
        framework.CFStringCreateWithCString.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
        add = framework.CFNotificationCenterAddObserver
        add.restype = None
        add.argtypes = (*([ctypes.c_void_p] * 2), CALLBACK, *([ctypes.c_void_p] * 2), ctypes.c_long)
        centre = framework.CFNotificationCenterGetDistributedCenter()
        text = framework.CFStringCreateWithCString(None, name, UTF_8)
        add(centre, None, self._callback, text, None, DELIVER_IMMEDIATELY)
