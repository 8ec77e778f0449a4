"""Certificates and data objects of a token, through an open session."""

from __future__ import annotations

from contextlib import suppress

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.structure import read_certificate
from hebca_helper.tokens.host.cryptoki import LARGEST_OBJECT, X_509, Attribute, ObjectClass, Session, flag, number
from hebca_helper.tokens.host.keys import visible_keys
from hebca_helper.tokens.host.roster import lenient_text
from hebca_helper.tokens.model import DataObject, TokenCertificate


def certificates(session: Session, token_id: str) -> list[TokenCertificate]:
    """All X.509 certificate objects; one whose value is not told has no octets. A key is paired by its numbers, else by
    CKA_ID: some vendors' tools give certificate and key different ids, and then the key's id is what the caller needs."""
    keys = visible_keys(session)
    found = []
    for item in _objects(session, ObjectClass.CERTIFICATE):
        if session.get(item, Attribute.CERTIFICATE_TYPE) not in (number(X_509), b"", None):
            continue
        encoded, own = _encoded(session, item), session.get(item, Attribute.ID) or b""
        key = keys.of(_spki(encoded), own)
        key_id = key.id if key else own
        found.append(TokenCertificate(token_id, encoded, key_id, _label(session, item), bool(key) or keys.hidden))
    return found


def _encoded(session: Session, item: int) -> bytes:
    """The certificate without what some tokens add behind it."""
    try:
        value = session.get(item, Attribute.VALUE) or b""
        return value[: der.read(value).end]
    except HelperError:
        return b""
    except ValueError:
        return value


def _spki(encoded: bytes) -> bytes:
    """SubjectPublicKeyInfo of a certificate, whatever else is wrong with it; b"" where there is none."""
    with suppress(ValueError, IndexError):
        body = der.inside(encoded, der.SEQUENCE)[0]
        fields = [field for field in der.children(body.content) if field.tag != 0xA0]
        return body.content[fields[5].start : fields[5].end]
    return b""


def write_certificate(session: Session, encoded: bytes, key_id: bytes, label: str) -> None:
    """A certificate object beside the key of this id. Raises CERTIFICATE_UNREADABLE."""
    _check_size(encoded)
    try:
        body = read_certificate(encoded)
    except ValueError as problem:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, type(problem).__name__) from None
    session.create({
        Attribute.CLASS: number(ObjectClass.CERTIFICATE), Attribute.CERTIFICATE_TYPE: number(X_509),
        Attribute.TOKEN: flag(True), Attribute.PRIVATE: flag(False),
        Attribute.LABEL: label.encode(), Attribute.ID: key_id, Attribute.VALUE: encoded,
        Attribute.SUBJECT: body.subject.der, Attribute.ISSUER: body.issuer.der,
        Attribute.SERIAL_NUMBER: der.wrap(der.INTEGER, body.serial),
    })  # fmt: skip


def delete_certificate(session: Session, encoded: bytes) -> None:
    """Raises NO_CERTIFICATE."""
    doomed = [item for item in _objects(session, ObjectClass.CERTIFICATE) if _encoded(session, item) == encoded]
    if not doomed:
        raise HelperError(Code.NO_CERTIFICATE)
    for item in doomed:
        session.destroy(item)


def data_objects(session: Session, token_id: str, private: bool) -> list[DataObject]:
    """Data objects whose CKA_PRIVATE is `private`, and no others."""
    return [
        DataObject(token_id, _label(session, item), private, len(session.get(item, Attribute.VALUE) or b""))
        for item in _data(session, private)
    ]


def read_data(session: Session, label: str, private: bool) -> bytes:
    """Value of the first such object. Raises DATA_OBJECT_MISSING, TOO_LARGE."""
    return session.get(_named(session, label, private)[0], Attribute.VALUE) or b""


def write_data(session: Session, label: str, private: bool, value: bytes) -> None:
    """Create or replace. The new object is there before the old one goes: a pulled token loses neither."""
    _check_size(value)
    old = [item for item in _data(session, private) if _label(session, item) == label]
    session.create({
        Attribute.CLASS: number(ObjectClass.DATA), Attribute.TOKEN: flag(True), Attribute.PRIVATE: flag(private),
        Attribute.LABEL: label.encode(), Attribute.VALUE: value,
    })  # fmt: skip
    for item in old:
        session.destroy(item)


def delete_data(session: Session, label: str, private: bool) -> None:
    """Raises DATA_OBJECT_MISSING."""
    for item in _named(session, label, private):
        session.destroy(item)


def _named(session: Session, label: str, private: bool) -> list[int]:
    found = [item for item in _data(session, private) if _label(session, item) == label]
    if not found:
        raise HelperError(Code.DATA_OBJECT_MISSING)
    return found


def _data(session: Session, private: bool) -> list[int]:
    """The library is asked for these only, and what it gives is looked at again: not every library honours a template."""
    found = session.find({
        Attribute.CLASS: number(ObjectClass.DATA), Attribute.TOKEN: flag(True), Attribute.PRIVATE: flag(private),
    })  # fmt: skip
    return [item for item in found if (session.get(item, Attribute.PRIVATE) != flag(False)) is private]


def _objects(session: Session, kind: ObjectClass) -> list[int]:
    return session.find({Attribute.CLASS: number(kind), Attribute.TOKEN: flag(True)})


def _label(session: Session, item: int) -> str:
    return lenient_text(session.get(item, Attribute.LABEL) or b"")


def _check_size(value: bytes) -> None:
    if len(value) > LARGEST_OBJECT:
        raise HelperError(Code.TOO_LARGE, str(len(value)))
