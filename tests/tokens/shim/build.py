"""Build the fault shim (see shim.c) and command it. Needs gcc and the headers of libp11-kit-dev."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def build(folder: Path) -> Path:
    """The compiled shim in `folder`."""
    library = folder / "libshim.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-I/usr/include/p11-kit-1", str(SOURCE), "-o", str(library), "-ldl"],
        check=True,
    )
    return library


@dataclass(frozen=True, slots=True)
class Shim:
    """A built shim with its control and log files in `folder`."""

    library: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the host's environment needs (`ModulePlace.environment`)."""
        return {"SHIM_MODULE": str(SOFTHSM), "SHIM_CONTROL": str(self._control), "SHIM_LOG": str(self._log)}

    def command(self, *faults: str) -> None:
        """These faults and no others from the next call on, e.g. "sign crash once"; none at all without arguments."""
        beside = self._control.with_suffix(".new")
        beside.write_text("".join(f"{fault}\n" for fault in faults))
        beside.replace(self._control)

    def calls(self, operation: str) -> int:
        """How often the library was called for this operation."""
        return self._log.read_text().split().count(operation) if self._log.exists() else 0

    @property
    def _control(self) -> Path:
        return self.folder / "shim-control"

    @property
    def _log(self) -> Path:
        return self.folder / "shim-log"
