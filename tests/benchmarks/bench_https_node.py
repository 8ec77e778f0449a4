"""Signatures per second over eight connections: our HTTPS service against a bridge in Node on the same transport.

The Node bridge (`node_bridge.js`) has our TLS identity and the same practice USBKEY and does nothing but sign. It needs
the npm package graphene-pk11, which is no part of this project: `npm install --prefix FOLDER graphene-pk11`, then
`python -m tests.benchmarks.bench_https_node FOLDER`. Optional, never part of the tests. It is measured in two ways:
"plain" signs in Node's own thread, as that package's examples do; "threads" signs in its pool of four, which takes all
cores there are. All are measured in turns by the same client, which shares the machine's cores with them. Floor: at
least 0.85. The machine must be quiet: Linux shares the cores out by session (sched_autogroup), our token host has one of
its own, and other work beside the benchmark slows it down far more than a bridge that is one process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from hebca_helper.bridge.identity.identity import load_or_make
from tests.benchmarks.bench_sign import ORIGIN
from tests.benchmarks.program import PRACTICE_PIN, SOFTHSM, practice_home, ready, started, stop
from tests.https_page import HttpsPage
from tests.running import Service

CONNECTIONS = 8
WAYS = ("plain", "threads")
HERE = Path(__file__).parent


def rate(url: str, calls: int, heads: Sequence[Sequence[str]]) -> float:
    """Signatures per second; `heads` are further header lines, one row for each connection."""
    command = ["node", str(HERE / "https_client.js"), url.rpartition(":")[2], str(calls), json.dumps(heads)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=600).stdout)
    return float(found["calls"] / found["seconds"])


@contextmanager
def node_bridge(home: Path, modules: Path, way: str) -> Iterator[str]:
    identity = load_or_make(home, datetime.now(UTC))
    arguments = [identity.certificate, identity.key, SOFTHSM, PRACTICE_PIN, way]
    environment = {
        **os.environ,
        "SOFTHSM2_CONF": str(home / "practice" / "softhsm2.conf"),
        "NODE_PATH": str(modules / "node_modules"),
    }
    command = ["node", str(HERE / "node_bridge.js"), *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield ready(process)["https"]
        finally:
            stop(process)


def measure(modules: Path, calls: int, rounds: int) -> list[dict[str, float]]:
    """The rates of each round, by "ours" and the ways."""
    with ExitStack() as stack:
        environment = stack.enter_context(practice_home())
        serve = ("serve", "--unattended", "--certificate-port", "0", "--allow-origin", ORIGIN)
        process = stack.enter_context(started(*serve, environment=environment))
        service = Service(process, ready(process))
        home = Path(environment["HEBCA_HELPER_HOME"])
        bridges = {way: stack.enter_context(node_bridge(home, modules, way)) for way in WAYS}
        pages = [stack.enter_context(HttpsPage(ORIGIN, service)) for _ in range(CONNECTIONS)]
        heads = [[f"Origin: {ORIGIN}", f"Hebca-Session: {page.open_session()}"] for page in pages]
        plain = [[f"Origin: {ORIGIN}"]] * CONNECTIONS
        return [
            {"ours": rate(service.urls["https"], calls, heads)}
            | {way: rate(url, calls, plain) for way, url in bridges.items()}
            for _ in range(rounds)
        ]


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", type=Path, help="folder in which graphene-pk11 was installed")
    parser.add_argument("--calls", type=int, default=300, help="of each connection in each round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    rounds = measure(chosen.modules.absolute(), chosen.calls, chosen.rounds)
    ratios = {f"ratio_to_{way}": round(median(each["ours"] / each[way] for each in rounds), 3) for way in WAYS}
    per_second = [{name: round(found) for name, found in each.items()} for each in rounds]
    print(json.dumps({**ratios, "per_second": per_second}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
