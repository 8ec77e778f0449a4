"""A program called `chromium` that does what a test page would: says its answers, as a browser at the end of its run."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

# as pip writes it: a first line can hold no path with a blank
_PROGRAM = """#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import http.client, sys
from urllib.parse import urlsplit
address = urlsplit(sys.argv[1])
for body in {bodies!r}:
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    connection.request("POST", address.path + "answers", body, {{"Origin": "http://" + address.netloc}})
    assert connection.getresponse().status == 204
"""


def scripted_browser(folder: Path, answers: Mapping[str, str]) -> Path:
    """`folder`/chromium; `answers` maps steps to results. Put the folder first on PATH."""
    told = [{"step": step, "result": result, "detail": ""} for step, result in answers.items()]
    bodies = [json.dumps(each) for each in (*told, {"finished": True})]
    path = folder / "chromium"
    path.write_text(_PROGRAM.format(python=shlex.quote(sys.executable), bodies=bodies), "utf-8")
    path.chmod(0o700)
    return path
