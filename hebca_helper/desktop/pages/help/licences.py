"""The packages that the program is built of, with their licences, as their own metadata say it (core metadata 2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

DIRECT = (
    "PySide6-Essentials", "python-pkcs11", "asn1crypto", "cryptography", "keyring", "requests", "websockets",
    "starlette", "uvicorn", "platformdirs", "tomli-w", "psutil", "pyHanko", "pypdfium2", "pillow", "fpdf2",
    "python-multipart",
)  # fmt: skip
"""Named here and not read from our own metadata, which a frozen build or a checkout does not have."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
LONGEST = 60
"""Characters of a licence's name; some packages put the whole text there."""


def packages() -> list[tuple[str, str, str]]:
    """(name, version, licence) of every package in use, by name."""
    found: dict[str, tuple[str, str, str]] = {}
    waiting = list(DIRECT)
    while waiting:
        name = waiting.pop()
        if _key(name) in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system, or not packed with its metadata
        found[_key(name)] = (package.metadata["Name"], package.version, _licence(package))
        waiting += _needed(package)
    return [found[key] for key in sorted(found)]


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def _needed(package: Distribution) -> Iterator[str]:
    """What it requires always, extras left out."""
    for requirement in package.requires or ():
        named = _NAME.match(requirement)
        if named and "extra ==" not in requirement:
            yield named[0]


def _licence(package: Distribution) -> str:
    metadata = package.metadata
    for told in metadata.get_all("License-Expression") or metadata.get_all("License") or ():
        if told and "\n" not in told and len(told) <= LONGEST:
            return str(told)
    classified = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    return ", ".join(each.rpartition(" :: ")[2] for each in classified) or "—"
