"""What of an OFD package a signature covers, and what it leaves open (GB/T 33190-2016, 7.3 and 18)."""

from __future__ import annotations

import hashlib
import hmac
import posixpath
import re
from collections.abc import Sequence

from hebca_helper.documents.ofd import layout, xml
from hebca_helper.documents.ofd.layout import Body, Description, Entry, Reference
from hebca_helper.documents.ofd.package import Digest, Package
from hebca_helper.errors import HelperError
from hebca_helper.pki.sm3 import sm3

_INTEGRITY_FILES = frozenset({"ofdentries.xml", "signedvalue.dat"})
"""GM/T 0099-2020: protection of the package as a whole (`integrity`), made after all signatures."""
_PLAIN_NAME = re.compile(r"[\w.-]+")
_MOST_LOOSE = 100
_MOST_SEARCHED = 2 * 1024 * 1024 * 1024
"""Characters looked through for names; over it every name counts as found."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


_METHODS: dict[str, Digest] = {
    "SM3": sm3,
    "1.2.156.10197.1.401": sm3,
    "1.2.156.10197.1.401.1": sm3,
    "1.2.156.10197.1.401.2": sm3,
    "SHA256": _sha256,
    "2.16.840.1.101.3.4.2.1": _sha256,
    "SHA384": lambda data: hashlib.sha384(data).digest(),
    "2.16.840.1.101.3.4.2.2": lambda data: hashlib.sha384(data).digest(),
    "SHA512": lambda data: hashlib.sha512(data).digest(),
    "2.16.840.1.101.3.4.2.3": lambda data: hashlib.sha512(data).digest(),
    "SHA1": _sha1,
    "1.3.14.3.2.26": _sha1,
    "MD5": _md5,
    "1.2.840.113549.2.5": _md5,
}
"""CheckMethod as makers write it: names without dashes, or object identifiers."""
_PROVE_NOTHING = frozenset({"MD5", "1.2.840.113549.2.5"})
"""The standard's default. It tells that a file changed, and no longer that it did not."""
_GUESSED: tuple[Digest, ...] = (sm3, _sha256)
"""Where CheckMethod says nothing known: a digest of a strong kind that fits cannot be chance."""


class Cover:
    """Judges each signature's list of digests. Descriptions and names are looked up once, however many signatures there are."""

    def __init__(self, package: Package, bodies: Sequence[Body]) -> None:
        self._package = package
        self._bodies = bodies
        self._described: dict[str, Description | HelperError] = {}
        self._altered: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._unprotected: dict[tuple[int, str], tuple[str, ...]] = {}
        self._texts: list[bytes | None] | None = None
        self._named: dict[str, bool] = {}
        self._left = _MOST_SEARCHED
        self._machinery = self._files_of_signatures()

    def description(self, path: str) -> Description:
        """HelperError(DOCUMENT_UNREADABLE), TOO_LARGE."""
        if path not in self._described:
            try:
                self._described[path] = layout.description(self._package, path)
            except HelperError as problem:
                self._described[path] = problem
        found = self._described[path]
        if isinstance(found, HelperError):
            raise found
        return found

    def altered(self, path: str, described: Description) -> tuple[tuple[str, ...], bool]:
        """Protected files that are not as they were, and whether all could be checked."""
        if path not in self._altered:
            self._altered[path] = self._compared(described)
        return self._altered[path]

    def unprotected(self, body: Body, path: str, described: Description) -> tuple[str, ...]:
        """Files that belong to this body's document, that the signature does not cover, and that a reader may come to.

        OFD.xml may change as long as the document that it leads to is covered. Everything in an OFD is found by its name
        in some XML file (GB/T 33190, 7.3), so what no file names is never shown.
        """
        if (id(body), path) not in self._unprotected:
            self._unprotected[id(body), path] = self._left_open(body, described)
        return self._unprotected[id(body), path]

    def _left_open(self, body: Body, described: Description) -> tuple[str, ...]:
        covered = {each.path for each in described.references}
        others = [posixpath.dirname(other.root) + "/" for other in self._bodies if other is not body and other.root]
        own = posixpath.dirname(body.root or "") + "/"
        elsewhere = tuple(folder for folder in others if folder not in ("/", own))
        loose = [
            name
            for name in self._package.names
            if name not in covered and name not in self._machinery and not (elsewhere and name.startswith(elsewhere))
        ]
        if len(loose) <= _MOST_LOOSE:
            loose = [name for name in loose if self._is_named(name)]
        if body.root is None:
            loose.insert(0, "DocRoot")
        return tuple(loose)

    def _compared(self, described: Description) -> tuple[tuple[str, ...], bool]:
        name = described.method.strip().upper().replace("-", "").replace("_", "")
        method, proves = _METHODS.get(name), name not in _PROVE_NOTHING
        if method is None:
            method = next((each for each in _GUESSED if self._all_intact(described, each)), None)
        if method is None:
            return tuple(each.written for each in described.references if each.path is None), False
        altered = tuple(each.written for each in described.references if not self._intact(each, method))
        return altered, proves and bool(described.references)

    def _all_intact(self, described: Description, method: Digest) -> bool:
        return all(self._intact(each, method) for each in described.references)

    def _intact(self, reference: Reference, method: Digest) -> bool:
        if reference.path is None or reference.digest is None:
            return False
        return hmac.compare_digest(self._package.digest(reference.path, method), reference.digest)

    def _is_named(self, name: str) -> bool:
        """Whether its own name stands in a file of the package. Names that XML could write in several ways count as found."""
        plain = posixpath.basename(name).lower()
        if plain not in self._named:
            self._named[plain] = not _PLAIN_NAME.fullmatch(plain) or self._stands_somewhere(plain)
        return self._named[plain]

    def _stands_somewhere(self, plain: str) -> bool:
        if self._texts is None:
            self._texts = [_folded_text(self._package, each) for each in self._package.names]
        self._left -= sum(len(text) for text in self._texts if text is not None)
        return self._left < 0 or any(text is None or plain.encode("utf-8", "replace") in text for text in self._texts)

    def _files_of_signatures(self) -> frozenset[str]:
        """Files that hold signatures, and so cannot all be covered by each other."""
        names = {"OFD.xml", self._package.find("/OFD.xml")}
        names |= {name for name in self._package.names if name.lower() in _INTEGRITY_FILES}
        for body in self._bodies:
            names.add(body.list_path)
            for entry in body.entries:
                names |= {entry.path, *self._own_files(entry)}
        roots = {body.root for body in self._bodies}
        return frozenset(name for name in names if name and name not in roots)

    def _own_files(self, entry: Entry) -> set[str | None]:
        try:
            described = self.description(entry.path) if entry.path else None
        except HelperError:
            return set()
        return {described.value_path, described.seal_path} if described else set()


def _folded_text(package: Package, name: str) -> bytes | None:
    """None for a file that may name anything: one that cannot be read, or that writes letters as numbers. Pictures are not
    decoded: of a large one that takes a minute and four times its memory."""
    try:
        content = package.read(name)
        if not name.lower().endswith(".xml"):
            return content.lower()
        text = xml.decoded(content)
    except (ValueError, HelperError):
        return None
    return None if "&#" in text else text.lower().encode("utf-8", "replace")
