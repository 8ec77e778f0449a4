"""`demo`: the whole job without a display: practice USBKEY, services, hall, and a clerk who binds and logs in."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.bridge.service import CertificateService
from hebca_helper.cli.program import Core, Program
from hebca_helper.practice.hall.chromium import BrowserClerk
from hebca_helper.practice.hall.clerk import Step
from hebca_helper.practice.hall.devtools import chromium, find_chromium
from hebca_helper.practice.hall.scripted import ScriptedClerk
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.signing import CertificateService as PageClient
from hebca_helper.practice.record import read_record
from hebca_helper.practice.serving import AssistantPorts
from hebca_helper.practice.usbkey import PRACTICE_PIN, init
from hebca_helper.texts import named, tr

Tell = Callable[[str, bool, str], None]
"""(step, went well, detail)"""


async def demo(program: Program, *, as_json: bool = False, browser: bool = True) -> int:
    """Exit status 0 when every step went well, 1 when one did not; each is told with its result."""
    tell = _tell_json if as_json else _tell_text
    made = read_record(program.home)
    if made is None:
        made = (await init(program.home)).record
    tell(tr("演练 USBKEY"), True, tr("、").join(f"{token.label} {token.serial}" for token in made.tokens))
    async with program.core() as core, AsyncExitStack() as stack:
        core.assistant.answer_unattended(PRACTICE_PIN)
        service, hall = await _start(core, stack, tell)
        went_well = await _work(service, hall, tell, find_chromium() if browser else None)
    tell(tr("演示结束"), went_well, tr("全部步骤成功") if went_well else tr("有步骤没有成功"))
    return 0 if went_well else 1


async def _start(core: Core, stack: AsyncExitStack, tell: Tell) -> tuple[CertificateService, Hall]:
    service = CertificateService(core.assistant, WantedPorts(0).in_place(core.settings))
    await service.start()
    stack.push_async_callback(service.stop)
    tell(tr("证书服务"), True, service.url)
    hall = Hall(core.home, 0, AssistantPorts(service.port))
    await hall.start()
    stack.push_async_callback(hall.stop)
    tell(tr("演练大厅"), True, hall.url)
    return service, hall


async def _work(service: CertificateService, hall: Hall, tell: Tell, program: Path | None) -> bool:
    def report(step: Step) -> None:
        tell(step.name, step.ok, step.detail)

    if program is None:
        tell(tr("网页"), True, tr("没有启动浏览器，由脚本代替网页"))
        async with PageClient(service.url, hall.origin) as client:
            return await ScriptedClerk(hall.origin, client).work(report)
    tell(tr("网页"), True, str(program))
    async with chromium(program) as page:
        return await BrowserClerk(hall.origin, page).work(report)


def _tell_text(step: str, went_well: bool, detail: str) -> None:
    line = " ".join(detail.split("\n"))
    print(f"{'✓' if went_well else '✗'} {named(step, line)}", flush=True)


def _tell_json(step: str, went_well: bool, detail: str) -> None:
    print(json.dumps({"step": step, "ok": went_well, "detail": detail}, ensure_ascii=False), flush=True)
