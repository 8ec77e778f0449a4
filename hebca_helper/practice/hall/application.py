"""The hall as one ASGI application."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hebca_helper.places import shipped
from hebca_helper.practice.hall import calls, pages
from hebca_helper.practice.hall.guards import Guard
from hebca_helper.practice.hall.services import Services
from hebca_helper.practice.hall.visits import Call, Page, call, page

_PAGES: dict[str, Page] = {
    "/": pages.start,
    "/login": pages.login,
    "/register": pages.register,
    "/help": pages.help_page,
    "/phone": pages.telephone,
    "/home": pages.home,
    "/bind/unit": pages.bind_unit,
    "/bind/ca": pages.bind_ca,
    "/captcha.svg": pages.captcha_picture,
}
_CALLS: dict[str, Call] = {
    "/api/register/code": calls.send_registration_code,
    "/api/register": calls.register,
    "/api/login": calls.login_with_password,
    "/api/logout": calls.logout,
    "/api/bind/unit": calls.bind_unit,
    "/api/bind/certificate": calls.bind_certificate,
    "/api/unbind/certificate": calls.unbind_certificate,
    "/api/challenge": calls.challenge,
    "/api/ca/login": calls.login_with_certificate,
    "/api/ca/code": calls.send_login_code,
    "/api/ca/confirm": calls.confirm_login,
    "/api/unit/login": calls.login_as_unit,
    "/api/unit/bind": calls.bind_former_user,
    "/api/whoami": calls.whoami,
    "/api/phone/messages": calls.messages,
}


def application(services: Services, origin: Callable[[], str]) -> ASGIApp:
    """`origin()` is asked at each request: with port 0 it is known only when the hall listens."""
    routes: list[BaseRoute] = [Route(path, page(services, handler)) for path, handler in _PAGES.items()]
    routes += [Route(path, call(services, handler), methods=["POST"]) for path, handler in _CALLS.items()]
    routes.append(Mount("/static", StaticFiles(directory=shipped("resources", "hall", "static"))))
    return Guard(Starlette(routes=routes), origin)
