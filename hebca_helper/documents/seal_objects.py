"""What data objects of a USBKEY hold: seals, pictures, or something else. Pure; runs in the document host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hebca_helper.documents import composing
from hebca_helper.documents.pictures import normal_picture
from hebca_helper.documents.report import TokenObject
from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import check_seal, listed
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.pictures import PictureKind, kind_of
from hebca_helper.seals.seal import Seal, read_seal
from hebca_helper.seals.sniffing import Kind

SHOWN = frozenset({PictureKind.PNG, PictureKind.GIF, PictureKind.BMP, PictureKind.JPG})


def examine(objects: Sequence[bytes], certificates: Sequence[bytes], roots: Roots, now: datetime) -> list[TokenObject]:
    """What each object holds, and for which of `certificates` (DER) seals are."""
    return [_examined(each, certificates, roots, now) for each in objects]


def _examined(data: bytes, certificates: Sequence[bytes], roots: Roots, now: datetime) -> TokenObject:
    found = list(sniffing.unwrappings(data))
    failures: list[HelperError] = []
    for each in found:
        if not sniffing.is_sequence(each):
            continue
        try:
            seal = read_seal(each)
        except HelperError as problem:
            if sniffing.kind_of(each) is Kind.SEAL:
                failures.append(problem)
            continue
        return _seal(seal, certificates, roots, now)
    for each in found:
        if kind_of(each) in SHOWN:
            return _picture(each)
    return _damaged(failures[0]) if failures else TokenObject("other")


def _damaged(why: HelperError) -> TokenObject:
    return TokenObject("damaged", problem=composing.problem(why))


def _seal(seal: Seal, certificates: Sequence[bytes], roots: Roots, now: datetime) -> TokenObject:
    listed = {fingerprint: said for der in certificates for fingerprint, said in _listed(seal, der)}
    report = composing.of_seal_file(check_seal(seal, roots, now))
    found = TokenObject("seal", report=report, data=seal.whole, listed=listed)
    try:
        return replace(found, png=normal_picture(seal.picture.data).png)
    except HelperError as problem:
        return replace(found, picture_problem=composing.problem(problem))


def _picture(data: bytes) -> TokenObject:
    try:
        picture = normal_picture(data)
    except HelperError as problem:
        return _damaged(problem)
    return TokenObject("picture", png=picture.png, pixels=picture.pixels)


def _listed(seal: Seal, der: bytes) -> list[tuple[str, str]]:
    try:
        certificate = Certificate.parse(der)
    except HelperError:
        return []
    said = {True: "yes", False: "no", None: "unknown"}[listed(seal, der)]
    if said == "no" and any(_renews(certificate, each) for each in seal.signers.certificates):
        said = "renewed"
    return [(certificate.fingerprint, said)]


def _renews(certificate: Certificate, listed_der: bytes) -> bool:
    """A renewal keeps the key, or at least the holder's names."""
    try:
        old = Certificate.parse(listed_der)
    except HelperError:
        return False
    same = certificate.key_fingerprint == old.key_fingerprint or certificate.subject.der == old.subject.der
    return same and certificate.not_before >= old.not_before
