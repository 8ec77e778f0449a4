"""The C interface of GM/T 0016 octet by octet; softskf asserts the same when it is built."""

from __future__ import annotations

import ctypes
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.skf import library
from hebca_helper.tokens.host.skf.failures import TABLE, SkfError
from hebca_helper.tokens.host.skf.library import Number, Skf
from tests.tokens.soft_skf import SoftSkf


@pytest.mark.parametrize(
    ("structure", "size", "offsets"),
    [
        (library.DeviceInfo, 194, {"manufacturer": 2, "issuer": 66, "label": 130, "serial": 162}),
        (library.RsaPublicKey, 268, {"bits": 4, "modulus": 8, "exponent": 264}),
        (library.EccPublicKey, 132, {"bits": 0, "x": 4, "y": 68}),
        (library.EccSignature, 128, {"r": 0, "s": 64}),
        (library.EccCipherHead, 164, {"x": 0, "y": 64, "hash": 128, "length": 160}),
        (library.EnvelopedKeyHead, 208, {"algorithm": 4, "bits": 8, "private_key": 12, "public_key": 76}),
        (library.CipherParameters, 44, {"iv_length": 32, "padding": 36, "feed_bits": 40}),
        (library.FileAttributes, 44, {"size": 32, "read_rights": 36, "write_rights": 40}),
    ],
)
def test_structures_are_packed(structure: type[ctypes.Structure], size: int, offsets: dict[str, int]) -> None:
    assert ctypes.sizeof(structure) == size
    assert {name: getattr(structure, name).offset for name in offsets} == offsets


def test_a_number_has_32_bits_in_a_slot_of_64(soft: SoftSkf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTSKF_HOME", str(soft.home))
    skf, slot = Skf(str(soft.library)), Number()
    ctypes.memset(slot._as_parameter_, 0xAA, 8)
    buffer = ctypes.create_string_buffer(4096)
    ctypes.memmove(slot._as_parameter_, (4096).to_bytes(4, "little"), 4)
    skf.call("EnumDev", True, buffer, slot)
    assert ctypes.string_at(slot._as_parameter_, 8)[4:] == b"\xaa" * 4
    assert slot.value == len(b"key1\0\0")


def test_a_function_that_is_not_there_is_not_supported(soft: SoftSkf) -> None:
    skf = Skf(str(soft.library))
    assert not skf.has("Transmit")
    with pytest.raises(SkfError) as raised:
        skf.call("GenRSAKeyPair", 0, 2048, None)
    assert raised.value.failure.code is Code.NOT_SUPPORTED


@pytest.mark.parametrize("number", [0x0A000001, 0x0A000032, 0x0B000033, 0xFFFFFFFF, 0])
def test_numbers_that_nobody_agreed_on_are_told(number: int) -> None:
    failure = SkfError(number, "Some").failure
    assert number not in TABLE
    assert (failure.code, failure.detail) == (Code.TOKEN_FAILURE, f"SKF_Some 0x{number:08x}")


def test_a_library_of_another_width_is_told_as_that(tmp_path: Path) -> None:
    """The headers alone decide: the loader says all sorts of things."""
    here = struct.calcsize("P") * 8
    elf = tmp_path / "libother.so"
    elf.write_bytes(b"\x7fELF" + bytes([1 if here == 64 else 2]) + bytes(100))
    dll = tmp_path / "other.dll"
    machine = 0x14C if here == 64 else 0x8664
    dll.write_bytes(b"MZ".ljust(60, b"\0") + (64).to_bytes(4, "little") + b"PE\0\0" + machine.to_bytes(2, "little"))
    text = tmp_path / "libtext.so"
    text.write_text("no library")
    found = []
    for path in (elf, dll, text, tmp_path / "missing.so", Path("bare.so")):
        with pytest.raises(HelperError) as raised:
            Skf(str(path))
        found.append(raised.value.code)
    assert found == [Code.DRIVER_MISMATCH] * 2 + [Code.MODULE_NOT_LOADED] * 3


def test_a_library_without_skf_is_refused() -> None:
    with pytest.raises(HelperError) as raised:
        Skf("/usr/lib/softhsm/libsofthsm2.so")
    assert raised.value.code is Code.MODULE_NOT_LOADED


def test_the_host_needs_nothing_but_the_standard_library() -> None:
    """So that a bare 32-bit Python can serve a 32-bit library."""
    script = (
        "import sys\n"
        "import hebca_helper.tokens.host.main, hebca_helper.tokens.host.skf.host, hebca_helper.pki.sm2\n"
        "names = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(name for name in names if not name.startswith('__')))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-S", "-c", script], cwd=root, env={}, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "['hebca_helper']"
