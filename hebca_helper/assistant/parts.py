"""What every group of operations works with; the assistant makes it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.assistant.clock import Clock
from hebca_helper.assistant.connection import Connection
from hebca_helper.assistant.consents import Consented, Consents
from hebca_helper.assistant.device import Device
from hebca_helper.assistant.dialogs import DialogQueue
from hebca_helper.assistant.inventory import Inventory
from hebca_helper.assistant.logins import Logins
from hebca_helper.assistant.policy import Policy
from hebca_helper.assistant.prompts import Prompts
from hebca_helper.assistant.records import Recorder
from hebca_helper.settings import Settings
from hebca_helper.tokens.service import TokenService


@dataclass(slots=True)
class Parts:
    """`settings` are those of the moment, to be looked at when used. `admit` lets a connection in, `prompts` gives the prompts of the moment, `consented` hears of each login."""

    tokens: TokenService
    settings: Settings
    home: Path
    clock: Clock
    inventory: Inventory
    logins: Logins
    dialogs: DialogQueue
    consents: Consents
    policy: Policy
    recorder: Recorder
    admit: Callable[[Connection], Awaitable[None]]
    prompts: Callable[[], Prompts]
    consented: Callable[[Device, Consented], None]
