"""What the checks are to look at, gathered on the assistant's loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hebca_helper import places
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.assistant.journal.book import DONE
from hebca_helper.assistant.sites.origins import OriginClass
from hebca_helper.assistant.stamping.chain_states import ChainState
from hebca_helper.checks.machine import ThisMachine
from hebca_helper.checks.surroundings import PastFailure, Service, Surroundings, TokenPicture
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.catalogue import known_origins, load_what_can_be
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import ModuleState

PATIENCE = 15.0
"""Seconds for everything the USBKEYs are asked."""
FAILURES, ROWS = 20, 500
"""Failures that are shown, out of so many of the journal's last rows."""

Modules = Callable[[], Sequence[ModuleState]]


async def gather(
    assistant: Assistant | None,
    modules: Modules,
    home: Path,
    services: Sequence[Service],
    *,
    problem: HelperError | None = None,
    environment: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
) -> Surroundings:
    """On the assistant's loop. Without an assistant `problem` says why there is none."""
    environment = os.environ if environment is None else environment
    drivers, driver_problems = load_catalogue(places.shipped("drivers"))
    portals, portals_problem = load_what_can_be()
    picture = await _picture(assistant, modules, patience) if assistant else TokenPicture(problem=problem)
    return Surroundings(
        machine=ThisMachine(environment),
        home=home,
        environment=environment,
        picture=picture,
        drivers=drivers,
        driver_problems=driver_problems,
        services=services,
        blocked=_blocked(assistant) if assistant else (),
        known=known_origins(portals),
        portals_problem=portals_problem,
        forget_origin=_forgetting(assistant) if assistant else None,
        failures=past_failures(assistant) if assistant else (),
    )


async def _picture(assistant: Assistant, modules: Modules, patience: float) -> TokenPicture:
    person = assistant.connect(Asker(Channel.WINDOW))
    try:
        async with asyncio.timeout(patience):
            await assistant.rescan()
            tokens = await assistant.tokens()
            entries = await assistant.entries(person, all_of_them=True)
            unusable = await assistant.inventory.problems()
            picture = TokenPicture(modules(), tokens, entries, unusable=unusable)
            return await _closer(assistant, person, picture) if tokens else picture
    except TimeoutError:
        return TokenPicture(modules(), problem=HelperError(Code.MODULE_TIMEOUT))
    except HelperError as failure:
        return TokenPicture(modules(), problem=failure)
    finally:
        await assistant.close(person)


async def _closer(assistant: Assistant, person: Connection, picture: TokenPicture) -> TokenPicture:
    """With what stands against the certificates, and the seals."""
    try:
        chains = await assistant.chains(picture.entries)
        seals = await assistant.seals.listed(person)
    except HelperError as failure:
        return replace(picture, seals_problem=failure)
    revoked = frozenset(name for name, chain in chains.items() if chain.state is ChainState.REVOKED)
    return replace(picture, revoked=revoked, seals=seals)


def _blocked(assistant: Assistant) -> list[str]:
    remembered = assistant.origins.remembered()
    return [origin for origin, word in remembered.items() if word is OriginClass.BLOCKED]


def _forgetting(assistant: Assistant) -> Callable[[str], None]:
    """The origin book belongs to the loop; whoever presses the button is elsewhere, and waits."""
    loop = asyncio.get_running_loop()

    def forget(origin: str) -> None:
        async def on_loop() -> None:
            assistant.origins.forget(origin)

        asyncio.run_coroutine_threadsafe(on_loop(), loop).result(PATIENCE)

    return forget


def past_failures(assistant: Assistant) -> list[PastFailure]:
    """Newest first."""
    rows = [row for row in assistant.journal.recent(ROWS) if row.result != DONE]
    return [PastFailure(row.at, row.operation, row.result) for row in rows[:FAILURES]]
