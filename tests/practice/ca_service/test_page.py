"""A clerk in a real Chromium at the practice CA's page: the locked USBKEY gets a new PIN."""

from __future__ import annotations

from pathlib import Path

import pytest

from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.bridge.service import CertificateService
from hebca_helper.practice.ca_service.server import CaService
from hebca_helper.settings import Settings
from hebca_helper.tokens.model import PinState
from tests.issuer.reset_scene import NEW_PIN, resetting
from tests.practice.hands import Hands, chromium, hook

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


@pytest.mark.parametrize("agrees", [True, False])
async def test_a_clerk_resets_the_pin_at_the_page(home: Path, agrees: bool) -> None:
    async with resetting(home) as scene:
        service = CertificateService(scene.assistant, Settings(certificate_port=0))
        await service.start()
        counter = CaService(home, 0, service.port)
        await counter.start()  # it announces itself in the other's place
        try:
            async with chromium() as page:
                scene.person.type(NEW_PIN)
                scene.person.decisions[ConfirmKind.RESET_PIN] = Decision.ONCE if agrees else Decision.NO
                hands = Hands(counter.origin, page)
                await hands.open("/", "reset")
                await hands.click("reset")
                await hands.wait(*(f'{hook("message")}[data-kind="{kind}"]' for kind in ("good", "bad")))
                told = await hands.text("message")
            assert ("已重置" if agrees else "取消") in told
            assert await scene.pin_state() is (PinState.FINE if agrees else PinState.LOCKED)
        finally:
            await counter.stop()
            await service.stop()
        if agrees:
            assert await scene.accepts(NEW_PIN)
