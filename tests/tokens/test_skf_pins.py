"""PINs behind SKF: the true number of tries, no PIN sent twice, locked, changed, unblocked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from hebca_helper.errors import Code
from hebca_helper.tokens.model import EventKind, Mechanism, PinState
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import Seen
from tests.tokens.soft_skf import ADMIN_PIN, PIN, TRIES, SoftSkf

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
Told = tuple[Code, int | None]


async def only_token(service: TokenService) -> str:
    return (await service.tokens())[0].id


async def told(service: TokenService, pin: str) -> Told:
    failed = await failure(service.login(await only_token(service), pin))
    return failed.code, failed.tries_left


@pytest.mark.parametrize(
    "quirks", [(), ("retry-untouched",), ("foreign-errors",), ("retry-untouched", "foreign-errors")]
)
async def test_the_way_to_a_locked_pin(start: Start, soft: SoftSkf, quirks: tuple[str, ...]) -> None:
    """Each wrong PIN is sent once and told with what the USBKEY counts, also by makers with error numbers of their own."""
    soft.quirk(*quirks)
    service, seen = await start(soft.place)
    answers = [await told(service, "654321") for _ in range(TRIES)]
    assert answers == [(Code.PIN_INCORRECT, TRIES - turn) for turn in range(1, TRIES)] + [(Code.PIN_LOCKED, 0)]
    assert await told(service, PIN) == (Code.PIN_LOCKED, 0)
    assert soft.calls("VerifyPIN") == TRIES + 1
    info = (await service.tokens())[0]
    assert (info.pin_state, info.tries_left) == (PinState.LOCKED, 0)
    assert EventKind.CHANGED in seen.kinds()


async def test_the_tries_are_known_before_any_pin(start: Start, soft: SoftSkf) -> None:
    soft.set_tries(1)
    service, _ = await start(soft.place)
    info = (await service.tokens())[0]
    assert (info.pin_state, info.tries_left) == (PinState.LAST_TRY, 1)
    await service.login(info.id, PIN)
    info = (await service.tokens())[0]
    assert (info.pin_state, info.tries_left) == (PinState.FINE, TRIES)


async def test_a_second_login_is_compared_and_never_sent(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    for wrong in ("654321", PIN + "x", PIN[:-1]):
        assert await told(service, wrong) == (Code.PIN_INCORRECT, None)
    assert (await failure(service.change_pin(token, "654321", "abcdef"))).code is Code.PIN_INCORRECT
    await service.login(token, PIN)
    assert (soft.calls("VerifyPIN"), soft.calls("ChangePIN"), soft.tries()) == (1, 0, TRIES)


@pytest.mark.parametrize("pin", ["", "12\x003456", "1" * 256])
async def test_a_pin_that_no_token_takes_is_not_sent(start: Start, soft: SoftSkf, pin: str) -> None:
    service, _ = await start(soft.place)
    assert await told(service, pin) == (Code.PIN_LENGTH, None)
    assert soft.calls("VerifyPIN") == 0


async def test_a_pin_of_a_wrong_length_costs_no_try(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    assert await told(service, "12345") == (Code.PIN_LENGTH, None)
    assert (soft.calls("VerifyPIN"), soft.tries()) == (1, TRIES)


async def test_another_program_is_logged_in(start: Start, soft: SoftSkf) -> None:
    """Its login lets any PIN pass: it ends, and ours is compared by the USBKEY."""
    soft.quirk("already")
    (soft.application() / "other-program").touch()
    service, _ = await start(soft.place)
    assert await told(service, "654321") == (Code.PIN_INCORRECT, TRIES - 1)
    (soft.application() / "other-program").touch()
    await service.login(await only_token(service), PIN)
    assert soft.tries() == TRIES


async def test_changing_the_pin(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    token = await only_token(service)
    failed = await failure(service.change_pin(token, "654321", "newpin1"))
    assert (failed.code, failed.tries_left) == (Code.PIN_INCORRECT, TRIES - 1)
    assert (await failure(service.change_pin(token, PIN, "short"))).code is Code.PIN_LENGTH
    await service.login(token, PIN)
    await service.change_pin(token, PIN, "newpin1")
    assert await told(service, PIN) == (Code.PIN_INCORRECT, None)
    await service.login(token, "newpin1")
    await service.logout(token)
    assert await told(service, PIN) == (Code.PIN_INCORRECT, TRIES - 1)
    await service.login(token, "newpin1")
    assert soft.calls("LockDev") == soft.calls("UnlockDev") == 3


async def test_unblocking(start: Start, soft: SoftSkf) -> None:
    soft.set_tries(0)
    service, _ = await start(soft.place)
    token = await only_token(service)
    wrong = await failure(service.unblock(token, "00000000", "newpin1"))
    assert (wrong.code, wrong.detail, wrong.tries_left) == (Code.PIN_INCORRECT, "SO", None)
    await service.unblock(token, ADMIN_PIN, "newpin1")
    assert (await service.tokens())[0].tries_left == TRIES
    await service.login(token, "newpin1")


async def test_logging_out_clears_the_state_of_the_device(start: Start, soft: SoftSkf) -> None:
    """Closing what is open does not log out."""
    service, _ = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    await service.logout(token)
    assert soft.calls("ClearSecureState") == 1
    assert (await failure(service.sign(token, b"con1/sign", Mechanism.SM2_SM3, bytes(32)))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    await service.stop()
    assert soft.calls("ClearSecureState") == 2


async def test_a_login_that_the_library_forgot(start: Start, soft: SoftSkf) -> None:
    service, seen = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    soft.quirk("fail:ECCSignData=0A00002D")
    failed = await failure(service.sign(token, b"con1/sign", Mechanism.SM2_SM3, bytes(range(32))))
    assert failed.code is Code.NOT_LOGGED_IN
    assert EventKind.LOGIN_ENDED in seen.kinds()


async def test_a_pin_goes_only_to_the_usbkey_it_was_typed_for(start: Start, soft: SoftSkf) -> None:
    """Another one took the same name between two looks."""
    service, seen = await start(soft.place)
    token = await only_token(service)
    (soft.device() / "info").write_bytes("OTHER99\n国密KEY\ntest\n1".encode())
    failed = await failure(service.login(token, PIN))
    assert failed.code is Code.TOKEN_REMOVED
    assert soft.calls("VerifyPIN") == 0
    assert (await service.tokens())[0].serial == "OTHER99"
    assert {EventKind.UNPLUGGED, EventKind.PLUGGED} <= set(seen.kinds())
