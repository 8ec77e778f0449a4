"""The CA's online services as the assistant uses them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.addresses import Address, AllowedAddresses
from hebca_helper.issuer.protocol import NONCE_BYTES, ServiceOperation, ServiceRequest

if TYPE_CHECKING:
    from hebca_helper.issuer.answers import Anchors
    from hebca_helper.issuer.cutting import Cutter
    from hebca_helper.issuer.transport import Limits

T = TypeVar("T")


def _no_anchors(_address: Address) -> Anchors:
    from hebca_helper.issuer.answers import Anchors

    return Anchors()


class IssuerClient:
    """`addresses` says whom it calls; `anchors` which CA the answers of an address must chain to (by default none, so
    that nothing is believed). `proxy` as in the settings. `verify` as in requests: True is the system's trust."""

    def __init__(
        self,
        addresses: AllowedAddresses | None = None,
        anchors: Callable[[Address], Anchors] = _no_anchors,
        *,
        proxy: str = "",
        limits: Limits | None = None,
        verify: bool | str = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.addresses = addresses or AllowedAddresses()
        self._anchors = anchors
        self._proxy = proxy
        self._limits = limits
        self._verify = verify
        self._now = now

    async def reset_code(self, address: Address, certificate: bytes, token_serial: str) -> str:
        """The unlock code (SO PIN) for the token that holds `certificate` (DER). A secret: use it and forget it.

        HelperError(ONLINE_UNREACHABLE, ONLINE_NOT_GENUINE, ONLINE_REFUSED, TOO_LARGE). Cancelling cuts the connection.
        """
        from hebca_helper.issuer.answers import unlock_code  # what checks signatures loads slowly

        nonce = secrets.token_bytes(NONCE_BYTES)
        request = ServiceRequest(ServiceOperation.RESET_PIN, nonce, token_serial, certificate)
        content = await self._post(address, request.dump())
        return unlock_code(content, request, self._anchors(address), self._now())

    async def _post(self, address: Address, body: bytes) -> bytes:
        # Imported when the first call is made: requests takes longer to load than the window takes to open.
        from hebca_helper.issuer.cutting import Cutter
        from hebca_helper.issuer.transport import Limits, post

        limits, cutter = self._limits or Limits(), Cutter()
        answer = _in_thread(lambda: post(address, body, limits, self._proxy, self._verify, cutter))
        return await _within(answer, limits.whole, cutter)


async def _within(answer: concurrent.futures.Future[bytes], seconds: float, cutter: Cutter) -> bytes:
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(answer)
    except TimeoutError:
        raise HelperError(Code.ONLINE_UNREACHABLE, "timeout") from None
    finally:
        cutter.cut()


def _in_thread(work: Callable[[], bytes]) -> concurrent.futures.Future[bytes]:
    """In a thread of its own: the program does not wait at its end for one that hangs in looking up a name."""
    answer: concurrent.futures.Future[bytes] = concurrent.futures.Future()

    def run() -> None:
        try:
            _settle(answer.set_result, work())
        except Exception as problem:  # noqa: BLE001 - it is handed on to whoever waits
            _settle(answer.set_exception, problem)

    threading.Thread(target=run, name="issuer", daemon=True).start()
    return answer


def _settle(settle: Callable[[T], None], outcome: T) -> None:
    """A page that closed cancels its request: then nobody waits for the outcome."""
    with contextlib.suppress(concurrent.futures.InvalidStateError):
        settle(outcome)
