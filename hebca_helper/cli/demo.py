"""`demo`: the whole job without a display: practice USBKEY, services, hall, and a clerk who binds, logs in
and files a register with the unit's seal on it. The clerk is a script; what it calls is what a portal's page calls."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from itertools import groupby

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.bridge.services import Services
from hebca_helper.cli.program import Core, Program
from hebca_helper.practice.hall.clerk import Step
from hebca_helper.practice.hall.materials.inspection import ReceiptJudge
from hebca_helper.practice.hall.scripted import Office, ScriptedClerk
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.signing import CertificateService, SealService
from hebca_helper.practice.record import read_record
from hebca_helper.practice.serving import AssistantPorts
from hebca_helper.practice.usbkey import PRACTICE_PIN, init
from hebca_helper.texts import named, tr


async def demo(program: Program, *, as_json: bool = False) -> int:
    """Exit status 0 when every step went well, 1 when one did not; each is told with its result and its calls."""
    story = Story(as_json=as_json)
    made = read_record(program.home)
    if made is None:
        made = (await init(program.home)).record
    story.tell(tr("演练 USBKEY"), True, tr("、").join(f"{token.label} {token.serial}" for token in made.tokens))
    async with program.core() as core, AsyncExitStack() as stack:
        core.assistant.answer_unattended(PRACTICE_PIN)
        services, hall = await _start(core, stack, story)
        went_well = await _work(services, hall, ReceiptJudge(core.home, utc_now), story)
    story.tell(tr("演示结束"), went_well, tr("全部步骤成功") if went_well else tr("有步骤没有成功"))
    return 0 if went_well else 1


class Story:
    """Tells each step when it has ended, with the calls that were noted since the step before."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._calls: list[str] = []

    def note(self, call: str) -> None:
        self._calls.append(call)

    def tell(self, step: str, went_well: bool, detail: str) -> None:
        calls = [call if (times := len(list(same))) == 1 else f"{call} ×{times}" for call, same in groupby(self._calls)]
        self._calls.clear()
        if self._as_json:
            row = {"step": step, "ok": went_well, "detail": detail, "calls": calls}
            print(json.dumps(row, ensure_ascii=False), flush=True)
            return
        print(f"{'✓' if went_well else '✗'} {named(step, ' '.join(detail.splitlines()))}", flush=True)
        if calls:
            print(f"    {' → '.join(calls)}", flush=True)


async def _start(core: Core, stack: AsyncExitStack, story: Story) -> tuple[Services, Hall]:
    services = Services(core.assistant, WantedPorts(0).in_place(core.settings))
    stack.push_async_callback(services.stop)
    await services.start(wait=False)
    story.tell(tr("证书服务"), True, services.certificate.url)
    story.tell(tr("签章服务"), True, services.seal.url)
    story.tell(tr("安全连接"), True, services.https.url)
    hall = Hall(core.home, 0, AssistantPorts(services.certificate.port, services.seal.port, services.https.port))
    await hall.start()
    stack.push_async_callback(hall.stop)
    story.tell(tr("演练大厅"), True, hall.url)
    return services, hall


async def _work(services: Services, hall: Hall, judge: ReceiptJudge, story: Story) -> bool:
    def report(step: Step) -> None:
        story.tell(step.name, step.ok, step.detail)

    async with (
        CertificateService(services.certificate.url, hall.origin, story.note) as signing,
        SealService(services.seal.url, hall.origin, story.note) as sealing,
    ):
        story.tell(tr("经办人"), True, tr("由脚本代替网页：经 HTTP 办理，经 WebSocket 使用证书和印章，不需要浏览器"))
        return await ScriptedClerk(hall.origin, signing, office=Office(sealing, judge), note=story.note).work(report)
