"""The checks as JSON over HTTP, for a portal's server on the same machine. Not for browsers.

Every answer is 200 with `result` (relying_party.results.ResultCode) unless the request itself is no good (400, 403, 413).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.relying_party.login import LoginVerifier
from hebca_helper.relying_party.nonce import NonceBook
from hebca_helper.relying_party.results import LoginResult, challenge_wrong
from hebca_helper.relying_party.signed_data import SignedDataVerifier
from hebca_helper.relying_party.web_eid import WebEidVerifier

LARGEST_BODY = 24 * 1024 * 1024
"""Octets: 16 MiB of content in base64, and a little."""
LONGEST_SESSION = 256


@dataclass(frozen=True, slots=True)
class Verifiers:
    nonces: NonceBook
    login: LoginVerifier
    web_eid: WebEidVerifier
    signed_data: SignedDataVerifier


def application(verifiers: Verifiers, fresh: Callable[[], object] = lambda: None) -> Starlette:
    """`fresh` is called before every check, in a thread: for taking newer revocation lists."""
    checks = Checks(verifiers)

    def route(path: str, check: Callable[[dict[str, Any]], dict[str, Any]]) -> Route:
        async def answer(request: Request) -> Response:
            asked = await _asked(request)
            return JSONResponse(await run_in_threadpool(_checked, check, asked, fresh))

        return Route(path, answer, methods=["POST"])

    return Starlette(
        routes=[
            route("/v1/challenges", checks.challenge),
            route("/v1/logins/pkcs1", checks.pkcs1),
            route("/v1/logins/web-eid", checks.web_eid),
            route("/v1/signed-data", checks.signed_data),
        ],
        exception_handlers={HTTPException: _refused},
    )


class Checks:
    """One method a path: the request's JSON object in, the answer's out. HelperError(BAD_REQUEST)."""

    def __init__(self, verifiers: Verifiers) -> None:
        self._verifiers = verifiers

    def challenge(self, asked: dict[str, Any]) -> dict[str, Any]:
        """`session`: whatever names the browser's session at the portal."""
        return {"challenge": self._verifiers.nonces.issue(_text(asked, "session", LONGEST_SESSION))}

    def pkcs1(self, asked: dict[str, Any]) -> dict[str, Any]:
        certificate, signature = _octets(asked, "certificate"), _octets(asked, "signature")
        challenge = self._redeemed(asked)
        return _told(
            self._verifiers.login.check_pkcs1(challenge, certificate, signature) if challenge else challenge_wrong()
        )

    def web_eid(self, asked: dict[str, Any]) -> dict[str, Any]:
        token = asked.get("token")
        if not isinstance(token, dict):
            raise HelperError(Code.BAD_REQUEST, "token: an object is needed, as the page handed it in")
        challenge = self._redeemed(asked)
        return _told(self._verifiers.web_eid.check(token, challenge) if challenge else challenge_wrong())

    def signed_data(self, asked: dict[str, Any]) -> dict[str, Any]:
        detached = _octets(asked, "content") if "content" in asked else None
        found = self._verifiers.signed_data.check(_octets(asked, "message"), detached)
        times = [moment.isoformat() if moment else None for moment in found.signing_times]
        signers = [{**_told(signer), "signing_time": time} for signer, time in zip(found.signers, times, strict=True)]
        content = base64.b64encode(found.content).decode() if found.content is not None else None
        return {**_told(found.overall), "signers": signers, "content": content}

    def _redeemed(self, asked: dict[str, Any]) -> str:
        """The challenge, spent; empty when it is not this session's."""
        session, challenge = _text(asked, "session", LONGEST_SESSION), _text(asked, "challenge", LONGEST_SESSION)
        return challenge if self._verifiers.nonces.redeem(session, challenge) else ""


def _checked(
    check: Callable[[dict[str, Any]], dict[str, Any]], asked: dict[str, Any], fresh: Callable[[], object]
) -> dict[str, Any]:
    fresh()
    try:
        return check(asked)
    except HelperError as problem:
        # the reader is a portal's developer: which member is wrong, not what a person in front of a page could do
        said = "too many open challenges" if problem.code is Code.TOO_MANY else problem.detail
        raise HTTPException(503 if problem.code is Code.TOO_MANY else 400, said or str(problem)) from problem


async def _asked(request: Request) -> dict[str, Any]:
    """The JSON object asked. A page's request carries an Origin: this service is for servers only."""
    if "origin" in request.headers:
        raise HTTPException(403, "this service is not for browsers")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, "larger than 24 MiB")
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise HTTPException(400, "a JSON object is needed")
    return asked


async def _refused(_request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    detail = problem.detail if isinstance(problem, HTTPException) else ""
    return JSONResponse({"error": detail}, status)


def _told(found: LoginResult) -> dict[str, Any]:
    certificate = found.certificate
    return {
        "result": int(found.result),
        "accepted": found.accepted,
        "text": found.text,
        "certificate": _shown(certificate) if certificate else None,
    }


def _shown(certificate: Certificate) -> dict[str, Any]:
    return {
        "holder": certificate.holder,
        "unique_id": certificate.unique_id,
        "credit_code": certificate.credit_code,
        "issuer": certificate.issuer_name,
        "serial": certificate.serial_hex,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "fingerprint": certificate.fingerprint,
    }


def _text(asked: dict[str, Any], name: str, longest: int) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise HelperError(Code.BAD_REQUEST, f"{name}: a text of 1 to {longest} characters is needed")
    return value


def _octets(asked: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(asked, name, LARGEST_BODY), validate=True)
    except (binascii.Error, ValueError):
        raise HelperError(Code.BAD_REQUEST, f"{name}: base64 is needed") from None
