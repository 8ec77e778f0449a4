"""SKF libraries that no driver's file names: those in the registry of Windows, and what a file that a person named speaks."""

from __future__ import annotations

import ntpath
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hebca_helper.tokens.model import Interface

PROVIDERS = r"SOFTWARE\Microsoft\Cryptography\Defaults\Provider"
VALUE = "SKFImagePath"
"""Beside the `Image Path` of a cryptographic service provider whose maker has an SKF library, too."""
_MARKS = {Interface.PKCS11: b"C_GetFunctionList", Interface.SKF: b"SKF_EnumDev"}


def registered(registry: Any = None) -> list[Path]:
    """SKF libraries of the providers in both views of the registry (`winreg`), each provider's 64-bit one first; none on
    other systems."""
    registry = registry or _registry()
    if registry is None:
        return []
    found: dict[str, Path] = {}
    for view in (registry.KEY_WOW64_64KEY, registry.KEY_WOW64_32KEY):
        for provider, value in _values(registry, view):
            path = os.path.expandvars(value)
            if ntpath.isabs(path):
                found.setdefault(provider, Path(path))
    return [path for path in dict.fromkeys(found.values()) if path.is_file()]


def _registry() -> Any:
    if sys.platform == "win32":
        import winreg

        return winreg
    return None


def interfaces_of(path: Path) -> list[Interface]:
    """What a library exports, by the names in its file; PKCS#11 where it tells nothing."""
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    return [interface for interface, mark in _MARKS.items() if mark in content] or [Interface.PKCS11]


def _values(registry: Any, view: int) -> Iterator[tuple[str, str]]:
    with (
        suppress(OSError),
        registry.OpenKey(registry.HKEY_LOCAL_MACHINE, PROVIDERS, 0, registry.KEY_READ | view) as key,
    ):
        for number in range(registry.QueryInfoKey(key)[0]):
            name = registry.EnumKey(key, number)
            with suppress(OSError), registry.OpenKey(key, name, 0, registry.KEY_READ | view) as provider:
                yield name, str(registry.QueryValueEx(provider, VALUE)[0])
