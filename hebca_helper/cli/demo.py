"""`demo`: the whole job without a display: practice USBKEY, services, hall, and a clerk who binds, logs in
and files a register with the unit's seal on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from hebca_helper.assistant.clock import utc_now
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.bridge.services import Services
from hebca_helper.cli.program import Core, Program
from hebca_helper.practice.hall.chromium import BrowserClerk
from hebca_helper.practice.hall.clerk import Judge, Step
from hebca_helper.practice.hall.devtools import chromium, find_chromium
from hebca_helper.practice.hall.materials.inspection import ReceiptJudge
from hebca_helper.practice.hall.scripted import Office, ScriptedClerk
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.signing import CertificateService, SealService
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
        services, hall = await _start(core, stack, tell)
        judge = ReceiptJudge(core.home, utc_now)
        went_well = await _work(services, hall, judge, tell, find_chromium() if browser else None)
    tell(tr("演示结束"), went_well, tr("全部步骤成功") if went_well else tr("有步骤没有成功"))
    return 0 if went_well else 1


async def _start(core: Core, stack: AsyncExitStack, tell: Tell) -> tuple[Services, Hall]:
    services = Services(core.assistant, WantedPorts(0).in_place(core.settings))
    stack.push_async_callback(services.stop)
    await services.start(wait=False)
    tell(tr("证书服务"), True, services.certificate.url)
    tell(tr("签章服务"), True, services.seal.url)
    tell(tr("安全连接"), True, services.https.url)
    hall = Hall(core.home, 0, AssistantPorts(services.certificate.port, services.seal.port, services.https.port))
    await hall.start()
    stack.push_async_callback(hall.stop)
    tell(tr("演练大厅"), True, hall.url)
    return services, hall


async def _work(services: Services, hall: Hall, judge: Judge, tell: Tell, program: Path | None) -> bool:
    def report(step: Step) -> None:
        tell(step.name, step.ok, step.detail)

    if program is None:
        tell(tr("网页"), True, tr("没有启动浏览器，由脚本代替网页"))
        async with (
            CertificateService(services.certificate.url, hall.origin) as signing,
            SealService(services.seal.url, hall.origin) as sealing,
        ):
            return await ScriptedClerk(hall.origin, signing, office=Office(sealing, judge)).work(report)
    tell(tr("网页"), True, str(program))
    async with chromium(program) as page:
        return await BrowserClerk(hall.origin, page, judge=judge).work(report)


def _tell_text(step: str, went_well: bool, detail: str) -> None:
    line = " ".join(detail.split("\n"))
    print(f"{'✓' if went_well else '✗'} {named(step, line)}", flush=True)


def _tell_json(step: str, went_well: bool, detail: str) -> None:
    print(json.dumps({"step": step, "ok": went_well, "detail": detail}, ensure_ascii=False), flush=True)
