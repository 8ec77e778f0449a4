"""The practice USBKEY of a home: made, made anew, pulled out and plugged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import set_aside
from hebca_helper.places import shipped
from hebca_helper.practice import record as records
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.in_use import rebuild_lock
from hebca_helper.practice.personalise import PRACTICE_PIN, PRACTICE_SO_PIN, Personaliser
from hebca_helper.practice.record import MadeToken, Record, practice_folder, read_record
from hebca_helper.practice.scenarios import Scenario, scenario_named
from hebca_helper.settings import load as load_settings
from hebca_helper.texts import bracketed, named, tr
from hebca_helper.tokens import practice_state
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import ModulePlace, practice_library, practice_place
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.practice_state import PracticeState
from hebca_helper.tokens.service import TokenService

__all__ = ["PRACTICE_PIN", "PRACTICE_SO_PIN", "PracticeReport", "init", "plug", "unplug"]

ServiceFactory = Callable[[Sequence[ModulePlace]], TokenService]


@dataclass(frozen=True, slots=True)
class PracticeReport:
    """What `init` did: `changed` is False when everything was there already."""

    record: Record
    changed: bool

    @property
    def lines(self) -> list[str]:
        """For the person, in Chinese."""
        scenario = scenario_named(self.record.scenario)
        done = tr("已制作演练 USBKEY") if self.changed else tr("演练 USBKEY 已经有了，没有改动（加 --again 重新制作）")
        kind = "EC P-256" if self.record.ec else "RSA-2048"
        return [
            named(done, tr("，").join((bracketed(scenario.name, tr(scenario.title)), kind))),
            *("  " + named(f"{token.label} {token.serial}", token.holder) for token in self.record.tokens),
            tr("证书密码：{pin}。演练证书只能用于演练，不能办理真实业务。").format(pin=PRACTICE_PIN),
        ]


async def init(
    home: Path,
    *,
    scenario: str = "fresh",
    ec: bool = False,
    again: bool = False,
    clock: Callable[[], datetime] = utc_now,
    service_factory: ServiceFactory = TokenService,
) -> PracticeReport:
    """Have the practice USBKEY of `home` in this scenario; what is in force changes at the very end, in one step.

    `again` makes it anew even when it is there, and a damaged practice CA with it. BAD_REQUEST for an unknown scenario, PRACTICE_BUSY while an assistant
    uses this home's practice USBKEY, MODULE_NOT_LOADED without SoftHSM2, FILE_UNREADABLE for a damaged practice CA;
    whatever the token service raises.
    """
    wanted = scenario_named(scenario)
    there = read_record(home)
    if there and not again and _still_is(there, wanted, ec, clock()):
        return PracticeReport(there, changed=False)
    with rebuild_lock(home):
        ca = _practice_ca(home, clock, replace_damaged=again)
        made = await _make_anew(home, wanted, ec, ca, clock(), service_factory)
    return PracticeReport(made, changed=True)


def unplug(home: Path, serial: str | None = None) -> list[str]:
    """Pull out the token with this serial, or all of them. The serials now out; PRACTICE_MISSING without such a token."""
    there = _serials(home)
    if serial is not None and serial not in there:
        raise HelperError(Code.PRACTICE_MISSING, serial)
    pulled = there if serial is None else sorted({serial, *practice_state.load_state(practice_folder(home)).unplugged})
    practice_state.set_unplugged(practice_folder(home), pulled)
    return pulled


def plug(home: Path) -> list[str]:
    """Plug all tokens in; their serials. PRACTICE_MISSING when none were made."""
    there = _serials(home)
    practice_state.set_unplugged(practice_folder(home), [])
    return there


def _serials(home: Path) -> list[str]:
    there = read_record(home)
    if there is None:
        raise HelperError(Code.PRACTICE_MISSING)
    return [token.serial for token in there.tokens]


def _still_is(there: Record, wanted: Scenario, ec: bool, now: datetime) -> bool:
    """Whether this is what was asked for, and its certificates did not run out since."""
    run_out = there.last_moment < now and wanted.periods(now)[-1].not_after > now
    return (there.scenario, there.ec) == (wanted.name, ec) and not run_out


async def _make_anew(
    home: Path, scenario: Scenario, ec: bool, ca: PracticeCa, now: datetime, service_factory: ServiceFactory
) -> Record:
    folder = records.new_folder(home)
    try:
        tokens = await _make_tokens(home, folder, scenario, ec, ca, now, service_factory)
        made = Record(scenario.name, ec, tokens)
        records.write_record(folder, made)
    except BaseException:
        shutil.rmtree(folder)
        raise
    _prepare_state(home, scenario, made, ca)
    records.put_in_force(home, folder)
    _forget_others(home, made)
    return made


def _practice_ca(home: Path, clock: Callable[[], datetime], *, replace_damaged: bool) -> PracticeCa:
    folder = records.ca_folder(home)
    try:
        return PracticeCa.load(folder, clock)
    except HelperError as problem:
        if problem.code is Code.FILE_UNREADABLE and replace_damaged:
            set_aside(folder)
        elif problem.code is not Code.PRACTICE_MISSING:
            raise
    return PracticeCa.create(folder, clock)


async def _make_tokens(
    home: Path,
    folder: Path,
    scenario: Scenario,
    ec: bool,
    ca: PracticeCa,
    now: datetime,
    service_factory: ServiceFactory,
) -> tuple[MadeToken, ...]:
    module = _module(home, folder)
    kind = KeyPairKind.EC_P256 if ec else KeyPairKind.RSA_2048
    service = service_factory([module])
    await service.start()
    try:
        personaliser = Personaliser(service, module, ca, kind, scenario.periods(now))
        return tuple([await personaliser.make(each, scenario, n) for n, each in enumerate(scenario.holders, 1)])
    finally:
        await service.stop()


def _module(home: Path, folder: Path) -> ModulePlace:
    """SoftHSM2 on the tokens in the making: the configuration in force goes on naming the old ones meanwhile."""
    drivers, _ = load_catalogue(shipped("drivers"))
    settings, _ = load_settings(home)
    library = practice_library(drivers, settings)
    if library is None:
        raise HelperError(Code.MODULE_NOT_LOADED, "SoftHSM2")
    return replace(practice_place(folder, library), practice_folder=practice_folder(home))


def _prepare_state(home: Path, scenario: Scenario, made: Record, ca: PracticeCa) -> None:
    """Counts and revocations name new serials only, so that they mean nothing before the new tokens are in force."""
    for token in made.tokens:
        practice_state.set_wrong_count(practice_folder(home), token.serial, scenario.wrong_pins)
        for certificate in token.certificates:
            if scenario.revoked:
                ca.revoke(int(certificate.serial, 16))


def _forget_others(home: Path, made: Record) -> None:
    serials = {token.serial for token in made.tokens}

    def only_these(state: PracticeState) -> PracticeState:
        return PracticeState(
            {serial: count for serial, count in state.wrong_pins.items() if serial in serials},
            {serial: count for serial, count in state.wrong_so_pins.items() if serial in serials},
        )

    practice_state.change_state(practice_folder(home), only_these)
