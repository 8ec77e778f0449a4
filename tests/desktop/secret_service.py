"""A stand-in for a desktop's keyring on a private bus: one collection, "session", and its items, unencrypted transfer.

Secret Service API 0.2 (freedesktop.org). Says "ready"; after each line on its standard input it tells, as JSON, what it
keeps: attributes and secrets.
"""

from __future__ import annotations

import json
import os
import select
import sys
from typing import Any

from jeepney import HeaderFields, Message, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.secrets"
SESSION = "/org/freedesktop/secrets/collection/session"
OPEN = "/org/freedesktop/secrets/session/1"
NOTHING = "/"

items: dict[str, tuple[dict[str, str], bytes]] = {}


def answer(call: Message) -> Message:
    fields = call.header.fields
    path, member = fields[HeaderFields.path], fields[HeaderFields.member]
    given: Any = call.body
    if member == "OpenSession":
        if given[0] != "plain":
            return new_error(call, "org.freedesktop.DBus.Error.NotSupported")
        return new_method_return(call, "vo", (("s", ""), OPEN))
    if member == "Unlock":
        return new_method_return(call, "aoo", (given[0], NOTHING))
    if member == "Get":
        known: Any = {"Label": ("s", "session"), "Locked": ("b", False), "Items": ("ao", list(items))}[given[1]]
        return new_method_return(call, "v", (known,))
    if member == "SearchItems" and path == SESSION:
        found = [at for at, (attributes, _) in items.items() if given[0].items() <= attributes.items()]
        return new_method_return(call, "ao", (found,))
    if member == "CreateItem" and path == SESSION:
        at = f"{SESSION}/{len(items) + 1}"
        items[at] = given[0]["org.freedesktop.Secret.Item.Attributes"][1], bytes(given[1][2])
        return new_method_return(call, "oo", (at, NOTHING))
    if member == "GetSecret" and path in items:
        return new_method_return(call, "(oayays)", ((OPEN, b"", items[path][1], "text/plain"),))
    if member == "Delete" and path in items:
        del items[path]
        return new_method_return(call, "o", (NOTHING,))
    return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", (f"{path} {member}",))


def main() -> None:
    with open_dbus_connection("SESSION") as bus:
        bus.send_and_get_reply(message_bus.RequestName(NAME))
        print("ready", flush=True)
        while True:
            readable, _, _ = select.select([bus.sock, sys.stdin], [], [])
            if bus.sock in readable:
                call = bus.receive()
                if call.header.message_type is MessageType.method_call:
                    bus.send(answer(call))
            if sys.stdin in readable:
                if not os.read(sys.stdin.fileno(), 256):
                    return
                kept = [[attributes, secret.decode()] for attributes, secret in items.values()]
                print(json.dumps(kept), flush=True)


if __name__ == "__main__":
    main()
