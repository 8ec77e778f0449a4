"""What tells one WebSocket service from another: its functions, and how it words its replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Function
from hebca_helper.bridge.websocket import frames
from hebca_helper.errors import HelperError


@dataclass(frozen=True, slots=True)
class Dialect:
    """`success` and `failure` make the reply frame of the function of that name; both take names of no function, too."""

    functions: Mapping[str, Function]
    success: Callable[[str, Mapping[str, object]], str]
    failure: Callable[[str, HelperError], str]


CERTIFICATES = Dialect(FUNCTIONS, frames.success, frames.failure)
"""The certificate service's."""
