"""The document host: the child process that parses what came from outside, under limits, without token or display.

One job a process (`client._job`), in the framing of `children`; the answer is one line of JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from hebca_helper.children import read_message
from hebca_helper.documents.checking import check
from hebca_helper.documents.report import encoded
from hebca_helper.hardening import confine
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.seals.findings import Roots

MEMORY = 1536 * 1024 * 1024
"""Octets of address space; the largest document with all its members unpacked takes a third."""
CPU_SECONDS = 60
Job = dict[str, Any]


def main(_: Sequence[str]) -> int:
    """Exit status 0 when a row was written, whatever it says."""
    limit()
    row = _answer(sys.stdin.buffer)
    sys.stdout.buffer.write(json.dumps(row).encode("ascii") + b"\n")
    sys.stdout.buffer.flush()
    return 0


def limit() -> None:
    limit_resources(CPU_SECONDS)


def limit_resources(seconds: int | None) -> None:
    """Memory, processor time (None leaves it), no core dumps, no files, no network. Only where the system knows such limits;
    the parent waits no longer than it wants to in any case."""
    confine()
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
    if seconds is not None:
        limits[resource.RLIMIT_CPU] = seconds
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def _answer(source: BinaryIO) -> object:
    """ValueError for a job that was cut off."""
    received = read_message(source)
    if received is None:
        raise ValueError("no job")
    job, parts = received
    roots = Roots(
        [Certificate.parse(parts[each]) for each in job["trusted"]], [Crl.parse(parts[each]) for each in job["crls"]]
    )
    return _WORK[job["work"]](job, parts, roots, datetime.fromisoformat(job["now"]))


def _check(_: Job, parts: list[bytes], roots: Roots, now: datetime) -> object:
    return check(parts[0], roots, now)


def _examine(job: Job, parts: list[bytes], roots: Roots, now: datetime) -> object:
    """The objects come first, then the certificates up to `end`."""
    from hebca_helper.documents.seal_objects import examine

    found = examine(parts[: job["objects"]], parts[job["objects"] : job["end"]], roots, now)
    return [encoded(each) for each in found]


_WORK: dict[str, Callable[[Job, list[bytes], Roots, datetime], object]] = {"check": _check, "examine": _examine}
