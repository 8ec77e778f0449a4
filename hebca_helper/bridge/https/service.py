"""The HTTPS service: `https://localhost:17443`, with the same life as the services for old pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.asking import Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.bridge.https.doorway import LazyDoorway
from hebca_helper.bridge.service import PageService

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.budget import Budget
    from hebca_helper.bridge.https.server import Server
    from hebca_helper.bridge.identity.identity import Identity
    from hebca_helper.settings import Settings


class HttpsService(PageService):
    """Its TLS identity is the one in `home`."""

    channel = Channel.HTTPS

    def __init__(
        self,
        assistant: Assistant,
        settings: Settings,
        home: Path,
        clock: Clock | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._home = home
        self._clock = clock or Clock()
        super().__init__(assistant, settings, budget=budget)

    @property
    def wanted_port(self) -> int:
        return self._settings.https_port

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def make_doorway(self) -> LazyDoorway:
        return LazyDoorway(self._load)

    def _renewed(self) -> Identity:
        """In a thread."""
        from hebca_helper.bridge.trust.trust import Trust

        return Trust(self._home).renewed(self._clock.now())

    def _load(self) -> Server:
        """In a thread."""
        from hebca_helper.bridge.https.application import Application
        from hebca_helper.bridge.https.renewal import Renewal
        from hebca_helper.bridge.https.server import Server, tls_context

        application = Application(self._assistant, lambda: self._settings, lambda: self.port, self._budget)
        if self.observation is not None:
            application.answer = self.observation.around_calls(application.answer)
            application.refused = self._refused
        identity = self._renewed()
        server = Server(application, tls_context(identity), lambda: self._settings)
        server.renewal = Renewal(identity, self._clock.now, self._renewed)
        return server
