"""Build softskf and look after the folder that holds its USBKEYs. Needs gcc and the headers of libssl-dev."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from hebca_helper.tokens.catalogue import DEFAULT_LIMITS, Driver
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.model import Interface
from tests.pki.certificate_maker import (
    ENCRYPTING,
    HEBCA_CONSTRAINTS,
    SIGNING,
    Authority,
    hebca_name,
    root,
    sm2_key,
)

SOURCES = Path(__file__).with_name("softskf")
PIN, ADMIN_PIN = "123456", "87654321"
TRIES = 6
SERIAL = "HB20260001"
SEAL = bytes.fromhex("3003020105")
SIGN_SERIAL, ENCRYPT_SERIAL = 0x51, 0xE1


def build(folder: Path) -> Path:
    """The compiled library in `folder`."""
    library = folder / "libsoftskf.so"
    options = ["-shared", "-fPIC", "-O1", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-format-truncation"]
    subprocess.run(
        ["gcc", *options, "-fvisibility=hidden", *SOURCES.glob("*.c"), "-o", library, "-lcrypto"], check=True
    )
    return library


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key as PEM, and its public key as openssl writes it (DER)."""

    pem: bytes
    spki: bytes


@lru_cache
def key_pair(number: int, *options: str) -> KeyPair:
    """The same for the same number, within one run; by `openssl genpkey`."""
    wanted = options or ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2")
    pem = subprocess.run(["openssl", "genpkey", *wanted], check=True, capture_output=True).stdout
    return KeyPair(pem, openssl("pkey", "-pubout", "-outform", "DER", given=pem))


def rsa_pair() -> KeyPair:
    return key_pair(0, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def openssl(*arguments: str | Path, given: bytes = b"") -> bytes:
    """What `openssl` prints. CalledProcessError when it is not content."""
    return subprocess.run(["openssl", *arguments], input=given, check=True, capture_output=True).stdout


@lru_cache
def chain() -> tuple[Authority, Authority]:
    """Root and issuing CA, valid today."""
    top = root("国密根", sm2_key(901), **_valid())
    return top, top.below("HEBCA SM2 CA", sm2_key(902), **_valid())


def _valid() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"start": now - timedelta(days=1), "end": now + timedelta(days=400)}


def certificate(spki: bytes, *, signs: bool = True) -> bytes:
    """One half of a pair as CAs issue it today; the same for the same key, within one run."""
    return _issued(spki, signs)


@lru_cache
def _issued(spki: bytes, signs: bool) -> bytes:
    serial = SIGN_SERIAL if signs else ENCRYPT_SERIAL
    extensions = (HEBCA_CONSTRAINTS, SIGNING if signs else ENCRYPTING)
    return chain()[1].certificate(hebca_name(), spki, serial=serial, extensions=extensions, **_valid())


@dataclass(frozen=True, slots=True)
class SoftSkf:
    """A built library and the folder it works on."""

    library: Path
    home: Path

    @property
    def place(self) -> ModulePlace:
        driver = Driver(name="softskf", title="国密测试", limits=DEFAULT_LIMITS)
        return ModulePlace(driver, self.library, {"SOFTSKF_HOME": str(self.home)}, interface=Interface.SKF)

    def quirk(self, *words: str) -> None:
        """These and no others from the next call on."""
        self.home.mkdir(parents=True, exist_ok=True)
        beside = self.home / "quirks.new"
        beside.write_text("\n".join(words))
        beside.replace(self.home / "quirks")

    def calls(self, function: str) -> int:
        """How often the library was called for this function."""
        log = self.home / "log"
        return log.read_text().split().count(function) if log.exists() else 0

    def device(self, name: str = "key1") -> Path:
        return self.home / "devices" / name

    def application(self, name: str = "HEBCA", device: str = "key1") -> Path:
        return self.device(device) / name

    def add_device(self, name: str = "key1", serial: str = SERIAL, label: bytes = "国密KEY".encode()) -> Path:
        """A USBKEY without applications, plugged in."""
        made = self.device(name).with_name(f".{name}")
        made.mkdir(parents=True)
        (made / "info").write_bytes(b"\n".join((serial.encode(), label, b"test", b"1")))
        return made.replace(self.device(name))

    def add_application(self, name: str = "HEBCA", device: str = "key1") -> Path:
        folder = self.application(name, device)
        for part in ("containers", "files"):
            (folder / part).mkdir(parents=True)
        self.set_tries(TRIES, application=name, device=device)
        return folder

    def set_tries(self, left: int, *, admin: int = TRIES, application: str = "HEBCA", device: str = "key1") -> None:
        content = f"{PIN}\n{ADMIN_PIN}\n{TRIES}\n{left}\n{admin}\n"
        (self.application(application, device) / "pins").write_text(content)

    def tries(self) -> int:
        """What the USBKEY itself counts."""
        return int((self.application() / "pins").read_text().splitlines()[3])

    def add_container(
        self, sign: KeyPair | None, encrypt: KeyPair | None = None, *, name: str = "con1", application: str = "HEBCA"
    ) -> Path:
        folder = self.application(application) / "containers" / name
        folder.mkdir()
        for half, pair in (("sign", sign), ("enc", encrypt)):
            if pair is not None:
                (folder / f"{half}.pem").write_bytes(pair.pem)
                (folder / f"{half}.cer").write_bytes(certificate(pair.spki, signs=half == "sign"))
        return folder

    def add_file(self, name: str, content: bytes, *, reserved: int = 0, private: bool = False) -> None:
        size = max(reserved, len(content))
        rights = b"".join(number.to_bytes(4, "little") for number in (size, 0x10 if private else 0xFF, 0x10))
        (self.application() / "files" / name).write_bytes(rights + content.ljust(size, b"\0"))

    def unplug(self, device: str = "key1") -> None:
        (self.device(device) / "absent").touch()

    def plug(self, device: str = "key1") -> None:
        """Back in: handles from before are no good."""
        self.pull_for_a_moment(device)
        (self.device(device) / "absent").unlink(missing_ok=True)

    def pull_for_a_moment(self, device: str = "key1") -> None:
        """Out and in again before anybody looks."""
        info = self.device(device) / "info"
        *rest, generation = info.read_bytes().splitlines()
        beside = info.with_suffix(".new")
        beside.write_bytes(b"\n".join((*rest, b"%d" % (int(generation) + 1))))
        beside.replace(info)


def provision(soft: SoftSkf) -> SoftSkf:
    """One USBKEY as a clerk gets it today: two SM2 certificates and a seal."""
    soft.add_device()
    soft.add_application()
    soft.add_container(key_pair(1), key_pair(2))
    soft.add_file("seal", SEAL, reserved=4096 + 100)
    soft.add_file("hbgssh", "税号".encode(), private=True)
    return soft
