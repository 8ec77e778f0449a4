"""SKF libraries that do otherwise, crash, hang and lose their USBKEY; and the seals in their files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import sm2
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import EventKind, Mechanism
from hebca_helper.tokens.service import TokenService
from tests.failures import failure
from tests.tokens.scene import Seen, hurried
from tests.tokens.soft_skf import PIN, SEAL, SERIAL, SoftSkf, key_pair

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
E = bytes(range(32))


async def only_token(service: TokenService) -> str:
    return (await service.tokens())[0].id


async def sign(service: TokenService, token: str) -> bytes:
    return await service.sign(token, b"con1/sign", Mechanism.SM2_SM3, E)


@pytest.mark.parametrize(
    "quirk",
    ["size-ok", "no-null", "short-size", "huge-size", "single-nul", "devinfo-296", "print", "retry-untouched",
     "fail:LockDev=0A000003"],
)  # fmt: skip
async def test_what_makers_do_otherwise(start: Start, soft: SoftSkf, quirk: str) -> None:
    """The whole of a clerk's day, for each of them."""
    for number in range(40):  # a list longer than the first buffer
        soft.add_file(f"{number:02}".ljust(30, "x"), b"1" * 5000)
    soft.quirk(quirk)
    service, _ = await start(soft.place)
    (info,) = await service.tokens()
    assert (info.serial, info.tries_left) == (SERIAL, 6)
    assert [each.has_private_key for each in await service.certificates(info.id)] == [True, True]
    await service.login(info.id, PIN)
    assert await sign(service, info.id)
    assert len(await service.data_objects(info.id, private=False)) == 41
    assert await service.read_data(info.id, "seal", private=False) == SEAL
    assert await service.read_data(info.id, "00".ljust(30, "x"), private=False) == b"1" * 5000
    await service.change_pin(info.id, PIN, "newpin1")


async def test_names_in_gbk(start: Start, soft: SoftSkf) -> None:
    """By the standard UTF-8, by many makers GBK: shown right, and found again by their octets."""
    name = "电子印章".encode("gb18030")
    path = soft.application() / "files"
    (path / "seal").rename(path / name.decode("utf-8", "surrogateescape"))
    soft.add_container(key_pair(3), name="签名容器".encode("gbk").decode("utf-8", "surrogateescape"))
    service, _ = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    assert "电子印章" in [each.label for each in await service.data_objects(token, private=False)]
    assert await service.read_data(token, "电子印章", private=False) == SEAL
    held = {each.label: each.key_id for each in await service.certificates(token)}
    assert held["签名容器"] == "签名容器".encode("gbk") + b"/sign"
    assert await service.sign(token, held["签名容器"], Mechanism.SM2_SM3, E)


async def test_seals_in_files(start: Start, soft: SoftSkf) -> None:
    """A file is as long as was reserved: what comes after a seal are zeros. Private ones ask for the login."""
    service, _ = await start(soft.place)
    token = await only_token(service)
    assert await service.read_data(token, "seal", private=False) == SEAL
    assert (await failure(service.read_data(token, "hbgssh", private=True))).code is Code.NOT_LOGGED_IN
    assert (await failure(service.write_data(token, "seal", False, b"new"))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await service.read_data(token, "hbgssh", private=True) == "税号".encode()
    assert [each.label for each in await service.data_objects(token, private=True)] == ["hbgssh"]
    assert (await failure(service.read_data(token, "hbgssh", private=False))).code is Code.DATA_OBJECT_MISSING

    new = b"0\x82\x27\x10" + bytes(range(250)) * 40
    await service.write_data(token, "seal", False, new)
    assert await service.read_data(token, "seal", private=False) == new
    await service.write_data(token, "signpic", False, b"")
    assert await service.read_data(token, "signpic", private=False) == b""
    await service.delete_data(token, "signpic", False)
    assert (await failure(service.delete_data(token, "signpic", False))).code is Code.DATA_OBJECT_MISSING
    assert (await failure(service.write_data(token, "印" * 11, False, b"1"))).code is Code.BAD_REQUEST
    assert (await failure(service.write_data(token, "big", False, bytes(9 * 1024 * 1024)))).code is Code.TOO_LARGE


async def test_a_seal_that_cannot_be_replaced_stays(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    soft.quirk(f"fail-size={4096 * 3}")
    failed = await failure(service.write_data(token, "seal", False, b"1" * 4096 * 3))
    assert failed.code is Code.TOKEN_FAILURE
    soft.quirk()
    assert await service.read_data(token, "seal", private=False) == SEAL


@pytest.mark.parametrize(("fault", "code"), [("crash", Code.MODULE_CRASHED), ("hang", Code.MODULE_TIMEOUT)])
async def test_a_library_dies_while_signing(start: Start, soft: SoftSkf, fault: str, code: Code) -> None:
    service, seen = await start(hurried(soft.place, Work.SIGN, 3.0))
    token = await only_token(service)
    await service.login(token, PIN)
    soft.quirk(f"{fault}:ECCSignData")
    assert (await failure(sign(service, token))).code is code
    assert EventKind.LOGIN_ENDED in seen.kinds()
    soft.quirk()
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await sign(service, token)
    assert EventKind.UNPLUGGED not in seen.kinds()


async def test_plugging_and_unplugging(start: Start, soft: SoftSkf) -> None:
    service, seen = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    soft.unplug()
    await seen.wait(EventKind.UNPLUGGED)
    assert EventKind.LOGIN_ENDED in seen.kinds()
    assert await service.tokens() == []
    assert (await failure(sign(service, token))).code is Code.TOKEN_REMOVED
    soft.plug()
    await seen.wait(EventKind.PLUGGED)
    assert await only_token(service) == token
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await sign(service, token)


async def test_pulled_out_in_mid_signature(start: Start, soft: SoftSkf) -> None:
    service, seen = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    soft.unplug()
    assert (await failure(sign(service, token))).code is Code.TOKEN_REMOVED
    assert seen.kinds()[-2:] == [EventKind.LOGIN_ENDED, EventKind.UNPLUGGED]


async def test_out_and_in_again_between_two_looks(start: Start, soft: SoftSkf) -> None:
    """Handles from before are dropped unused; reading goes on by itself, a signature asks for the login."""
    service, seen = await start(soft.place)
    token = await only_token(service)
    await service.login(token, PIN)
    soft.pull_for_a_moment()
    assert len(await service.certificates(token)) == 2
    assert EventKind.LOGIN_ENDED in seen.kinds()
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    await service.login(token, PIN)
    assert await sign(service, token)
    soft.pull_for_a_moment()
    assert (await failure(sign(service, token))).code is Code.NOT_LOGGED_IN
    soft.pull_for_a_moment()
    await service.login(token, PIN)
    assert await sign(service, token)
    assert EventKind.UNPLUGGED not in seen.kinds()


async def test_two_usbkeys_and_several_applications(start: Start, soft: SoftSkf) -> None:
    """Each application is a token with a PIN of its own; a login is one token's."""
    soft.add_application("CA2")
    soft.add_container(key_pair(3), application="CA2")
    soft.add_device("key2", "HB20260002")
    soft.add_application(device="key2")
    service, _ = await start(soft.place)
    ids = [info.id for info in await service.tokens()]
    first = f"softskf/skf:{SERIAL}"
    assert ids == [f"{first}/CA2", f"{first}/HEBCA", "softskf/skf:HB20260002"]
    await service.login(ids[0], PIN)
    assert await sign(service, ids[0])
    assert (await failure(sign(service, ids[1]))).code is Code.NOT_LOGGED_IN
    assert [info.sm2 for info in await service.tokens()] == [True, True, False]


async def test_a_usbkey_that_does_not_connect_at_first(start: Start, soft: SoftSkf) -> None:
    soft.quirk("fail:ConnectDev=0A000001")
    service, seen = await start(soft.place)
    assert await service.tokens() == []
    soft.quirk()
    await seen.wait(EventKind.PLUGGED)


@pytest.mark.parametrize("function", ["EnumApplication", "EnumContainer"])
async def test_a_usbkey_that_fails_for_a_moment(start: Start, soft: SoftSkf, function: str) -> None:
    """It is gone while it fails, and there again by itself."""
    service, seen = await start(soft.place)
    soft.quirk(f"fail:{function}=0A000001")
    await service.rescan()
    await seen.wait(EventKind.UNPLUGGED)
    soft.quirk()
    await seen.wait(EventKind.PLUGGED)
    await service.login(await only_token(service), PIN)


async def test_an_application_that_cannot_be_read_hides_no_other(start: Start, soft: SoftSkf) -> None:
    (soft.add_application("BROKEN") / "broken").touch()
    service, _ = await start(soft.place)
    (info,) = await service.tokens()
    await service.login(info.id, PIN)
    await service.rescan()
    assert await sign(service, info.id)


async def test_a_computer_without_usb(start: Start, soft: SoftSkf) -> None:
    """Longmai's library answers rubbish there: no device, and no failure of the module."""
    soft.quirk("fail:EnumDev=0A000001")
    service, _ = await start(soft.place)
    assert await service.tokens() == []
    assert service.modules()[0].running


async def test_what_only_practice_usbkeys_do(start: Start, soft: SoftSkf) -> None:
    service, _ = await start(soft.place)
    assert (await failure(service.initialise(soft.place, "a", "12345678", PIN))).code is Code.PRACTICE_ONLY
    token = await only_token(service)
    assert (await failure(service.delete_certificate(token, b"0"))).code is Code.NOT_SUPPORTED


async def test_damaged_certificates_and_keys(start: Start, soft: SoftSkf) -> None:
    """What is no certificate is left out; one that is not the key's own has none."""
    folder = soft.application() / "containers/con1"
    (folder / "sign.cer").write_bytes((folder / "enc.cer").read_bytes())
    (folder / "enc.cer").write_bytes(b"0\x82\xff\xffno")
    service, _ = await start(soft.place)
    (held,) = await service.certificates(await only_token(service))
    assert (held.key_id, held.has_private_key) == (b"con1/sign", False)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_any_mix_of_faults_and_rubbish_is_an_error_and_no_more(start: Start, soft: SoftSkf, seed: int) -> None:
    """Whatever a library answers: each call ends with an answer or a HelperError, no signature is wrong, and without
    faults everything works again."""
    service, _ = await start(soft.place)
    token = await only_token(service)
    key = key_pair(1).spki
    soft.quirk(f"noise={seed}")

    async def checked() -> None:
        assert sm2.verify_digest(key, E, await sign(service, token))

    for _ in range(20):
        for call in (
            service.login(token, PIN), checked(), service.certificates(token), service.rescan(),
            service.data_objects(token, private=False), service.read_data(token, "seal", private=False),
            service.write_data(token, "other", False, b"2" * 5000), service.decrypt(token, b"con1/enc", b"0" * 100),
        ):  # fmt: skip
            with suppress(HelperError):
                await call
    soft.quirk()
    soft.set_tries(6)
    await service.rescan()
    assert [info.id for info in await service.tokens()] == [token]
    with suppress(HelperError):
        await service.logout(token)
    await service.login(token, PIN)
    await checked()
    assert len(await service.certificates(token)) == 2
