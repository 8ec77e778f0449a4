"""Settings: one dataclass, one TOML file (`settings.toml` in the program's home)."""

from __future__ import annotations

import tomllib
import types
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import unusable, write_atomically

FILE_NAME = "settings.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person may change. Times are in seconds, sizes in bytes."""

    certificate_port: int = 17212
    """Port of the certificate service (resources/protocol.md, section 1); 0 takes any free one."""
    seal_port: int = 17213
    """Port of the seal service (resources/protocol.md, section 6); 0 takes any free one."""
    https_port: int = 17443
    """Port of the HTTPS service; 0 takes any free one."""
    compatible_version: str = "8.3.9"
    """Version reported to old pages (resources/protocol.md, section 2, `getAssistorVersion`)."""
    text_encoding: str = "gbk"
    """Encoding of SignText (resources/protocol.md, section 3)."""
    largest_frame: int = 16 * 1024 * 1024
    largest_connections: int = 256
    login_lifetime: float = 600.0
    repeated_signatures: int = 20
    """SignText/SignB64 calls that one login may make without a dialog each."""
    repeated_signature_size: int = 4096
    refuse_unknown_origins: bool = False
    dialogs_waiting_per_origin: int = 8
    """Dialogs of one site that may be open or waiting at the same time."""
    refused_dialogs: int = 5
    """Dialogs of one site that the person may refuse within `refused_dialogs_span` before it gets no more."""
    refused_dialogs_span: float = 60.0
    failed_requests: int = 200
    """Failed or refused calls of one site within `failed_requests_span` before further ones wait."""
    failed_requests_span: float = 60.0
    cms_digest: str = "sha256"
    """What RSA keys sign CMS with: "sha256", or "sha1" for old verifiers."""
    sm2_signature: str = "der"
    """How pages get a bare SM2 signature: "der" (GM/T 0009, 7.3), or "raw" (64 octets r ‖ s) for portals that want that."""
    pdf_signature: str = "pades"
    """How stamped PDFs are signed: "pades", or "pkcs7" (adbe.pkcs7.detached) for readers from before 2010."""
    time_stamp_url: str = ""
    """Service (RFC 3161) that time-stamps seals on PDFs; empty for none."""
    envelope_cipher: str = "des-ede3-cbc"
    """Cipher of CMS envelopes for RSA recipients: "des-ede3-cbc" as old portals read it, or "aes-256-cbc"."""
    tell_machine_info: bool = False
    """Whether GetMachineInfo tells this computer's real addresses."""
    proxy: str = ""
    """For the CA's online services: empty is the system's proxy, "direct" none, else the proxy's http(s) URL."""
    practice_module: str = ""
    """PKCS#11 library behind the practice USBKEY; empty finds SoftHSM2."""
    operation_time_limit: float = 0.0
    """Seconds after which a USBKEY's library counts as hung where its driver allows more; 0 leaves it to the driver."""
    modules: list[str] = field(default_factory=list)
    """Paths of further PKCS#11 libraries the person confirmed."""
    minimize_to_tray: bool = True
    """Closing the window leaves the program in the tray."""
    language: str = "zh_CN"
    """"zh_CN" or "en"; for what is shown from the next start on."""
    theme: str = "system"
    """"system" follows the desktop's light or dark colours, "light" and "dark" do not."""
    font_size: int = 100
    """Size of the window's texts in percent of the usual."""
    remember_pin: bool = False
    """Whether our PIN dialog may be prefilled with what the person typed before in this desktop session."""
    journal_retention_days: int = 0
    """Rows of the signature journal older than this many days are deleted; 0 keeps all."""
    first_start_done: bool = False
    """Whether the person went through the first steps, or skipped them."""
    city: str = ""
    """Whose links, office and telephone come first; empty for none."""
    log_level: str = "info"
    """What the program writes into its log: "debug", "info", "warning" or "error"."""


CHOICES = {
    "cms_digest": ("sha256", "sha1"),
    "envelope_cipher": ("des-ede3-cbc", "aes-256-cbc"),
    "sm2_signature": ("der", "raw"),
    "pdf_signature": ("pades", "pkcs7"),
    "language": ("zh_CN", "en"),
    "theme": ("system", "light", "dark"),
    "log_level": ("debug", "info", "warning", "error"),
}
"""The words that a setting may have, where there are few."""
SPANS = {
    **dict.fromkeys(("certificate_port", "seal_port", "https_port"), (0, 65535)),
    "font_size": (50, 400),
    "journal_retention_days": (0, 36500),
}
"""Lowest and highest number that a setting may have at all; what a person may choose is narrower (`settings_rules`)."""


def _fits(value: Any, wanted: Any) -> bool:
    origin = get_origin(wanted)
    if origin is list:
        return isinstance(value, list) and all(_fits(item, get_args(wanted)[0]) for item in value)
    if origin in (Union, types.UnionType):
        return any(_fits(value, choice) for choice in get_args(wanted))
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    return isinstance(value, (int, float) if wanted is float else wanted)


def parse(text: str) -> Settings:
    """Settings from TOML text. Unknown names are ignored (an older version reads a newer file); a wrong type is an error."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise HelperError(Code.SETTINGS_DAMAGED, str(problem)) from None
    hints = get_type_hints(Settings)
    chosen = {item.name: table[item.name] for item in fields(Settings) if item.name in table}
    for name, value in chosen.items():
        if not _fits(value, hints[name]) or not _allowed(name, value):
            raise HelperError(Code.SETTINGS_DAMAGED, name)
    return Settings(**chosen)


def _allowed(name: str, value: Any) -> bool:
    lowest, highest = SPANS.get(name, (value, value))
    return value in CHOICES.get(name, (value,)) and lowest <= value <= highest


def load(folder: Path) -> tuple[Settings, HelperError | None]:
    """Settings of this home. A file that cannot be used is told in the second item (`files.unusable`)."""
    path = folder / FILE_NAME
    try:
        return parse(path.read_text("utf-8")), None
    except FileNotFoundError:
        return Settings(), None
    except (HelperError, UnicodeDecodeError, RecursionError, OSError) as problem:
        return Settings(), unusable(path, problem)


def save(folder: Path, settings: Settings) -> None:
    """Write the settings that differ from the defaults, atomically."""
    import tomli_w  # writing is rare, starting is not

    defaults = asdict(Settings())
    chosen = {name: value for name, value in asdict(settings).items() if value != defaults[name]}
    write_atomically(folder / FILE_NAME, tomli_w.dumps(chosen).encode())
