"""One USBKEY that shows up behind PKCS#11 and behind SKF: its RSA certificates come from the one, its SM2 ones from the
other, and what has nothing to show is not shown. Each side keeps its own PIN: nobody knows whether they are one, and a
PIN sent to both would take two tries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from hebca_helper.pki.keyinfo import KeyInfo, KeyKind
from hebca_helper.pki.structure import read_certificate
from hebca_helper.texts import tr
from hebca_helper.tokens.model import Interface, TokenCertificate, TokenInfo

SHORTEST_SERIAL = 4
"""Characters; less tells no USBKEY from another."""


class Pair(NamedTuple):
    pkcs11: TokenInfo
    skf: TokenInfo


def pairs(infos: Sequence[TokenInfo]) -> list[Pair]:
    """Tokens of one driver and one serial, as both interfaces tell it: makers cut it or put zeros before it."""
    sides = [[info for info in infos if info.interface is side and not info.practice] for side in Interface]
    return [Pair(one, other) for one in sides[0] for other in sides[1] if _is_same(one, other)]


def shown(infos: Sequence[TokenInfo], with_rsa: Iterable[str]) -> list[TokenInfo]:
    """Every token but the side of a pair that has nothing: `with_rsa` are the ids of PKCS#11 tokens that hold another
    certificate than SM2 ones."""
    named: dict[str, TokenInfo | None] = {}
    rsa = set(with_rsa)
    for pair in pairs(infos):
        if not pair.skf.sm2:
            named[pair.skf.id] = None
        elif pair.pkcs11.id not in rsa:
            named[pair.pkcs11.id] = None
        else:
            named[pair.pkcs11.id] = replace(pair.pkcs11, label=tr("{label}（RSA）").format(label=pair.pkcs11.label))
            named[pair.skf.id] = replace(pair.skf, label=tr("{label}（国密）").format(label=pair.skf.label))
    return [info for each in infos if (info := named.get(each.id, each)) is not None]


def is_sm2(certificate: TokenCertificate) -> bool:
    try:
        return KeyInfo.of(read_certificate(certificate.der).spki).kind is KeyKind.SM2
    except ValueError:
        return False


def _is_same(one: TokenInfo, other: TokenInfo) -> bool:
    serials = [_plain(info.serial) for info in (one, other)]
    short, long = sorted(serials, key=len)
    return one.driver == other.driver and len(short) >= SHORTEST_SERIAL and long.endswith(short)


def _plain(serial: str) -> str:
    return "".join(filter(str.isalnum, serial)).casefold()
