"""For which processor a library or program was built, read from its first bytes; nothing is loaded or run."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.texts import tr

_HEAD = 4096
# e_machine (System V ABI, ELF header) and Machine (Microsoft PE format, COFF file header).
_ELF = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 8: "mips", 258: "loongarch", 0x9026: "alpha"}
_PE = {0x014C: "x86", 0x8664: "x86_64", 0xAA64: "aarch64"}
# cputype of a thin Mach-O file (mach/machine.h); files for several processors fit where one of them does.
_MACH = {0x01000007: "x86_64", 0x0100000C: "aarch64"}


@dataclass(frozen=True, slots=True)
class Built:
    """Word size in bits and the processor's name."""

    bits: int
    processor: str

    def __str__(self) -> str:
        return tr("{bits} 位 {processor}").format(bits=self.bits, processor=self.processor)


def read_built(path: Path) -> Built | None:
    """None for a file that is no ELF, PE or thin Mach-O file. OSError when it cannot be read."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    try:
        return _elf(head) or _pe(head) or _mach(head)
    except (struct.error, IndexError):
        return None


def _elf(head: bytes) -> Built | None:
    if not head.startswith(b"\x7fELF"):
        return None
    order = ">" if head[5] == 2 else "<"
    (machine,) = struct.unpack_from(f"{order}H", head, 18)
    return Built({1: 32, 2: 64}.get(head[4], 0), _ELF.get(machine, f"ELF-{machine}"))


def _pe(head: bytes) -> Built | None:
    if not head.startswith(b"MZ"):
        return None
    (place,) = struct.unpack_from("<I", head, 0x3C)
    if head[place : place + 4] != b"PE\0\0":
        return None
    (machine,) = struct.unpack_from("<H", head, place + 4)
    return Built(32 if machine == 0x014C else 64, _PE.get(machine, f"PE-{machine:04X}"))


def _mach(head: bytes) -> Built | None:
    if head[:4] != b"\xcf\xfa\xed\xfe":
        return None
    (kind,) = struct.unpack_from("<I", head, 4)
    return Built(64, _MACH.get(kind, f"Mach-{kind:08X}"))
