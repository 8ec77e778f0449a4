"""Calls of the HTTPS API against a bare C_Sign on the same practice USBKEY, and against an empty TLS echo of the same
server: median latencies as ratios and differences.

All are measured in turns, so that a slow minute of the machine meets each; the median of the rounds counts. The client
writes ready requests to a TLS socket and reads to the end of the answer: no HTTP library, no JSON. It shares the
machine's cores with the service. Floors (tests/README.md): sign_ratio and login_ratio at most 2.6; status at most 300 µs above
the echo, and under 5 ms while 8 clients sign.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from statistics import median
from typing import Any, Self

from tests.benchmarks.bench_sign import ORIGIN, bare_sign, build_bare_sign
from tests.benchmarks.program import PRACTICE_PIN, practice_home, ready, started, stop
from tests.https_page import HttpsPage, any_tls, nonce
from tests.running import Service

WARM_UP = 20
_ITEM = {"items": [{"data": "Y2hhbGxlbmdl"}]}


@dataclass(frozen=True)
class Round:
    """One turn: medians in microseconds."""

    bare: float
    echo: float
    status: float
    sign: float
    login: float
    status_while_8_sign: float


class Client:
    """One connection, one kind of request at a time."""

    def __init__(self, url: str, session: str = "") -> None:
        self._port = int(url.rpartition(":")[2])
        self._session = session
        bare = socket.create_connection(("127.0.0.1", self._port), 30)
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire = any_tls().wrap_socket(bare, server_hostname="localhost")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def request(self, name: str, arguments: Mapping[str, Any] | None = None) -> bytes:
        body = b"" if arguments is None else json.dumps(arguments).encode()
        lines = [f"{'GET' if arguments is None else 'POST'} /v1/{name} HTTP/1.1", f"Host: localhost:{self._port}"]
        lines += [f"Origin: {ORIGIN}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"Hebca-Session: {self._session}"] if self._session else []
        return "\r\n".join([*lines, "", ""]).encode() + body

    def exchange(self, request: bytes) -> None:
        self._wire.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._wire.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())
        missing = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]) - len(body)
        while missing > 0:
            missing -= len(self._wire.recv(65536))

    def p50(self, request: bytes, count: int) -> float:
        for _ in range(WARM_UP):
            self.exchange(request)
        times = []
        for _ in range(count):
            began = time.perf_counter()
            self.exchange(request)
            times.append(time.perf_counter() - began)
        return median(times) * 1e6


def sign_on(url: str, session: str, begun: Semaphore, ended: Event) -> None:
    """A client in a process of its own, until it is stopped."""
    with Client(url, session) as client:
        request = client.request("sign", _ITEM)
        client.exchange(request)
        begun.release()
        while not ended.is_set():
            client.exchange(request)


def status_while_signing(service: Service, count: int, clients: int = 8) -> float:
    context = multiprocessing.get_context("spawn")
    begun, ended, url = context.Semaphore(0), context.Event(), service.urls["https"]
    pages = [HttpsPage(ORIGIN, service) for _ in range(clients)]
    signers = [context.Process(target=sign_on, args=(url, page.open_session(), begun, ended)) for page in pages]
    for signer in signers:
        signer.start()
    for _ in signers:
        begun.acquire()
    with Client(url) as client:
        found = client.p50(client.request("status"), count)
    ended.set()
    for signer in signers:
        signer.join()
        if signer.exitcode:
            raise RuntimeError("a client could not go on signing")
    for page in pages:
        page.close()
    return found


def one_round(program: Path, token: Mapping[str, str], service: Service, echo: str, count: int) -> Round:
    page = HttpsPage(ORIGIN, service)
    with page, Client(service.urls["https"], page.open_session()) as client, Client(echo) as echoed:
        return Round(
            bare=float(bare_sign(program, count, token)["p50_us"]),
            echo=echoed.p50(echoed.request("status"), count),
            status=client.p50(client.request("status"), count),
            sign=client.p50(client.request("sign", _ITEM), count),
            login=client.p50(client.request("login", {"nonce": nonce()}), count),
            status_while_8_sign=status_while_signing(service, count),
        )


def measure(count: int, rounds: int) -> list[Round]:
    """The rounds, on a practice USBKEY made for them."""
    with tempfile.TemporaryDirectory() as folder, practice_home() as environment:
        program = build_bare_sign(Path(folder))
        configuration = Path(environment["HEBCA_HELPER_HOME"], "practice", "softhsm2.conf")
        token = {"SOFTHSM2_CONF": str(configuration), "BARE_SIGN_PIN": PRACTICE_PIN}
        serve = ("serve", "--unattended", "--certificate-port", "0", "--allow-origin", ORIGIN)
        with started(*serve, environment=environment) as process, echo_server() as echo:
            service = Service(process, ready(process))
            return [one_round(program, token, service, echo, count) for _ in range(rounds)]


@contextmanager
def echo_server() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.https_echo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield ready(process)["https"]
        finally:
            stop(process)


def report(rounds: list[Round]) -> dict[str, Any]:
    """What is printed: the medians, and every round beside them."""
    return {
        "sign_ratio": round(median(each.sign / each.bare for each in rounds), 3),
        "login_ratio": round(median(each.login / each.bare for each in rounds), 3),
        "status_above_echo_us": round(median(each.status - each.echo for each in rounds), 1),
        "status_while_8_sign_us": round(median(each.status_while_8_sign for each in rounds), 1),
        "rounds": [asdict(each) for each in rounds],
    }


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="calls in each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print(json.dumps(report(measure(chosen.count, chosen.rounds)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
