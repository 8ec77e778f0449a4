"""The assistant's further operations, in groups; what few calls need is imported when the first one comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor

if TYPE_CHECKING:
    from hebca_helper.assistant.files.encrypting import Files
    from hebca_helper.assistant.key.blind_sealing import BlindSealing
    from hebca_helper.assistant.key.bundles import Bundles
    from hebca_helper.assistant.key.data_objects import DataObjects
    from hebca_helper.assistant.key.decryption import Decryption
    from hebca_helper.assistant.key.devices import Devices
    from hebca_helper.assistant.key.documents import Documents
    from hebca_helper.assistant.key.key_pairs import KeyPairs
    from hebca_helper.assistant.key.online import OnlineReset
    from hebca_helper.assistant.key.web_eid import WebEid
    from hebca_helper.assistant.login.pin_guard import PinGuard
    from hebca_helper.assistant.sites.origins import OriginBook
    from hebca_helper.assistant.stamping.local_documents import LocalDocuments
    from hebca_helper.assistant.stamping.sealing import Stamping
    from hebca_helper.assistant.stamping.seals import Seals
    from hebca_helper.assistant.stamping.views import DocumentViews
    from hebca_helper.issuer.client import IssuerClient


def no_issuer() -> IssuerClient:
    """A client that calls nobody."""
    from hebca_helper.issuer.client import IssuerClient

    return IssuerClient()


class OperationGroups:
    _parts: Parts
    _authorities: AuthoritiesFor
    _guard: PinGuard
    origins: OriginBook
    _issuer: Callable[[], IssuerClient]

    @cached_property
    def bundles(self) -> Bundles:
        from hebca_helper.assistant.key.bundles import Bundles

        return Bundles(self._parts, self.documents)

    @cached_property
    def web_eid(self) -> WebEid:
        from hebca_helper.assistant.key.web_eid import WebEid

        return WebEid(self._parts)

    @cached_property
    def devices(self) -> Devices:
        from hebca_helper.assistant.key.devices import Devices

        return Devices(self._parts)

    @cached_property
    def documents(self) -> Documents:
        from hebca_helper.assistant.key.documents import Documents

        return Documents(self._parts)

    @cached_property
    def blind_sealing(self) -> BlindSealing:
        from hebca_helper.assistant.key.blind_sealing import BlindSealing

        return BlindSealing(self._parts, self.origins)

    @cached_property
    def decryption(self) -> Decryption:
        from hebca_helper.assistant.key.decryption import Decryption

        return Decryption(self._parts)

    @cached_property
    def data(self) -> DataObjects:
        from hebca_helper.assistant.key.data_objects import DataObjects

        return DataObjects(self._parts)

    @cached_property
    def key_pairs(self) -> KeyPairs:
        from hebca_helper.assistant.key.key_pairs import KeyPairs

        return KeyPairs(self._parts)

    @cached_property
    def files(self) -> Files:
        from hebca_helper.assistant.files.encrypting import Files

        return Files(self._parts)

    @cached_property
    def online(self) -> OnlineReset:
        from hebca_helper.assistant.key.online import OnlineReset

        return OnlineReset(self._parts, self._guard, self._issuer())

    @cached_property
    def seals(self) -> Seals:
        from hebca_helper.assistant.stamping.seals import Seals

        return Seals(self._parts, self._authorities)

    @cached_property
    def local_documents(self) -> LocalDocuments:
        from hebca_helper.assistant.stamping.local_documents import LocalDocuments

        return LocalDocuments(self._parts, self.stamping, self._authorities)

    @cached_property
    def stamping(self) -> Stamping:
        from hebca_helper.assistant.stamping.sealing import Stamping

        return Stamping(self._parts, self.seals, self._authorities)

    @cached_property
    def document_views(self) -> DocumentViews:
        from hebca_helper.assistant.stamping.views import DocumentViews

        return DocumentViews(self._parts, self._authorities)
