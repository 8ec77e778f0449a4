"""Drivers: described, loaded, built for this processor; and USBKEYs that none of them serves."""

from __future__ import annotations

import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hebca_helper.app.parts import App
from hebca_helper.checks.binaries import Built, read_built
from hebca_helper.checks.gathering import gather
from hebca_helper.checks.machine import ThisMachine
from hebca_helper.checks.model import Outcome
from hebca_helper.checks.surroundings import TokenPicture, UsbDevice
from hebca_helper.errors import Code
from hebca_helper.places import shipped
from hebca_helper.tokens.catalogue import Driver, load_catalogue
from hebca_helper.tokens.discovery import ModulePlace, ModuleState
from hebca_helper.tokens.service import TokenService
from tests.checks.situation import FINE, Situation, StatedMachine, look, only, verdict
from tests.practice_homes import put_practice_usbkey
from tests.tokens.conftest import practice, prepared, shim, shim_library, shimmed, start
from tests.tokens.scene import Prepared, Seen
from tests.tokens.shim.build import SOFTHSM, Shim

__all__ = ["Prepared", "practice", "prepared", "shim", "shim_library", "shimmed", "start"]  # fixtures
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]
EPASS = Driver(name="epass", title="飞天 ePass", usb_ids=("096e:0309",))
READER = Driver(name="reader", title="读卡器", usb_ids=("1234:5678",), shared_usb_id=True)


# --- for which processor a file was built


def test_the_interpreter_and_a_library_beside_it_are_built_alike() -> None:
    assert read_built(Path(sys.executable)) == read_built(SOFTHSM)


def wrong_class(folder: Path) -> Path:
    """A real library whose header says 32 bits and i386 (ELF header: EI_CLASS, e_machine)."""
    content = bytearray(SOFTHSM.read_bytes())
    content[4] = 1
    struct.pack_into("<H", content, 18, 3)
    path = folder / "libold.so"
    path.write_bytes(content)
    return path


def test_a_32_bit_library_is_told(tmp_path: Path) -> None:
    assert read_built(wrong_class(tmp_path)) == Built(32, "x86")


@pytest.mark.parametrize(
    ("head", "built"),
    [
        (b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + struct.pack("<H", 0x14C), Built(32, "x86")),
        (
            b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + struct.pack("<H", 0x8664),
            Built(64, "x86_64"),
        ),
        (b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x0100000C), Built(64, "aarch64")),
        (b"\x7fELF\x02\x02".ljust(18, b"\0") + struct.pack(">H", 8), Built(64, "mips")),
        (b"\x7fELF", None),
        (b"MZ", None),
        (b"MZ".ljust(0x3C, b"\0") + b"\xff\xff\xff\xff", None),
        (b"", None),
        (b"#!/bin/sh\n", None),
    ],
)
def test_other_formats_and_no_format(tmp_path: Path, head: bytes, built: Built | None) -> None:
    (tmp_path / "file").write_bytes(head)
    assert read_built(tmp_path / "file") == built


# --- modules


@pytest.mark.anyio
async def test_a_module_that_works_is_told_with_path_version_and_bits(home: Path) -> None:
    put_practice_usbkey(home)
    async with App(home).core() as core:
        surroundings = await gather(core.assistant, core.tokens.modules, home, ())
    seen = only("modules", surroundings)
    assert seen.outcome is Outcome.OK
    for fact in (str(SOFTHSM), "SoftHSM", "64 位"):
        assert fact in seen.told


@pytest.mark.anyio
async def test_a_library_for_another_processor_is_told_as_that(home: Path, tmp_path: Path) -> None:
    (home / "settings.toml").write_text(f'modules = ["{wrong_class(tmp_path)}"]')
    async with App(home).core() as core:
        surroundings = await gather(core.assistant, core.tokens.modules, home, ())
    seen = only("modules", surroundings)
    assert (seen.outcome, seen.code) == (Outcome.PROBLEM, Code.DRIVER_MISMATCH)
    assert "32 位 x86" in seen.told


@pytest.mark.anyio
async def test_a_library_that_dies_while_loading_is_a_problem(
    start: Start, shimmed: ModulePlace, shim: Shim, situation: Situation
) -> None:
    shim.command("initialize crash")
    service, _ = await start(shimmed)
    surroundings = situation(picture=TokenPicture(service.modules()))
    seen = only("modules", surroundings)
    assert seen.outcome is Outcome.PROBLEM
    assert seen.code in (Code.MODULE_NOT_LOADED, Code.MODULE_CRASHED)
    assert "libshim.so" in seen.told


def test_no_module_at_all_is_a_problem(situation: Situation) -> None:
    assert verdict("modules", situation()) == (Outcome.PROBLEM, Code.DRIVER_MISSING)


def test_a_damaged_description_is_named_with_its_line(situation: Situation, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("title = 1\n")
    drivers, problems = load_catalogue(tmp_path)
    seen = only("driver-files", situation(drivers=drivers, driver_problems=problems))
    assert (seen.outcome, seen.code) == (Outcome.PROBLEM, Code.DRIVER_FILE_WRONG)
    assert seen.told.startswith("bad.toml:1")
    drivers, problems = load_catalogue(shipped("drivers"))
    assert verdict("driver-files", situation(drivers=drivers, driver_problems=problems)) == FINE


# --- USB


def served(driver: Driver) -> TokenPicture:
    return TokenPicture([ModuleState(ModulePlace(driver, SOFTHSM), True, None, "")])


def with_usb(situation: Situation, *devices: UsbDevice, picture: TokenPicture | None = None) -> list[object]:
    surroundings = situation(StatedMachine(usb=devices), drivers=[EPASS, READER], picture=picture or TokenPicture())
    return [(seen.outcome, seen.code) for seen in look("usb-devices", surroundings)]


def test_a_known_usbkey_needs_its_driver(situation: Situation) -> None:
    device = UsbDevice("096e:0309", "FT ePass")
    assert with_usb(situation, device) == [(Outcome.PROBLEM, Code.USBKEY_WITHOUT_DRIVER)]
    assert with_usb(situation, device, picture=served(EPASS)) == [FINE]


def test_unknown_usbkeys_are_told_by_their_numbers_and_mice_are_not(situation: Situation) -> None:
    card = UsbDevice("aaaa:0001", "Key", smart_card=True)
    sibling = UsbDevice("096e:9999", "FT new")
    mouse = UsbDevice("046d:c077", "Mouse")
    unknown = (Outcome.WARNING, Code.USBKEY_UNKNOWN)
    assert with_usb(situation, card, sibling, mouse) == [unknown, unknown]
    assert with_usb(situation, mouse) == [FINE]
    [seen] = look("usb-devices", situation(StatedMachine(usb=[card])))
    assert seen.told == "AAAA:0001  Key"


def test_a_number_that_several_makers_share_is_no_proof(situation: Situation) -> None:
    assert with_usb(situation, UsbDevice("1234:5678")) == [(Outcome.WARNING, Code.USBKEY_UNKNOWN)]


def test_a_system_without_a_list_says_so(situation: Situation) -> None:
    assert verdict("usb-devices", situation(StatedMachine(usb=None))) == (Outcome.NOT_APPLICABLE, None)


def test_devices_are_read_from_sysfs(tmp_path: Path) -> None:
    device = tmp_path / "sys/bus/usb/devices/1-2"
    (device / "1-2:1.0").mkdir(parents=True)
    for name, text in (("idVendor", "096E"), ("idProduct", "0309"), ("manufacturer", "Feitian"), ("product", "ePass")):
        (device / name).write_text(text + "\n")
    (device / "1-2:1.0" / "bInterfaceClass").write_text("0b\n")
    (tmp_path / "sys/bus/usb/devices/1-2:1.0").mkdir()  # interfaces stand beside the devices
    assert ThisMachine({}, tmp_path).usb_devices() == [UsbDevice("096e:0309", "Feitian ePass", True)]
    assert ThisMachine({}, tmp_path / "nothing").usb_devices() is None
