"""`serve`: the browser services without a window."""

from __future__ import annotations

import argparse
import json
from contextlib import AsyncExitStack

from hebca_helper.bridge.services import Services
from hebca_helper.cli.files import secret
from hebca_helper.cli.program import Program, require_unattended, wanted_ports
from hebca_helper.cli.signals import stop_event
from hebca_helper.errors import Code, HelperError


async def serve(options: argparse.Namespace, program: Program) -> int:
    """Listen, print one JSON line with the URLs, and serve until SIGTERM or SIGINT. A taken port is an error."""
    if options.monitor and not options.unattended:
        raise HelperError(Code.PRACTICE_ONLY, "--monitor")
    require_unattended(options, "pin_file", "allow_origin")
    stop = stop_event()
    settings = wanted_ports(options).in_place(program.settings)
    async with program.core(options.allow_origin) as core:
        if options.unattended:
            core.assistant.answer_unattended(secret(options.pin_file))
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
