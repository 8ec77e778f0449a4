"""The port: both families or none, patience, and whom to name. The assistant is a stand-in."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import cast

import pytest

from hebca_helper.assistant.assistant import Assistant
from hebca_helper.bridge import listening
from hebca_helper.bridge.listening import listen
from hebca_helper.bridge.service import CertificateService
from hebca_helper.errors import Code, HelperError
from hebca_helper.settings import Settings
from tests.bridge.client import PATIENCE, ask, page
from tests.bridge.standin import StandIn, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def standin() -> StandIn:
    return StandIn()


def other_program(family: socket.AddressFamily, host: str, port: int = 0) -> socket.socket:
    holder = socket.socket(family)
    holder.bind((host, port))
    holder.listen()
    return holder


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")])  # fmt: skip  # noqa: S104
async def test_a_taken_port_is_told_with_who_holds_it(
    standin: StandIn, family: socket.AddressFamily, host: str
) -> None:
    with other_program(family, host) as holder:
        port = holder.getsockname()[1]
        service = CertificateService(cast(Assistant, standin), Settings(certificate_port=port))
        with pytest.raises(HelperError) as caught:
            await service.start()
        assert caught.value.code is Code.PORT_TAKEN
        assert caught.value.detail.startswith(f"端口 {port} 被 ")
        assert f"（进程 {os.getpid()}）" in caught.value.detail
        await service.stop()
    assert standin.listeners == 0


async def test_a_patient_service_listens_when_the_port_is_free(standin: StandIn) -> None:
    changed = asyncio.Event()
    with other_program(socket.AF_INET6, "::1") as holder:
        settings = Settings(certificate_port=holder.getsockname()[1])
        service = CertificateService(cast(Assistant, standin), settings, retry_after=0.02)
        service.on_change = changed.set
        await service.start(wait=True)
        assert (service.problem is not None, service.listening) == (True, False)
        while f"（进程 {os.getpid()}）" not in str(service.problem):
            changed.clear()
            await asyncio.wait_for(changed.wait(), PATIENCE)
    while not service.listening:
        changed.clear()
        await asyncio.wait_for(changed.wait(), PATIENCE)
    assert (service.problem, service.listening) == (None, True)
    async with page(service) as opened:
        assert (await ask(opened, "1|GetCertCount"))["ret"] == 0
    await service.stop()


async def test_a_waiting_service_can_be_stopped(standin: StandIn) -> None:
    before = asyncio.all_tasks()
    with other_program(socket.AF_INET, "127.0.0.1") as holder:
        service = CertificateService(cast(Assistant, standin), Settings(certificate_port=holder.getsockname()[1]))
        await service.start(wait=True)
        await service.stop()
    assert asyncio.all_tasks() == before


async def test_a_service_can_start_again_on_its_port_at_once(standin: StandIn) -> None:
    async with running(standin) as service, page(service) as opened:
        port = service.port
        await ask(opened, "1|GetCertCount")
        await service.stop()  # we close first: the port lingers in TIME_WAIT
    async with running(standin, certificate_port=port) as again:
        assert again.port == port


async def test_a_move_that_is_given_up_keeps_no_port(standin: StandIn) -> None:
    """As when the window is closed while it saves."""
    async with running(standin) as service:
        sockets = listen(0)
        moving = asyncio.create_task(service.change(Settings(), sockets))
        await asyncio.sleep(0)
        moving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await moving
        assert [one.fileno() for one in sockets] == [-1] * len(sockets)


def test_both_families_get_one_port() -> None:
    sockets = listen(0)
    assert {one.getsockname()[:2] for one in sockets} == {
        (host, sockets[0].getsockname()[1]) for host in ("127.0.0.1", "::1")
    }
    with pytest.raises(HelperError):
        listen(sockets[0].getsockname()[1])
    for one in sockets:
        one.close()


def test_a_machine_without_ipv6_listens_on_the_other_family_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "V6", "2001:db8::1")  # an address for documentation, on no machine
    [only] = listen(0)
    assert only.getsockname()[0] == "127.0.0.1"
    only.close()


def test_a_holder_that_the_system_does_not_tell_is_another_program() -> None:
    assert listening.port_taken(1).detail == "端口 1 被其他程序占用"
