"""SignedData, time stamp tokens and countersignatures as programs other than ours write them, and as wrong as a test wants
them. Written element by element; nothing of the reader under test is used but SM3 and SM2's signing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import core, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from hebca_helper.pki.sm3 import sm3
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import oid, sequence, set_of, tagged
from tests.seals.seal_maker import SIGNED, Holder, generalized, number, octets

GM, PKCS7 = "1.2.156.10197.6.1.4.2.", "1.2.840.113549.1.7."
SM3, SHA1, SHA256 = "1.2.156.10197.1.401", "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1"
MD5 = "1.2.840.113549.2.5"
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
TIME_STAMP, COUNTER = "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.6"


def digest(algorithm: str, data: bytes) -> bytes:
    if algorithm == SM3:
        return sm3(data)
    return hashlib.new({SHA1: "sha1", SHA256: "sha256", MD5: "md5"}[algorithm], data, usedforsecurity=False).digest()


def null_identifier(dotted: str) -> bytes:
    return sequence(oid(dotted), b"\x05\x00")


@dataclass(frozen=True)
class Writer:
    """One signer as one program writes it. `name`: what the signature algorithm is called, "" for the usual. `beside`: the
    unsigned attributes of a signature."""

    holder: Holder
    name: str = ""
    digest: str = ""
    attributes: bool = True
    at: datetime | None = SIGNED
    by_key: bool = False
    beside: Callable[[bytes], Sequence[tuple[str, bytes]]] = lambda _: ()
    countersigns: bool = False

    @property
    def digest_name(self) -> str:
        return self.digest or (SM3 if isinstance(self.holder.key, maker.Sm2Key) else SHA256)

    @property
    def algorithm(self) -> str:
        if self.name or isinstance(self.holder.key, maker.Sm2Key):
            return self.name or maker.SM3_SM2
        return RSA if _is_rsa(self.holder) else EC

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.holder.key, maker.Sm2Key):
            return self.holder.sign(data)
        if isinstance(self.holder.key, RSAPrivateKey) and self.digest_name == SM3:
            return self.holder.key.sign(data, padding.PKCS1v15(), hashes.SM3())
        scheme = {
            (True, SHA256): maker.SHA256_RSA,
            (True, SHA1): maker.SHA1_RSA,
            (False, SHA256): maker.SHA256_ECDSA,
        }[_is_rsa(self.holder), self.digest_name]
        return maker.sign(self.holder.key, scheme, data)

    def info(self, content: bytes, content_type: str) -> bytes:
        """SignerInfo."""
        attributes = self._attributes(content, content_type) if self.attributes else b""
        signature = self.sign(set_of(attributes) if self.attributes else content)
        certificate = x509.Certificate.load(self.holder.der)
        names = sequence(certificate.issuer.dump(), certificate["tbs_certificate"]["serial_number"].dump())
        key = core.OctetString(certificate.key_identifier or b"").contents or b""
        unsigned = b"".join(sorted(sequence(oid(kind), set_of(value)) for kind, value in self.beside(signature)))
        return sequence(
            number(3 if self.by_key else 1),
            tagged(0, key, 0) if self.by_key else names,
            null_identifier(self.digest_name),
            tagged(0, attributes) if self.attributes else b"",
            null_identifier(self.algorithm),
            octets(signature),
            tagged(1, unsigned) if unsigned else b"",
        )

    def _attributes(self, content: bytes, content_type: str) -> bytes:
        found = [] if self.countersigns else [_attribute("1.2.840.113549.1.9.3", oid(content_type))]
        found.append(_attribute("1.2.840.113549.1.9.4", octets(digest(self.digest_name, content))))
        if self.at:
            found.append(_attribute("1.2.840.113549.1.9.5", bytes(core.UTCTime(self.at).dump())))
        return b"".join(sorted(found))


def _is_rsa(holder: Holder) -> bool:
    return isinstance(holder.key, RSAPrivateKey)


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), set_of(value))


def signed(
    content: bytes | None,
    *writers: Writer,
    arc: str = PKCS7,
    detached: bytes | None = None,
    content_type: str = "",
    signed_type: str = "",
    further: Sequence[bytes] = (),
    indefinite: bool = False,
) -> bytes:
    """`content` None: beside the message, where `detached` is what is signed. `further`: certificates that come along.
    `signed_type`: what the signed attributes call the content, where that is another name."""
    kind = content_type or f"{arc}1"
    over = content if content is not None else detached or b""
    held = list(dict.fromkeys([*(each.holder.der for each in writers), *further]))
    wrap = open_ended if indefinite else sequence
    inside = octets(content) if content is not None else b""
    if indefinite and content is not None:  # a string in pieces (X.690, 8.7.3)
        inside = b"\x24\x80" + b"".join(octets(content[at : at + 5]) for at in range(0, len(content), 5)) + b"\0\0"
    data = wrap(
        number(1 if kind.endswith(".1") else 3),
        set_of(*sorted({null_identifier(each.digest_name) for each in writers})),
        wrap(oid(kind), explicit(inside, indefinite) if content is not None else b""),
        tagged(0, b"".join(held)) if held else b"",
        set_of(*(each.info(over, signed_type or kind) for each in writers)),
    )
    return wrap(oid(f"{arc}2"), explicit(data, indefinite))


def open_ended(*parts: bytes) -> bytes:
    return b"\x30\x80" + b"".join(parts) + b"\0\0"


def explicit(content: bytes, indefinite: bool) -> bytes:
    return b"\xa0\x80" + content + b"\0\0" if indefinite else tagged(0, content)


def token(over: bytes, writer: Writer, *, at: datetime = SIGNED, arc: str = PKCS7, imprint: str = "") -> bytes:
    """A time stamp token (RFC 3161, 2.4.2) about `over`."""
    name = imprint or writer.digest_name
    info = sequence(
        number(1),
        oid("1.2.3.4"),
        sequence(sequence(oid(name)), octets(digest(name, over))),
        number(7),
        generalized(at),
    )
    return signed(info, replace(writer, at=None), arc=arc, content_type=TST_INFO)
