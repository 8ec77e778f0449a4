"""A USBKEY's library that is slow or hangs: the window stays alive, says so after a moment, and lets the person go on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hebca_helper.app.window import Background
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.desktop import progress
from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.link import Link
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.desktop.desk import Desk, open_desk
from tests.desktop.person import Person
from tests.tokens.shim.build import Shim, build

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def shim(library: Path, tmp_path: Path) -> Shim:
    return Shim(library, tmp_path)


@pytest.fixture
def limit() -> float:
    """Seconds a library may take: what is well must keep it on a busy machine, too."""
    return 60.0


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """On this machine nothing is slow."""
    monkeypatch.setattr(progress, "PATIENCE_MILLISECONDS", 60_000)


@pytest.fixture
def desk(
    person: Person, link: Link, home: Path, shim: Shim, limit: float, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The practice USBKEY behind the fault shim."""
    for name, value in shim.environment.items():
        monkeypatch.setenv(name, value)
    with open_desk(person, link, home, practice_module=str(shim.library), operation_time_limit=limit) as made:
        yield made
        shim.command()


def change_pin(desk: Desk) -> None:
    person = desk.person
    person.click(desk.page("certificates"), "changePinButton")
    dialog = person.window(NewPinDialog)
    for name, text in (("oldPinEdit", PRACTICE_PIN), ("newPinEdit", "Wk7-qp2"), ("againPinEdit", "Wk7-qp2")):
        person.type(dialog, name, text)
    person.click(dialog, "confirmButton")


def test_a_slow_usbkey_is_told_and_its_work_is_done(desk: Desk, person: Person, shim: Shim) -> None:
    strip = desk.window.progress
    assert not strip.isVisible()
    shim.command("set_pin hold")
    change_pin(desk)
    person.wait(strip.isVisible)
    assert not desk.window.toast.isVisible()
    shim.command()
    person.wait(lambda: "密码已修改" in person.texts(desk.window.toast))
    assert not strip.isVisible()


def test_a_quick_one_is_not_spoken_of(late: None, desk: Desk, person: Person) -> None:
    seen: list[bool] = []
    strip = desk.window.progress
    desk.window.state.changed.connect(lambda: seen.append(strip.isVisible()))
    desk.window.state.rescan()
    person.wait(lambda: len(seen) >= 2 and not desk.window.state.busy)
    assert not any(seen)


@pytest.mark.parametrize("limit", [6.0])
def test_another_programs_call_that_hangs_is_told_too_and_can_be_given_up(
    desk: Desk, person: Person, shim: Shim
) -> None:
    """A page's, or a terminal's: the person waits before something else, and may have to press a key on the USBKEY."""
    said: list[str] = []
    desk.window.errands.lasting.connect(said.append)
    strip = desk.window.progress
    signed = asyncio.run_coroutine_threadsafe(log_in_and_sign(desk.runtime, shim), desk.runtime.loop)
    dialog = person.window(PinDialog)
    person.type(dialog, "pinEdit", PRACTICE_PIN)
    person.click(dialog, "confirmButton")
    person.click(person.window(ConsentDialog), "cancelButton")  # the initial PIN stays
    person.wait(strip.isVisible)
    person.wait(lambda: said)
    assert "正在签名" in person.texts(strip)
    assert "按确认键" in said[0]
    person.click(strip, "giveUpButton")
    person.wait(lambda: not strip.isVisible())
    with pytest.raises(HelperError) as told:
        person.result(signed)
    assert told.value.code is Code.USER_CANCELLED


async def log_in_and_sign(runtime: Background, shim: Shim) -> bytes:
    connection = runtime.assistant.connect(Asker(Channel.WINDOW))
    entry = await runtime.assistant.choose(connection, Usage.SIGN)
    await runtime.assistant.login(connection, entry)
    shim.command("sign hang")
    challenge = "session-12-of-a-portal"
    return await runtime.assistant.sign(connection, entry, challenge.encode(), text=challenge)


def test_a_hanging_one_can_be_given_up_and_the_window_lives(desk: Desk, person: Person, shim: Shim) -> None:
    shim.command("set_pin hang")
    change_pin(desk)
    person.wait(desk.window.progress.isVisible)
    assert desk.page("diagnosis").isVisible()  # nothing waits
    person.click(desk.window.progress, "giveUpButton")
    person.wait(lambda: not desk.window.progress.isVisible())
    assert not desk.window.toast.isVisible()  # the person knows: no error is told
    shim.command()
    desk.window.state.rescan()  # its host is started anew when its time is over, and everything works again
    person.wait(lambda: desk.window.state.entries and not desk.window.state.busy)
    change_pin(desk)
    person.wait(lambda: "密码已修改" in person.texts(desk.window.toast))
