"""PINs where a library is out of the ordinary: typed on the token itself, left logged in, write-protected, pulled out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.host.ckr import Ckr
from hebca_helper.tokens.host.cryptoki import CryptokiError, Session
from hebca_helper.tokens.host.logins import Accepted, asks_each_time
from hebca_helper.tokens.host.roster import lenient_text
from hebca_helper.tokens.model import EventKind, Mechanism
from hebca_helper.tokens.service import TokenService
from tests.tokens.scene import PIN, RSA_KEY, SO_PIN, Seen
from tests.tokens.shim.build import Shim

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]


async def started(start: Start, place: ModulePlace) -> tuple[TokenService, Seen, str]:
    service, seen = await start(place)
    return service, seen, (await service.tokens())[0].id


class Answering:
    """A session whose every call ends with this number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def login(self, *_: object) -> None:
        raise CryptokiError(self.number)

    find = login


@pytest.mark.parametrize("number", [Ckr.OPERATION_NOT_INITIALIZED, Ckr.USER_TYPE_INVALID, Ckr.PIN_INCORRECT])
def test_a_library_need_not_know_the_login_for_one_use(number: int) -> None:
    accepted = Accepted(cast(Session, Answering(number)), protected=True)
    if number != Ckr.PIN_INCORRECT:
        accepted.own_login()()
        return
    with pytest.raises(CryptokiError):
        accepted.own_login()()


def test_a_library_that_does_not_tell_its_keys_has_none_that_asks_each_time() -> None:
    assert not asks_each_time(cast(Session, Answering(Ckr.FUNCTION_FAILED)))


async def sign(service: TokenService, token: str) -> bytes:
    return await service.sign(token, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, bytes(32))


async def test_a_pin_typed_on_the_token_itself_is_asked_there_each_time(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    """CKF_PROTECTED_AUTHENTICATION_PATH: what nobody told us cannot be compared, so the token asks again."""
    typed = replace(shimmed, environment={**shimmed.environment, "SHIM_PIN": PIN})
    shim.command("login protected")
    service, _, token = await started(start, typed)
    assert (await service.tokens())[0].protected_path
    await service.login(token, "")
    assert await sign(service, token)
    sent = shim.calls("login")
    await service.login(token, "")
    assert shim.calls("login") > sent
    assert await sign(service, token)


async def test_a_login_left_behind_by_the_library_is_ended_and_the_token_itself_asked(
    start: Start, shimmed: ModulePlace, shim: Shim
) -> None:
    service, _, token = await started(start, shimmed)
    shim.command("login error 100 once")  # CKR_USER_ALREADY_LOGGED_IN, and nobody of ours is
    await service.login(token, PIN)
    assert await sign(service, token)
    await service.logout(token)
    shim.command("login error 100 once")
    with pytest.raises(HelperError) as wrong:
        await service.login(token, "000000")
    assert wrong.value.code is Code.PIN_INCORRECT


async def test_a_write_protected_token_still_signs(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, _, token = await started(start, shimmed)
    shim.command("open error e2 once")  # CKR_TOKEN_WRITE_PROTECTED, for the session that could write
    await service.login(token, PIN)
    assert await sign(service, token)


async def test_pulled_out_while_the_pin_is_judged(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen, token = await started(start, shimmed)
    shim.command("login error a0", "slots empty")  # CKR_PIN_INCORRECT, and then it is gone
    with pytest.raises(HelperError) as removed:
        await service.login(token, "000000")
    assert removed.value.code is Code.TOKEN_REMOVED
    assert EventKind.UNPLUGGED in seen.kinds()


async def test_a_wrong_unlock_code_says_whose_pin_was_wrong(start: Start, shimmed: ModulePlace) -> None:
    service, _, token = await started(start, shimmed)
    with pytest.raises(HelperError) as wrong:
        await service.unblock(token, "00000000", "abc123")
    assert (wrong.value.code, wrong.value.detail) == (Code.PIN_INCORRECT, "SO")
    await service.unblock(token, SO_PIN, "abc123")
    await service.login(token, "abc123")


@pytest.mark.parametrize(
    ("data", "text"),
    [("演练".encode(), "演练"), ("演练".encode("gb18030"), "演练"), (b"a\0\0", "a"), (b"\xff\xff", "ÿÿ")],
)
async def test_labels_as_real_tokens_have_them(data: bytes, text: str) -> None:
    assert lenient_text(data) == text
