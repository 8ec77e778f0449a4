"""The HTTPS service: `https://localhost:17443`, with the same life as the services for old pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper.assistant.asking import Channel
from hebca_helper.assistant.clock import Clock
from hebca_helper.bridge.https.doorway import LazyDoorway
from hebca_helper.bridge.service import PageService

if TYPE_CHECKING:
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.https.server import Server
    from hebca_helper.settings import Settings


class HttpsService(PageService):
    """Its TLS identity is the one in `home`."""

    channel = Channel.HTTPS

    def __init__(self, assistant: Assistant, settings: Settings, home: Path, clock: Clock | None = None) -> None:
        self._home = home
        self._clock = clock or Clock()
        super().__init__(assistant, settings)

    @property
    def wanted_port(self) -> int:
        return self._settings.https_port

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def use_identity(self) -> None:
        """The identity was renewed: take it for clients that connect from now on."""
        from hebca_helper.bridge.identity.identity import load_or_make

        if self._lazy.server is not None:
            self._lazy.server.use(load_or_make(self._home, self._clock.now()))

    def make_doorway(self) -> LazyDoorway:
        self._lazy = LazyDoorway(self._load)
        return self._lazy

    def _load(self) -> Server:
        """In a thread."""
        from hebca_helper.bridge.https.application import Application
        from hebca_helper.bridge.https.server import Server, tls_context
        from hebca_helper.bridge.trust.trust import Trust

        application = Application(self._assistant, lambda: self._settings, lambda: self.port)
        if self.observation is not None:
            from hebca_helper.bridge.monitor.https_calls import watched

            application.answer = watched(application.answer, self.observation)
            application.refused = self._refused
        identity = Trust(self._home).renewed(self._clock.now())
        return Server(application, tls_context(identity), lambda: self._settings)
