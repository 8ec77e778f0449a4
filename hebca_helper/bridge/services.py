"""All services for browsers together: which there are, their ports, and what becomes of them when settings change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hebca_helper.bridge.budget import Budget, give_large_memory_back
from hebca_helper.bridge.https.service import HttpsService
from hebca_helper.bridge.ports import CERTIFICATE, HTTPS, SEAL, Reserved
from hebca_helper.bridge.seal_service.service import SealService
from hebca_helper.bridge.service import CertificateService, PageService

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.monitor.observation import Observation
    from hebca_helper.settings import Settings


class Services:
    """Lives on the assistant's loop. `on_change` is called when one begins to listen, or has a problem."""

    def __init__(self, assistant: Assistant, settings: Settings, on_change: Callable[[], None] = lambda: None) -> None:
        self._budget = Budget(settings.largest_frame)
        self.certificate = CertificateService(assistant, settings, budget=self._budget)
        self.seal = SealService(assistant, settings, budget=self._budget)
        self.https = HttpsService(assistant, settings, assistant.home, budget=self._budget)
        for service in self.all.values():
            service.on_change = on_change

    @property
    def all(self) -> dict[str, PageService]:
        """By name, the one that most pages need first."""
        return {CERTIFICATE: self.certificate, SEAL: self.seal, HTTPS: self.https}

    def observe(self) -> Observation:
        """Practice mode: whoever watches sees the calls of pages that connect from now on."""
        from hebca_helper.bridge.monitor.observation import Observation

        observation = Observation(self.certificate.standing_of)
        for service in self.all.values():
            service.observation = observation
        return observation

    async def start(self, *, wait: bool, reserved: Reserved | None = None) -> None:
        """Listen on every port. A taken one: HelperError(PORT_TAKEN), or with `wait` that service waits for it."""
        give_large_memory_back()
        for name, service in self.all.items():
            await service.start(wait=wait, sockets=(reserved or {}).get(name))

    async def change(self, settings: Settings, reserved: Reserved) -> None:
        """Use these settings; a service with reserved sockets moves there. `reserved` keeps those not taken over."""
        self._budget.largest = settings.largest_frame
        for name, service in self.all.items():
            await service.change(settings, reserved.pop(name, []))

    async def stop(self) -> None:
        """Close all sockets (1001, going away); no task is left."""
        for service in reversed(self.all.values()):
            await service.stop()
