"""Where an OFD document keeps its signatures (GB/T 33190-2016, 7.4 and 18): OFD.xml → Signatures.xml → Signature.xml."""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from hebca_helper.documents.ofd import xml
from hebca_helper.documents.ofd.package import Package
from hebca_helper.documents.ofd.xml import Node
from hebca_helper.errors import Code, HelperError
from hebca_helper.seals.reading import written_moment
from hebca_helper.texts import tr

MOST_SIGNATURES = 200
MOST_REFERENCES = 20_000
"""Files that one signature protects."""
_VALUE_NAMES = ("SignedValue.dat", "SignValue.dat")
_SEAL_NAME = "Seal.esl"
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Entry:
    """A Signature of Signatures.xml. `path`: its Signature.xml, None when the package lacks it. `sealed`: Type=Seal."""

    identifier: str
    sealed: bool
    path: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """A DocBody: path of its Document.xml and its list of signatures, None when absent."""

    root: str | None
    list_path: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A protected file: as written, its path in the package (None when missing), and its digest (None: no base64)."""

    written: str
    path: str | None
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a seal is shown. `page` is the page's ID; `clip` is written for one piece of a riding seal; "" without."""

    page: str
    boundary: str
    clip: str


@dataclass(frozen=True, slots=True)
class Description:
    """A Signature.xml: `octets` is what the seal signature's data hash covers. `signed_at`: what it says, aware UTC."""

    octets: bytes
    method: str
    references: tuple[Reference, ...]
    stamps: tuple[Stamp, ...]
    seal_path: str | None
    value_path: str | None
    provider: str
    signed_at: datetime | None

    @property
    def riding(self) -> bool:
        """One seal in several pieces over the edges of pages (骑缝章)."""
        return len(self.stamps) > 1 and all(stamp.clip for stamp in self.stamps)


def bodies(package: Package) -> list[Body]:
    """HelperError(DOCUMENT_UNREADABLE)."""
    path = package.find("/OFD.xml")
    if path is None:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("不是 OFD 文档"))
    return _told(path, lambda: [_body(package, node) for node in xml.parse(package.read(path)).all("DocBody")])


def description(package: Package, path: str) -> Description:
    """HelperError(DOCUMENT_UNREADABLE)."""
    octets = package.read(path)
    return _told(path, lambda: _description(package, posixpath.dirname(path), octets))


def _body(package: Package, node: Node) -> Body:
    root = package.find(node.content("DocRoot"))
    listed = node.content("Signatures")
    if not listed:
        return Body(root, None, ())
    path = package.find(listed, posixpath.dirname(root or ""))
    if path is None:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("缺少签名列表"))
    entries = xml.parse(package.read(path)).all("Signature")
    if len(entries) > MOST_SIGNATURES:
        raise HelperError(Code.TOO_LARGE, tr("文档中的签名太多"))
    return Body(root, path, tuple(_entry(package, posixpath.dirname(path), each) for each in entries))


def _entry(package: Package, base: str, node: Node) -> Entry:
    # the standard's default for Type is Seal
    sealed = node.attributes.get("Type", "Seal").lower() != "sign"
    return Entry(node.attributes.get("ID", ""), sealed, package.find(node.attributes.get("BaseLoc", ""), base))


def _description(package: Package, base: str, octets: bytes) -> Description:
    root = xml.parse(octets)
    info = root.only("SignedInfo")
    if root.name != "Signature" or info is None:
        raise ValueError("not a signature")
    references, provider, seal = info.only("References"), info.only("Provider"), info.only("Seal")
    listed = references.all("Reference") if references else []
    if len(listed) > MOST_REFERENCES:
        raise HelperError(Code.TOO_LARGE, tr("签名保护的文件太多"))
    return Description(
        octets=octets,
        method=references.attributes.get("CheckMethod", "") if references else "",
        references=tuple(_reference(package, base, node) for node in listed),
        stamps=tuple(map(_stamp, info.all("StampAnnot"))),
        seal_path=_found(package, seal.content("BaseLoc") if seal else "", base, _SEAL_NAME),
        value_path=_found(package, root.content("SignedValue"), base, *_VALUE_NAMES),
        provider=provider.attributes.get("ProviderName", "") if provider else "",
        signed_at=written_moment(info.content("SignatureDateTime")[:64]),
    )


def _found(package: Package, written: str, base: str, *usual: str) -> str | None:
    """Where it is written to be, else by its usual name in the folder: some makers write the path wrong."""
    places = [written] if written else []
    places += [f"/{base}/{name}" for name in usual]
    return next((path for place in places if (path := package.find(place, base))), None)


def _reference(package: Package, base: str, node: Node) -> Reference:
    written = node.attributes.get("FileRef", "")
    return Reference(written, package.find(written, base), _decoded(node.content("CheckValue")))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _stamp(node: Node) -> Stamp:
    return Stamp(*(node.attributes.get(name, "") for name in ("PageRef", "Boundary", "Clip")))


def _told(path: str, read: Callable[[], Found]) -> Found:
    try:
        return read()
    except ValueError as problem:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("{path} 内容有错误").format(path=path[:200])) from problem
