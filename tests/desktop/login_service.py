"""A stand-in for systemd-logind and a screen saver on a private bus, commanded line by line through its standard input.

Commands: lock, other-lock, sleep, wake, saver, saver-off, switch, back. Says "ready" once it owns its names, "followed"
when somebody found out which session is its own, "held" and "released" when a lock that delays sleep is taken and given
back; "delay" asks which of the two it is.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

LOGIN = "org.freedesktop.login1"
SAVER = "org.freedesktop.ScreenSaver"
OURS, OTHERS = "/org/freedesktop/login1/session/_31", "/org/freedesktop/login1/session/_32"
MANAGER = DBusAddress("/org/freedesktop/login1", LOGIN, f"{LOGIN}.Manager")
DELAY_LOCK = ("sleep", "delay")
active = True
delay: list[int] = []
"""Our end of the pipe whose other end is the lock: it can be read when nobody has that any more."""


def session(path: str) -> DBusAddress:
    return DBusAddress(path, LOGIN, f"{LOGIN}.Session")


def properties() -> Message:
    return new_signal(
        DBusAddress(OURS, LOGIN, "org.freedesktop.DBus.Properties"),
        "PropertiesChanged", "sa{sv}as", (f"{LOGIN}.Session", {"Active": ("b", active)}, []),
    )  # fmt: skip


def switched(to: bool) -> Message:
    global active
    active = to
    return properties()


SIGNALS: dict[str, Callable[[], Message]] = {
    "lock": lambda: new_signal(session(OURS), "Lock"),
    "other-lock": lambda: new_signal(session(OTHERS), "Lock"),
    "sleep": lambda: new_signal(MANAGER, "PrepareForSleep", "b", (True,)),
    "wake": lambda: new_signal(MANAGER, "PrepareForSleep", "b", (False,)),
    "saver": lambda: new_signal(DBusAddress("/ScreenSaver", SAVER, SAVER), "ActiveChanged", "b", (True,)),
    "saver-off": lambda: new_signal(DBusAddress("/ScreenSaver", SAVER, SAVER), "ActiveChanged", "b", (False,)),
    "switch": lambda: switched(to=False),
    "back": lambda: switched(to=True),
}


def lock(call: Message) -> Message:
    """org.freedesktop.login1(5), Inhibit(what, who, why, mode)."""
    what, _, _, mode = call.body
    if (what, mode) != DELAY_LOCK or delay:
        return new_error(call, "org.freedesktop.DBus.Error.InvalidArgs")
    ours, theirs = os.pipe()
    delay.append(ours)
    print("held", flush=True)
    return new_method_return(call, "h", (os.fdopen(theirs, "wb", buffering=0),))


def look_after_delay() -> None:
    if delay and select.select(delay, [], [], 0)[0]:
        os.close(delay.pop())
        print("released", flush=True)


def answer(call: Message) -> Message:
    fields = call.header.fields
    asked = (fields.get(HeaderFields.member), *call.body)
    if asked == ("Get", f"{LOGIN}.Session", "Id"):
        return new_method_return(call, "v", (("s", "1"),))
    if asked == ("Get", f"{LOGIN}.Session", "Active"):
        return new_method_return(call, "v", (("b", active),))
    if asked[0] == "Inhibit":
        return lock(call)
    if asked == ("GetSession", "1"):
        print("followed", flush=True)
        return new_method_return(call, "o", (OURS,))
    return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")


def obey(bus: DBusConnection, command: str) -> None:
    if command == "delay":
        look_after_delay()
        print("held" if delay else "released", flush=True)
    else:
        bus.send(SIGNALS[command]())


def serve(bus: DBusConnection) -> None:
    while True:
        readable, _, _ = select.select([bus.sock, sys.stdin, *delay], [], [])
        look_after_delay()
        if sys.stdin in readable:
            commands = os.read(sys.stdin.fileno(), 256).decode().split()
            if not commands:
                return
            for command in commands:
                obey(bus, command)
        if bus.sock in readable:
            call = bus.receive()
            if call.header.message_type is MessageType.method_call:
                bus.send(answer(call))


def main() -> None:
    with open_dbus_connection("SESSION", enable_fds=True) as bus:
        for name in (LOGIN, SAVER):
            bus.send_and_get_reply(message_bus.RequestName(name))
        print("ready", flush=True)
        serve(bus)


if __name__ == "__main__":
    main()
