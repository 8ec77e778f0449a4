"""What every group of operations works with; the assistant makes it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.inventory import Inventory
from hebca_helper.assistant.journal.recorder import Recorder
from hebca_helper.assistant.key.consents import Consents
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import Prompts
from hebca_helper.assistant.sites.policy import Policy
from hebca_helper.settings import Settings
from hebca_helper.tokens.service import TokenService


@dataclass(slots=True)
class Parts:
    """`settings` are those of the moment, to be looked at when used. `admit` lets a connection in, `prompts` gives the prompts
    of the moment."""

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
