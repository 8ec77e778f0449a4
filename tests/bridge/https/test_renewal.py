"""A program that runs for years serves the next TLS identity in time, and looks only when somebody connects."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.bridge.https.renewal import LOOK_AGAIN, Renewal
from hebca_helper.bridge.https.service import HttpsService
from hebca_helper.bridge.identity.identity import RENEW_BEFORE, Identity, load
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.pem import certificates_from
from hebca_helper.settings import Settings
from tests.assistant.scene import open_scene
from tests.https_page import any_tls

DAY = timedelta(days=1)


@dataclass
class Moment:
    """The time of day, set by the test."""

    now: datetime


@asynccontextmanager
async def served(home: Path, moment: Moment) -> AsyncIterator[HttpsService]:
    async with open_scene(home) as scene:
        service = HttpsService(scene.assistant, Settings(https_port=0), home, Clock(now=lambda: moment.now))
        await service.start()
        try:
            yield service
        finally:
            await service.stop()


async def shown(service: HttpsService) -> str:
    """Fingerprint of the certificate that a client gets."""
    _, writer = await asyncio.open_connection("localhost", service.port, ssl=any_tls())
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    assert der is not None
    return hashlib.sha256(der).hexdigest()


def leaf(home: Path) -> str:
    identity = load(home)
    assert identity is not None
    return certificates_from(identity.certificate.read_bytes())[0].fingerprint


@pytest.mark.anyio
async def test_clients_get_the_next_identity_from_thirty_days_before_the_end(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.setenv(SYSTEM_ROOT, str(tmp_path / "system"))
    moment = Moment(datetime.now(UTC))
    async with served(home, moment) as service:
        assert load(home) is None, "nothing is made before the first client"
        old = await shown(service)
        identity = load(home)
        assert identity is not None and old == leaf(home)
        moment.now = identity.not_after - RENEW_BEFORE - DAY
        assert await shown(service) == old
        moment.now += DAY
        new = await asyncio.gather(*(shown(service) for _ in range(5)))
        assert set(new) == {leaf(home)} != {old}, "nobody is served with the old one while the new one is made"


@dataclass
class Maker:
    """Gives `identity`, unless there is no room for one."""

    identity: Identity
    full: bool = False
    calls: int = 0

    def __call__(self) -> Identity:
        self.calls += 1
        if self.full:
            raise HelperError(Code.TRUST_FAILED)
        return self.identity


@pytest.mark.anyio
async def test_one_that_cannot_be_renewed_serves_on_and_is_looked_at_again_the_next_day() -> None:
    moment = Moment(datetime(2030, 1, 1, tzinfo=UTC))
    identity = Identity(Path(), Path(), Path(), moment.now + 2 * DAY, "")
    maker, used = Maker(identity, full=True), list[Identity]()
    renewal = Renewal(identity, lambda: moment.now, maker)
    await renewal.look(used.append)
    assert maker.calls == 0, "it was looked at when it was loaded"
    for _ in range(2):  # the second one fails, and the third finds the old one again: browsers cannot be reached
        moment.now += LOOK_AGAIN
        await asyncio.gather(*(renewal.look(used.append) for _ in range(3)))
        maker.full = False
    assert (maker.calls, used) == (2, [identity])
