"""A stand-in for the assistant, for what the protocol does: order, framing, cancelling, limits.

No dialog, no token, no policy but a switch. The whole path with real parts is tested elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hebca_helper.assistant.asker.asking import Asker
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.service import CertificateService
from hebca_helper.bridge.websocket.session import TokenChanges
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.moments import Validity
from hebca_helper.settings import Settings
from hebca_helper.tokens.model import EventKind, PinState, TokenEvent, TokenInfo

ORIGIN = "https://portal.example"
NOT_AFTER = datetime(2030, 12, 31, 15, 59, 59, tzinfo=UTC)


@cache
def certificate(common_name: str, serial: int, encrypts: bool = False) -> Certificate:
    key = ec.derive_private_key(serial, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    usage = x509.KeyUsage(not encrypts, not encrypts, encrypts, encrypts, False, False, False, False, False)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), serial, NOT_AFTER - timedelta(days=9999), NOT_AFTER)
        .add_extension(usage, True)
        .sign(key, hashes.SHA256())
    )
    return Certificate.parse(built.public_bytes(serialization.Encoding.DER))


def entry(common_name: str, serial: int, *, slot: str = "token-1", encrypts: bool = False) -> CertificateEntry:
    info = TokenInfo(slot, "standin", f"label of {slot}", slot, "model", "maker", PinState.FINE, None, False, False)
    return CertificateEntry(
        info, certificate(common_name, serial, encrypts), b"1", True, Validity.VALID, 100, False, False
    )


class Changes(TokenChanges):
    """Counts every event."""

    def note(self, event: TokenEvent) -> None:
        self.count += 1


class OpenGate:
    """Lets everybody in and remembers what became of it."""

    def __init__(self) -> None:
        self.entered: list[tuple[str, Risk]] = []
        self.failures: list[Code] = []

    def enter(self, connection: Connection, function: str, risk: Risk) -> None:
        self.entered.append((function, risk))

    def failed(self, connection: Connection, code: Code) -> None:
        self.failures.append(code)


class Group:
    """A group of operations: each notes what it was asked and gives the answer it was told to."""

    def __init__(self, standin: StandIn) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.answers: dict[str, Any] = {}
        self._standin = standin

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def operation(connection: Connection, *arguments: Any, **more: Any) -> Any:
            await self._standin.admit(connection)
            self.calls.append((name, (*arguments, *more.values())))
            return self.answers.get(name, b"")

        return operation


class StandIn:
    """The assistant's methods that the bridge calls. With `dialog` a login stays open until it is cancelled."""

    def __init__(self) -> None:
        self.held = [
            entry("演练单位|一号<甲>", 0x0A1B, slot="token-1"),
            entry("演练单位|一号<甲>", 0x0A1C, slot="token-1", encrypts=True),
            entry("second", 0x0B, slot="token-2"),
        ]
        self.admitted = True
        self.signed: list[tuple[bytes, str | None]] = []
        self.pins: list[str] = []
        self.logged_in: set[str] = set()
        self.closed: list[str] = []
        self.connected: list[Asker] = []
        self.rescans = 0
        self.ignored: list[str] = []
        self.dialog = False
        self.big = 0
        self.gone = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.asked = asyncio.Event()
        self.signing = asyncio.Event()
        self.failure: BaseException | None = None
        self.gate = OpenGate()
        self.documents, self.decryption, self.data, self.online = (Group(self) for _ in range(4))
        self.key_pairs, self.files, self.devices = (Group(self) for _ in range(3))
        self.devices.answers["choose"] = Device.of(self.held[0])
        self._finished = asyncio.Event()
        self._listeners: list[Callable[[TokenEvent], None]] = []

    def connect(self, asker: Asker) -> Connection:
        self.connected.append(asker)
        return Connection(asker)

    async def close(self, connection: Connection) -> None:
        self.closed.append(connection.id)
        self.gone.set()

    def is_admitted(self, connection: Connection) -> bool:
        return self.admitted

    async def admit(self, connection: Connection) -> None:
        if not self.admitted:
            raise HelperError(Code.DENIED_BY_POLICY)

    async def entries(
        self, connection: Connection, usage: Usage | None = None, *, all_of_them: bool = False
    ) -> list[CertificateEntry]:
        if not self.admitted:
            raise HelperError(Code.DENIED_BY_POLICY)
        return [held for held in self.held if usage is None or held.serves(usage)]

    async def choose(
        self, connection: Connection, usage: Usage, ignored_devices: Collection[str] = ()
    ) -> CertificateEntry:
        self.ignored = list(ignored_devices)
        found = [e for e in await self.entries(connection, usage) if e.token.label not in ignored_devices]
        if not found:
            raise HelperError(Code.NO_CERTIFICATE)
        return found[0]

    async def login(self, connection: Connection, entry: CertificateEntry) -> None:
        await self._person()
        self.logged_in.add(entry.token.id)

    async def login_with_page_pin(self, connection: Connection, entry: CertificateEntry, pin: str) -> None:
        self.pins.append(pin)
        self.logged_in.add(entry.token.id)

    async def logout(self, connection: Connection, token_id: str | None = None) -> None:
        self.logged_in.clear()

    def is_logged_in(self, connection: Connection, token_id: str) -> bool:
        return token_id in self.logged_in

    async def sign(
        self, connection: Connection, entry: CertificateEntry, data: bytes, *, text: str | None = None
    ) -> bytes:
        self.signed.append((data, text))
        self.signing.set()
        if self.failure is not None:
            raise self.failure
        return b"signature of " + data[:32] + bytes(self.big)

    async def sign_silently(self, connection: Connection, entry: CertificateEntry, data: bytes) -> bytes:
        return await self.sign(connection, entry, data)

    async def rescan(self) -> None:
        self.rescans += 1

    def subscribe(self, listener: Callable[[TokenEvent], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def finish(self) -> None:
        """The person answers the dialog."""
        self._finished.set()

    def unplug(self, token: str) -> list[CertificateEntry]:
        gone = [held for held in self.held if held.token.id == token]
        self.held = [held for held in self.held if held.token.id != token]
        self.tell(EventKind.UNPLUGGED, token)
        return gone

    def tell(self, kind: EventKind, token: str) -> None:
        for listener in list(self._listeners):
            listener(TokenEvent(kind, token))

    async def _person(self) -> None:
        """A dialog that nobody answers, when `dialog` is set."""
        if not self.dialog:
            return
        self.asked.set()
        try:
            await self._finished.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@asynccontextmanager
async def running(standin: StandIn, **changes: object) -> AsyncIterator[CertificateService]:
    settings = replace(Settings(certificate_port=0), **changes)  # type: ignore[arg-type]
    service = CertificateService(cast(Assistant, standin), settings)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
