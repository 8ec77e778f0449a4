"""A stand-in for a desktop's status-notifier host on a private bus: takes icons in and tells what it knows of each.

org.kde.StatusNotifierWatcher as freedesktop.org's draft and KDE describe it. Prints a line for each event:
"ready", "item SERVICE", and after each line on its standard input what is to be seen of the item, as JSON.
"""

from __future__ import annotations

import json
import os
import select
import sys
from contextlib import suppress
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    Properties,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
KNOWN = {
    "IsStatusNotifierHostRegistered": ("b", True),
    "ProtocolVersion": ("i", 0),
    "RegisteredStatusNotifierItems": ("as", []),
}


class Host:
    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus
        self._item = ""

    def answer(self, call: Message) -> Message:
        member = call.header.fields.get(HeaderFields.member)
        if member == "RegisterStatusNotifierItem":
            name = call.body[0]
            self._item = call.header.fields[HeaderFields.sender] if name.startswith("/") else name
            print(f"item {self._item}", flush=True)
            return new_method_return(call)
        if member == "Get" and call.body[1] in KNOWN:
            return new_method_return(call, "v", (KNOWN[call.body[1]],))
        if member == "GetAll":
            return new_method_return(call, "a{sv}", (KNOWN,))
        return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")

    def tell(self) -> None:
        item = DBusAddress("/StatusNotifierItem", self._item, ITEM)
        found = self._ask(Properties(item).get_all())[0]
        pictures = found["IconPixmap"][1]
        layout = self._ask(
            new_method_call(
                DBusAddress(found["Menu"][1], self._item, "com.canonical.dbusmenu"),
                "GetLayout",
                "iias",
                (0, 1, ["label"]),
            )
        )
        labels = [child[1][1].get("label", ("s", ""))[1] for child in layout[1][2]]
        told = {"title": found["Title"][1], "tip": found["ToolTip"][1][2:], "menu": labels}
        print(json.dumps({**told, "picture": hash_of(pictures)}, ensure_ascii=False), flush=True)

    def _ask(self, call: Message) -> Any:
        """Who calls us meanwhile is answered: the library's own way of asking would drop the call."""
        serial = next(self._bus.outgoing_serial)
        self._bus.send(call, serial=serial)
        while (message := self._bus.receive()).header.fields.get(HeaderFields.reply_serial) != serial:
            self._take(message)
        return message.body

    def begin(self) -> None:
        self._ask(message_bus.RequestName(WATCHER))

    def take_all(self) -> None:
        """Also what the library has read already: the socket tells nothing of it."""
        with suppress(TimeoutError):
            while True:
                self._take(self._bus.receive(timeout=0))

    def _take(self, message: Message) -> None:
        if message.header.message_type is MessageType.method_call:
            self._bus.send(self.answer(message))


def hash_of(pictures: list[tuple[int, int, bytes]]) -> str:
    """Of the largest: the same picture gives the same text."""
    import hashlib

    return hashlib.sha256(max(pictures)[2]).hexdigest() if pictures else ""


def main() -> None:
    with open_dbus_connection("SESSION") as bus:
        host = Host(bus)
        host.begin()
        print("ready", flush=True)
        while True:
            host.take_all()
            readable, _, _ = select.select([bus.sock, sys.stdin], [], [])
            if sys.stdin in readable:
                if not os.read(sys.stdin.fileno(), 256):
                    return
                host.tell()


if __name__ == "__main__":
    main()
