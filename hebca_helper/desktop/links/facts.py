"""Gathers what the pre-flight of a quick link looks at: browsers, their policies, our services, the USBKEYs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import HelperError
from hebca_helper.pki.moments import Validity
from hebca_helper.portals.browsers import TITLES, Browser, BrowserKind
from hebca_helper.portals.portal import Group, Portal
from hebca_helper.portals.preflight import Facts, TokenFacts
from hebca_helper.tokens.model import PinState, TokenInfo

if TYPE_CHECKING:
    from hebca_helper.desktop.runtime import Runtime

SEAL_OBJECTS = frozenset({"seal", "signpic"})
"""Data objects that hold seals (resources/protocol.md, section 8)."""
SEAL_PATIENCE = 3.0
"""Seconds to look for seals before the site opens without an answer."""


def facts_now(portal: Portal, browsers: Sequence[Browser], state: TokenState, runtime: Runtime | None) -> Facts:
    """Everything but the seals. In Qt's thread: a few small files are read."""
    service = ""
    if runtime is not None:
        service = next((str(status.problem) for status in runtime.services() if status.problem is not None), "")
    return Facts(
        tuple(browsers), let_in(portal, browsers), refusing(portal, browsers), service, token_facts(portal, state)
    )


def let_in(portal: Portal, browsers: Iterable[Browser]) -> frozenset[BrowserKind]:
    """Browsers whose policies let every origin of the portal reach us; none where this system has no such files."""
    from hebca_helper.bridge.policies import policies

    if not portal.origins:
        return frozenset()
    with suppress(HelperError):
        kinds = {browser.kind for browser in browsers}
        return frozenset(k for k in kinds if all(policies.lets_in(k, origin) for origin in portal.origins))
    return frozenset()


def refusing(portal: Portal, browsers: Iterable[Browser]) -> frozenset[BrowserKind]:
    """Browsers in which the person told one of the portal's origins to stay away from this computer."""
    from hebca_helper.checks.popups import profiles, refused_in
    from hebca_helper.tokens.discovery import system

    if not portal.origins:
        return frozenset()
    refused = refused_in(profiles(os.environ, system()))
    return frozenset(b.kind for b in browsers if refused.get(TITLES[b.kind], frozenset()).intersection(portal.origins))


def token_facts(portal: Portal, state: TokenState) -> TokenFacts | None:
    """None while nothing is known. Practice USBKEYs are for practice sites, and the other way round."""
    if not state.known:
        return None
    tokens = tokens_for(portal, state)
    if not tokens:
        return TokenFacts(plugged=False, others=bool(state.tokens))
    locked = all(token.pin_state is PinState.LOCKED for token in tokens.values())
    current = [e for e in state.entries if e.token.id in tokens and e.certificate.signs and not e.replaced]
    valid = [entry.days_left for entry in current if entry.validity is Validity.VALID]
    if valid:
        return TokenFacts(plugged=True, locked=locked, days_left=max(valid))
    early = any(entry.validity is Validity.NOT_YET_VALID for entry in current)
    expired = any(entry.validity is Validity.EXPIRED for entry in current)
    return TokenFacts(plugged=True, locked=locked, days_left=-1 if expired else None, early=early and not expired)


def tokens_for(portal: Portal, state: TokenState) -> dict[str, TokenInfo]:
    """The USBKEYs that count, by id."""
    practice = portal.group is Group.PRACTICE
    return {token.id: token for token in state.tokens if token.practice == practice}


async def with_seals(facts: Facts, runtime: Runtime, token_ids: Collection[str]) -> Facts:
    """On the loop: also whether one of these USBKEYs holds a seal; unknown where they cannot be asked in time."""
    tokens = facts.tokens
    if tokens is None or not tokens.plugged:
        return facts
    with suppress(HelperError, TimeoutError):
        async with asyncio.timeout(SEAL_PATIENCE):
            held = [await runtime.assistant.data.list(runtime.connection, token_id) for token_id in token_ids]
        names = {item.label for items in held for item in items}
        return replace(facts, tokens=replace(tokens, seals=not SEAL_OBJECTS.isdisjoint(names)))
    return facts
