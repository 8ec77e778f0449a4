"""Who asks: a web page's origin, or the person at this computer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.addresses import is_insecure
from hebca_helper.assistant.asker.visible import visible_origin
from hebca_helper.texts import tr


class Channel(StrEnum):
    """Where a request comes in; written to the journal."""

    CERTIFICATE_SERVICE = "certificate-service"
    SEAL_SERVICE = "seal-service"
    HTTPS = "https"
    WINDOW = "window"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Asker:
    """`origin` is the exact serialised origin of a page (RFC 6454, section 6.2), None for the person themself."""

    channel: Channel
    origin: str | None = None

    @property
    def name(self) -> str:
        """For dialogs: the origin with its host in punycode and nothing invisible, or the person."""
        return tr("本机用户") if self.origin is None else visible_origin(self.origin)

    @property
    def insecure(self) -> bool:
        """Dialogs show 连接不安全: anyone on the line can imitate this site."""
        return self.origin is not None and is_insecure(self.origin)
