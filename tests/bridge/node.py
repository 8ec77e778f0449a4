"""Node as the judge of replies: what a page's JavaScript makes of them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

NODE = "/usr/bin/node"
_ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "NODE_PATH": "/usr/share/nodejs"}

_READ_AS_A_PAGE = r"""
const frames = JSON.parse(require("fs").readFileSync(0, "utf8"));
const read = frames.map(frame => {
  const fields = frame.split("|");
  return [fields[0], fields[1], eval("(" + fields[2] + ")"), fields.length];
});
process.stdout.write(JSON.stringify(read));
"""


def read_as_a_page(frames: list[str]) -> list[Any]:
    """For each reply: field 0, field 1, the object that `eval` makes of field 2, the number of fields."""
    done = run(_READ_AS_A_PAGE, json.dumps(frames))
    found: list[Any] = json.loads(done)
    return found


def run(script: str, given: str = "", *arguments: str) -> str:
    done = subprocess.run(
        [NODE, "-e", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=_ENVIRONMENT,
        timeout=60,
        check=True,
    )
    return done.stdout
