"""Driver descriptions, PKCS#11 libraries, and USBKEYs that no library serves."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hebca_helper.checks.binaries import Built, read_built
from hebca_helper.checks.model import Check, Group, Seen, fine, not_applicable, problem, warning
from hebca_helper.checks.surroundings import Surroundings, UsbDevice
from hebca_helper.errors import Code
from hebca_helper.texts import tr
from hebca_helper.tokens.catalogue import Driver
from hebca_helper.tokens.discovery import ModuleState


def _look_at_descriptions(surroundings: Surroundings) -> Iterator[Seen]:
    for failure in surroundings.driver_problems:
        yield problem(failure.code, failure.detail)
    if not surroundings.driver_problems:
        yield fine(tr("{count} 种 USBKEY 的驱动描述").format(count=len(surroundings.drivers)))


def _look_at_modules(surroundings: Surroundings) -> Iterator[Seen]:
    picture = surroundings.picture
    if picture.problem is not None and not picture.modules:
        yield not_applicable(tr("驱动程序的状态没有读到"))
    elif not picture.modules:
        yield problem(Code.DRIVER_MISSING)
    for state in picture.modules:
        yield _module(state)


def _module(state: ModuleState) -> Seen:
    path, name = state.place.path, state.place.driver.shown_title
    built, ours = _built(path), _built(Path(sys.executable))
    if built is not None and ours is not None and built != ours:
        told = tr("{path}：驱动是 {driver}，证书助手是 {program}")
        return problem(
            Code.DRIVER_MISMATCH,
            told.format(path=path, driver=built, program=ours),
            name=name,
        )
    if state.problem is not None:
        return problem(state.problem.code, f"{path}  {state.problem.detail}".strip(), name=name)
    told = "  ".join(filter(None, (str(path), state.library, str(built or ""))))
    return fine(told if state.running else tr("{told}  正在加载").format(told=told), name=name)


def _built(path: Path) -> Built | None:
    try:
        return read_built(path)
    except OSError:
        return None


def _look_at_usb(surroundings: Surroundings) -> Iterator[Seen]:
    devices = surroundings.machine.usb_devices()
    if devices is None:
        yield not_applicable(tr("这个系统不提供 USB 设备列表，未检测"))
        return
    seen = [each for device in devices if (each := _device(device, surroundings)) is not None]
    yield from seen or [fine(tr("没有缺少驱动的 USBKEY"))]


def _device(device: UsbDevice, surroundings: Surroundings) -> Seen | None:
    """What there is to say of a USB device; None for one that is no USBKEY."""
    fitting = [driver for driver in surroundings.drivers if device.id in driver.usb_ids]
    told = f"{device.id.upper()}  {device.product}".strip()
    if not fitting:
        unknown = device.smart_card or _vendor(device.id) in _vendors(surroundings.drivers)
        return warning(Code.USBKEY_UNKNOWN, told) if unknown else None
    served = {state.place.driver.name for state in surroundings.picture.modules if state.problem is None}
    if any(driver.name in served for driver in fitting):
        return fine(told, name=fitting[0].shown_title)
    if surroundings.picture.problem is not None:
        return not_applicable(told)
    if all(driver.shared_usb_id for driver in fitting):
        return warning(Code.USBKEY_UNKNOWN, told)
    return problem(Code.USBKEY_WITHOUT_DRIVER, told, name=fitting[0].shown_title)


def _vendor(device_id: str) -> str:
    return device_id.partition(":")[0]


def _vendors(drivers: Sequence[Driver]) -> set[str]:
    """Vendor numbers that belong to makers of USBKEYs alone."""
    return {_vendor(device_id) for driver in drivers if not driver.shared_usb_id for device_id in driver.usb_ids}


DRIVER_CHECKS = (
    Check("driver-files", Group.DRIVERS, "驱动描述文件", _look_at_descriptions),
    Check("modules", Group.DRIVERS, "驱动程序", _look_at_modules),
    Check("usb-devices", Group.DRIVERS, "USB 设备", _look_at_usb),
)
