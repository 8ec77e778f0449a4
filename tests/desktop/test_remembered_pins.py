"""A PIN that is remembered only fills in a dialog; and everything that makes it forgotten."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass, replace
from typing import Any

import pytest

from hebca_helper.assistant.person.prompts import ConfirmKind, EnterPin, PinPurpose
from hebca_helper.desktop.remembered_pins import RememberedPins
from hebca_helper.desktop.session.keeping import SERVICE, InKeyring, InMemory, session_keyring
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import EventKind, PinState, TokenEvent
from tests.desktop.questions import TOKEN, Office
from tests.desktop.test_session_watch import running
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.anyio
PIN = "Wk7-qp2"


@dataclass
class Wish:
    on: bool = True

    def __call__(self) -> bool:
        return self.on


@pytest.fixture
def wish() -> Wish:
    return Wish()


@pytest.fixture
def pins(wish: Wish) -> RememberedPins:
    return RememberedPins(wish, InMemory())


@pytest.fixture
def question(office: Office) -> EnterPin:
    return office.pin()


async def log_in(pins: RememberedPins, question: EnterPin, pin: str = PIN) -> None:
    """The person types, and the token takes it."""
    pins.typed(question, pin)
    pins.login_changed(question.token.id, True)
    await settled(pins)


async def settled(pins: RememberedPins) -> None:
    await asyncio.gather(*pins._errands)


async def test_the_next_dialog_is_filled_in(pins: RememberedPins, question: EnterPin) -> None:
    assert await pins.fill_in(question) == ""
    await log_in(pins, question)
    assert await pins.fill_in(question) == PIN


async def test_nothing_is_remembered_without_the_persons_wish(
    pins: RememberedPins, wish: Wish, question: EnterPin
) -> None:
    wish.on = False
    await log_in(pins, question)
    wish.on = True
    assert await pins.fill_in(question) == ""


async def test_who_changes_the_wish_is_forgotten_at_once(pins: RememberedPins, wish: Wish, question: EnterPin) -> None:
    await log_in(pins, question)
    wish.on = False
    pins.settings_changed()
    await settled(pins)
    wish.on = True
    assert await pins.fill_in(question) == ""


async def test_a_pin_that_the_token_refused_is_never_kept(pins: RememberedPins, question: EnterPin) -> None:
    pins.typed(question, "000000")
    again = replace(question, problem=HelperError(Code.PIN_INCORRECT))
    assert await pins.fill_in(again) == ""
    assert await pins.fill_in(question) == ""


async def test_a_wrong_pin_makes_forget(pins: RememberedPins, question: EnterPin) -> None:
    """Somebody changed it elsewhere: what we know costs one try, not three."""
    await log_in(pins, question)
    assert await pins.fill_in(replace(question, problem=HelperError(Code.PIN_INCORRECT))) == ""
    assert await pins.fill_in(question) == ""


async def test_unplugging_makes_forget(pins: RememberedPins, question: EnterPin) -> None:
    await log_in(pins, question)
    pins.token_changed(TokenEvent(EventKind.UNPLUGGED, question.token.id))
    await settled(pins)
    assert await pins.fill_in(question) == ""


async def test_lock_and_quit_make_forget(pins: RememberedPins, question: EnterPin) -> None:
    await log_in(pins, question)
    await pins.forget_all()
    assert not pins.anything
    assert await pins.fill_in(question) == ""


async def test_changing_the_pin_makes_forget(pins: RememberedPins, question: EnterPin) -> None:
    await log_in(pins, question)
    await pins.fill_in(replace(question, purpose=PinPurpose.CHANGE))
    assert await pins.fill_in(question) == ""


SEALING = [kind for kind in ConfirmKind if "seal" in kind or "stamp" in kind]


@pytest.mark.parametrize("kind", [*SEALING, ConfirmKind.WRITE_DATA, ConfirmKind.LAST_TRY])
async def test_never_for_seals_or_changes(pins: RememberedPins, question: EnterPin, kind: ConfirmKind) -> None:
    sealing = replace(question, kind=kind)
    await log_in(pins, sealing)
    assert await pins.fill_in(question) == ""  # not even learnt there
    await log_in(pins, question)
    assert await pins.fill_in(sealing) == ""
    assert await pins.fill_in(question) == PIN


async def test_the_last_tries_are_typed(pins: RememberedPins, question: EnterPin) -> None:
    await log_in(pins, question)
    token = replace(TOKEN, pin_state=PinState.LAST_TRY)
    assert await pins.fill_in(replace(question, token=token)) == ""


class Hanging:
    """A keyring that asks somebody who is not there."""

    def get_password(self, *_: Any) -> None:
        import threading

        threading.Event().wait()


async def test_a_keyring_that_hangs_is_not_waited_for(wish: Wish, question: EnterPin) -> None:
    keeping = InKeyring(Hanging, patience=0.05)
    pins = RememberedPins(wish, keeping)
    assert await pins.fill_in(question) == ""
    await log_in(pins, question)
    assert await pins.fill_in(question) == PIN
    assert keeping.memory is not None


@pytest.mark.skipif(os.name != "posix", reason="D-Bus")
async def test_without_a_keyring_only_memory_is_left(
    wish: Wish, question: EnterPin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real library, and no D-Bus: nothing is written anywhere."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    keeping = InKeyring()
    pins = RememberedPins(wish, keeping)
    await log_in(pins, question)
    assert await pins.fill_in(question) == PIN
    assert keeping.memory is not None


def test_the_keyring_is_the_sessions_whatever_is_configured() -> None:
    """A plain text file as default keyring, configured by somebody, is not asked."""
    made = session_keyring()
    assert type(made).__module__ == "keyring.backends.SecretService"
    assert made.preferred_collection.endswith("/collection/session")
    assert SERVICE == "hebca-helper"


@pytest.mark.desktop
@pytest.mark.skipif(os.name != "posix", reason="D-Bus")
async def test_the_desktops_keyring_keeps_it_and_loses_it(
    wish: Wish, question: EnterPin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real library, and a stand-in for the desktop's keyring: its session collection is the only one there."""
    with VirtualDisplay(session_bus=True) as display:
        environment = display.environment()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", environment["DBUS_SESSION_BUS_ADDRESS"])
        with running([sys.executable, "-m", "tests.desktop.secret_service"], environment, "ready") as service:

            def kept() -> list[Any]:
                assert service.stdin is not None
                assert service.stdout is not None
                service.stdin.write("look\n")
                service.stdin.flush()
                found: list[Any] = json.loads(service.stdout.readline())
                return found

            keeping = InKeyring(patience=60)
            pins = RememberedPins(wish, keeping)
            await log_in(pins, question)
            assert keeping.memory is None
            [[attributes, secret]] = kept()
            assert secret == PIN
            assert attributes["service"] == SERVICE
            after_a_crash = RememberedPins(wish, InKeyring(patience=60))
            assert await after_a_crash.fill_in(question) == PIN
            await after_a_crash.forget_all()
            assert kept() == []
