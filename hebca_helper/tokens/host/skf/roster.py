"""The devices now plugged in, each application on them a token, and what happened since the parent was last told."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from dataclasses import dataclass, field

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.skf.failures import STALE, SkfError
from hebca_helper.tokens.host.skf.library import DEVICE_INFO_BUFFER, DeviceInfo, Number, Skf
from hebca_helper.tokens.messages import Tokens
from hebca_helper.tokens.model import EventKind, Interface, PinState, TokenEvent, TokenInfo

USER = 1
"""PIN type of the person; 0 is the administrator."""
MOST_TRIES = 100
FEW = 3
"""Tries left from which is warned."""
PATIENCE = 20
"""Looks after which a device that cannot be connected is left alone until it is plugged in anew."""
ECC_CONTAINER = 2


@dataclass(slots=True, eq=False)
class Device:
    name: bytes
    handle: int
    label: str
    serial: str
    manufacturer: str
    applications: dict[bytes, int] = field(default_factory=dict)
    """Handles by name."""
    containers: dict[tuple[int, bytes], int] = field(default_factory=dict)
    """Handles of those in use, by application's handle and name."""
    public_keys: dict[tuple[int, bytes], bytes] = field(default_factory=dict)
    """By application's handle and key id: read once, needed at each signature."""


@dataclass(slots=True, eq=False)
class Application:
    """What the program calls a token: its PINs, containers and files."""

    info: TokenInfo
    device: Device
    handle: int


class Roster:
    def __init__(self, skf: Skf, driver: str) -> None:
        self._skf = skf
        self._driver = driver
        self._devices: dict[bytes, Device] = {}
        self._failed: dict[bytes, int] = {}
        self._applications: dict[str, Application] = {}
        self._events: list[TokenEvent] = []
        self._logged_in: set[str] = set()

    @property
    def infos(self) -> list[TokenInfo]:
        return [application.info for application in self._applications.values()]

    def application(self, token_id: str) -> Application:
        """Raises TOKEN_REMOVED."""
        try:
            return self._applications[token_id]
        except KeyError:
            raise HelperError(Code.TOKEN_REMOVED) from None

    def confirmed(self, token_id: str) -> Application:
        """As `application`, after a look at the device itself: before a PIN is sent to it. Raises TOKEN_REMOVED."""
        device = self.application(token_id).device
        if not self._is_still(device):
            self._drop(device)
            self.refresh()
        return self.application(token_id)

    def poll(self) -> None:
        """Only names are looked at while they stay the same; a device that does not connect is tried a few times."""
        names = self._names()
        waiting = any(self._failed.get(name, 0) < PATIENCE for name in names if name not in self._devices)
        if waiting or any(name not in names for name in self._devices):
            self.refresh()

    def refresh(self) -> None:
        """Read every application anew."""
        names = self._names()
        self._failed = {name: count for name, count in self._failed.items() if name in names}
        for device in [each for name, each in self._devices.items() if name not in names]:
            self._drop(device)
        for name in names:
            known = self._devices.get(name)
            if known is not None and not self._is_still(known):
                self._drop(known)
            if name not in self._devices:
                self._connect(name)
        self._compare({each.info.id: each for device in list(self._devices.values()) for each in self._read(device)})

    def lost(self, token_id: str, *, certainly: bool) -> bool:
        """Whether the device behind this token is gone, or its handles are; then it has been looked at anew."""
        application = self._applications.get(token_id)
        if application is None:
            return True
        if not certainly and application.device.name in self._names() and self._is_still(application.device):
            return False
        self._drop(application.device)
        self.refresh()
        return True

    def changed(self, token_id: str) -> None:
        """The token's content changed by our own doing."""
        self._tell(EventKind.CHANGED, token_id)
        self.refresh()

    def login_began(self, token_id: str) -> None:
        self._logged_in.add(token_id)

    def login_ended(self, token_id: str) -> None:
        """Behind the person's back."""
        if self.logged_out(token_id):
            self._tell(EventKind.LOGIN_ENDED, token_id)

    def logged_out(self, token_id: str) -> bool:
        """Clear the security state, which outlives handles; whether there was a login of ours."""
        if token_id not in self._logged_in:
            return False
        self._logged_in.discard(token_id)
        application = self._applications.get(token_id)
        if application is not None:
            with suppress(SkfError):
                self._skf.call("ClearSecureState", application.handle)
        return True

    def is_logged_in(self, token_id: str) -> bool:
        return token_id in self._logged_in

    def news(self) -> Tokens | None:
        """What happened since the last call; None when nothing did."""
        if not self._events:
            return None
        events, self._events = self._events, []
        return Tokens(self.infos, events, [])

    def close(self) -> None:
        for token_id in list(self._logged_in):
            self.logged_out(token_id)

    def _names(self) -> list[bytes]:
        """A library that fails here has no device: some do so on a computer without any."""
        try:
            return self._skf.names("EnumDev", True)
        except SkfError:
            return []

    def _is_still(self, device: Device) -> bool:
        """Whether the handle is good, and what it leads to the same device."""
        try:
            return _text(self._info(device.handle).serial) == device.serial
        except SkfError:
            return False

    def _info(self, handle: int) -> DeviceInfo:
        buffer = ctypes.create_string_buffer(DEVICE_INFO_BUFFER)
        self._skf.call("GetDevInfo", handle, buffer)
        return DeviceInfo.from_buffer_copy(buffer)

    def _drop(self, device: Device) -> None:
        """Its handles are never used again: after a pull some libraries crash on them."""
        self._devices.pop(device.name, None)
        for token_id in [key for key, each in self._applications.items() if each.device is device]:
            if token_id in self._logged_in:
                self._logged_in.discard(token_id)
                self._tell(EventKind.LOGIN_ENDED, token_id)

    def _connect(self, name: bytes) -> None:
        try:
            handle = self._skf.handle("ConnectDev", name)
            info = self._info(handle)
        except SkfError:
            self._failed[name] = self._failed.get(name, 0) + 1
            return
        self._devices[name] = Device(name, handle, _text(info.label), _text(info.serial), _text(info.manufacturer))

    def _read(self, device: Device) -> list[Application]:
        """One that could be opened and fails now has its device connected anew at the next look; others are left out."""
        found = []
        try:
            names = self._skf.names("EnumApplication", device.handle)
            for name in names:
                known = name in device.applications
                try:
                    info = self._describe(device, name, several=len(names) > 1)
                except SkfError:
                    if known:
                        raise
                    device.applications.pop(name, None)
                    continue
                found.append(Application(info, device, device.applications[name]))
        except SkfError:
            self._drop(device)
            self._failed[device.name] = self._failed.get(device.name, 0) + 1
            return []
        self._failed.pop(device.name, None)
        return found

    def _describe(self, device: Device, name: bytes, *, several: bool) -> TokenInfo:
        if name not in device.applications:
            device.applications[name] = self._skf.handle("OpenApplication", device.handle, name)
        handle = device.applications[name]
        state, left = pin_state(self._skf, handle)
        # Not the id of the same USBKEY behind PKCS#11, which may be served at the same time.
        token_id = f"{self._driver}/skf:{device.serial or _text(device.name)}"
        return TokenInfo(
            id=f"{token_id}/{_text(name)}" if several else token_id,
            driver=self._driver,
            label=device.label or _text(name),
            serial=device.serial,
            model="",
            manufacturer=device.manufacturer,
            pin_state=state,
            tries_left=left,
            practice=False,
            protected_path=False,
            interface=Interface.SKF,
            sm2=any(self._is_ecc(handle, container) for container in self._skf.names("EnumContainer", handle)),
        )

    def _is_ecc(self, application: int, container: bytes) -> bool:
        kind = Number()
        with suppress(SkfError), self._skf.opened("OpenContainer", "CloseContainer", application, container) as opened:
            self._skf.call("GetContainerType", opened, kind)
        return kind.value == ECC_CONTAINER

    def _compare(self, found: dict[str, Application]) -> None:
        for token_id in self._applications.keys() - found.keys():
            self.login_ended(token_id)
            self._tell(EventKind.UNPLUGGED, token_id)
        for token_id, application in found.items():
            before = self._applications.get(token_id)
            if before is None:
                self._tell(EventKind.PLUGGED, token_id)
            elif before.info != application.info:
                self._tell(EventKind.CHANGED, token_id)
        self._applications = found

    def _tell(self, kind: EventKind, token_id: str) -> None:
        event = TokenEvent(kind, token_id)
        if event not in self._events:
            self._events.append(event)


def pin_state(skf: Skf, application: int, kind: int = USER) -> tuple[PinState, int | None]:
    """What the token itself tells of a PIN; costs no try."""
    most, left, initial = Number(), Number(MOST_TRIES + 1), Number()
    try:
        skf.call("GetPINInfo", application, kind, most, left, initial)
    except SkfError as problem:
        if problem.number in STALE:
            raise
        return PinState.FINE, None
    if left.value > MOST_TRIES:
        return PinState.FINE, None
    if left.value <= 1:
        return (PinState.LAST_TRY if left.value else PinState.LOCKED), left.value
    return (PinState.FEW_LEFT if left.value <= FEW else PinState.FINE), left.value


def text(name: bytes) -> str:
    """Names are UTF-8 by the standard and GBK by many makers."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode("latin-1")


def _text(octets: ctypes.Array[ctypes.c_uint8] | bytes) -> str:
    """Up to the first NUL, without the blanks that some pad with."""
    return text(bytes(octets).partition(b"\0")[0]).strip()
