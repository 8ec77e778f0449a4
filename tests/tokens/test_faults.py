"""Vendor libraries crash, abort, hang and lose their token: one clear error for the caller, and the next request works."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import service as token_service
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import EventKind, Mechanism, PinState
from hebca_helper.tokens.module import RESTARTS
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import PIN, RSA_KEY, Prepared, Seen, hurried
from tests.tokens.shim.build import Shim

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
DIGEST = hashlib.sha256("登录".encode()).digest()


async def only_token(service: TokenService) -> str:
    return (await service.tokens())[0].id


async def sign(service: TokenService, token_id: str) -> bytes:
    return await service.sign(token_id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, DIGEST)


def host_pids() -> set[int]:
    return {child.pid for child in psutil.Process().children() if _is_host(child)}


def _is_host(child: psutil.Process) -> bool:
    try:
        return child.status() != psutil.STATUS_ZOMBIE and "token-host" in child.cmdline()
    except psutil.NoSuchProcess:  # another test's child that ends this moment
        return False


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("sign crash once", Code.MODULE_CRASHED),
        ("sign abort once", Code.MODULE_CRASHED),
        ("sign exit once", Code.MODULE_CRASHED),
        ("sign hang once", Code.MODULE_TIMEOUT),
    ],
)
async def test_a_library_dies_while_signing(
    start: Start, shimmed: ModulePlace, shim: Shim, fault: str, code: Code
) -> None:
    service, seen = await start(hurried(shimmed, Work.SIGN, 3.0))
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command(fault)

    failed = await failure(sign(service, token))

    assert failed.code is code
    assert EventKind.LOGIN_ENDED in seen.kinds()
    # Nobody else notices more than the lost login, and that is told as such.
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await sign(service, token)
    assert EventKind.UNPLUGGED not in seen.kinds()


async def test_a_library_dies_while_reading_and_the_next_reader_does_not_notice(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    shim.command("find crash once")

    first, second, third = await asyncio.gather(
        *(service.certificates(token) for _ in range(3)), return_exceptions=True
    )

    assert isinstance(first, HelperError)
    assert first.code is Code.MODULE_CRASHED
    assert (second, third) == ([], [])


async def test_after_a_crash_nobody_signs_with_anothers_login(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """A waits with a signature, B behind A with a login: A's login died with the host, and B's is not for A to use."""
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command("sign crash once")
    head, login, late = await asyncio.gather(
        sign(service, token), service.login(token, PIN), sign(service, token), return_exceptions=True
    )
    assert isinstance(head, HelperError)
    assert isinstance(late, HelperError)
    assert (head.code, login, late.code) == (Code.MODULE_CRASHED, None, Code.NOT_LOGGED_IN)
    assert await sign(service, token)


async def test_a_hang_is_nobody_elses_hang(start: Start, shimmed: ModulePlace, place: ModulePlace, shim: Shim) -> None:
    """Another module answers while this one hangs."""
    service, _ = await start(hurried(shimmed, Work.SIGN, 4.0), place)
    hanging, well = [token.id for token in await service.tokens()]
    await service.login(hanging, PIN)
    await service.login(well, PIN)
    shim.command("sign hang once")

    stuck = asyncio.create_task(sign(service, hanging))
    assert await sign(service, well)
    assert not stuck.done()
    assert (await failure(stuck)).code is Code.MODULE_TIMEOUT


async def test_the_time_limit_begins_at_the_head_of_the_line(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """Signatures that take longer together than one may take: none of them is late."""
    service, _ = await start(hurried(shimmed, Work.SIGN, 3.0))
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command("sign slow 500")
    assert len(set(await asyncio.gather(*(sign(service, token) for _ in range(8))))) == 1


async def test_the_token_is_pulled_out_in_mid_signature(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command("sign removed", "slots empty")

    assert (await failure(sign(service, token))).code is Code.TOKEN_REMOVED
    assert seen.kinds()[-2:] == [EventKind.LOGIN_ENDED, EventKind.UNPLUGGED]
    assert await service.tokens() == []
    assert (await failure(sign(service, token))).code is Code.TOKEN_REMOVED

    shim.command()
    await seen.wait(EventKind.PLUGGED)
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await sign(service, token)


@pytest.mark.parametrize("number", ["82", "b3", "60", "101", "90"])
async def test_sessions_lost_behind_our_back_end_the_login(
    start: Start, shimmed: ModulePlace, shim: Shim, number: str
) -> None:
    """CKR_OBJECT_HANDLE_INVALID, SESSION_HANDLE_INVALID, KEY_HANDLE_INVALID, USER_NOT_LOGGED_IN, OPERATION_ACTIVE with the token in place."""
    service, seen = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command(f"sign error {number}")
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    assert EventKind.LOGIN_ENDED in seen.kinds()
    shim.command()
    await service.login(token, PIN)
    assert await sign(service, token)


async def test_a_signature_that_failed_half_way_blocks_no_later_one(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    """A library that fails in C_Sign and forgets to end the operation answers CKR_OPERATION_ACTIVE for ever."""
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command("sign error 54 once")  # C_SignInit was well, C_Sign does not reach the library
    assert (await failure(sign(service, token))).code is not Code.TOKEN_BUSY
    await failure(sign(service, token))
    await service.login(token, PIN)
    assert await sign(service, token)


async def test_a_locked_pin_and_the_way_there(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen = await start(shimmed)
    token = await only_token(service)

    async def state_after_wrong_pin(flag: str) -> tuple[Code, int | None, PinState, int | None]:
        shim.command(f"login {flag}")
        failed = await failure(service.login(token, "wrong-pin"))
        info = (await service.tokens())[0]
        return failed.code, failed.tries_left, info.pin_state, info.tries_left

    # The flag says "at least one wrong PIN": no number, because this driver tells none.
    assert await state_after_wrong_pin("low") == (Code.PIN_INCORRECT, None, PinState.FEW_LEFT, None)
    assert await state_after_wrong_pin("final_try") == (Code.PIN_INCORRECT, 1, PinState.LAST_TRY, 1)
    assert await state_after_wrong_pin("locked") == (Code.PIN_LOCKED, 0, PinState.LOCKED, 0)
    assert (await failure(service.login(token, PIN))).code is Code.PIN_LOCKED
    assert seen.kinds().count(EventKind.CHANGED) == 3
    shim.command()
    await service.login(token, PIN)
    assert (await service.tokens())[0].pin_state is PinState.FINE


async def test_a_second_login_is_compared_and_never_sent(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    sent = shim.calls("login")
    for wrong in ("654321", PIN + "x", PIN[:-1]):
        assert (await failure(service.login(token, wrong))).code is Code.PIN_INCORRECT
    assert (await failure(service.change_pin(token, "654321", "abcdef"))).code is Code.PIN_INCORRECT
    await service.login(token, PIN)
    assert shim.calls("login") == sent
    assert shim.calls("set_pin") == 0


@pytest.mark.parametrize("pin", ["", "1" * 256, "12\x003456"])
async def test_a_pin_no_token_takes_costs_no_try(start: Start, shimmed: ModulePlace, shim: Shim, pin: str) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    assert (await failure(service.login(token, pin))).code is Code.PIN_LENGTH
    assert shim.calls("login") == 0


async def test_a_library_that_dies_at_load_does_not_spin(
    start: Start, shimmed: ModulePlace, shim: Shim, place: ModulePlace
) -> None:
    shim.command("initialize crash")
    service, _ = await start(shimmed, place)
    broken, well = service.modules()

    assert broken.problem is not None
    assert broken.problem.code is Code.MODULE_NOT_LOADED
    # Libraries print to standard output: it goes to the diagnosis, not into the protocol.
    assert "shim: initialize crash" in broken.diagnosis
    assert shim.calls("initialize") == RESTARTS
    assert well.running
    assert len(await service.tokens()) == 1

    shim.command()
    await service.rescan()
    assert service.modules()[0].problem is None
    assert len(await service.tokens()) == 2


@pytest.mark.parametrize(("fault", "tried", "patience"), [("initialize error 5", 2, 60.0), ("initialize hang", 1, 0.1)])
async def test_a_library_that_does_not_start_is_named(
    start: Start,
    shimmed: ModulePlace,
    shim: Shim,
    fault: str,
    tried: int,
    patience: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_service, "START_PATIENCE", patience)
    shim.command(fault)
    service, _ = await start(hurried(shimmed, Work.LOAD, 8.0))
    # `start` does not wait for a library that hangs; `rescan` does, and tries once more what failed at once.
    await service.rescan()
    problem = service.modules()[0].problem
    assert problem is not None
    assert (problem.code, "libshim.so" in problem.detail) == (Code.MODULE_NOT_LOADED, True)
    assert shim.calls("initialize") == tried


async def test_crashes_again_and_again_end_in_not_loadable(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen = await start(shimmed)
    token = await only_token(service)
    shim.command("find crash")
    codes = [(await failure(service.certificates(token))).code for _ in range(RESTARTS + 1)]
    assert codes == [Code.MODULE_CRASHED] * RESTARTS + [Code.TOKEN_REMOVED]
    assert seen.kinds()[-1] is EventKind.UNPLUGGED


async def test_eight_callers_at_once_get_their_own_signatures(
    start: Start, shimmed: ModulePlace, prepared: Prepared
) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    key = load_der_public_key(prepared.rsa_spki)
    assert isinstance(key, RSAPublicKey)

    async def caller(number: int) -> None:
        for turn in range(10):
            text = f"{number}/{turn}".encode()
            digest = hashlib.sha256(text).digest()
            key.verify(
                await service.sign(token, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, digest), text, PKCS1v15(), SHA256()
            )

    await asyncio.gather(*(caller(number) for number in range(8)))


async def test_a_cancelled_caller_leaves_the_line(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    """Two are in the pipe; the twenty behind them give up and are never sent to the token."""
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    await sign(service, token)
    shim.command("sign slow 200")
    before = shim.calls("sign")
    tasks = [asyncio.create_task(sign(service, token)) for _ in range(22)]
    await asyncio.sleep(0)
    for task in tasks[1:]:
        task.cancel()
    assert await tasks[0]
    assert await sign(service, token)
    assert shim.calls("sign") - before <= 3


async def test_a_login_whose_caller_gave_up_is_taken_back(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    shim.command("login slow 200")
    task = asyncio.create_task(service.login(token, PIN))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    shim.command()
    await service.certificates(token)
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN


async def test_stop_leaves_no_child_even_when_the_library_hangs(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, _ = await start(shimmed)
    token = await only_token(service)
    await service.login(token, PIN)
    shim.command("sign hang")
    stuck = asyncio.create_task(sign(service, token))
    await asyncio.sleep(0)
    assert host_pids()

    await service.stop()

    assert (await failure(stuck)).code is Code.SERVICE_STOPPING
    assert (await failure(service.login(token, PIN))).code is Code.SERVICE_STOPPING
    assert host_pids() == set()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_mix_of_faults_is_an_error_and_no_more(
    start: Start, shimmed: ModulePlace, shim: Shim, seed: int
) -> None:
    """Whatever fails: each call ends with an answer or a HelperError, and without faults everything works again."""
    service, _ = await start(shimmed)
    token = await only_token(service)
    shim.command(f"random {seed} 15")
    for _ in range(15):
        for call in (service.login(token, PIN), sign(service, token), service.certificates(token), service.rescan()):
            try:
                await asyncio.wait_for(call, 60)
            except HelperError as failed:
                assert failed.code in SENSIBLE, failed
    shim.command()
    await service.rescan()
    await service.login(token, PIN)
    assert await sign(service, token)


SENSIBLE = {
    Code.MODULE_CRASHED,
    Code.MODULE_NOT_LOADED,
    Code.NOT_LOGGED_IN,
    Code.TOKEN_REMOVED,
    Code.TOKEN_FAILURE,
    Code.TOKEN_BUSY,
}
