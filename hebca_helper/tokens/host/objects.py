"""Certificates and data objects of a token, through an open session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Certificate as Structure
from pkcs11 import Attribute, CertificateType, Object, ObjectClass, Session
from pkcs11.exceptions import PKCS11Error

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import DataObject, TokenCertificate

LARGEST_OBJECT = 8 * 1024 * 1024
"""Bytes of one object's value that are read or written."""


def certificates(session: Session, token_id: str) -> list[TokenCertificate]:
    """All X.509 certificate objects. A key is paired by CKA_ID, else by its public numbers: some vendors' tools give
    certificate and key different ids, and then the key's id is what the caller needs."""
    keys = _Keys(session)
    found = []
    for item in _objects(session, ObjectClass.CERTIFICATE, {Attribute.CERTIFICATE_TYPE: CertificateType.X_509}):
        der = _value(item)
        if not der:
            continue
        own = _attribute(item, Attribute.ID, b"")
        key_id = own if own and own in keys.ids else keys.matching(der)
        label = _attribute(item, Attribute.LABEL, "")
        found.append(TokenCertificate(token_id, der, own if key_id is None else key_id, label, key_id is not None))
    return found


class _Keys:
    """Ids of the private keys one can see (after login), else of the public ones; numbers are read only when needed."""

    def __init__(self, session: Session) -> None:
        self._private = list(_objects(session, ObjectClass.PRIVATE_KEY, {}))
        self._public = list(_objects(session, ObjectClass.PUBLIC_KEY, {}))
        self.ids = {_attribute(key, Attribute.ID, b"") for key in (self._private or self._public)}

    def matching(self, der: bytes) -> bytes | None:
        """CKA_ID of the key with the certificate's modulus or point."""
        return self.matching_number(_certificate_number(der))

    def matching_number(self, number: bytes | None) -> bytes | None:
        """CKA_ID of the key with this modulus or point."""
        if number is None:
            return None
        for key in (*self._private, *self._public):
            if number in (_attribute(key, Attribute.MODULUS, b""), _point(key)):
                key_id: bytes = _attribute(key, Attribute.ID, b"")
                if key_id in self.ids:
                    return key_id
        return None


def matching_key(session: Session, spki: bytes) -> bytes:
    """CKA_ID of the private key with this public key's numbers; for a login's session. Raises NO_PRIVATE_KEY."""
    key_id = _Keys(session).matching_number(_key_number(lambda: PublicKeyInfo.load(spki)))
    if key_id is None:
        raise HelperError(Code.NO_PRIVATE_KEY)
    return key_id


def _certificate_number(der: bytes) -> bytes | None:
    return _key_number(lambda: Structure.load(der).public_key)


def _key_number(load: Callable[[], PublicKeyInfo]) -> bytes | None:
    """The modulus or the raw point of a public key; None for what cannot be read."""
    try:
        key = load()
        if key.algorithm == "rsa":
            number: int = key["public_key"].parsed["modulus"].native
            return number.to_bytes((number.bit_length() + 7) // 8, "big")
        return bytes(key["public_key"].native)
    except (ValueError, TypeError, KeyError, AttributeError, UnicodeError):
        return None


def _point(key: Object) -> bytes:
    """CKA_EC_POINT without its OCTET STRING header (PKCS#11 v2.40 curr, section 2.3.3; some libraries leave it out)."""
    point: bytes = _attribute(key, Attribute.EC_POINT, b"")
    return point[2:] if point[:1] == b"\x04" and point[1:2] == bytes([len(point) - 2]) else point


def write_certificate(session: Session, der: bytes, key_id: bytes, label: str) -> None:
    """A certificate object beside the key of this id. Raises CERTIFICATE_UNREADABLE."""
    _check_size(der)
    try:
        body = Structure.load(der, strict=True)["tbs_certificate"]
        names = {
            Attribute.SUBJECT: body["subject"].dump(),
            Attribute.ISSUER: body["issuer"].dump(),
            Attribute.SERIAL_NUMBER: body["serial_number"].dump(),
        }
    except (ValueError, TypeError, KeyError) as problem:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, type(problem).__name__) from None
    session.create_object({
        Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True, Attribute.PRIVATE: False, Attribute.LABEL: label, Attribute.ID: key_id,
        Attribute.VALUE: der, **names,
    })  # fmt: skip


def delete_certificate(session: Session, der: bytes) -> None:
    """Raises NO_CERTIFICATE."""
    doomed = [item for item in _objects(session, ObjectClass.CERTIFICATE, {}) if _value(item) == der]
    if not doomed:
        raise HelperError(Code.NO_CERTIFICATE)
    for item in doomed:
        item.destroy()


def data_objects(session: Session, token_id: str, private: bool) -> list[DataObject]:
    """Data objects whose CKA_PRIVATE is `private`, and no others."""
    return [
        DataObject(
            token_id, _attribute(item, Attribute.LABEL, ""), private, len(_attribute(item, Attribute.VALUE, b""))
        )
        for item in _data(session, private)
    ]


def read_data(session: Session, label: str, private: bool) -> bytes:
    """Value of the first such object. Raises DATA_OBJECT_MISSING, TOO_LARGE."""
    return _value(_named(session, label, private)[0])


def write_data(session: Session, label: str, private: bool, value: bytes) -> None:
    """Create or replace. The new object is there before the old one goes: a pulled token loses neither."""
    _check_size(value)
    old = [item for item in _data(session, private) if _attribute(item, Attribute.LABEL, "") == label]
    session.create_object({
        Attribute.CLASS: ObjectClass.DATA, Attribute.TOKEN: True, Attribute.PRIVATE: private,
        Attribute.LABEL: label, Attribute.VALUE: value,
    })  # fmt: skip
    for item in old:
        item.destroy()


def delete_data(session: Session, label: str, private: bool) -> None:
    """Raises DATA_OBJECT_MISSING."""
    for item in _named(session, label, private):
        item.destroy()


def _named(session: Session, label: str, private: bool) -> list[Object]:
    found = [item for item in _data(session, private) if _attribute(item, Attribute.LABEL, "") == label]
    if not found:
        raise HelperError(Code.DATA_OBJECT_MISSING)
    return found


def _data(session: Session, private: bool) -> list[Object]:
    """The library is asked for these only, and what it gives is looked at again: not every library honours a template."""
    found = _objects(session, ObjectClass.DATA, {Attribute.PRIVATE: private})
    return [item for item in found if bool(_attribute(item, Attribute.PRIVATE, True)) is private]


def _objects(session: Session, kind: ObjectClass, more: dict[Attribute, Any]) -> Iterator[Object]:
    # A list, not the generator: only one search may be open in a session.
    return iter(list(session.get_objects({Attribute.CLASS: kind, Attribute.TOKEN: True, **more})))


def _attribute(item: Object, name: Attribute, missing: Any) -> Any:
    """The attribute, or `missing` when this library does not have or not tell it."""
    with suppress(PKCS11Error, ValueError, KeyError, IndexError):
        return item[name]
    return missing


def _value(item: Object) -> bytes:
    value = bytes(_attribute(item, Attribute.VALUE, b""))
    _check_size(value)
    return value


def _check_size(value: bytes) -> None:
    if len(value) > LARGEST_OBJECT:
        raise HelperError(Code.TOO_LARGE, str(len(value)))
