"""Certificates and CRLs for tests, shaped like real HEBCA ones octet by octet, and as wrong as a test wants them.

Written with asn1crypto's primitives and pyca/cryptography's keys: nothing of the reader under test is used, except for
making SM2 signatures, which openssl judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from asn1crypto import core, parser
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.pki import sm2


@dataclass(frozen=True)
class Sm2Key:
    number: int


Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
AnyKey = Key | Sm2Key
NameItem = tuple[str, Any]
"""Object identifier, and a text (becomes UTF8String) or a ready asn1crypto value."""

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
START = datetime(2025, 3, 3, 16, 0, tzinfo=UTC)
END = datetime(2027, 3, 4, 15, 59, 59, tzinfo=UTC)
"""As HEBCA has it: the last second of a day in Beijing."""

CN, C, ST, O, OU, G, ALIAS = "2.5.4.3", "2.5.4.6", "2.5.4.8", "2.5.4.10", "2.5.4.11", "2.5.4.42", "2.5.4.1"  # noqa: E741
HEBCA_NUMBER, HEBCA_ORGANISATION = "1.2.156.112586.1.3", "1.2.156.112586.1.10"
SHA1_RSA, SHA256_RSA, SHA384_RSA = "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12"
SM3_SM2 = "1.2.156.10197.1.501"
SHA512_RSA, SHA256_ECDSA = "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.2"
_HASHES = {
    SHA1_RSA: hashes.SHA1(),  # noqa: S303
    SHA256_RSA: hashes.SHA256(),
    SHA384_RSA: hashes.SHA384(),
    SHA512_RSA: hashes.SHA512(),
    SHA256_ECDSA: hashes.SHA256(),
}
CREDIT_CODE = "91350100M000100Y43"
COMPANY = "演示建筑工程有限公司"


def sequence(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 16, b"".join(parts)))


def parts(whole: bytes) -> list[bytes]:
    """What a SEQUENCE consists of, each part whole."""
    return [part.dump() for part in core.SequenceOf.load(whole, spec=core.Any)]


def set_of(*parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, 17, b"".join(parts)))


def tagged(number: int, content: bytes, method: int = 1) -> bytes:
    """Context tag."""
    return bytes(parser.emit(2, method, number, content))


def oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


def name(*relative: NameItem | Sequence[NameItem]) -> bytes:
    """A Name; an RDN is one item, or a list of them."""
    return sequence(*(set_of(*map(_item, rdn if isinstance(rdn, list) else [rdn])) for rdn in relative))


def _item(item: Any) -> bytes:
    dotted, value = item
    return sequence(oid(dotted), core.UTF8String(value).dump() if isinstance(value, str) else value.dump())


def hebca_name(
    company: str = COMPANY, number: str = "0012345678", alias: str = "", organisation: str = CREDIT_CODE
) -> bytes:
    """Subject in the order of real ones: C, ST, O, two OUs, G, [alias], number, organisation code, CN."""
    items: list[NameItem] = [(C, core.PrintableString("CN")), (ST, "河北省"), (O, "hebca"), (OU, "hebca"), (OU, number)]
    items += [(G, company + number)] + ([(ALIAS, alias)] if alias else []) + [(HEBCA_NUMBER, number)]
    items += [(HEBCA_ORGANISATION, organisation)] if organisation else []
    return name(*items, (CN, company))


def time(moment: datetime) -> bytes:
    return bytes(core.UTCTime(moment).dump() if moment.year < 2050 else core.GeneralizedTime(moment).dump())


def extension(dotted: str, value: bytes, critical: bool = False) -> bytes:
    flag = core.Boolean(True).dump() if critical else b""
    return sequence(oid(dotted), flag, core.OctetString(value).dump())


def key_usage(*bits: int) -> bytes:
    """Critical KeyUsage with those bits (RFC 5280, 4.2.1.3)."""
    return extension("2.5.29.15", core.BitString(tuple(int(bit in bits) for bit in range(max(bits) + 1))).dump(), True)


SIGNING, ENCRYPTING, ISSUING = key_usage(0, 1), key_usage(2, 3), key_usage(5, 6)
HEBCA_CONSTRAINTS = extension("2.5.29.19", b"\x30\x03\x01\x01\x00")
"""cA FALSE written out, which DER forbids and HEBCA does."""


def authority_constraints(path_length: int | None = None) -> bytes:
    length = core.Integer(path_length).dump() if path_length is not None else b""
    return extension("2.5.29.19", sequence(core.Boolean(True).dump(), length), True)


_AUTHORITY: dict[str, Any] = {"extensions": [authority_constraints(), ISSUING]}


@lru_cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """The same key for the same number, within one run."""
    return rsa.generate_private_key(65537, 2048)


@lru_cache
def ec_key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@lru_cache
def sm2_key(number: int) -> Sm2Key:
    return Sm2Key(sm2.new_private_key())


def spki(key: AnyKey) -> bytes:
    if isinstance(key, Sm2Key):
        return sm2.spki_of(sm2.public_key(key.number))
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def sm2_spki() -> bytes:
    """The public key of GM/T 0003.5 under id-ecPublicKey with the SM2 curve."""
    point = bytes.fromhex(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    algorithm = sequence(oid("1.2.840.10045.2.1"), oid("1.2.156.10197.1.301"))
    return sequence(algorithm, core.OctetBitString(point).dump())


def unknown_curve_spki() -> bytes:
    """An EC key on a curve of GOST R 34.10, which the library does not have."""
    algorithm = sequence(oid("1.2.840.10045.2.1"), oid("1.2.643.2.2.35.1"))
    return sequence(algorithm, core.OctetBitString(b"\4" + bytes(range(64))).dump())


def sign(key: AnyKey, algorithm: str, data: bytes) -> bytes:
    if isinstance(key, Sm2Key):
        return sm2.sign(key.number, data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), _HASHES[algorithm])
    return key.sign(data, ec.ECDSA(_HASHES[algorithm]))


def _signed(key: AnyKey, algorithm: str, *fields: bytes) -> bytes:
    """SIGNED{}: the fields as one SEQUENCE, the algorithm, the signature."""
    body = sequence(*fields)
    identifier = _identifier(algorithm)
    return sequence(body, identifier, core.OctetBitString(sign(key, algorithm, body)).dump())


def _identifier(algorithm: str) -> bytes:
    return sequence(oid(algorithm), b"\x05\x00" if algorithm.startswith("1.2.840.113549") else b"")


def _usual(key: AnyKey) -> str:
    if isinstance(key, Sm2Key):
        return SM3_SM2
    return SHA256_RSA if isinstance(key, rsa.RSAPrivateKey) else SHA256_ECDSA


@dataclass(frozen=True)
class Authority:
    """A CA: its name (DER), key, and certificate (DER)."""

    name: bytes
    key: AnyKey
    der: bytes

    def certificate(
        self,
        subject: bytes | None = None,
        public_key: bytes | None = None,
        *,
        serial: int | bytes = 0x1A2B3C4D5E6F7081,
        start: datetime = START,
        end: datetime = END,
        extensions: Sequence[bytes] = (HEBCA_CONSTRAINTS, SIGNING),
        algorithm: str = "",
    ) -> bytes:
        """A certificate of this CA; by default a signing one for an RSA key and a company."""
        scheme = algorithm or _usual(self.key)
        return _signed(
            self.key,
            scheme,
            tagged(0, core.Integer(2).dump()),
            parser.emit(0, 0, 2, serial) if isinstance(serial, bytes) else core.Integer(serial).dump(),
            _identifier(scheme),
            self.name,
            sequence(time(start), time(end)),
            hebca_name() if subject is None else subject,
            public_key or spki(rsa_key(0)),
            tagged(3, sequence(*extensions)) if extensions else b"",
        )

    def below(self, common_name: str, key: AnyKey, **options: Any) -> Authority:
        """A CA issued by this one."""
        own = ca_name(common_name)
        options = {**_AUTHORITY, "serial": 7, **options}
        return Authority(own, key, self.certificate(own, spki(key), **options))

    def crl(
        self,
        revoked: Sequence[tuple[int, datetime, int | None]] = (),
        *,
        this: datetime = NOW - timedelta(hours=1),
        following: datetime | None = NOW + timedelta(days=1),
        extensions: Sequence[bytes] = (),
        entry_extensions: Sequence[bytes] = (),
    ) -> bytes:
        """A list naming (serial, date, reason) each; `following` None leaves nextUpdate out."""
        scheme = _usual(self.key)
        entries = [_entry(serial, date, reason, entry_extensions) for serial, date, reason in revoked]
        return _signed(
            self.key,
            scheme,
            core.Integer(1).dump(),
            _identifier(scheme),
            self.name,
            time(this),
            time(following) if following else b"",
            sequence(*entries) if entries else b"",
            tagged(0, sequence(*extensions)) if extensions else b"",
        )


def _entry(serial: int, date: datetime, reason: int | None, further: Sequence[bytes]) -> bytes:
    extensions = list(further)
    if reason is not None:
        extensions.append(extension("2.5.29.21", bytes(parser.emit(0, 0, 10, bytes([reason])))))
    return sequence(core.Integer(serial).dump(), time(date), sequence(*extensions) if extensions else b"")


def ca_name(common_name: str) -> bytes:
    return name((C, core.PrintableString("CN")), (O, "Hebei CA"), (CN, common_name))


def root(common_name: str = "ROOTCA", key: AnyKey | None = None, **options: Any) -> Authority:
    """A self-signed CA."""
    own, own_key = ca_name(common_name), key or rsa_key(1)
    options = {**_AUTHORITY, "serial": 1, **options}
    unsigned = Authority(own, own_key, b"")
    return Authority(own, own_key, unsigned.certificate(own, spki(own_key), **options))


@lru_cache
def hebca() -> Authority:
    """A root of its own and below it the CA that issues to RSA users."""
    return root().below("HeBeiRSACA", rsa_key(2))
