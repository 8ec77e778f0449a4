"""The program's services as processes of their own, as scripts and portals meet them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Origin

Run = Callable[..., subprocess.CompletedProcess[str]]
"""A command line run to its end."""


@dataclass(frozen=True)
class Service:
    process: subprocess.Popen[str]
    urls: dict[str, str]

    @property
    def url(self) -> str:
        return self.urls["certificate_service"]


@contextmanager
def serving(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    errors: IO[str] | None = None,
    through: Sequence[str] = (),
) -> Iterator[Service]:
    """`hebca-helper serve` on any free port, ended by SIGTERM at the end of the block. `errors` gets its standard error;
    `through` is a command that becomes it (setpriv and the like)."""
    command = [*through, sys.executable, "-m", "hebca_helper", "serve", "--certificate-port", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **(environment or {})}
    ) as process:
        try:
            assert process.stdout is not None
            yield Service(process, json.loads(process.stdout.readline()))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def page_of(origin: str, service: Service) -> Connection:
    """A page's socket to the certificate service."""
    return connect(service.url, origin=Origin(origin), proxy=None, open_timeout=60)


def ask(page: Connection, function: str, parameters: str = "") -> dict[str, Any]:
    """One call and its answer, skipping the greeting; the parameters as an old page concatenates them."""
    page.send(f"1|{function}|{parameters}" if parameters else f"1|{function}")
    while True:
        fields = str(page.recv(timeout=60)).split("|")
        if fields[0] == "1":
            assert fields[1] == function
            answer: dict[str, Any] = json.loads(fields[2])
            return answer
