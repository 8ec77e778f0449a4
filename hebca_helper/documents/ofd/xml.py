"""XML of OFD documents as a small tree. No document types, so no entities and nothing from outside; limits on size.

Names are local: makers write the namespace with and without prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

LARGEST_XML = 16 * 1024 * 1024
DEEPEST = 64
MOST_NODES = 200_000
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "utf-16": "utf-16"}


@dataclass(slots=True)
class Node:
    """An element: local name, attributes by local name, own text, and the elements in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """The elements directly inside that bear this name."""
        return [child for child in self.children if child.name == name]

    def only(self, name: str) -> Node | None:
        """The one element directly inside of this name. ValueError for two: readers would choose differently."""
        found = self.all(name)
        if len(found) > 1:
            raise ValueError(f"{name} occurs twice")
        return found[0] if found else None

    def content(self, name: str) -> str:
        """The text of that element, "" without one. ValueError."""
        found = self.only(name)
        return found.text if found else ""

    def walk(self) -> Iterator[Node]:
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)


def parse(data: bytes) -> Node:
    """The root element. HelperError(DOCUMENT_UNREADABLE)."""
    try:
        return _Builder().build(decoded(data))
    except (expat.ExpatError, ValueError) as problem:
        raise HelperError(Code.DOCUMENT_UNREADABLE, tr("文档内的 XML 有错误")) from problem


def decoded(data: bytes) -> str:
    """The text of a file. ValueError."""
    if len(data) > LARGEST_XML:
        raise ValueError("too large")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    declared = _DECLARED.match(data)
    encoding = _ENCODINGS.get(declared[1].decode("ascii").lower(), "utf-8") if declared else "utf-8"
    return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)


class _Builder:
    def __init__(self) -> None:
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._root: Node | None = None
        self._nodes = 0

    def build(self, text: str) -> Node:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text, True)
        if self._root is None:
            raise ValueError("no element")
        return self._root

    def _doctype(self, *_: object) -> None:
        raise ValueError("document types are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(self._open) >= DEEPEST:
            raise ValueError("too many elements")
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)
        self._texts.append([])

    def _end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
