"""Starting and stopping the program for a measurement: as a process of its own, in a home of its own."""

from __future__ import annotations

import compileall
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hebca_helper

PROGRAM = (sys.executable, "-m", "hebca_helper")
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
PRACTICE_PIN = "123456"
READY_SECONDS = 60.0
STOP_SECONDS = 60.0


def compile_program() -> None:
    """As installer/setup.sh leaves it: with its bytecode. Without it every start compiles some 300 files anew."""
    if not compileall.compile_dir(Path(hebca_helper.__file__).parent, quiet=1):
        raise RuntimeError("the program could not be compiled")


@contextmanager
def practice_home() -> Iterator[dict[str, str]]:
    """An environment whose HEBCA_HELPER_HOME holds a fresh practice USBKEY; the home goes with the block."""
    compile_program()
    with tempfile.TemporaryDirectory(prefix="hebca-benchmark-") as folder:
        environment = {**os.environ, "HEBCA_HELPER_HOME": folder}
        Path(folder, "settings.toml").write_text("first_start_done = true\n", encoding="ascii")
        subprocess.run([*PROGRAM, "practice", "init"], env=environment, check=True, stdout=subprocess.DEVNULL)
        yield environment


@contextmanager
def started(*arguments: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The program with these arguments; SIGTERM at the end of the block must end it with status 0."""
    with subprocess.Popen([*PROGRAM, *arguments], env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            status = stop(process)
    if status != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with status {status}")


def stop(process: subprocess.Popen[str]) -> int:
    """Ends a process that we started; its status."""
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The JSON line by which a service says that it listens."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line:
        raise RuntimeError("the service did not say that it listens")
    answer: dict[str, Any] = json.loads(line)
    return answer
