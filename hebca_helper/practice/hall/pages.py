"""The hall's pages: templates under resources/hall, filled with escaped texts."""

from __future__ import annotations

import html
import string
from functools import cache

from starlette.responses import HTMLResponse, RedirectResponse, Response

from hebca_helper.places import shipped
from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.store import Account
from hebca_helper.practice.hall.units import UNITS, Unit, invented_id_number
from hebca_helper.practice.hall.visits import Visit


def start(visit: Visit) -> Response:
    return RedirectResponse("/home" if visit.account else "/login", 303)


def login(visit: Visit) -> Response:
    return _page(visit, "login")


def register(visit: Visit) -> Response:
    return _page(visit, "register")


def help_page(visit: Visit) -> Response:
    return _page(
        visit,
        "help",
        clerk_id=invented_id_number(100),
        open_units="".join(_open_row(unit) for unit in UNITS if not unit.old_username),
        former_units="".join(_former_row(unit) for unit in UNITS if unit.old_username),
    )


def telephone(visit: Visit) -> Response:
    return _page(visit, "phone")


def home(visit: Visit) -> Response:
    return _private(visit, "home")


def bind_unit(visit: Visit) -> Response:
    return _private(visit, "bind_unit")


def bind_ca(visit: Visit) -> Response:
    return _of_unit(visit, "bind_ca")


def examples(visit: Visit) -> Response:
    return _page(visit, "examples")


def business(visit: Visit) -> Response:
    return _of_unit(visit, "business")


def scan(visit: Visit) -> Response:
    return _of_unit(visit, "scan")


def captcha_picture(visit: Visit) -> Response:
    """A new picture; the one before is void."""
    visit.session.captcha = captcha.new_text()
    return Response(captcha.draw(visit.session.captcha), media_type="image/svg+xml")


def _of_unit(visit: Visit, name: str) -> Response:
    account = visit.account
    if account is not None and account.unit is None:
        return RedirectResponse("/bind/unit", 303)
    return _private(visit, name)


def _private(visit: Visit, name: str) -> Response:
    return _page(visit, name) if visit.account else RedirectResponse("/login", 303)


def _page(visit: Visit, name: str, **parts: str) -> Response:
    account = visit.account
    content = _template(f"{name}.html").substitute(parts)
    ports = visit.services.ports()
    title = content.partition("<h1>")[2].partition("</h1>")[0]
    return HTMLResponse(
        _template("layout.html").substitute(
            title=title,
            content=content,
            page=name,
            person=_person(account),
            port=ports.certificate,
            seal_port=ports.seal,
            https_port=ports.https,
        )
    )


def _person(account: Account | None) -> str:
    if account is None:
        return _template("visitor.html").substitute()
    unit = account.unit_name or "未绑定单位"
    return _template("person.html").substitute(person=html.escape(account.person), unit=html.escape(unit))


def _open_row(unit: Unit) -> str:
    return _row(unit.number, unit.name, unit.legal_person, unit.legal_id_number, unit.note or "可以绑定")


def _former_row(unit: Unit) -> str:
    return _row(unit.name, unit.old_username, unit.old_password)


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


@cache
def _template(name: str) -> string.Template:
    return string.Template(shipped("resources", "hall", name).read_text("utf-8"))
