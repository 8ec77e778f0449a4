"""The API's operations, one row each: a new one needs a handler and a row, nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.https import handlers_certificates as certificates
from hebca_helper.bridge.https import handlers_crypto as crypto
from hebca_helper.bridge.https import handlers_seals as seals
from hebca_helper.bridge.https import handlers_service as service
from hebca_helper.bridge.https import handlers_signing as signing
from hebca_helper.bridge.https.call import Call, Ready
from hebca_helper.bridge.https.shapes import Object

__all__ = ["OPERATIONS", "ROWS", "Call", "Operation", "Ready"]

Handler = Callable[[Call, Mapping[str, Any]], Awaitable[Mapping[str, Any] | Ready]]
PREFIX = "/v1/"


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes` is the JSON body of a POST, `gives` that of the answer. A GET has no effect and takes nothing."""

    name: str
    risk: Risk
    handler: Handler
    gives: Object
    takes: Object = service.NOTHING
    method: str = "POST"
    form: bool = False
    """Whether the body may be `multipart/form-data` as well."""

    @property
    def path(self) -> str:
        return PREFIX + self.name


ROWS: tuple[Operation, ...] = (
    Operation("status", Risk.HARMLESS, service.status, service.STATUS, method="GET"),
    Operation("openapi.json", Risk.HARMLESS, service.openapi, service.OPENAPI, method="GET"),
    Operation("certificates", Risk.IDENTIFY, certificates.certificates, certificates.LIST, certificates.WANTED),
    Operation("choose", Risk.IDENTIFY, certificates.choose, certificates.CHOSEN, certificates.USAGE),
    Operation("login", Risk.LOGIN, signing.login, signing.TOKEN, signing.CHALLENGE),
    Operation("logout", Risk.LOGIN, service.logout, service.NOTHING),
    Operation("sign", Risk.SIGN, signing.sign, signing.SIGNATURES, signing.ITEMS),
    Operation("envelope", Risk.CRYPTO, crypto.envelope, crypto.MESSAGE, crypto.FOR_RECIPIENTS),
    Operation("open", Risk.DECRYPT, crypto.open_envelope, crypto.DATA, crypto.MESSAGE),
    Operation("seals", Risk.IDENTIFY, seals.seals, seals.SEALS),
    Operation("seal", Risk.SIGN, seals.seal, seals.SEALED, seals.DOCUMENT, form=True),
    Operation("check", Risk.HARMLESS, seals.check, seals.CHECKED, seals.ANY_DOCUMENT, form=True),
    Operation("change-pin", Risk.LOGIN, service.change_pin, service.NOTHING, certificates.ONE),
    Operation("cancel", Risk.HARMLESS, service.cancel, service.CANCELLED, service.REQUEST),
)

OPERATIONS: dict[str, Operation] = {row.path: row for row in ROWS}
DOCUMENTS = frozenset(row.path for row in ROWS if row.form)
"""What takes whole documents."""
