"""The practice CA's seal maker: its keys, kept beside the CA's, and the seals it makes for practice USBKEYs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import write_atomically
from hebca_helper.pki import sm2
from hebca_helper.pki.sm3 import sm3
from hebca_helper.practice.authority import KEY_BITS
from hebca_helper.practice.ca import PracticeCa, read_file
from hebca_helper.practice.names import Holder
from hebca_helper.practice.scenarios import SealPlan
from hebca_helper.practice.seal_drawing import SIZE_MM, draw_seal
from hebca_helper.seals.making import Maker, SealContent, make_seal
from hebca_helper.seals.seal import ListedDigest, Picture, SignerList

SHA256_RSA, SM3_SM2 = "1.2.840.113549.1.1.11", "1.2.156.10197.1.501"
SEAL_LIFETIME = timedelta(days=3 * 365)
_ORGANISATION = 1
_PROVINCE = "130000"
"""Hebei itself: first six of the fourteen digits of a seal's number (GA 241.1-2000), which no company's seal has."""
_EARLIER, _LATER = timedelta(days=5 * 365), timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class MadeSeal:
    """What goes into a USBKEY: the seal (DER) and its picture (PNG)."""

    seal: bytes
    picture: bytes


def practice_seal(ca: PracticeCa, holder: Holder, plan: SealPlan, certificate: bytes, made: datetime) -> MadeSeal:
    """The seal of `holder` for this signing certificate (DER), made at that moment (aware).

    FILE_UNREADABLE when the seal maker's files are damaged.
    """
    number = seal_number(holder, plan.place)
    picture = draw_seal(holder.name, plan.purpose, number)
    content = SealContent(
        vendor="PRACTICE",
        identifier=number,
        seal_type=_ORGANISATION,
        name=holder.name + plan.purpose,
        signers=_listed(certificate, by_digest=plan.by_digest),
        created=made,
        valid_from=made,
        valid_to=made + (timedelta(days=plan.days) if plan.days else SEAL_LIFETIME),
        picture=Picture("PNG", picture, SIZE_MM, SIZE_MM),
    )
    seal = make_seal(content, seal_maker(ca, use_sm2=plan.sm2))
    return MadeSeal(_damaged(seal) if plan.damaged else seal, picture)


def seal_number(holder: Holder, place: int = 0) -> str:
    """Fourteen digits; `place` tells a holder's seals apart."""
    return f"{_PROVINCE}{place}{holder.number[-7:]}"


def seal_maker(ca: PracticeCa, *, use_sm2: bool = False) -> Maker:
    """The CA's maker of seals, made at the first call. FILE_UNREADABLE."""
    name = "seal-maker-sm2" if use_sm2 else "seal-maker"
    key_file, certificate_file = ca.folder / f"{name}.key", ca.folder / f"{name}.cer"
    if not certificate_file.exists():  # written last
        write_atomically(key_file, _new_sm2_key() if use_sm2 else _new_rsa_key())
        spki = _sm2_key(key_file)[1] if use_sm2 else rsa_spki(_rsa_key(key_file))
        now = ca.clock()
        write_atomically(certificate_file, ca.issue_seal_maker(spki, now - _EARLIER, now + _LATER))
    certificate = read_file(certificate_file)
    if use_sm2:
        private_key, _ = _sm2_key(key_file)
        return Maker(certificate, SM3_SM2, lambda data: sm2.sign(private_key, data))
    key = _rsa_key(key_file)
    return Maker(certificate, SHA256_RSA, lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))


def _listed(certificate: bytes, *, by_digest: bool) -> SignerList:
    if by_digest:
        return SignerList(digests=(ListedDigest("SM3", sm3(certificate)),))
    return SignerList(certificates=(certificate,))


def _damaged(seal: bytes) -> bytes:
    """One octet of the picture is another: it can be read, and the maker's signature says that it was changed."""
    place = seal.index(b"IDAT") + 64
    return seal[:place] + bytes([seal[place] ^ 0xFF]) + seal[place + 1 :]


def _new_rsa_key() -> bytes:
    key = rsa.generate_private_key(65537, KEY_BITS)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _new_sm2_key() -> bytes:
    return f"{sm2.new_private_key():064x}".encode("ascii")


def _rsa_key(path: Path) -> rsa.RSAPrivateKey:
    try:
        key = load_der_private_key(read_file(path), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise HelperError(Code.FILE_UNREADABLE, str(path))
    return key


def stored_rsa_key(path: Path) -> rsa.RSAPrivateKey:
    """The key of that file (PKCS#8, DER, 0600), made at the first call. FILE_UNREADABLE."""
    if not path.exists():
        write_atomically(path, _new_rsa_key())
    return _rsa_key(path)


def rsa_spki(key: rsa.RSAPrivateKey) -> bytes:
    """SubjectPublicKeyInfo, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _sm2_key(path: Path) -> tuple[int, bytes]:
    """The private number and the public key (SubjectPublicKeyInfo)."""
    try:
        private_key = int(read_file(path), 16)
        return private_key, sm2.spki_of(sm2.public_key(private_key))
    except ValueError:
        raise HelperError(Code.FILE_UNREADABLE, str(path)) from None
