"""Failures as HTTP has them: the status that goes with each code of the one table, and the body that says it."""

from __future__ import annotations

from http import HTTPStatus

from hebca_helper.bridge.https.shapes import ShapeError
from hebca_helper.errors import Code, HelperError

_STATUSES: dict[Code, HTTPStatus] = {
    Code.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Code.UNKNOWN_FUNCTION: HTTPStatus.NOT_FOUND,
    Code.NOT_SUPPORTED: HTTPStatus.NOT_IMPLEMENTED,
    Code.DENIED_BY_POLICY: HTTPStatus.FORBIDDEN,
    Code.PERSON_NEEDED: HTTPStatus.FORBIDDEN,
    Code.PRACTICE_ONLY: HTTPStatus.FORBIDDEN,
    Code.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Code.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Code.EXECUTION_FAILED: HTTPStatus.INTERNAL_SERVER_ERROR,
    Code.SERVICE_STOPPING: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.TOKEN_BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.MODULE_CRASHED: HTTPStatus.BAD_GATEWAY,
    Code.MODULE_NOT_LOADED: HTTPStatus.BAD_GATEWAY,
    Code.TOKEN_FAILURE: HTTPStatus.BAD_GATEWAY,
    Code.KEY_MISMATCH: HTTPStatus.BAD_GATEWAY,
    Code.MODULE_TIMEOUT: HTTPStatus.GATEWAY_TIMEOUT,
    Code.DOCUMENT_HOST_FAILED: HTTPStatus.BAD_GATEWAY,
    Code.LOGIN_LIKE_CONTENT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.DOCUMENT_LIKE_CONTENT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.DECRYPTION_FAILED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.MESSAGE_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.CERTIFICATE_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.SEAL_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.DOCUMENT_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.SIGNATURE_WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
}
RETRY_AFTER = 5
"""Seconds that a page should wait after TOO_MANY (RFC 9110, section 10.2.3)."""


class HttpError(HelperError):
    """A failure of the request as HTTP has it, with a status of its own."""

    def __init__(self, code: Code, status: HTTPStatus) -> None:
        super().__init__(code)
        self.status = status


def status_of(problem: HelperError) -> HTTPStatus:
    """The rest is how things are at this moment (no USBKEY, the person cancelled): 409, conflict."""
    if isinstance(problem, HttpError):
        return problem.status
    return _STATUSES.get(problem.code, HTTPStatus.CONFLICT)


def fields_of(problem: HelperError) -> dict[str, object]:
    """Never its detail, which may hold a file name or a page's text; but where the request does not fit the document."""
    told = {"code": problem.code, "number": problem.number, "text": problem.text, "remedy": problem.remedy}
    return {"error": told | ({"detail": problem.detail} if isinstance(problem, ShapeError) else {})}
