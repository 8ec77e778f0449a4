"""What the pages 单位业务 and 扫描凭证 ask: people, papers, uploads in pieces, receipts."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from hebca_helper.pki.moments import beijing_text
from hebca_helper.practice.hall import rules
from hebca_helper.practice.hall.materials import forms
from hebca_helper.practice.hall.materials.forms import Filing
from hebca_helper.practice.hall.materials.model import Insured, Paper, PaperKind, PaperState
from hebca_helper.practice.hall.materials.shelf import new_serial
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.store import Account
from hebca_helper.practice.hall.visits import Answer, Visit
from hebca_helper.texts import tr

PIECE = 128 * 1024
"""Octets of a piece of an upload; the last one may be shorter."""
LARGEST_PAPER = 16 * 1024 * 1024
"""Octets of a sealed paper."""
LARGEST_MADE = 10 * 1024 * 1024
"""Octets of a paper to be sealed: in base64 it has to go through a frame of the seal service (16 MiB)."""
LOWEST_WAGE, HIGHEST_WAGE = 1000, 100_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,6}")
_STATES = {PaperState.MADE: "未上传", PaperState.UPLOADED: "已上传", PaperState.COUNTER: "待柜台审批"}


# 人员增加


async def add_person(visit: Visit) -> Answer:
    account, flexible = _unit_account(visit), visit.body.get("flexible") is True
    name, id_number = visit.text("person").strip(), visit.text("id_number").strip().upper()
    rules.check_person(name)
    rules.check_id_number(id_number)
    visit.services.materials.add(account.id, name, id_number, _wage(visit), flexible=flexible)
    return {"message": tr("已录入 {name}").format(name=name)}


async def clear(visit: Visit) -> Answer:
    visit.services.materials.clear(_unit_account(visit).id)
    return {"message": tr("已清空演练数据")}


# 上报材料


async def overview(visit: Visit) -> Answer:
    account = _unit_account(visit)
    shelf = visit.services.materials
    papers = shelf.papers(account.id)
    return {
        "people": [_person(each) for each in shelf.people(account.id, flexible=False)],
        "flexible": [
            {**_person(each), "papers": [_paper(paper) for paper in papers if paper.person == each.id]}
            for each in shelf.people(account.id, flexible=True)
        ],
        "papers": [_paper(paper) for paper in papers if paper.kind is PaperKind.REGISTER],
        "bound": bool(account.certificate_id),
    }


async def make_register(visit: Visit) -> Answer:
    """打印报表, 上报材料: the register of everybody entered, to be sealed."""
    account = _unit_account(visit)
    people = visit.services.materials.people(account.id, flexible=False)
    if not people:
        raise HallError(Reason.OUT_OF_ORDER, tr("还没有录入人员，请先在“人员增加”中录入"))
    filing = _filing(visit, account)
    made = await asyncio.to_thread(forms.register, filing, people)
    return _issued(visit, account, PaperKind.REGISTER, "企业养老保险人员参保登记名册", None, made, filing.serial)


async def make_person_papers(visit: Visit) -> Answer:
    """扫描凭证: the form of one person and the scans as one A4 PDF; what is uploaded already stays as it is."""
    account = _unit_account(visit)
    person = visit.services.materials.person(account.id, _number(visit, "person"))
    scans = [_octets(each) for each in _scans(visit)]
    filing = _filing(visit, account)
    form = await asyncio.to_thread(forms.person_form, filing, person)
    whole = await visit.services.scans(form, scans)
    if len(whole) > LARGEST_MADE:
        raise HallError(
            Reason.FIELD_WRONG, tr("扫描件太大，请降低分辨率（200 DPI 即可）或减少文件后重试"), field="scans"
        )
    person = visit.services.materials.person(account.id, person.id)  # who may have been cleared meanwhile
    title = tr("社会保险参保人员登记表（{name}）").format(name=person.name)
    return _issued(visit, account, PaperKind.SCAN, title, person.id, whole, filing.serial)


async def paper_content(visit: Visit) -> Answer:
    """The paper to be sealed, base64: as long as it is not uploaded."""
    paper = _open_paper(visit)
    return {"pdf": base64.b64encode(paper.made).decode(), "paper": _paper(paper)}


async def upload_progress(visit: Visit) -> Answer:
    """How many pieces of this file are here already: an interrupted upload goes on there.

    Where only the answer to the last piece was lost, it is given again."""
    digest, paper = _digest(visit), _paper_asked_for(visit)
    if paper.state is PaperState.UPLOADED and hashlib.sha256(paper.stamped).hexdigest() == digest:
        return _kept(paper)
    return {"received": visit.services.materials.received(_open_paper(visit), digest)}


async def upload_piece(visit: Visit) -> Answer:
    """The next piece. With the last one the hall checks the whole, and keeps it only when everything is right.

    The last one is not put aside before: a hall that stops while it checks is sent that piece again."""
    account, paper, digest = _unit_account(visit), _open_paper(visit), _digest(visit)
    shelf, content = visit.services.materials, _octets(visit.text("content"))
    place, count = _number(visit, "place"), _number(visit, "count")
    if place != shelf.received(paper, digest) or not 0 <= place < count <= LARGEST_PAPER // PIECE + 1:
        raise HallError(Reason.OUT_OF_ORDER, tr("上传顺序有误，请重新点击上传"))
    if len(content) > PIECE:
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"))
    if place + 1 == count:
        return await _completed(visit, account, paper, digest, shelf.joined(paper, digest) + content)
    shelf.keep_piece(paper, digest, place, content)
    return {"received": place + 1}


async def submit_without_seal(visit: Visit) -> Answer:
    """申报提交 by somebody whose certificate has no seal (manual 3): it goes to the counter."""
    visit.services.materials.mark(_open_paper(visit), PaperState.COUNTER)
    return {"message": tr("已提交。没有电子签章的业务不能自动审批，请携带材料到经办机构柜台办理。")}


async def _completed(visit: Visit, account: Account, paper: Paper, digest: str, stamped: bytes) -> Answer:
    shelf = visit.services.materials
    try:
        if hashlib.sha256(stamped).hexdigest() != digest:
            raise HallError(Reason.OUT_OF_ORDER, tr("上传的内容不完整，请重新点击上传"))
        await visit.services.inspection.require_good(paper, stamped, account.certificate_id or "")
    except HallError:
        shelf.drop_pieces(paper)
        raise
    shelf.mark(paper, PaperState.UPLOADED, stamped)
    return _kept(shelf.paper(account.id, paper.id))


def _kept(paper: Paper) -> Answer:
    return {"message": tr("上传成功，电子签章验证通过"), "paper": _paper(paper)}


# Parts


def _unit_account(visit: Visit) -> Account:
    account = visit.need_account()
    if account.unit is None:
        raise HallError(Reason.UNIT_FIRST, tr("请先完成单位绑定"))
    return account


def _filing(visit: Visit, account: Account) -> forms.Filing:
    now: datetime = visit.services.clock()
    return forms.Filing(account.unit_name or "", account.unit or "", account.person, new_serial(now), now)


def _issued(
    visit: Visit, account: Account, kind: PaperKind, title: str, person: int | None, made: bytes, serial: str
) -> Answer:
    paper = visit.services.materials.issue(account.id, kind, title, person, made, serial)
    return {"paper": _paper(paper), "pdf": base64.b64encode(made).decode()}


def _open_paper(visit: Visit) -> Paper:
    paper = _paper_asked_for(visit)
    if paper.state is PaperState.COUNTER:
        raise HallError(Reason.OUT_OF_ORDER, tr("这份材料已经提交到柜台办理，不能再次上传"))
    if paper.state is PaperState.UPLOADED:
        raise HallError(Reason.OUT_OF_ORDER, tr("这份材料已经上传，不能再次上传"))
    return paper


def _paper_asked_for(visit: Visit) -> Paper:
    return visit.services.materials.paper(_unit_account(visit).id, _number(visit, "paper"))


def _person(person: Insured) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "id_number": person.id_number, "wage": person.wage}


def _paper(paper: Paper) -> dict[str, Any]:
    moment = paper.uploaded_at
    return {
        "id": paper.id,
        "title": paper.title,
        "serial": paper.serial,
        "state": paper.state,
        "state_text": tr(_STATES[paper.state]),
        "uploaded_at": beijing_text(datetime.fromtimestamp(moment).astimezone()) if moment else "",
    }


def _number(visit: Visit, name: str) -> int:
    value = visit.body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"), field=name)
    return value


def _wage(visit: Visit) -> int:
    text = visit.text("wage").strip()
    if not _DIGITS.fullmatch(text) or not LOWEST_WAGE <= int(text) <= HIGHEST_WAGE:
        told = tr("申报工资须为 {low} 到 {high} 之间的整数").format(low=LOWEST_WAGE, high=HIGHEST_WAGE)
        raise HallError(Reason.FIELD_WRONG, told, field="wage")
    return int(text)


def _digest(visit: Visit) -> str:
    digest = visit.text("digest")
    if not _DIGEST.fullmatch(digest):
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试"), field="digest")
    return digest


def _scans(visit: Visit) -> list[str]:
    scans = visit.body.get("scans")
    if not isinstance(scans, list) or not 1 <= len(scans) <= 20 or not all(isinstance(each, str) for each in scans):
        raise HallError(Reason.FIELD_WRONG, tr("请选择 1 到 20 个扫描文件（JPG、PNG 或 PDF）"), field="scans")
    return scans


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HallError(Reason.BAD_REQUEST, tr("页面提交的内容有误，请刷新后重试")) from None


async def paper(visit: Visit, number: int) -> bytes:
    """预览: sealed when it is uploaded, as it was made before."""
    found = visit.services.materials.paper(visit.need_account().id, number)
    return found.stamped or found.made


async def receipt(visit: Visit, number: int) -> bytes:
    """回执, with the centre's own seal."""
    account = visit.need_account()
    found = visit.services.materials.paper(account.id, number)
    if found.state is not PaperState.UPLOADED or found.uploaded_at is None:
        raise HallError(Reason.OUT_OF_ORDER, tr("这份材料还没有上传"))
    moment = datetime.fromtimestamp(found.uploaded_at, UTC)
    filing = Filing(account.unit_name or "", account.unit or "", account.person, found.serial, moment)
    return await visit.services.receipts.receipt(filing, found.title, moment)
