"""Reading SignedData (RFC 5652, 5; GB/T 35275-2017, 8) and checking its signatures. Whether to trust a signer is `pki.chains`' question."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, NamedTuple

from asn1crypto import cms

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.algorithms import DigestAlgorithm
from hebca_helper.pki.cms.message import (
    EXPLICIT_0,
    SIGNED_DATA,
    Body,
    binary,
    close_content_info,
    mark_body,
    open_content_info,
    other_type,
    plain_type,
    read_type,
    reading,
)
from hebca_helper.pki.cms.signers import Signer
from hebca_helper.pki.sm3 import Hasher
from hebca_helper.texts import tr

MOST_SIGNERS = 64
MOST_CERTIFICATES = 256
_REVOCATION_INFO = 0xA1


@dataclass(frozen=True, slots=True)
class SignerReport:
    """`problem` is None only when the content is what this certificate's key signed.

    `certificate` is None when the message does not hold it. `signing_time` is what the signer claims, aware UTC.
    """

    certificate: Certificate | None
    signature_ok: bool
    digest_ok: bool
    signing_time: datetime | None
    problem: HelperError | None


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A SignedData in a file: `body` is None when it is detached. `certificates` are the readable ones it holds."""

    content_type: str
    body: Body | None
    certificates: tuple[Certificate, ...]
    signers: tuple[Signer, ...]

    def check(self, content: Iterable[bytes]) -> list[SignerReport]:
        """One report for each signer, at least one, over the content in pieces."""
        hashes = {key: key.new() for signer in self.signers if (key := self._hash_key(signer))}
        beginning = b""
        for piece in content:
            beginning = beginning or piece
            for each in hashes.values():
                each.update(piece)
        digests = {key: made.digest() for key, made in hashes.items()}
        return [self._report(signer, digests, beginning) for signer in self.signers]

    def _hash_key(self, signer: Signer) -> _HashKey | None:
        if signer.digest is None:
            return None
        certificate = signer.certificate_among(self.certificates)
        return _HashKey(signer.digest, signer.content_prefix(certificate) if certificate else b"")

    def _report(self, signer: Signer, digests: dict[_HashKey, bytes], beginning: bytes) -> SignerReport:
        return report_of(
            signer,
            self.certificates,
            lambda certificate, algorithm: digests[_HashKey(algorithm, signer.content_prefix(certificate))],
            lambda digest: signer.digest_matches(digest, self.content_type, beginning),
        )


def report_of(
    signer: Signer,
    certificates: Iterable[Certificate],
    digest_for: Callable[[Certificate, DigestAlgorithm], bytes],
    speaks_of: Callable[[bytes], bool],
) -> SignerReport:
    """`digest_for` hashes what was signed, after the signer's `content_prefix`; `speaks_of` tells whether that is the digest
    that the signer names."""
    certificate = signer.certificate_among(certificates)
    if signer.problem or signer.digest is None:
        return SignerReport(certificate, False, False, signer.signing_time, signer.problem)
    if certificate is None:
        problem = HelperError(Code.NO_CERTIFICATE, tr("文件中没有签名人的证书"))
        return SignerReport(None, False, False, signer.signing_time, problem)
    digest = digest_for(certificate, signer.digest)
    digest_ok = speaks_of(digest)
    try:
        signature_ok = signer.signature_matches(certificate, digest)
    except HelperError as problem:
        return SignerReport(certificate, False, digest_ok, signer.signing_time, problem)
    wrong = None if digest_ok and signature_ok else HelperError(Code.SIGNATURE_WRONG)
    return SignerReport(certificate, signature_ok, digest_ok, signer.signing_time, wrong)


class _HashKey(NamedTuple):
    """A digest that signers share: its algorithm, and what goes into it before the content."""

    algorithm: DigestAlgorithm
    prefix: bytes

    def new(self) -> Hasher:
        made = self.algorithm.new()
        made.update(self.prefix)
        return made


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A SignedData in memory; `content` is None when it is detached."""

    content: bytes | None
    certificates: tuple[Certificate, ...]
    file: SignedFile


def open_signed(source: BinaryIO, *, unsigned_too: bool = False) -> SignedFile:
    """Read all but the content. HelperError(MESSAGE_UNREADABLE), also for one without signers, such as a list of
    certificates, unless `unsigned_too`; NOT_SUPPORTED for another kind of message.
    """
    with reading():
        source = binary(source)
        reader, content_type = open_content_info(source)
        if plain_type(content_type) != SIGNED_DATA:
            raise other_type(content_type)
        reader.enter(ber.SEQUENCE)
        reader.part(der.INTEGER)
        reader.part(ber.SET)
        inner_type, body = _encapsulated(reader, source)
        certificates = _certificates(reader.part(EXPLICIT_0)) if reader.next_tag() == EXPLICIT_0 else ()
        if reader.next_tag() == _REVOCATION_INFO:
            reader.skip()
        signers = _signers(reader.part(ber.SET), 0 if unsigned_too else 1)
        reader.leave()
        close_content_info(reader)
    return SignedFile(inner_type, body, certificates, signers)


def read(message: bytes, *, unsigned_too: bool = False) -> SignedMessage:
    """The message with its content, not yet verified. HelperError as `open_signed`."""
    file = open_signed(io.BytesIO(message), unsigned_too=unsigned_too)
    content = b"".join(file.body.octets()) if file.body else None
    return SignedMessage(content, file.certificates, file)


def verify(message: bytes, detached: bytes | None = None) -> list[SignerReport]:
    """One report for each signer. HelperError(BAD_REQUEST) where the content is missing, or given twice."""
    file = open_signed(io.BytesIO(message))
    return file.check(content_of(file, None if detached is None else iter([detached])))


def content_of(file: SignedFile, detached: Iterator[bytes] | None) -> Iterator[bytes]:
    """The content from inside or beside the message: exactly one of them, or HelperError(BAD_REQUEST)."""
    if (file.body is None) == (detached is None):
        raise HelperError(Code.BAD_REQUEST, tr("需要原文") if detached is None else tr("签名中已有原文"))
    return detached if detached is not None else file.body.octets() if file.body else iter(())


def _encapsulated(reader: ber.Reader, source: BinaryIO) -> tuple[str, Body | None]:
    """EncapsulatedContentInfo (RFC 5652, 5.2). PKCS#7 allowed any element as content; we read strings only."""
    reader.enter(ber.SEQUENCE)
    content_type, body = read_type(reader), None
    if reader.more():
        reader.enter(EXPLICIT_0)
        if reader.next_tag() & ~ber.CONSTRUCTED != ber.OCTET_STRING:
            raise other_type(content_type)
        body = mark_body(reader, source, ber.OCTET_STRING)
        reader.leave()
        reader.leave()
    return content_type, body


def _certificates(part: bytes) -> tuple[Certificate, ...]:
    """The X.509 certificates of a CertificateSet (RFC 5652, 10.2.3) that can be read; other kinds are passed over."""
    found = []
    for count, each in enumerate(der.children(der.read(part).content)):
        if count >= MOST_CERTIFICATES:
            raise ValueError("too many certificates")
        try:
            found.append(Certificate.parse(part_of(part, each)))
        except HelperError:
            continue
    return tuple(found)


def part_of(part: bytes, child: der.Element) -> bytes:
    """The octets of a child of the element `part`."""
    start = len(part) - len(der.read(part).content)
    return part[start + child.start : start + child.end]


def _signers(part: bytes, fewest: int) -> tuple[Signer, ...]:
    infos = cms.SignerInfos.load(part)
    if not fewest <= len(infos) <= MOST_SIGNERS:
        raise ValueError("no signer, or too many")
    return tuple(Signer.read(info) for info in infos)
