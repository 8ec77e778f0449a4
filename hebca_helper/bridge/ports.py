"""The ports of all services for browsers. Imported before anything else is: opening them comes first when starting."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hebca_helper.bridge.listening import listen
from hebca_helper.errors import HelperError

if TYPE_CHECKING:
    from hebca_helper.settings import Settings

Reserved = Mapping[str, list[socket.socket]]
"""By the name of a service: sockets that listen already, for it to take over."""
CERTIFICATE, SEAL, HTTPS = "certificate_service", "seal_service", "https"


def with_ports(settings: Settings, certificate_port: int | None) -> Settings:
    """The settings with another port for the certificate service; 0 takes any free one, for every service."""
    if certificate_port is None:
        return settings
    if certificate_port == 0:
        return replace(settings, certificate_port=0, seal_port=0, https_port=0)
    return replace(settings, certificate_port=certificate_port)


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
