"""The token host: a child process that serves one PKCS#11 module over a pipe, in one thread."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Protocol

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import messages as m
from hebca_helper.tokens.host.hardening import end_with_parent, private_pipe
from hebca_helper.tokens.host.pipe import Pipe, PipeClosedError
from hebca_helper.tokens.model import Interface

POLL_SECONDS = 0.5
"""Plugging and unplugging is noticed within a second; one look at the slots costs about 0.1 ms."""
LOOKING_SHARE = 10
"""Of the host's time, at most one part in so many goes into looking."""


class Host(Protocol):
    """One loaded library with everything known about its tokens; what it raises is in its own words."""

    def loaded(self) -> m.Loaded: ...

    def poll(self) -> None:
        """Notice tokens that came or went."""

    def news(self) -> m.Tokens | None:
        """What happened since the last call; None when nothing did."""

    def answer(self, request: m.Message) -> m.Message:
        """The answer to a request; a failure is an answer too."""

    def close(self) -> None:
        """Log out everywhere."""


def main(arguments: list[str]) -> int:
    """Serve until the parent closes the pipe. Exit status 0."""
    end_with_parent()
    pipe = Pipe(*private_pipe())
    try:
        _serve(pipe)
    except PipeClosedError:
        pass
    finally:
        sys.stderr.flush()
    # Without the interpreter's clean-up: vendor libraries' own exit handlers crash often enough.
    os._exit(0)


def _serve(pipe: Pipe) -> None:
    host = _loaded(pipe)
    # What is loaded by now stays: the collector need not look at it again.
    gc.freeze()
    try:
        _loop(pipe, host)
    except PipeClosedError:
        host.close()
        raise


def _loaded(pipe: Pipe) -> Host:
    """Wait for the first request and load the library it names; a library that does not load leaves nothing to serve."""
    while (received := pipe.receive(60.0)) is None:
        pass
    number, load = received
    if not isinstance(load, m.Load):
        raise m.ProtocolError("not loaded")
    try:
        host = _host_of(load)
    except HelperError as failure:
        pipe.send(number, m.Failed(failure.code, failure.detail, None))
        raise PipeClosedError from None
    except RuntimeError as problem:  # CryptokiError, of C_Initialize or the first look at the slots
        pipe.send(number, m.Failed(Code.MODULE_NOT_LOADED, str(problem), None))
        raise PipeClosedError from None
    pipe.send(number, host.loaded())
    return host


def _host_of(load: m.Load) -> Host:
    """Each brings imports that the other kind of library does without."""
    if load.interface is Interface.SKF:
        from hebca_helper.tokens.host.skf.host import SkfHost

        return SkfHost(load)
    from hebca_helper.tokens.host.host import Host as Pkcs11Host

    return Pkcs11Host(load)


def _loop(pipe: Pipe, host: Host) -> None:
    due = time.monotonic() + POLL_SECONDS
    while True:
        received = pipe.receive(max(0.0, due - time.monotonic()))
        if received is not None:
            number, request = received
            answer = _answer(host, request)
            _tell_news(pipe, host)
            _send(pipe, number, answer)
        if time.monotonic() >= due:
            began = time.monotonic()
            host.poll()
            _tell_news(pipe, host)
            # A library that asks its USBKEY each time must not be kept busy by our looking.
            due = time.monotonic() + max(POLL_SECONDS, LOOKING_SHARE * (time.monotonic() - began))


def _answer(host: Host, request: m.Message) -> m.Message:
    try:
        return host.answer(request)
    except (ValueError, TypeError, LookupError, AttributeError, NotImplementedError, MemoryError) as problem:
        # Whatever a library's answers make of our code. Where, not what: the text could hold a secret.
        where = traceback.extract_tb(problem.__traceback__)[-1]
        detail = f"{type(problem).__name__} {Path(where.filename).name}:{where.lineno}"
        print(detail, file=sys.stderr)
        return m.Failed(Code.TOKEN_FAILURE, detail, None)


def _send(pipe: Pipe, number: int, answer: m.Message) -> None:
    try:
        pipe.send(number, answer)
    except m.ProtocolError:
        pipe.send(number, m.Failed(Code.TOO_LARGE, "", None))


def _tell_news(pipe: Pipe, host: Host) -> None:
    news = host.news()
    if news is not None:
        pipe.send(0, news)
