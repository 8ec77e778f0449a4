"""What the hall's pages ask the server: one short coroutine per step a clerk takes."""

from __future__ import annotations

from dataclasses import asdict

from hebca_helper.practice.hall.accounts import Registration, take_captcha
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.sessions import Method, Shown
from hebca_helper.practice.hall.store import Account
from hebca_helper.practice.hall.telephone import Purpose, masked
from hebca_helper.practice.hall.visits import Answer, Visit
from hebca_helper.texts import tr

HOME, LOGIN, BIND_UNIT = "/home", "/login", "/bind/unit"


# 注册


async def send_registration_code(visit: Visit) -> Answer:
    visit.services.accounts.send_registration_code(visit.session, visit.text("phone"), visit.text("captcha"))
    return {"message": tr("短信验证码已发送到演练手机")}


async def register(visit: Visit) -> Answer:
    names = ("username", "person", "id_number", "password", "phone", "code")
    texts = {name: visit.text(name) if name == "password" else visit.text(name).strip() for name in names}
    await visit.services.accounts.register(Registration(**texts, agreed=visit.body.get("agreed") is True))
    return {"message": tr("注册成功，请登录"), "next": LOGIN}


# 用户名登录


async def login_with_password(visit: Visit) -> Answer:
    take_captcha(visit.session, visit.text("captcha"))
    account = await visit.services.accounts.with_password(visit.text("username").strip(), visit.text("password"))
    return _enter(visit, account, Method.PASSWORD, None)


async def logout(visit: Visit) -> Answer:
    visit.services.sessions.end(visit.session)
    visit.session = visit.services.sessions.create()
    return {"next": LOGIN}


# 单位绑定, CA 绑定


async def bind_unit(visit: Visit) -> Answer:
    account = visit.need_account()
    texts = [visit.text(name).strip() for name in ("number", "legal_person", "legal_id_number")]
    visit.services.bindings.bind_unit(account, *texts)
    return {"message": tr("单位绑定成功"), "next": HOME}


async def challenge(visit: Visit) -> Answer:
    return {"challenge": visit.services.verification.challenge(visit.session)}


async def bind_certificate(visit: Visit) -> Answer:
    """保存 on the page 证书绑定. The session ends: the clerk logs in anew, with the certificate from now on."""
    account = visit.need_account()
    visit.services.bindings.bind_certificate(account, _verified(visit))
    await logout(visit)
    return {"message": tr("绑定成功，请重新登录"), "next": LOGIN}


async def unbind_certificate(visit: Visit) -> Answer:
    account = visit.need_account()
    await visit.services.accounts.check_password(account, visit.text("password"))
    visit.services.bindings.unbind_certificate(account)
    return {"message": tr("已解除证书绑定")}


# CA证书登录


async def login_with_certificate(visit: Visit) -> Answer:
    """First step. Nobody is logged in yet: the code from the telephone comes next (manual 5)."""
    return _first_step(visit, _verified(visit))


async def login_with_token(visit: Visit) -> Answer:
    """The same with the new API: a token that is bound to this hall's origin instead of a bare signature."""
    token = visit.body.get("token")
    if not isinstance(token, dict):
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"), field="token")
    return _first_step(visit, visit.services.verification.check_token(visit.session, visit.text("challenge"), token))


def _first_step(visit: Visit, certificate: Shown) -> Answer:
    account = visit.services.store.account_of_certificate(certificate.unique_id)
    if account is None:
        text = tr("证书“{holder}”还没有绑定账户。请先用用户名登录，点击右上角齿轮完成 CA 绑定。")
        raise HallError(Reason.CERTIFICATE_NOT_BOUND, text.format(holder=certificate.holder))
    if not account.phone:
        return _enter(visit, account, Method.CERTIFICATE, certificate)
    visit.session.waiting, visit.session.verified = account.id, certificate
    return {"step": "code", "holder": certificate.holder, "phone": masked(account.phone)}


async def send_login_code(visit: Visit) -> Answer:
    visit.services.telephone.send(_waiting(visit).phone, Purpose.LOGIN)
    return {"message": tr("短信验证码已发送到演练手机")}


async def confirm_login(visit: Visit) -> Answer:
    account = _waiting(visit)
    visit.services.telephone.redeem(account.phone, Purpose.LOGIN, visit.text("code"))
    return _enter(visit, account, Method.CERTIFICATE, visit.session.verified)


# 单位用户登录


async def login_as_unit(visit: Visit) -> Answer:
    """A bound certificate goes straight in; an unbound one asks for the former user name and password first."""
    certificate = _verified(visit)
    account = visit.services.store.account_of_certificate(certificate.unique_id)
    if account is not None:
        return _enter(visit, account, Method.UNIT, certificate)
    visit.session.waiting, visit.session.verified = None, certificate
    return {"step": "bind", "holder": certificate.holder}


async def bind_former_user(visit: Visit) -> Answer:
    certificate = visit.session.verified
    if certificate is None or visit.session.waiting is not None:
        raise HallError(Reason.NOT_LOGGED_IN, tr("请先选择证书并点击登录"))
    account = await visit.services.accounts.with_password(visit.text("username").strip(), visit.text("password"))
    visit.services.bindings.bind_certificate(account, certificate)
    return _enter(visit, account, Method.UNIT, certificate)


# 首页, 演练手机


async def whoami(visit: Visit) -> Answer:
    account = visit.account
    if account is None:
        return {"logged_in": False}
    method, certificate = visit.session.method, visit.session.certificate
    return {
        "logged_in": True,
        "username": account.username,
        "person": account.person,
        "unit": account.unit or "",
        "unit_name": account.unit_name or "",
        "bound_id": account.certificate_id or "",
        "method": method.label if method else "",
        "certificate": asdict(certificate) if certificate else None,
    }


async def messages(visit: Visit) -> Answer:
    return {"messages": [asdict(message) for message in visit.services.telephone.messages()]}


def _verified(visit: Visit) -> Shown:
    texts = (visit.text(name) for name in ("challenge", "certificate", "signature"))
    return visit.services.verification.check(visit.session, *texts)


def _waiting(visit: Visit) -> Account:
    account = visit.services.store.account(visit.session.waiting)
    if account is None or account.certificate_id != getattr(visit.session.verified, "unique_id", None):
        raise HallError(Reason.NOT_LOGGED_IN, tr("请先选择河北CA登录"))
    return account


def _enter(visit: Visit, account: Account, method: Method, certificate: Shown | None) -> Answer:
    session = visit.services.sessions.renew(visit.session)
    session.account, session.method, session.certificate = account.id, method, certificate
    session.waiting = session.verified = None
    session.logged_in_at = visit.services.clock()
    visit.session = session
    visit.services.store.run(
        "INSERT INTO login (account, method, certificate_id, at) VALUES (?, ?, ?, ?)",
        account.id,
        method,
        certificate.unique_id if certificate else "",
        session.logged_in_at.timestamp(),
    )
    return {"next": HOME if account.unit else BIND_UNIT}
