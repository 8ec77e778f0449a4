"""Signing several named items under one consent that shows them all, and digests of what the site keeps itself.

A digest is signed inside CMS only (house rule 4): as it stands it could be a login's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.journal.recorder import Row
from hebca_helper.assistant.key.documents import DIGESTS, Documents
from hebca_helper.assistant.key.domains import require_no_login_input, require_raw
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.key.signing import digest_of, raw_mechanism
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms import signing as cms
from hebca_helper.texts import tr
from hebca_helper.tokens.model import Mechanism

MOST_ITEMS = 100
LONGEST_NAME = 255
"""Characters."""
_DIGEST_SIZE = 32
_MARGIN = "│ "
"""Before each line of an item, so that none can pass for the heading of the next."""


@dataclass(frozen=True, slots=True)
class Item:
    """`data` to be signed, or where the site keeps them to itself None and the SHA-256 `digest` of them."""

    name: str = ""
    data: bytes | None = None
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What the token signs for one item, and what a CMS message is then made of."""

    digest: bytes
    mechanism: Mechanism
    attributes: cms.SignedAttributes | None = None


class Bundles:
    def __init__(self, parts: Parts, documents: Documents) -> None:
        self._parts = parts
        self._documents = documents

    async def sign_raw(
        self, connection: Connection, entry: CertificateEntry, items: Sequence[Item], mechanism: Mechanism | None = None
    ) -> list[bytes]:
        """A bare signature for each item, as `Assistant.sign`. Always asks."""

        async def prepare(item: Item, content: Content) -> _Prepared:
            if item.data is None:
                raise HelperError(Code.BAD_REQUEST)
            chosen = raw_mechanism(entry, mechanism)
            require_raw(chosen, item.data, content.kind)
            return _Prepared(await digest_of(chosen, item.data, entry.certificate), chosen)

        contents = await self._begin(connection, items)
        with self._recorded(connection, entry, Operation.SIGN, contents) as row:
            prepared = [await prepare(*each) for each in zip(items, contents, strict=True)]
            return await self._sign(row, entry, ConfirmKind.SIGN, _shown(items, contents), prepared)

    async def sign_cms(
        self, connection: Connection, entry: CertificateEntry, items: Sequence[Item], *, detached: bool
    ) -> list[bytes]:
        """A CMS SignedData (ContentInfo, DER) for each item; without the content where `detached` or only a digest is
        given. Always asks."""
        contents = await self._begin(connection, items)
        with self._recorded(connection, entry, Operation.SIGN_DOCUMENT, contents) as row:
            prepared = [await self._prepare_cms(entry, item) for item in items]
            shown = _shown(items, contents)
            signatures = await self._sign(row, entry, ConfirmKind.SIGN_DOCUMENT, shown, prepared)
        return [
            _message(entry, item, each, signature, detached)
            for item, each, signature in zip(items, prepared, signatures, strict=True)
        ]

    async def _begin(self, connection: Connection, items: Sequence[Item]) -> list[Content]:
        await self._parts.admit(connection)
        if not 0 < len(items) <= MOST_ITEMS or any(len(item.name) > LONGEST_NAME for item in items):
            raise HelperError(Code.BAD_REQUEST)
        return [await _described(item) for item in items]

    @contextmanager
    def _recorded(
        self, connection: Connection, entry: CertificateEntry, operation: Operation, contents: Sequence[Content]
    ) -> Iterator[Row]:
        """A row of the journal for each item, at least one; the key is used for all of them at once."""
        with ExitStack() as stack:
            begin = partial(self._parts.recorder.operation, connection, operation, entry=entry)
            row, *_ = [stack.enter_context(begin(content=content)) for content in contents]
            yield row

    async def _prepare_cms(self, entry: CertificateEntry, item: Item) -> _Prepared:
        usual = self._documents.mechanism(entry)
        # a digest that a site brings is SHA-256, whatever this computer is set to for what it hashes itself
        given = item.data is None and usual is Mechanism.RSA_PKCS1_SHA1
        mechanism = Mechanism.RSA_PKCS1_SHA256 if given else usual
        algorithm = DIGESTS[mechanism]
        if item.data is None and algorithm is not cms.DigestAlgorithm.SHA256:
            raise HelperError(Code.NOT_SUPPORTED)
        digest = item.digest if item.data is None else await asyncio.to_thread(algorithm.of, item.data)
        attributes = cms.prepare(digest, entry.certificate, algorithm, self._documents.moment())
        require_no_login_input(mechanism, attributes.to_sign)
        return _Prepared(attributes.to_sign_digest, mechanism, attributes)

    async def _sign(
        self,
        row: Row,
        entry: CertificateEntry,
        kind: ConfirmKind,
        shown: Content,
        prepared: Sequence[_Prepared],
    ) -> list[bytes]:
        parts = self._parts
        device = Device.of(await parts.inventory.require_present(row.connection, entry))

        signatures: list[bytes] = []

        async def sign() -> list[bytes]:
            """Goes on behind what is signed: a key that asks for the PIN at each use gets it for one item at a time."""
            for each in prepared[len(signatures) :]:
                key = (device.id, entry.key_id, each.mechanism, each.digest, entry.certificate.spki)
                signatures.append(await parts.tokens.sign(*key))
            return signatures

        return await parts.consents.use_key(row, device, Wish(kind, shown), sign)


def _message(entry: CertificateEntry, item: Item, prepared: _Prepared, signature: bytes, detached: bool) -> bytes:
    assert prepared.attributes is not None  # noqa: S101 - sign_cms prepares nothing else
    content = None if detached else item.data
    return cms.signed_data(content, prepared.attributes, entry.certificate, signature)


async def _described(item: Item) -> Content:
    if item.data is not None:
        return await described(item.data)
    if len(item.digest) != _DIGEST_SIZE:
        raise HelperError(Code.BAD_REQUEST)
    text = tr("网站只给出了内容的摘要，看不到原文。\nSHA-256 {digest}").format(digest=item.digest.hex())
    return Content(text, _DIGEST_SIZE, item.digest.hex())


def _shown(items: Sequence[Item], contents: Sequence[Content]) -> Content:
    """One item without a name as it is; else all of them under their headings, each whole."""
    if len(items) == 1 and not items[0].name:
        return contents[0]
    lines = [tr("共 {n} 项：").format(n=len(items))]
    for number, (item, content) in enumerate(zip(items, contents, strict=True), start=1):
        lines += ["", _heading(number, item, content)]
        lines += [_MARGIN + line for line in content.text.split("\n")]
    digest = sha256(b"".join(bytes.fromhex(content.digest) for content in contents)).hexdigest()
    return Content("\n".join(lines), sum(content.size for content in contents), digest)


def _heading(number: int, item: Item, content: Content) -> str:
    name = visible_name(item.name) or tr("未命名")
    size = tr("只有摘要") if item.data is None else tr("{n} 字节").format(n=f"{content.size:,}")
    return tr("【{number}】{name}，{size}{kind}").format(number=number, name=name, size=size, kind=content.note)
