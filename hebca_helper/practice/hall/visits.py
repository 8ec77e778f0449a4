"""One request to the hall with its session, and the two kinds of handlers: pages (GET) and calls (JSON POST)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.services import Services
from hebca_helper.practice.hall.sessions import COOKIE, Session
from hebca_helper.practice.hall.store import Account
from hebca_helper.texts import tr

Answer = dict[str, Any]


@dataclass
class Visit:
    """`session` may be exchanged by the handler; the answer sets the cookie of the one it ends with."""

    services: Services
    session: Session
    body: Answer

    def text(self, name: str) -> str:
        """A text of the JSON body; "" when absent."""
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"), field=name)
        return value

    @property
    def account(self) -> Account | None:
        """Who is logged in."""
        return self.services.store.account(self.session.account)

    def need_account(self) -> Account:
        account = self.account
        if account is None:
            raise HallError(Reason.NOT_LOGGED_IN, tr("登录已超时，请重新登录"))
        return account


Page = Callable[[Visit], Response]
Call = Callable[[Visit], Awaitable[Answer]]
File = Callable[[Visit, int], Awaitable[bytes]]


def page(services: Services, handler: Page) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint for a page."""

    async def endpoint(request: Request) -> Response:
        visit = Visit(services, _session(services, request), {})
        return _with_cookie(visit, request, handler(visit))

    return endpoint


def file(services: Services, handler: File) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint for a PDF of the person who is logged in: shown in the browser, never kept by it."""

    async def endpoint(request: Request) -> Response:
        visit = Visit(services, _session(services, request), {})
        try:
            content = await handler(visit, request.path_params["number"])
        except HallError as refusal:
            return PlainTextResponse(refusal.text, 404)
        except HelperError as problem:
            return PlainTextResponse(f"{problem.text}。{problem.remedy}", 503)
        name = f"{request.path_params['number']}.pdf"
        headers = {"content-disposition": f'inline; filename="{name}"'}
        return Response(content, media_type="application/pdf", headers=headers)

    return endpoint


def call(services: Services, handler: Call) -> Callable[[Request], Awaitable[Response]]:
    """A Starlette endpoint for a call: `{"ok": true, …}`, or `{"ok": false, "reason", "message", "field", …}`.

    Both with status 200: the call was understood, its answer is no."""

    async def endpoint(request: Request) -> Response:
        visit = Visit(services, _session(services, request), {})
        try:
            visit.body = await _body(request)
            answer: Response = JSONResponse({"ok": True, **await handler(visit)})
        except HallError as refusal:
            answer = _refused(refusal)
        except HelperError as problem:  # the practice CA's files cannot be read, too many open challenges
            answer = _refused(HallError(Reason.OUT_OF_ORDER, f"{problem.text}。{problem.remedy}"))
        return _with_cookie(visit, request, answer)

    return endpoint


def _session(services: Services, request: Request) -> Session:
    return services.sessions.find(request.cookies.get(COOKIE)) or services.sessions.create()


async def _body(request: Request) -> Answer:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"))
    return body


def _refused(refusal: HallError) -> JSONResponse:
    content = {"ok": False, "reason": refusal.reason, "message": refusal.text, "field": refusal.field}
    if refusal.result is not None:
        content["result"] = refusal.result
    return JSONResponse(content)


def _with_cookie(visit: Visit, request: Request, answer: Response) -> Response:
    if request.cookies.get(COOKIE) != visit.session.id:
        answer.set_cookie(COOKIE, visit.session.id, httponly=True, samesite="strict", path="/")
    return answer
