"""What data objects of a USBKEY hold: seals, pictures, or something else. Pure; runs in the document host."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from hebca_helper.documents import rows
from hebca_helper.documents.pictures import normal_picture
from hebca_helper.documents.rows import Row
from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import sniffing
from hebca_helper.seals.checking import check_seal, listed
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.pictures import PictureKind, kind_of
from hebca_helper.seals.seal import Seal, read_seal
from hebca_helper.seals.sniffing import Kind

SHOWN = frozenset({PictureKind.PNG, PictureKind.GIF, PictureKind.BMP, PictureKind.JPG})


def examine(objects: Sequence[bytes], certificates: Sequence[bytes], roots: Roots, now: datetime) -> list[Row]:
    """A row for each object, `kind` telling which:

    seal: a row as `rows.of_seal_file` with `data` (SESeal), `png` (both base64; `png` "" when the picture cannot be
    shown, `picture_problem` says why) and `listed`: for each of `certificates` (DER), by SHA-256 in hex, whether the
    seal is its: "yes", "no", "unknown", or "renewed" when its list holds an earlier one of the same holder.
    damaged: something that should be a seal, with `problem`. picture: `png`, `pixels`. other: anything else.
    """
    return [_examined(each, certificates, roots, now) for each in objects]


def _examined(data: bytes, certificates: Sequence[bytes], roots: Roots, now: datetime) -> Row:
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
    return {"kind": "damaged", "problem": rows.problem(failures[0])} if failures else {"kind": "other"}


def _seal(seal: Seal, certificates: Sequence[bytes], roots: Roots, now: datetime) -> Row:
    row = rows.of_seal_file(check_seal(seal, roots, now))
    row["data"] = _base64(seal.whole)
    row["listed"] = {fingerprint: said for der in certificates for fingerprint, said in _listed(seal, der)}
    row["png"], row["picture_problem"] = _shown(seal.picture.data)
    return row


def _shown(data: bytes) -> tuple[str, Row | None]:
    try:
        return _base64(normal_picture(data).png), None
    except HelperError as problem:
        return "", rows.problem(problem)


def _picture(data: bytes) -> Row:
    try:
        picture = normal_picture(data)
    except HelperError as problem:
        return {"kind": "damaged", "problem": rows.problem(problem)}
    return {"kind": "picture", "png": _base64(picture.png), "pixels": list(picture.pixels)}


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


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
