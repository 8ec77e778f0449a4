"""Whose certificates the program vouches for when it checks seals and documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError


class Authorities(NamedTuple):
    """CA certificates and revocation lists, each DER."""

    trusted: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


AuthoritiesFor = Callable[[bool], Authorities]
"""Asked with True for what is on a practice token: only there the practice CA counts (house rule 10)."""


def nobody(practice: bool) -> Authorities:
    del practice
    return Authorities()


_CERTIFICATES, _LISTS = frozenset({".cer", ".crt", ".pem"}), frozenset({".crl"})


def from_folder(folder: Path) -> Authorities:
    """Every CA certificate and list in the files there, so that a new one is added by putting its file there.

    HelperError(FILE_UNREADABLE) names the file that cannot be read.
    """
    from hebca_helper.pki.pem import certificates_from
    from hebca_helper.pki.revocation import Crl

    trusted: list[bytes] = []
    crls: list[bytes] = []
    for path in sorted(folder.glob("*")):
        try:
            if path.suffix.lower() in _CERTIFICATES:
                trusted += [certificate.der for certificate in certificates_from(path.read_bytes())]
            elif path.suffix.lower() in _LISTS:
                crls.append(Crl.parse(path.read_bytes()).der)
        except (OSError, HelperError) as problem:
            raise HelperError(Code.FILE_UNREADABLE, f"{path.name}: {problem}") from None
    return Authorities(tuple(trusted), tuple(crls))
