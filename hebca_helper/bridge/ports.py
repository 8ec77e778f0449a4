"""The ports of all services for browsers. Imported before anything else is: opening them comes first when starting."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hebca_helper.bridge.listening import listen
from hebca_helper.errors import HelperError

if TYPE_CHECKING:
    from hebca_helper.settings import Settings

Reserved = dict[str, list[socket.socket]]
"""By the name of a service: sockets that listen already, for it to take over."""
CERTIFICATE, SEAL, HTTPS = "certificate_service", "seal_service", "https"


@dataclass(frozen=True, slots=True)
class WantedPorts:
    """What the command line wants instead of the settings: None is theirs, 0 any free one. Where only the certificate
    service is to take any, the others do so, too."""

    certificate: int | None = None
    seal: int | None = None
    https: int | None = None

    def in_place(self, settings: Settings) -> Settings:
        others = 0 if self.certificate == 0 else None
        wanted = {
            "certificate_port": self.certificate,
            "seal_port": self.seal if self.seal is not None else others,
            "https_port": self.https if self.https is not None else others,
        }
        chosen: dict[str, Any] = {name: port for name, port in wanted.items() if port is not None}
        return replace(settings, **chosen)


def reserve(old: Settings, new: Settings) -> Reserved:
    """Sockets for every port that changes. HelperError(PORT_TAKEN) when one is taken; then none stays open."""
    wanted = {
        CERTIFICATE: (old.certificate_port, new.certificate_port),
        SEAL: (old.seal_port, new.seal_port),
        HTTPS: (old.https_port, new.https_port),
    }
    reserved: dict[str, list[socket.socket]] = {}
    try:
        for name, (before, after) in wanted.items():
            if before != after:
                reserved[name] = listen(after)
    except HelperError:
        release(reserved)
        raise
    return reserved


def release(reserved: Reserved) -> None:
    """Close sockets that no service has taken over; closing one twice does nothing."""
    for sockets in reserved.values():
        for each in sockets:
            each.close()
