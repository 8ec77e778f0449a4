"""`serve`: the browser services without a window."""

from __future__ import annotations

import argparse
import json
from contextlib import AsyncExitStack

from hebca_helper.bridge.services import Services
from hebca_helper.cli.files import read_text_file
from hebca_helper.cli.program import Program, wanted_ports
from hebca_helper.cli.signals import stop_event
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.usbkey import PRACTICE_PIN


async def serve(options: argparse.Namespace, program: Program) -> int:
    """Listen, print one JSON line with the URLs, and serve until SIGTERM or SIGINT. A taken port is an error."""
    if options.monitor and not options.unattended:
        raise HelperError(Code.PRACTICE_ONLY, "--monitor")
    stop = stop_event()
    trusted = options.allow_origin if options.unattended else []
    settings = wanted_ports(options).in_place(program.settings)
    async with program.core(trusted) as core:
        if options.unattended:
            core.assistant.answer_unattended(_pin(options.pin_file))
        services = Services(core.assistant, settings)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(services.stop)
            monitor = await _monitor(services, stack) if options.monitor else {}
            await services.start(wait=False)
            print(json.dumps({name: service.url for name, service in services.all.items()} | monitor), flush=True)
            await stop.wait()
    return 0


async def _monitor(services: Services, stack: AsyncExitStack) -> dict[str, str]:
    from hebca_helper.bridge.monitor.pages import Monitor

    monitor = Monitor(services.observe())
    await monitor.start()
    stack.push_async_callback(monitor.stop)
    return {"monitor": monitor.url}


def _pin(path: str | None) -> str:
    return PRACTICE_PIN if path is None else read_text_file(path).rstrip("\r\n")
