"""Sets the browser policies for the portals of the catalogue, as administrator."""

from __future__ import annotations

import asyncio
import shutil
import sys

from hebca_helper.errors import Code, HelperError

COMMAND = "hebca-helper policy install" if sys.platform == "win32" else "sudo hebca-helper policy install"
"""For an administrator, where the desktop cannot ask for the password."""


async def install_policies() -> None:
    """HelperError(ROOT_NEEDED) where the person is no administrator, or did not want to be."""
    from hebca_helper.bridge.policies import policies

    states = await asyncio.to_thread(policies.install)
    if all(state.problem is None for state in states):
        return
    if any(state.problem is not None and state.problem.code is not Code.ROOT_NEEDED for state in states):
        raise next(state.problem for state in states if state.problem is not None)
    asking = shutil.which("pkexec")
    if asking is None:
        raise HelperError(Code.ROOT_NEEDED)
    process = await asyncio.create_subprocess_exec(asking, *_program(), "policy", "install")
    if await process.wait() != 0:
        raise HelperError(Code.ROOT_NEEDED)


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-P", "-m", "hebca_helper"]
