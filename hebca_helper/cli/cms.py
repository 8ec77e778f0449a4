"""`cms sign|verify|encrypt|decrypt`: CMS messages in files of any size, in little memory."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_line
from hebca_helper.assistant.person.content import describe
from hebca_helper.assistant.person.prompts import Content
from hebca_helper.assistant.stamping.issuers import Issuers
from hebca_helper.cli.files import Output, certificates, chunks, reading, require_free, writing
from hebca_helper.cli.keys import choose_entry, warn_of
from hebca_helper.cli.program import Core, Program
from hebca_helper.cli.prompts import TerminalPrompts
from hebca_helper.cli.verdicts import judged, tell_verdicts
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.envelope import ContentCipher, Sealing, open_envelope
from hebca_helper.pki.cms.signing import DigestAlgorithm, Frame, frame
from hebca_helper.pki.cms.verification import SignerReport, content_of, open_signed
from hebca_helper.texts import tr

SHOWN_WHOLE = 64 * 1024
"""Octets of a file up to which its content is shown before signing; of a larger one path, size and digest."""
CIPHERS = {cipher.name.lower().replace("_", "-"): cipher for cipher in ContentCipher}


def cms(options: argparse.Namespace, program: Program) -> int:
    actions: dict[str, Callable[[argparse.Namespace, Program], int]] = {
        "sign": lambda options, program: asyncio.run(_sign(options, program)),
        "decrypt": lambda options, program: asyncio.run(_decrypt(options, program)),
        "verify": _verify,
        "encrypt": _encrypt,
    }
    return actions[options.action](options, program)


async def _sign(options: argparse.Namespace, program: Program) -> int:
    with reading(options.file) as source:
        require_free(options.out, overwrite=options.force)
        size, digests = _digests(source)
        async with _person(program) as (core, person):
            made = await _frame(options, core, person, source, size, digests)
        with writing(options.out, overwrite=options.force) as target:
            target.write(made.head)
            if not options.detached:
                _copy_unchanged(source, target, size, digests[DigestAlgorithm.SHA256])
            target.write(made.tail)
    return 0


async def _frame(
    options: argparse.Namespace,
    core: Core,
    person: Connection,
    source: BinaryIO,
    size: int,
    digests: dict[DigestAlgorithm, bytes],
) -> Frame:
    entry = await choose_entry(core, person, options.certificate)
    content = _content(options.file, source, size, digests[DigestAlgorithm.SHA256])
    documents = core.assistant.documents
    algorithm = documents.digest_algorithm(entry)
    digest = digests.get(algorithm) or _digest(source, algorithm)
    attributes, signature = await documents.sign_content(person, entry, content, digest)
    return frame(None if options.detached else size, attributes, entry.certificate, signature)


async def _decrypt(options: argparse.Namespace, program: Program) -> int:
    with reading(options.file) as source:
        require_free(options.out, overwrite=options.force)
        envelope = open_envelope(source)
        size, digests = _digests(source)
        content = Content(_named(options.file), size, digests[DigestAlgorithm.SHA256].hex(), readable=False)
        async with _person(program) as (core, person):
            key = await core.assistant.decryption.envelope_key(person, envelope, content)
        with writing(options.out, overwrite=options.force, private=True) as target:
            for piece in envelope.pieces(key):
                target.write(piece)
    return 0


def _encrypt(options: argparse.Namespace, _: Program) -> int:
    recipients = [each for path in options.to for each in certificates(path)]
    for each in recipients:
        if not each.encrypts:
            raise HelperError(Code.BAD_REQUEST, tr("{holder} 的证书不能用于加密").format(holder=each.holder))
        warn_of(each)
    with reading(options.file) as source, writing(options.out, overwrite=options.force) as target:
        sealing = Sealing(recipients, CIPHERS[options.cipher], _size(source))
        target.write(sealing.head)
        for piece in chunks(source):
            target.write(sealing.update(piece))
        target.write(sealing.finish())
    return 0


def _verify(options: argparse.Namespace, program: Program) -> int:
    """What is written with --out is verified: with a wrong signature nothing is left."""
    if options.out and options.content:
        raise HelperError(Code.BAD_REQUEST, tr("分离签名没有可写出的原文"))
    trusted = [each for path in options.trusted for each in certificates(path)] or _known(program)

    def tell(found: Sequence[SignerReport]) -> None:
        signed = judged(found, trusted, options.crl)
        tell_verdicts(signed, options.json, allow_unknown_issuer=options.allow_unknown_issuer)

    with reading(options.file) as source:
        file = open_signed(source)
        if file.body is None and not options.content:
            raise HelperError(Code.BAD_REQUEST, tr("这是分离签名，请用 --content 给出原文"))
        if file.body is not None and options.content:
            raise HelperError(Code.BAD_REQUEST, tr("签名中已有原文，不要用 --content"))
        if options.out:
            with writing(options.out, overwrite=options.force) as target:
                tell(file.check(_also_to(target, content_of(file, None))))
        elif options.content:
            with reading(options.content) as content:
                tell(file.check(content_of(file, chunks(content))))
        else:
            tell(file.check(content_of(file, None)))
    return 0


def _known(program: Program) -> list[Certificate]:
    authorities = Issuers(program.home, told=program.on_problem).authorities()
    return [Certificate.parse(der) for der in authorities.trusted]


@asynccontextmanager
async def _person(program: Program) -> AsyncIterator[tuple[Core, Connection]]:
    async with program.core() as core:
        core.assistant.prompts = TerminalPrompts()
        person = core.assistant.connect(Asker(Channel.TERMINAL))
        try:
            yield core, person
        finally:
            await core.assistant.close(person)


def _digests(source: BinaryIO) -> tuple[int, dict[DigestAlgorithm, bytes]]:
    """The size of the whole file and its SHA-256, which is shown and journalled."""
    made, size = hashlib.sha256(), 0
    for piece in chunks(source):
        made.update(piece)
        size += len(piece)
    return size, {DigestAlgorithm.SHA256: made.digest()}


def _digest(source: BinaryIO, algorithm: DigestAlgorithm) -> bytes:
    made = algorithm.new()
    for piece in chunks(source):
        made.update(piece)
    return made.digest()


def _content(path: str, source: BinaryIO, size: int, digest: bytes) -> Content:
    if size > SHOWN_WHOLE:
        return Content(_named(path), size, digest.hex(), readable=False)
    data = b"".join(chunks(source))
    if hashlib.sha256(data).digest() != digest:
        raise _changed()
    return describe(data)


def _named(path: str) -> str:
    return visible_line(str(Path(path).resolve()))


def _copy_unchanged(source: BinaryIO, target: Output, size: int, digest: bytes) -> None:
    """What was confirmed is what is signed: a file that changed since is not written."""
    made, left = hashlib.sha256(), size
    for piece in chunks(source):
        made.update(piece)
        left -= len(piece)
        if left < 0:
            break
        target.write(piece)
    if left or made.digest() != digest:
        raise _changed()


def _changed() -> HelperError:
    return HelperError(Code.FILE_UNREADABLE, tr("文件在处理过程中被改动"))


def _also_to(target: Output, content: Iterator[bytes]) -> Iterator[bytes]:
    for piece in content:
        target.write(piece)
        yield piece


def _size(source: BinaryIO) -> int:
    return source.seek(0, 2)
