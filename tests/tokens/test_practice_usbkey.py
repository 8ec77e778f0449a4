"""The practice USBKEY counts, warns and locks where SoftHSM2 would not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.model import EventKind, PinState
from hebca_helper.tokens.practice_state import (
    FILE_NAME,
    TRIES,
    PracticeState,
    load_state,
    set_unplugged,
    set_wrong_count,
    set_wrong_so_count,
)
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import PIN, SO_PIN, Seen

Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]


async def outcome(call: Awaitable[object]) -> tuple[Code, int | None]:
    failed = await failure(call)
    return failed.code, failed.tries_left


@pytest.mark.anyio
async def test_ten_wrong_pins_lock_and_the_so_pin_unblocks(start: Start, place: ModulePlace) -> None:
    service, seen = await start(place)
    token = (await service.tokens())[0].id

    async def wrong() -> tuple[Code, int | None, PinState]:
        code, left = await outcome(service.login(token, "000000"))
        info = (await service.tokens())[0]
        assert info.tries_left == left
        return code, left, info.pin_state

    incorrect = Code.PIN_INCORRECT
    assert [await wrong() for _ in range(TRIES)] == [
        *((incorrect, left, PinState.FINE) for left in (9, 8, 7, 6, 5, 4)),
        (incorrect, 3, PinState.FEW_LEFT),
        (incorrect, 2, PinState.FEW_LEFT),
        (incorrect, 1, PinState.LAST_TRY),
        (Code.PIN_LOCKED, 0, PinState.LOCKED),
    ]
    assert seen.kinds() == [EventKind.CHANGED] * TRIES
    assert await outcome(service.login(token, PIN)) == (Code.PIN_LOCKED, 0)
    assert await outcome(service.change_pin(token, PIN, "654321")) == (Code.PIN_LOCKED, 0)

    assert (await outcome(service.unblock(token, "00000000", "654321")))[0] is Code.PIN_INCORRECT
    await service.unblock(token, SO_PIN, "654321")
    assert (await service.tokens())[0].pin_state is PinState.FINE
    await service.login(token, "654321")


@pytest.mark.anyio
async def test_the_count_outlives_the_program_and_a_right_pin_ends_it(
    start: Start, place: ModulePlace, practice: Path
) -> None:
    service, _ = await start(place)
    (info,) = await service.tokens()
    assert await outcome(service.login(info.id, "000000")) == (Code.PIN_INCORRECT, 9)
    assert await outcome(service.change_pin(info.id, "000000", "654321")) == (Code.PIN_INCORRECT, 8)
    await service.stop()

    service, _ = await start(place)
    assert (await service.tokens())[0].tries_left == 8
    await service.login(info.id, PIN)
    assert (await service.tokens())[0].tries_left == TRIES
    assert load_state(practice).wrong_pins == {info.serial: 0}


@pytest.mark.anyio
async def test_the_so_pin_locks_too(start: Start, place: ModulePlace, practice: Path) -> None:
    service, _ = await start(place)
    (info,) = await service.tokens()
    set_wrong_so_count(practice, info.serial, TRIES - 1)
    assert (await outcome(service.unblock(info.id, "00000000", "654321")))[0] is Code.PIN_INCORRECT
    assert (await outcome(service.unblock(info.id, SO_PIN, "654321")))[0] is Code.PIN_LOCKED
    await service.login(info.id, PIN)


def test_the_state_file(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    assert load_state(folder) == PracticeState()
    set_unplugged(folder, ["b", "a", "b"])
    set_wrong_count(folder, "a", 9)
    set_wrong_so_count(folder, "a", 1)
    assert load_state(folder) == PracticeState({"a": 9}, {"a": 1}, ["a", "b"])
    assert (folder / FILE_NAME).stat().st_mode & 0o777 == 0o600
    for count in (-1, TRIES + 1):
        with pytest.raises(HelperError):
            set_wrong_count(folder, "a", count)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"wrong_pins": 3, "wrong_so_pins": {}, "unplugged": []}']
)
def test_a_damaged_state_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert load_state(tmp_path) == PracticeState()
    (aside,) = tmp_path.glob(f"{FILE_NAME}.damaged-*")
    assert aside.read_bytes() == content
