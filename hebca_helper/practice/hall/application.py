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
from hebca_helper.practice.hall.materials import calls as materials
from hebca_helper.practice.hall.services import Services
from hebca_helper.practice.hall.visits import Call, File, Page, call, file, page

_PAGES: dict[str, Page] = {
    "/": pages.start,
    "/login": pages.login,
    "/register": pages.register,
    "/help": pages.help_page,
    "/phone": pages.telephone,
    "/home": pages.home,
    "/bind/unit": pages.bind_unit,
    "/bind/ca": pages.bind_ca,
    "/examples": pages.examples,
    "/business": pages.business,
    "/scan": pages.scan,
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
    "/api/ca/token": calls.login_with_token,
    "/api/ca/code": calls.send_login_code,
    "/api/ca/confirm": calls.confirm_login,
    "/api/unit/login": calls.login_as_unit,
    "/api/unit/bind": calls.bind_former_user,
    "/api/whoami": calls.whoami,
    "/api/phone/messages": calls.messages,
    "/api/materials": materials.overview,
    "/api/materials/person": materials.add_person,
    "/api/materials/clear": materials.clear,
    "/api/materials/register": materials.make_register,
    "/api/materials/scans": materials.make_person_papers,
    "/api/materials/paper": materials.paper_content,
    "/api/materials/progress": materials.upload_progress,
    "/api/materials/piece": materials.upload_piece,
    "/api/materials/counter": materials.submit_without_seal,
}
_FILES: dict[str, File] = {"/paper/{number:int}.pdf": materials.paper, "/receipt/{number:int}.pdf": materials.receipt}


def application(services: Services, origin: Callable[[], str]) -> ASGIApp:
    """`origin()` is asked at each request: with port 0 it is known only when the hall listens."""
    routes: list[BaseRoute] = [Route(path, page(services, handler)) for path, handler in _PAGES.items()]
    routes += [Route(path, call(services, handler), methods=["POST"]) for path, handler in _CALLS.items()]
    routes += [Route(path, file(services, handler)) for path, handler in _FILES.items()]
    routes.append(Mount("/sdk", StaticFiles(directory=shipped("resources", "sdk"))))
    routes.append(Mount("/static", StaticFiles(directory=shipped("resources", "hall", "static"))))
    return Guard(Starlette(routes=routes), origin)
