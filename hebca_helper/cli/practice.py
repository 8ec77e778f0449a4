"""`practice`: make the practice USBKEY, run the hall and the practice CA, unplug and plug."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from hebca_helper.cli.keys import one_of
from hebca_helper.cli.program import Program, wanted_ports
from hebca_helper.cli.signals import stop_event
from hebca_helper.texts import tr


async def practice(options: argparse.Namespace, program: Program) -> int:
    match options.action:
        case "init":
            return await _init(options, program)
        case "hall":
            return await _hall(options, program)
        case "ca":
            return await _ca(options, program)
        case _:
            return _plug(options, program)


async def _init(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.practice.usbkey import init

    report = await init(program.home, scenario=options.scenario, ec=options.ec, again=options.again)
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        print("\n".join(report.lines))
    return 0


async def _hall(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.practice.hall.server import DEFAULT_PORT, Hall
    from hebca_helper.practice.serving import AssistantPorts, serve_until

    port = DEFAULT_PORT if options.port is None else options.port
    at = wanted_ports(options).in_place(program.settings)
    ports = AssistantPorts(at.certificate_port, at.seal_port, at.https_port)
    hall = Hall(program.home, port, ports, others=options.allow_other_users)
    await serve_until(stop_event(), hall, _print_line)
    return 0


async def _ca(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.practice.ca_service.server import DEFAULT_PORT, CaService
    from hebca_helper.practice.serving import serve_until

    port = DEFAULT_PORT if options.port is None else options.port
    certificate_port = options.certificate_port or program.settings.certificate_port
    service = CaService(program.home, port, certificate_port, others=options.allow_other_users)
    await serve_until(stop_event(), service, _print_line)
    return 0


def _print_line(urls: dict[str, str]) -> None:
    print(json.dumps(urls), flush=True)


def _plug(options: argparse.Namespace, program: Program) -> int:
    from hebca_helper.practice.record import read_record
    from hebca_helper.practice.usbkey import plug, unplug

    if options.action == "unplug":
        made = read_record(program.home)
        if options.serial is not None and made is not None:
            one_of({token.serial: token for token in made.tokens}, options.serial, tr("USBKEY 序列号"))
        unplug(program.home, options.serial)
        print(tr("演练 USBKEY 已拔出"))
    else:
        plug(program.home)
        print(tr("演练 USBKEY 已插入"))
    return 0
