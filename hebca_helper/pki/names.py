"""Distinguished names: their texts in issue order, and the item index that portal pages use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der

COMMON_NAME = "2.5.4.3"
ORGANISATION = "2.5.4.10"
GIVEN_NAME = "2.5.4.42"


class _Item(NamedTuple):
    """A row of the item index: attribute type, label in DN texts, and further names a page may use (lower case)."""

    oid: str
    label: str
    names: tuple[str, ...] = ()


ITEMS: tuple[_Item, ...] = (
    _Item(COMMON_NAME, "CN", ("commonname",)),
    _Item("2.5.4.6", "C", ("country", "countryname")),
    _Item(ORGANISATION, "O", ("organization", "organizationname")),
    _Item("2.5.4.11", "OU", ("organizationalunit", "organizationalunitname")),
    _Item("2.5.4.8", "ST", ("s", "state", "stateorprovincename")),
    _Item("2.5.4.7", "L", ("locality", "localityname")),
    _Item("1.2.840.113549.1.9.1", "E", ("email", "emailaddress")),
    _Item(GIVEN_NAME, "G", ("gn", "givenname")),
    _Item("2.5.4.1", "Alias"),
    _Item("2.5.4.12", "T", ("title",)),
    _Item("2.5.4.4", "SN", ("surname",)),
    _Item("2.5.4.43", "Initials"),
    _Item("2.5.4.16", "PostalAddress"),
    _Item("2.5.4.17", "PostalCode"),
    _Item("2.5.4.18", "PostalOfficeBox", ("postofficebox",)),
    _Item("2.5.4.20", "Phone", ("telephonenumber",)),
    _Item("", ""),
    _Item("", ""),
    _Item("", ""),
    _Item("1.2.156.112586.1.6", ""),
)
"""DN item index 0..19 of the HEBCA interface (resources/protocol.md, section 2 "DN item index"), as attribute types of
ITU-T X.520 and PKCS#9. 16 to 18 are local-tax items whose object identifiers were never published; 19 is the
national tax number."""

WHOLE_NAME = "dn"
_BY_NAME: dict[str, _Item] = {name: item for item in ITEMS for name in (item.label.lower(), *item.names) if name} | {
    str(index): item for index, item in enumerate(ITEMS)
}
_LABELS: dict[str, str] = {item.oid: item.label for item in ITEMS if item.label} | {
    "2.5.4.5": "serialNumber",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_ESCAPED = frozenset(',+"\\<>;')


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name. `der` is the whole Name element; `relative` holds its RDNs, each of one or more
    (oid, text)."""

    der: bytes
    relative: tuple[tuple[tuple[str, str], ...], ...]

    @classmethod
    def parse(cls, encoded: bytes) -> Name:
        """From a DER Name (RFC 5280, 4.1.2.4). ValueError when it is none."""
        return cls(encoded, tuple(_relative(rdn) for rdn in der.inside(encoded, der.SEQUENCE)))

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Every (oid, text) in issue order, multi-valued RDNs flattened."""
        return tuple(item for rdn in self.relative for item in rdn)

    def same(self, other: Name) -> bool:
        """Whether both say the same, whatever string types they use (RFC 5280, 7.1; letter case counts here)."""
        return self.relative == other.relative

    def first(self, oid: str) -> str:
        """The first text of that attribute type, or ""."""
        return next((text for item_oid, text in self.items if item_oid == oid), "")

    @property
    def text(self) -> str:
        """For people: last RDN first and escaped as in RFC 4514, unknown types by their dotted number."""
        return ",".join("+".join(_shown(*item) for item in rdn) for rdn in reversed(self.relative))

    def item(self, item: int | str) -> str:
        """DN item by index 0..19, its decimal text, or a name in any case; "" when the certificate has none.

        HelperError(BAD_REQUEST) for an index or a name that does not exist.
        """
        key = str(item) if isinstance(item, int) else item.strip().lower()
        if key == WHOLE_NAME:
            return self.text
        found = _BY_NAME.get(key)
        if found is None:
            raise HelperError(Code.BAD_REQUEST)
        return self.first(found.oid) if found.oid else ""


def _relative(element: der.Element) -> tuple[tuple[str, str], ...]:
    return tuple(_item(pair) for pair in der.children(der.expect(element, der.SET).content))


def _item(element: der.Element) -> tuple[str, str]:
    parts = list(der.children(der.expect(element, der.SEQUENCE).content))
    if len(parts) != 2:
        raise ValueError("a name item is a type and a value")
    return der.object_identifier(der.expect(parts[0], der.OID).content), _value(parts[1])


def _value(element: der.Element) -> str:
    """The value's text; a PostalAddress (X.520, 6.6.1) is a SEQUENCE of lines, joined by spaces."""
    if element.tag != der.SEQUENCE:
        return der.text(element)
    return " ".join(der.text(line) for line in der.children(element.content))


def _shown(oid: str, text: str) -> str:
    escaped = "".join("\\" + character if character in _ESCAPED else character for character in text)
    if text[:1] in (" ", "#"):
        escaped = "\\" + escaped
    if len(text) > 1 and text.endswith(" "):
        escaped = escaped[:-1] + "\\ "
    return f"{_LABELS.get(oid, oid)}={escaped}"
